"""A first look at the columns of a table: what each may be, and what to mind before modelling."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import pandas as pd

from tutorkit.data.warnings import FEW_VALUES
from tutorkit.errors import DataError, did_you_mean
from tutorkit.model.tokens import name_problem

CODES = tuple(sign * code for code in (8, 9, 88, 99, 888, 999, 8888, 9999) for sign in (-1, 1))
FEW_CLUSTERS = 10
NEARLY_ALL = 90.0  # percent missing
_CLUSTER_NAMES = re.compile(r"(?i:j|id|.*_id|.*(cluster|school|class|site|clinic|family).*)|.*ID")


def inspect(data: pd.DataFrame, cluster: str | None = None) -> pd.DataFrame:
    """Guess what each column is, and say what there is to mind.

    Parameters
    ----------
    cluster
        The cluster variable, if it is chosen. Its kind is "clusters"; see `cluster_notes`.

    Returns
    -------
    DataFrame
        One row a column: ``variable``, ``kind`` ("continuous", "binary", "ordered categories?",
        "identifier?", "constant", "text", "empty" or "clusters"), ``distinct`` (number of
        different values), ``missing_percent`` and ``note`` (a sentence or two, or empty). Kinds
        are guesses from the values alone; a value that looks like a code for missing is left out
        of the guess.
    """
    rows = []
    for k, name in enumerate(data.columns):
        column, is_cluster = as_numbers(data.iloc[:, k]), name == cluster
        note = "" if is_cluster else _note(str(name), column)
        rows.append(
            {
                "variable": str(name),
                "kind": "clusters" if is_cluster else _kind(column),
                "distinct": column.nunique(),
                "missing_percent": 100 * column.isna().mean(),
                "note": " ".join(filter(None, (_name_note(str(name)), note))),
            }
        )
    return pd.DataFrame(rows, columns=["variable", "kind", "distinct", "missing_percent", "note"])


def guess_cluster(data: pd.DataFrame) -> str | None:
    """Return the column that looks like the cluster variable, None if none does.

    That is one of whole numbers or words, never missing, with more than a few values whose rows
    stand together, or whose name says so ("j", "school", "class_id") while its values repeat. Of
    several the one with the most values is taken.
    """
    columns = [as_numbers(data.iloc[:, k]) for k in range(data.shape[1])]
    found = {str(column.name): column.nunique() for column in columns if _may_be_cluster(column)}
    named = [name for name in found if names_clusters(name)]
    return max(named or found, key=lambda name: found[name], default=None)


def cluster_notes(data: pd.DataFrame, name: str) -> tuple[str, ...]:
    """Say in sentences what is wrong, or thin, about a cluster variable; nothing if all is well.

    Raises
    ------
    DataError
        If the data have no such column.
    """
    if name not in data:
        raise DataError(f"The data have no column '{name}'", did_you_mean(name, map(str, data)))
    column = as_numbers(data[name])
    sizes = column.value_counts()
    notes = []
    if not _is_numeric(column):
        notes.append(f"'{name}' holds text. {_number_it(name)}")
    if n_missing := int(column.isna().sum()):
        notes.append(
            f"'{name}' is missing in {_rows(n_missing)}: a row without a cluster cannot be used. "
            "Find out its cluster, or take it out of the file."
        )
    if len(sizes) < 2:
        notes.append(f"'{name}' has fewer than two values, so there are no clusters to compare.")
    elif (sizes == 1).all():
        notes.append(
            f"Each value of '{name}' has one row only: cluster effects cannot be told from "
            "residuals then. It may be a row number; choose another cluster variable, or none."
        )
    elif len(sizes) < FEW_CLUSTERS:
        notes.append(
            f"'{name}' has {len(sizes)} values only. The variances of random intercepts and "
            "slopes, and effects of variables with one value per cluster, rest on so few clusters: "
            "expect wide intervals that depend on the prior, and keep random slopes few."
        )
    if (single := int((sizes == 1).sum())) and (sizes > 1).any():
        notes.append(
            f"{single} of {len(sizes)} clusters have one row only: they tell nothing about "
            "differences within clusters or about random slopes."
        )
    return tuple(notes)


def without_codes(data: pd.DataFrame, codes: Collection[float]) -> pd.DataFrame:
    """Return the data with the codes for missing, as under MISSING, made missing values."""
    return data.mask(data.isin(list(codes))) if codes else data


def names_clusters(name: str) -> bool:
    """Tell whether a column has a name that cluster variables often have."""
    return _CLUSTER_NAMES.fullmatch(name) is not None


def as_numbers(column: pd.Series) -> pd.Series:
    """Return the column, as numbers if all its values can be read as such."""
    numbers = pd.to_numeric(column.astype(object), errors="coerce")
    return numbers if numbers.notna().equals(column.notna()) else column


def _kind(column: pd.Series) -> str:
    if not column.notna().any():
        return "empty"
    if not _is_numeric(column):
        return "identifier?" if _may_be_cluster(column) else "text"
    values = _values(column)
    suspects = [code for code, _ in _suspects(values)]
    distinct = np.unique(values[~np.isin(values, suspects)])
    if distinct.size == 1:
        return "constant"
    if distinct.size == 2:
        return "binary"
    if not _whole(distinct):
        return "continuous"
    if distinct.size <= FEW_VALUES:
        return "ordered categories?"
    return "identifier?" if _may_be_cluster(column) or _counts_rows(column) else "continuous"


def _name_note(name: str) -> str:
    problem = name_problem(name)
    return f"{problem[0]}: rename the column to use it." if problem else ""


def _note(name: str, column: pd.Series) -> str:
    kind = _kind(column)
    if kind == "empty":
        return "It has no value at all: leave it out of the model."
    if not _is_numeric(column):
        return _text_note(name, column)
    values = _values(column)
    if np.isinf(values).any():
        return "It holds infinite values: correct them, or make them missing (NA)."
    if suspects := _suspects(values):
        found = " and ".join(f"{code:g} occurs {_times(n)}" for code, n in suspects)
        codes = " ".join(f"{code:g}" for code, _ in suspects)
        return f"{found}, far from the other values: a code for missing? Add 'MISSING: {codes};'."
    if column.isna().mean() > NEARLY_ALL / 100:
        return f"Only {_rows(values.size)} have a value: little can be learned from them."
    if kind == "constant":
        return f"It is always {values[0]:g}: it cannot explain anything, leave it out of the model."
    if kind == "binary":
        low, high = np.unique(values)
        return (
            f"It has two values, {low:g} and {high:g}. If it is to be an outcome or has missing "
            f"values, add 'ORDINAL: {name};'."
        )
    if kind == "ordered categories?":
        return (
            f"It holds few different whole numbers. If they are ordered categories, add "
            f"'ORDINAL: {name};'."
        )
    if _counts_rows(column):
        return "It has another value in every row, as row numbers have: leave it out of the model."
    return "Its values repeat: it may be the cluster variable." if kind == "identifier?" else ""


def _text_note(name: str, column: pd.Series) -> str:
    cells = column.dropna().astype(str).str.strip()
    commas = cells[cells.str.fullmatch(r"[-+]?\d+,\d+")]
    if len(commas):
        return (
            f"It holds numbers with a comma, as in '{commas.iloc[0]}': write decimals with a point."
        )
    odd = cells[pd.to_numeric(cells, errors="coerce").isna()]
    if len(odd) < len(cells) / 2:
        return (
            f"It holds '{str(odd.iloc[0])[:30]}' among numbers. If that means missing, write NA "
            "or leave the cell empty."
        )
    return f"It holds words. {_number_it(name)}"


def _number_it(name: str) -> str:
    return (
        "Give each word a number first, in the file or with "
        f"data['{name}'] = data['{name}'].astype('category').cat.codes + 1."
    )


def _may_be_cluster(column: pd.Series) -> bool:
    """Tell whether values could name clusters: whole numbers or words, none missing, that repeat.

    Unless the column's name says what it is, they are many, and rows of a cluster stand together.
    """
    if column.isna().any() or not 2 <= (distinct := column.nunique()) <= len(column) / 2:
        return False
    if _is_numeric(column) and not _whole(_values(column)):
        return False
    if names_clusters(str(column.name)):
        return True
    return distinct > FEW_VALUES and int((column != column.shift()).sum()) == distinct


def _counts_rows(column: pd.Series) -> bool:
    return column.nunique() == len(column) > FEW_VALUES and _whole(_values(column))


def _suspects(values: np.ndarray) -> list[tuple[float, int]]:
    """Return values that look like codes for missing, each with its count.

    Such a value is further from the other values than these are from each other.
    """
    others = values[~np.isin(values, CODES)]
    if np.unique(others).size < 2:
        return []
    low, high = others.min(), others.max()
    far = [code for code in CODES if max(low - code, code - high) >= high - low]
    counts = [(float(code), int((values == code).sum())) for code in far]
    return [(code, n) for code, n in counts if n]


def _is_numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype)


def _values(column: pd.Series) -> np.ndarray:
    """Return the observed values as numbers."""
    values: np.ndarray = column.dropna().to_numpy(dtype=np.float64)
    return values


def _whole(values: np.ndarray) -> bool:
    return bool(np.isfinite(values).all() and (values == np.round(values)).all())


def _rows(n: int) -> str:
    return f"{n} row{'s' * (n != 1)}"


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"
