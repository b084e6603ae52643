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


def find(source: Source, name: str = "") -> dict[str, Any]:
    """Return ``data``, ``name`` and ``file``, and what is known about simulated data.

    Raises
    ------
    DataError
        If there are no such data.
    """
    if isinstance(source, pd.DataFrame):
        if source.empty:
            raise DataError("The data have no rows")
        return {"data": source, "name": name or "your data", "file": name or None}
    text = os.fspath(source)
    is_file = text.lower().endswith(FILES) or Path(text).exists()
    if text in names() or not is_file:
        data = load(text)  # or says which names there are
        complete = load(text, complete=True)
        file = f"{text}.csv"
        known = {"complete": complete, "truth": truth(text)}
        return {"data": data, "name": text, "file": file, **known}
    name = name or Path(text).name
    return {"data": read_data(text), "name": name, "file": name}
