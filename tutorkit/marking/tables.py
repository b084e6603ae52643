"""Csv files that spreadsheets open, whatever students have written into them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from tutorkit.errors import DataError
from tutorkit.files import write_whole

FORMULAS = "'=+-@\t\r\n|%＝＋－＠"  # first letters that a spreadsheet may take for a formula


def cell(text: object) -> str:
    """Return a text as a cell that is shown and not computed, without signs that hide."""
    shown = "".join(c if c.isprintable() or c == "\n" else " " for c in f"{text}")
    return f"'{shown}" if shown.lstrip()[:1] and shown.lstrip()[0] in FORMULAS else shown


def number(value: float | None) -> str:
    """Return points as text: as few decimals as there are, at most two; "" for None."""
    return "" if value is None else f"{round(value, 2) + 0.0:g}"


def write_csv(
    file: Path, header: Sequence[str], rows: Iterable[Sequence[object]], separator: str = ","
) -> None:
    """Write a csv file, whole or not at all.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n", delimiter=separator)
    writer.writerow([cell(name) for name in header])
    writer.writerows([cell(value) for value in row] for row in rows)
    write_text(file, "\ufeff" + text.getvalue())  # by which Excel knows UTF-8


def write_text(file: Path, text: str) -> None:
    """Write a file, whole or not at all.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text, private=True)
    except OSError as error:
        hint = "Perhaps a spreadsheet program has it open: close it there." * isinstance(
            error, PermissionError
        )
        raise DataError(f"'{file}' cannot be written: {error.strerror}", hint) from None
