"""Columns as numbers, and what is wrong with them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats
from tutorkit.errors import DataError, SpecError, did_you_mean


def complete_numbers(table: pd.DataFrame, name: str, where: str) -> Floats:
    """Return a column without missing or infinite values; ``where`` is the table's name."""
    values = numbers(table, name, where)
    if not np.isfinite(values).all():
        raise DataError(
            f"'{name}' has missing or infinite values in '{where}'",
            "What other variables depend on must be known in every row.",
        )
    return values


def numbers(table: pd.DataFrame, name: str, where: str) -> Floats:
    """Return a column, nan where values are missing; ``where`` is the table's name."""
    names = list(table.columns)
    if name not in names:
        raise DataError(f"'{where}' has no column '{name}'", did_you_mean(name, map(str, names)))
    if names.count(name) > 1:
        raise DataError(f"'{where}' has two columns named '{name}'")
    try:
        return table[name].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise DataError(f"'{name}' in '{where}' holds something that is not a number") from None


def check_generator(rng: np.random.Generator) -> None:
    """Refuse what is no generator of random numbers."""
    if not isinstance(rng, np.random.Generator):
        what = f"'rng' must be a numpy random generator, not {type(rng).__name__}"
        raise SpecError(what, "Write for example np.random.default_rng(1).")
