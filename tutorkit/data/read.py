"""Read a csv file, or one with blanks between its values."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tutorkit.errors import DataError, did_you_mean

MISSING = frozenset(["", "NA", "NaN", "nan"])
_SAVE = "Save it as 'CSV UTF-8' in your spreadsheet program."
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_BLANKS = (".dat", ".txt")  # endings of files that may have blanks between their values


def read_data(path: str | os.PathLike[str], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a csv file; NA, NaN and empty cells are missing.

    Values stand between commas or, where the first line has none, semicolons, tabs or bars (then
    numbers may have decimal commas); in a .dat or .txt file without any of these, blanks.
    Text stays text: `prepare` explains it if the model uses that column.

    Parameters
    ----------
    path
        The file.
    columns
        The names of the columns if the file has no header, as under VARIABLES.

    Raises
    ------
    DataError
        If there is no such file, or it is no table with these columns.
    """
    file = Path(path)
    return read_content(file.name, _content(file), columns)


def read_content(name: str, content: bytes, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read the content of a csv file, as an upload brings it; see `read_data`.

    Parameters
    ----------
    name
        The name of the file, for messages; its ending tells which separators to expect.
    content
        All bytes of the file.
    columns
        The names of the columns if the file has no header, as under VARIABLES.

    Raises
    ------
    DataError
        If it is no table with these columns.
    """
    names = list(columns or ())
    text = _text(name, content)
    separator = _separator(name, text, len(names))
    rows, between = _rows(name, text, separator)
    if names:
        _check_no_header(name, rows[0], names)
        source = "VARIABLES names"
    else:
        names, *rows = [[cell.strip() for cell in rows[0]], *rows[1:]]
        _check_header(name, names)
        source = "the header names"
        if not rows:
            raise DataError(f"'{name}' has a header but no data")
    for line, row in enumerate(rows, start=1 if columns else 2):
        if len(row) != len(names):
            has = f"has {len(row)} value{'s' * (len(row) != 1)}" if any(row) else "is empty"
            raise DataError(
                f"Line {line} of '{name}' {has}, but {source} {len(names)} columns",
                f"Every line needs one value for each column, separated by {between}.",
            )
    names = [column or f"Unnamed: {k}" for k, column in enumerate(names)]
    table = zip(names, zip(*rows, strict=True), strict=True)
    return pd.DataFrame({column: _column(cells, separator) for column, cells in table})


def _separator(name: str, text: str, n_columns: int) -> str:
    """Return what stands between the values, as the first line tells; a comma if nothing does."""
    first = text.lstrip().partition("\n")[0]
    signs = [s for s in _SEPARATORS if not (_may_have_blanks(name) and s == "\t")]
    if n_columns:  # no header, so that commas may be decimal ones: they come last
        return next((s for s in signs[1:] if first.count(s) == n_columns - 1 > 0), ",")
    return next((s for s in signs if s in first), ",")


def _may_have_blanks(name: str) -> bool:
    return Path(name).suffix.lower() in _BLANKS


def _rows(name: str, text: str, separator: str) -> tuple[list[list[str]], str]:
    """Split a file into lines of cells, and say what stands between them.

    Blank lines at its end are left out.
    """
    if _may_have_blanks(name) and separator not in text:
        lines = text.rstrip().splitlines()
        if not lines:
            raise DataError(f"'{name}' is empty")
        return [line.split() or [""] for line in lines], "blanks"
    file = io.StringIO(text, newline="")
    reader = csv.reader(file, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        rows = [row or [""] for row in reader]
    except csv.Error as error:
        what = f"Line {reader.line_num} of '{name}' cannot be read: {error}"
        raise DataError(what, "Check the quotation marks there.") from None
    while rows and not any(cell.strip() for cell in rows[-1]) and len(rows[-1]) == 1:
        rows.pop()
    if not rows:
        raise DataError(f"'{name}' is empty")
    return rows, _SEPARATORS[separator]


def _content(file: Path) -> bytes:
    try:
        if file.is_dir():
            raise DataError(f"'{file}' is a folder, not a file", "Name the csv file in it.")
        return file.read_bytes()
    except FileNotFoundError:
        folder = file.parent
        if not folder.is_dir():
            raise DataError(f"There is no folder '{folder}'") from None
        others = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in (".csv", *_BLANKS))
        hint = did_you_mean(file.name, others) or "There is no data file in that folder."
        raise DataError(f"There is no file '{file}'", hint) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"'{file}' cannot be opened: {reason}") from None


def _text(name: str, content: bytes) -> str:
    if b"\0" in content:
        raise DataError(f"'{name}' is not a csv file but holds binary data", _SAVE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"Line {line} of '{name}' holds a letter that is not in UTF-8"
        raise DataError(what, _SAVE) from None


def _check_header(file: str, names: Sequence[str]) -> None:
    if not any(names):
        raise DataError(f"The first line of '{file}' is empty", "It must name the columns.")
    again = [name for k, name in enumerate(names) if name and name in names[:k]]
    if again:
        raise DataError(f"'{file}' has two columns named '{again[0]}'", "Rename one of them.")


def _check_no_header(file: str, first: Sequence[str], names: Sequence[str]) -> None:
    """Refuse a first line of names where VARIABLES says that there are values only."""
    cells = [cell.strip() for cell in first]
    known = {name.casefold() for name in names}
    words = [cell for cell in cells if cell not in MISSING and not _is_number(cell)]
    if len(words) == len(cells) or any(word.casefold() in known for word in words):
        raise DataError(
            f"'{file}' begins with a header, and VARIABLES names its columns as well",
            "Leave VARIABLES out; it is for files without a header.",
        )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _column(cells: Sequence[str], separator: str) -> pd.Series:
    values = [None if cell.strip() in MISSING else cell for cell in cells]
    if not any(values):
        return pd.Series(np.full(len(values), np.nan))
    numbers = values
    if separator != ",":  # decimal commas
        numbers = [cell and cell.replace(",", ".") for cell in values]
    try:
        return pd.Series(pd.to_numeric(pd.Series(numbers, dtype=object)))
    except ValueError:
        return pd.Series(values, dtype=object)
