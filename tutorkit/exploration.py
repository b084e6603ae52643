"""How data look before a model: what is missing, on what that depends, and how clusters differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from tutorkit.arrays import Floats
from tutorkit.data.inspect import as_numbers
from tutorkit.errors import DataError, did_you_mean

MOST_GROUPS = 5
OBSERVED, COMPLETE = "observed", "complete"
_CLEAR, _PERHAPS = 3.0, 2.0  # standard errors; several pairs of variables will be looked at


def patterns_of(data: pd.DataFrame, variables: Sequence[str]) -> pd.DataFrame:
    """Return the patterns of missing values, the most frequent first.

    Returns
    -------
    DataFrame
        Columns: each of ``variables`` that is incomplete (True where it is missing), then
        ``rows``, the number of rows of the data with that pattern, and ``percent`` of all rows.
        A variable named "rows" or "percent" is called "rows (variable)" here.

    Raises
    ------
    DataError
        If the data have no such column, or no rows.
    """
    gaps = pd.DataFrame({name: _column(data, name).isna() for name in variables})
    if not len(data):
        raise DataError("The data have no rows")
    gaps = gaps.loc[:, gaps.any()].rename(columns=lambda name: _apart(str(name)))
    if gaps.empty:
        return pd.DataFrame({"rows": [len(data)], "percent": [100.0]})
    counts = gaps.groupby(list(gaps.columns), sort=True).size()
    out = counts.rename("rows").reset_index()
    out = out.sort_values("rows", ascending=False, kind="stable", ignore_index=True)
    return out.assign(percent=100.0 * out["rows"] / len(gaps))


def mechanism(
    data: pd.DataFrame, variable: str, by: str, complete: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return how often ``variable`` is missing in groups of rows with similar values of ``by``.

    Parameters
    ----------
    data
        The data with missing values.
    variable
        The variable whose missingness is of interest.
    by
        What it may depend on. Rows in which it is not seen are left out. It may be ``variable``
        itself only if ``complete`` is given, as only a simulation permits that look.
    complete
        The same rows before values were deleted; ``by`` is then taken from there.

    Returns
    -------
    DataFrame
        One row a group, up to five of nearly equal size (a group a value if ``by`` has no more
        than five). Columns: ``group`` (a label), ``lower``, ``upper``, ``middle`` (smallest,
        largest and median value of ``by``), ``n`` rows, ``missing`` of them, ``share`` (0 to 1)
        and its 95 % interval ``share_lower``, ``share_upper`` (Wilson, 1927, JASA 22:209).

    Raises
    ------
    DataError
        If a column is unknown or not numeric, ``variable`` has no missing values, ``by`` is never
        seen, or the tables do not have the same rows.
    """
    gaps, values = _missingness(data, variable, by, complete)
    few = values.nunique() <= MOST_GROUPS
    rank = values.rank(method="dense" if few else "average")
    number = rank - 1 if few else (rank - 0.5) * MOST_GROUPS // len(values)
    rows = values.groupby(number.to_numpy())
    table = pd.DataFrame({"lower": rows.min(), "upper": rows.max(), "middle": rows.median()})
    counts = gaps.groupby(number.to_numpy())
    table["n"], table["missing"] = counts.size(), counts.sum()
    table["share"] = table["missing"] / table["n"]
    table["share_lower"], table["share_upper"] = _wilson(table["missing"], table["n"])
    digits = _digits(values)
    labels = [
        f"{low:.6g}" if low == high else f"{low:z.{digits}f} to {high:z.{digits}f}"
        for low, high in zip(table["lower"], table["upper"], strict=True)
    ]
    table.insert(0, "group", labels)
    return table.reset_index(drop=True)


@dataclass(frozen=True)
class Difference:
    """How much larger a variable is on average in rows with another missing than in rows with it.

    ``value`` and its standard error ``se`` are in SDs of the variable within the two sets of rows.
    ``n_left_out`` rows do not show the variable. ``se`` is nan if there are too few rows.
    """

    value: float
    se: float
    n_missing: int
    n_seen: int
    n_left_out: int

    @property
    def verdict(self) -> str:
        """One of "clearly" (3 standard errors or more), "perhaps" (2 or more), "no sign"."""
        size = abs(self.value) / self.se if self.se > 0 else 0.0
        return "clearly" if size >= _CLEAR else "perhaps" if size >= _PERHAPS else "no sign"


def mean_difference(
    data: pd.DataFrame, variable: str, by: str, complete: pd.DataFrame | None = None
) -> Difference:
    """Compare the mean of ``by`` in rows with ``variable`` missing and in rows with it seen.

    The difference is standardized with the pooled SD (Cohen, 1988); its standard error is that of
    Hedges & Olkin (1985, p. 86), for independent rows: with clusters it is somewhat too small if
    ``by`` differs between them. Only a rise or fall is found, not extremes missing on both sides.
    Arguments and errors are those of `mechanism`.
    """
    gaps, values = _missingness(data, variable, by, complete)
    missing, seen = values[gaps], values[~gaps]
    n, m = len(missing), len(seen)
    value = se = np.nan
    if min(n, m) > 1:
        pooled = float(np.sqrt(((n - 1) * missing.var() + (m - 1) * seen.var()) / (n + m - 2)))
        if pooled > 0:
            value = float(missing.mean() - seen.mean()) / pooled
            se = float(np.sqrt(1 / n + 1 / m + value**2 / (2 * (n + m))))
    return Difference(value, se, n, m, len(data) - n - m)


def observed_and_complete(
    data: pd.DataFrame, complete: pd.DataFrame, variable: str
) -> pd.DataFrame:
    """Return histograms of a variable's observed values and of all its values before deletion.

    Returns
    -------
    DataFrame
        One row a bin and kind of values: ``values`` ("observed" or "complete"), ``lower`` and
        ``upper`` edge, ``n``, ``share`` of the values of that kind (0 to 1), and their ``mean`` and
        ``sd``, the same in each row of a kind. Both kinds have the same bins (Sturges, 1926).

    Raises
    ------
    DataError
        If a column is unknown or not numeric or never observed, or the rows are not the same.
    """
    _check_same_rows(data, complete)
    kinds = {OBSERVED: _seen(data, variable), COMPLETE: _seen(complete, variable)}
    edges = np.histogram_bin_edges(pd.concat(list(kinds.values())), bins="sturges")
    tables = []
    for kind, values in kinds.items():
        n, _ = np.histogram(values, edges)
        table = pd.DataFrame({"values": kind, "lower": edges[:-1], "upper": edges[1:], "n": n})
        tables.append(table.assign(share=n / n.sum(), mean=values.mean(), sd=values.std()))
    return pd.concat(tables, ignore_index=True)


def clusters_of(data: pd.DataFrame, cluster: str, variable: str) -> pd.DataFrame:
    """Return the mean of a variable's observed values in each cluster, the lowest first.

    Returns
    -------
    DataFrame
        One row a cluster: ``cluster`` (as text), ``n`` rows, ``n_missing`` of them, ``mean`` of the
        observed values (nan if there is none; these come last) and ``lower``, ``upper``: its 95 %
        interval by Student's t with the cluster's own SD, nan with fewer than two values.

    Raises
    ------
    DataError
        If a column is unknown, or the variable is not numeric or never observed.
    """
    _seen(data, variable)
    values = as_numbers(_column(data, variable)).astype(np.float64)
    rows = values.groupby(_column(data, cluster))
    seen, mean = rows.count(), rows.mean()
    half = stdtrit(np.maximum(seen - 1, 1), 0.975) * rows.std() / np.sqrt(seen)
    table = pd.DataFrame(
        {"n": rows.size(), "n_missing": rows.size() - seen, "mean": mean, "lower": mean - half,
         "upper": mean + half}
    )  # fmt: skip
    names = [f"{c:.15g}" if isinstance(c, float) else str(c) for c in table.index]
    table.insert(0, "cluster", names)
    return table.sort_values("mean", kind="stable", ignore_index=True)


def intraclass(data: pd.DataFrame, cluster: str, variable: str) -> float:
    """Return the share of a variable's variance that lies between clusters: the ICC.

    Estimated from the observed values by analysis of variance, also for clusters of unequal size
    (Donner, 1986, Int. Stat. Review 54:67, eq. 2.1). It may be below 0, and is nan where nothing
    can be compared. Errors are those of `clusters_of`.
    """
    values = _seen(data, variable)
    groups = values.groupby(_column(data, cluster)[values.index])
    size, mean = groups.count(), groups.mean()
    n, k = int(size.sum()), len(size)
    if not 1 < k < n:
        return float("nan")
    grand = float((size * mean).sum()) / n
    between = float((size * (mean - grand) ** 2).sum()) / (k - 1)
    within = float(((size - 1) * groups.var().fillna(0.0)).sum()) / (n - k)
    typical = (n - float((size**2).sum()) / n) / (k - 1)
    total = between + (typical - 1) * within
    return (between - within) / total if total > 0 else float("nan")


def _missingness(
    data: pd.DataFrame, variable: str, by: str, complete: pd.DataFrame | None
) -> tuple[pd.Series, pd.Series]:
    """Return, for the rows that show ``by``, whether ``variable`` is missing, and ``by``."""
    gaps = _column(data, variable).isna()
    if not gaps.any():
        raise DataError(f"'{variable}' has no missing values", "Choose a variable that has.")
    if complete is None and by == variable:
        hint = "Only a simulation, which knows the complete values, permits that look."
        what = f"Where '{by}' is missing its value is not known, so it cannot be compared"
        raise DataError(what, hint)
    if complete is not None:
        _check_same_rows(data, complete)
    values = _seen(data if complete is None else complete, by)
    return gaps[values.index], values


def _seen(data: pd.DataFrame, name: str) -> pd.Series:
    """Return the observed values of a column as numbers."""
    values = as_numbers(_column(data, name)).dropna()
    if values.empty:
        raise DataError(f"'{name}' has no value at all", "Choose another variable.")
    if not pd.api.types.is_numeric_dtype(values.dtype):
        hint = "Give each word a number first, or choose another variable."
        raise DataError(f"'{name}' holds text, not numbers", hint)
    values = values.astype(np.float64)
    if np.isinf(values).any():
        raise DataError(f"'{name}' holds infinite values", "Correct them, or make them missing.")
    return values


def _column(data: pd.DataFrame, name: str) -> pd.Series:
    if name not in data:
        raise DataError(f"The data have no column '{name}'", did_you_mean(name, map(str, data)))
    column: pd.Series = data[name].reset_index(drop=True)
    return column


def _check_same_rows(data: pd.DataFrame, complete: pd.DataFrame) -> None:
    if len(data) != len(complete):
        hint = "Pass the same rows before values were deleted."
        what = f"The data have {len(data)} rows but the complete data {len(complete)}"
        raise DataError(what, hint)


def _apart(name: str) -> str:
    return f"{name} (variable)" if name in ("rows", "percent") else name


def _wilson(k: pd.Series, n: pd.Series) -> tuple[Floats, Floats]:
    z = ndtri(0.975)
    centre = (k + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
    return (centre - half).clip(lower=0).to_numpy(), (centre + half).clip(upper=1).to_numpy()


def _digits(values: pd.Series) -> int:
    """Return the decimals that tell a tenth of a variable's range apart, none for whole numbers."""
    spread = float(values.max() - values.min())
    if spread == 0 or (values == values.round()).all():
        return 0
    return max(0, 1 - int(np.floor(np.log10(spread))))
