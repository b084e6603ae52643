"""Files that stay whole whatever happens: written at once, or by a line of JSON at a time."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from tutorkit.errors import DataError


def write_whole(file: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
        os.replace(name, file)
    finally:
        Path(name).unlink(missing_ok=True)


def append(file: Path, line: dict[str, Any]) -> None:
    """Write a line to the file, such that it is there even if the machine stops.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    try:
        with file.open("ab", buffering=0) as out:  # at once, so that no interrupt tears it
            out.write(json.dumps(line).encode() + b"\n")
            os.fsync(out.fileno())
    except OSError as error:
        raise DataError(f"'{file}' cannot be written: {error.strerror}") from None


def read_lines(file: Path) -> tuple[list[Any], int | None]:
    """Return the lines of a file, and its length without a last line that was not written whole.

    The length is None if all lines are whole.

    Raises
    ------
    DataError
        If the file cannot be opened.
    ValueError
        If a line is not JSON.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError(f"'{file}' cannot be opened: {error.strerror}") from None
    whole = content[: content.rfind(b"\n") + 1]
    lines = [json.loads(line) for line in whole.splitlines()]
    return lines, None if whole == content else len(whole)


def cut(file: Path, length: int) -> None:
    """Take away what stands after this many bytes.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    try:
        os.truncate(file, length)
    except OSError as error:
        raise DataError(f"'{file}' cannot be written: {error.strerror}") from None
