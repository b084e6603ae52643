"""Find answers files in what was handed in: folders, zip files, downloads of Canvas and Moodle.

Nothing is unpacked, no link is followed, and of no file is more read than an answers file can be.
"""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tutorkit.assignment.answers import MOST_BYTES
from tutorkit.errors import DataError

ANSWERS = re.compile(r"(.*[_-])?answers([ _-]?\(?\d+\)?)?\.json", re.IGNORECASE)
TIME = "timestamp.txt"  # of nbgrader, beside the answers
MOST_FILES = 2_000  # of one submission
MOST_ZIP = 50_000_000
DEEP = 8
TOO_LARGE = f"The zip file is larger than {MOST_ZIP / 1e6:.0f} MB"


@dataclass(frozen=True)
class Found:
    """One answers file: ``place`` says where it was found, ``content`` is None if it has none.

    ``problem`` says why it cannot be read, ``time`` is what a file beside it says about when it
    came.
    """

    place: str
    content: bytes | None = None
    problem: str = ""
    time: str = ""


def entries(submissions: Path) -> list[str]:
    """Return the names of what was handed in: what lies in the folder, or in the zip file.

    Raises
    ------
    DataError
        If there is no such folder or file, or it cannot be opened.
    """
    if submissions.is_dir():
        found = os.listdir(submissions)
        return sorted(name for name in found if not name.startswith("."))
    if not submissions.exists():
        raise DataError(f"There is no folder or zip file '{submissions}'")
    try:
        with zipfile.ZipFile(submissions) as archive:
            parts = {PurePosixPath(name).parts[:1] for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile, NotImplementedError):
        hint = "Give the folder with the submissions, or the zip file your course site makes."
        raise DataError(f"'{submissions}' is neither a folder nor a zip file", hint) from None
    return sorted(part[0] for part in parts if part and not part[0].startswith("__MACOSX"))


def find(submissions: Path, entry: str) -> list[Found]:
    """Return the answers files in one of the entries; if there are none, what is wrong."""
    try:
        if submissions.is_dir():
            found = list(_in_file(submissions / entry, entry))
        else:
            with zipfile.ZipFile(submissions) as archive:
                found = list(_in_zip(archive, "", entry))
    except DataError as error:
        return [Found(entry, problem=error.message)]
    except (OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        reason = getattr(error, "strerror", None) or "it is damaged"
        return [Found(entry, problem=f"It cannot be opened: {reason}")]
    return found or [Found(entry, problem="It holds no answers.json")]


def _in_file(path: Path, shown: str) -> Iterator[Found]:
    """Look into a file or folder, following no links."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        yield Found(shown, problem="It is a link to another file, which is not followed")
    elif stat.S_ISDIR(mode):
        yield from _in_folder(path, shown)
    elif not stat.S_ISREG(mode):
        yield Found(shown, problem="It is no file that can be read")
    elif path.suffix.lower() == ".zip":
        content = _read(path, MOST_ZIP)
        if len(content) > MOST_ZIP:
            yield Found(shown, problem=TOO_LARGE)
        else:
            yield from _in_bytes(content, shown)
    elif ANSWERS.fullmatch(path.name):
        yield Found(shown, _read(path, MOST_BYTES), time=_time_beside(path))


def _in_folder(folder: Path, shown: str) -> Iterator[Found]:
    """Look for answers in a folder and those in it; a folder may be a link to nowhere else."""
    seen = 0
    stack = [(folder, shown, 0)]
    while stack:
        place, name, depth = stack.pop()
        for item in sorted(os.scandir(place), key=lambda item: item.name):
            seen += 1
            if seen > MOST_FILES:
                raise DataError(f"It has more than {MOST_FILES:,} files")
            label = f"{name}/{item.name}"
            if item.is_dir(follow_symlinks=False):
                if depth < DEEP and item.name != ".ipynb_checkpoints":
                    stack.append((Path(item.path), label, depth + 1))
            elif ANSWERS.fullmatch(item.name) or item.name.lower().endswith(".zip"):
                yield from _in_file(Path(item.path), label)


def _in_bytes(content: bytes, shown: str) -> Iterator[Found]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from _in_zip(archive, shown, "")
    except zipfile.BadZipFile:
        yield Found(shown, problem="It is no zip file, or a damaged one")


def _in_zip(archive: zipfile.ZipFile, shown: str, entry: str) -> Iterator[Found]:
    """Look into a zip file; names in it are names, and no places on this machine."""
    seen = 0
    for info in archive.infolist():
        parts = PurePosixPath(info.filename).parts
        if info.is_dir() or not parts or (entry and parts[0] != entry):
            continue
        seen += 1
        if seen > MOST_FILES and not entry:
            raise DataError(f"It has more than {MOST_FILES:,} files")
        name = parts[-1]
        label = "/".join([*([shown] if shown else []), info.filename])[:300]
        inner = name.lower().endswith(".zip") and not shown
        if not inner and (not ANSWERS.fullmatch(name) or "__MACOSX" in parts):
            continue
        if info.flag_bits & 1:
            yield Found(label, problem="It is protected by a password")
            continue
        try:
            with archive.open(info) as file:
                content = file.read((MOST_ZIP if inner else MOST_BYTES) + 1)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
            yield Found(label, problem=f"It is damaged: {type(error).__name__}")
            continue
        if inner and len(content) > MOST_ZIP:
            yield Found(label, problem=TOO_LARGE)
        elif inner:
            yield from _in_bytes(content, label)
        else:
            yield Found(label, content)


def _read(path: Path, most: int) -> bytes:
    """Read a file as far as it may be long, and one byte further."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        return file.read(most + 1)


def _time_beside(path: Path) -> str:
    """Return what a file beside the answers says about when they came, "" if there is none."""
    beside = path.with_name(TIME)
    if beside.is_symlink() or not beside.is_file():
        return ""
    return _read(beside, 100).decode("utf-8", "replace").strip()
