"""Advice on clusters: none where there seem to be some, or too few of them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tutorkit.advice.advice import Advice
from tutorkit.advice.known import Known
from tutorkit.data import prepare
from tutorkit.errors import DataError
from tutorkit.formulas import role_of
from tutorkit.model.spec import ModelSpec


def none(known: Known) -> Iterator[Advice]:
    """Advise on a model without clusters of data that seem to have some."""
    name = known.cluster
    if name is not None:
        yield Advice(
            "data",
            "",
            f"'{name}' looks like a cluster variable, but the model has no clusters. Rows of "
            "one cluster are often alike; the intervals are then too narrow.",
            f"If '{name}' numbers the clusters, add 'CLUSTERID: {name};'.",
        )


def too_few(spec: ModelSpec, data: pd.DataFrame) -> Iterator[Advice]:
    """Say before the run that there are too few clusters for the prior of the random effects."""
    if spec.cluster is None:
        return
    try:
        prepare(spec, data)
    except DataError as error:
        if "prior1" not in error.hint:  # another mistake, which the views of the model tell
            return
        equation = spec.equation(error.place[1])
        fewer = ", or use fewer random slopes" if equation.slopes else ""
        yield Advice(
            role_of(spec, equation),
            equation.outcome,
            f"{error.message}. Under this prior the model cannot be run.",
            f"Choose PRIOR1 in step 5 ('OPTIONS: prior1;'){fewer}.",
        )
