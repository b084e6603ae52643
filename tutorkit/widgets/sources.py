"""Where a session's data come from: a built-in data set, a file, or a table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd

from tutorkit.data import read_data
from tutorkit.datasets import load, names, truth
from tutorkit.errors import DataError

Source = str | os.PathLike[str] | pd.DataFrame
FILES = (".csv", ".dat", ".txt")
LONG = 60  # more of a text is no name, but a script perhaps


def find(source: Source, name: str = "") -> dict[str, Any]:
    """Return ``data``, ``name`` and ``file``, and what is known about simulated data.

    Raises
    ------
    DataError
        If there are no such data.
    """
    if isinstance(source, pd.DataFrame):
        return {"data": _named(source), "name": name or "your data", "file": name or None}
    if not isinstance(source, str | os.PathLike):
        what = "None" if source is None else type(source).__name__
        raise DataError(
            f"The data must be a name, a file or a DataFrame, not {what}",
            "Read a file with read_data('my.csv'), or name a data set such as '04_multilevel'.",
        )
    text = os.fspath(source)
    is_file = text.lower().endswith(FILES) or os.path.exists(text)
    if text in names() or not is_file:
        # or says which names there are
        data = load(text if len(text) < LONG else f"{text[:LONG]}…")
        complete = load(text, complete=True)
        file = f"{text}.csv"
        known = {"complete": complete, "truth": truth(text)}
        return {"data": data, "name": text, "file": file, **known}
    name = name or Path(text).name
    return {"data": read_data(text), "name": name, "file": name}


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose columns have texts as names, all different."""
    if table.empty:
        raise DataError("The data have no rows")
    data = table.copy()
    data.columns = [str(name) for name in table.columns]
    again = data.columns[data.columns.duplicated()]
    if len(again):
        raise DataError(f"The data have two columns named '{again[0]}'", "Rename one of them.")
    return data
