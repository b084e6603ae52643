"""What the rules of advice know of the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from tutorkit.data.inspect import guess_cluster, without_codes
from tutorkit.model.spec import ModelSpec


@dataclass(frozen=True)
class Known:
    """Facts about the data of a model.

    ``missing`` is the share of missing values by column, from 0 to 1. ``between`` are variables of
    the model with one value a cluster. ``cluster`` is a column outside the model that looks like
    the cluster variable, if the model has none.
    """

    missing: Mapping[str, float]
    between: frozenset[str]
    cluster: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the data."""
        return tuple(self.missing)

    def gaps(self, variable: str) -> float:
        """Return the share of missing values, 0 if the variable is no column."""
        return self.missing.get(variable, 0.0)

    def is_complete(self, variable: str) -> bool:
        """Tell whether a variable is a column without missing values."""
        return self.missing.get(variable) == 0

    def is_incomplete(self, spec: ModelSpec) -> bool:
        """Tell whether values of any variable of the model are missing."""
        return any(self.gaps(v) > 0 for v in spec.variables)


def known_of(spec: ModelSpec, data: pd.DataFrame) -> Known:
    """Look at the data of a model; the model need not fit them."""
    data = without_codes(data, spec.missing)
    missing = {str(name): float(share) for name, share in data.isna().mean().items()}
    if spec.cluster is None:
        others = data.drop(columns=[v for v in spec.sources if v in data])
        return Known(missing, frozenset(), guess_cluster(others))
    used = [v for v in spec.variables if v in data]
    if spec.cluster not in data or not used:
        return Known(missing, frozenset(), None)
    most = data[used].groupby(data[spec.cluster]).nunique().max()
    return Known(missing, frozenset(most.index[most <= 1]), None)
