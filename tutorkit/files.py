"""Files that stay whole whatever happens: written at once, or by a line of JSON at a time."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from tutorkit.errors import DataError


def write_whole(file: Path, text: str, *, private: bool = False) -> None:
    """Write a text file in UTF-8, whole or not at all; ``private`` for its owner's eyes only.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if private else 0o666)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)


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


def read_lines(file: Path) -> list[Any]:
    """Return the lines of a file; a last one that was not written to its end is left out.

    Raises
    ------
    DataError
        If the file cannot be opened.
    ValueError
        If a line is not JSON.
    """
    whole, tail = _content(file)
    lines = [json.loads(line) for line in whole.splitlines()]
    return [*lines, json.loads(tail)] if _is_line(tail) else lines


def mend(file: Path) -> None:
    """Let the file end with a whole line, so that it can be gone on with.

    Raises
    ------
    DataError
        If it cannot be opened or written.
    """
    whole, tail = _content(file)
    try:
        if _is_line(tail):  # an editor may have taken the end of the line away
            with file.open("ab") as out:
                out.write(b"\n")
        elif tail:
            os.truncate(file, len(whole))
    except OSError as error:
        raise DataError(f"'{file}' cannot be written: {error.strerror}") from None


def _content(file: Path) -> tuple[bytes, bytes]:
    """Return all whole lines of a file, and what stands after them."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError(f"'{file}' cannot be opened: {error.strerror}") from None
    end = content.rfind(b"\n") + 1
    return content[:end], content[end:]


def _is_line(tail: bytes) -> bool:
    try:
        return isinstance(json.loads(tail), dict)
    except ValueError:
        return False
