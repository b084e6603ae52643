"""What is missing together, and what imputed values look like beside observed ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats, Integers
from tutorkit.draws import Draws
from tutorkit.exploration import patterns_of

STATISTICS = ("n", "mean", "sd", "min", "q25", "median", "q75", "max")


def missing_patterns(draws: Draws) -> pd.DataFrame:
    """Return the patterns of missing values in the model's data; see `patterns_of`."""
    data = draws.data
    table = pd.DataFrame({name: data.column(name) for name in data.variables})
    return patterns_of(table, data.variables)


def imputation_summary(draws: Draws) -> pd.DataFrame:
    """Return what imputed values look like beside observed ones, two rows for each variable.

    Imputed values are those of all imputations kept, together. Columns: ``variable``,
    ``values`` ("observed" or "imputed"), ``n`` (missing values times imputations), ``mean``,
    ``sd``, ``min``, ``q25``, ``median``, ``q75``, ``max``. Level-2 variables count once a cluster.
    """
    first = np.unique(draws.data.cluster, return_index=True)[1]
    rows = []
    for name in imputed_variables(draws):
        observed, at = draws.data.column(name), cells_of(draws, name)
        if draws.model.column(name).level == 2:
            at = at[np.isin([draws.cells[k][1] for k in at], first)]
            observed = observed[first]
        observed = observed[~np.isnan(observed)]
        for kind, values in (("observed", observed), ("imputed", draws.imputed[:, at].ravel())):
            rows.append({"variable": name, "values": kind, **_statistics(values)})
    return pd.DataFrame(rows, columns=["variable", "values", *STATISTICS])


def imputed_variables(draws: Draws) -> tuple[str, ...]:
    """Return the variables of the data whose missing values are imputed.

    Not among them is a variable of which the model explains nothing but its missingness.
    """
    if not len(draws.imputed):
        return ()
    known = ~np.isnan(draws.imputed[0])
    return tuple(dict.fromkeys(name for k, (name, _) in enumerate(draws.cells) if known[k]))


def cells_of(draws: Draws, variable: str) -> Integers:
    """Return the positions of a variable's missing cells in ``draws.imputed``."""
    at = [k for k, (name, _) in enumerate(draws.cells) if name == variable]
    return np.array(at, dtype=np.int64)


def _statistics(values: Floats) -> dict[str, float]:
    low, q25, median, q75, high = np.quantile(values, (0, 0.25, 0.5, 0.75, 1))
    sd = float(values.std(ddof=1)) if values.size > 1 else np.nan
    numbers = (values.size, float(values.mean()), sd, low, q25, median, q75, high)
    return dict(zip(STATISTICS, numbers, strict=True))
