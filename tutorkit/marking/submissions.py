"""Find answers files in what was handed in: folders, zip files, downloads of Canvas and Moodle.

Nothing is unpacked, no link is followed, and of no file is more read than an answers file can be.
"""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tutorkit.assignment.answers import MOST_BYTES
from tutorkit.assignment.manifest import WORK
from tutorkit.errors import DataError

NAME = re.compile(r"(.*[\W_])?answers([\W_].*)?\.json(\.txt)?", re.IGNORECASE)
TIME = "timestamp.txt"  # of nbgrader, beside the answers
MOST_FILES = 2_000  # of one folder or zip file
MOST_ZIP = 50_000_000
DEEP = 8  # folders in folders
NESTED = 2  # zip files in zip files
NO_ANSWERS = "It holds no answers.json"
ONLY_WORK = f"It is '{WORK}', and not what Submit writes"
TOO_MANY = f"It has more than {MOST_FILES:,} files: the others were not looked at"
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


@dataclass(frozen=True)
class Source:
    """Where submissions are: a folder, or a zip file and the names of folders in it."""

    path: Path
    inside: tuple[str, ...] = ()

    def entries(self) -> list[str]:
        """Return the names of what was handed in.

        Raises
        ------
        DataError
            If there is no such folder or file, or it cannot be opened.
        """
        try:
            if self.path.is_dir():
                names = [name for name in os.listdir(self.path) if not name.startswith(".")]
            elif not self.path.exists():
                raise DataError(f"There is no folder or zip file '{self.path}'")
            else:
                with zipfile.ZipFile(self.path) as archive:
                    names = [*{name for name, _ in self._members(archive)}]
        except DataError:
            raise
        except OSError as error:
            raise DataError(f"'{self.path}' cannot be opened: {error.strerror}") from None
        except Exception:  # of the many ways in which a zip file can be broken
            hint = "Give the folder with the submissions, or the zip file your course site makes."
            what = f"'{self.path}' is neither a folder nor a zip file"
            raise DataError(what, hint) from None
        return sorted(names)

    def find(self, entry: str) -> list[Found]:
        """Return the answers files in one of the entries; if there are none, what is wrong."""
        try:
            if self.path.is_dir():
                found = list(_in_file(self.path / entry, entry))
            else:
                with zipfile.ZipFile(self.path) as archive:
                    members = [info for name, info in self._members(archive) if name == entry]
                    found = list(_in_zip(archive, members, "", 0))
        except OSError as error:
            return [Found(entry, problem=f"It cannot be opened: {error.strerror}")]
        return found or [Found(entry, problem=NO_ANSWERS)]

    def is_folder(self, entry: str) -> bool:
        """Tell whether an entry is a folder that can be looked into."""
        if self.path.is_dir():
            return stat.S_ISDIR((self.path / entry).lstat().st_mode)
        with zipfile.ZipFile(self.path) as archive:
            return any(
                len(PurePosixPath(info.filename).parts) > len(self.inside) + 1
                for name, info in self._members(archive)
                if name == entry
            )

    def into(self, entry: str) -> Source:
        """Return what is in a folder."""
        if self.path.is_dir():
            return Source(self.path / entry)
        return Source(self.path, (*self.inside, entry))

    def _members(self, archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        """Return the files of a zip file with the name of the entry they belong to."""
        depth = len(self.inside)
        for info in archive.infolist():
            parts = PurePosixPath(info.filename).parts
            ours = parts[:depth] == self.inside and len(parts) > depth
            if ours and not info.is_dir() and not _is_extra(parts[depth:]):
                yield parts[depth], info


def open_source(path: Path, is_known: Callable[[str], bool]) -> Source:
    """Return where submissions are: in the folder or zip file given, or in the only one in it.

    ``is_known`` tells whether a name is a student's: one is not looked into.

    Raises
    ------
    DataError
        If there is no such folder or file, or it cannot be opened.
    """
    source = Source(path)
    for _ in range(DEEP):
        names = source.entries()
        if len(names) != 1 or is_known(names[0]):
            break
        if source.is_folder(names[0]):
            source = source.into(names[0])
        elif source.path.is_dir() and names[0].lower().endswith(".zip"):
            source = Source(source.path / names[0])
        else:
            break
    return source


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
        yield from _in_bytes(_read(path, MOST_ZIP), shown, 1)
    elif NAME.fullmatch(path.name):
        yield Found(shown, _read(path, MOST_BYTES), time=_time_beside(path))
    elif path.name == WORK:
        yield Found(shown, problem=ONLY_WORK)


def _in_folder(folder: Path, shown: str) -> Iterator[Found]:
    """Look for answers in a folder and those in it."""
    seen = 0
    stack = [(folder, shown, 0)]
    while stack:
        place, name, depth = stack.pop()
        for item in sorted(os.scandir(place), key=lambda item: item.name):
            seen += 1
            if seen > MOST_FILES:
                yield Found(shown, problem=TOO_MANY)
                return
            label = f"{name}/{item.name}"
            if _is_extra((item.name,)):
                continue
            if item.is_dir(follow_symlinks=False):
                if depth < DEEP:
                    stack.append((Path(item.path), label, depth + 1))
                continue
            try:
                yield from _in_file(Path(item.path), label)
            except OSError as error:
                yield Found(label, problem=f"It cannot be opened: {error.strerror}")


def _is_extra(parts: tuple[str, ...]) -> bool:
    """Tell whether a file is one that Macs and Jupyter add."""
    return any(part == "__MACOSX" or part.startswith(".") for part in parts)


def _in_bytes(content: bytes, shown: str, nested: int) -> Iterator[Found]:
    """Look into a zip file that lies in ``nested`` - 1 others."""
    if len(content) > MOST_ZIP:
        yield Found(shown, problem=TOO_LARGE)
        return
    if nested > NESTED:
        yield Found(shown, problem="It is a zip file in a zip file in a zip file")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [i for i in archive.infolist() if not i.is_dir()]
            yield from _in_zip(archive, members, shown, nested)
    except Exception:  # of the many ways in which a zip file can be broken
        yield Found(shown, problem="It is no zip file, or a damaged one")


def _in_zip(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], shown: str, nested: int
) -> Iterator[Found]:
    """Look into members of a zip file; names in it are names, and no places on this machine."""
    for info in members[:MOST_FILES]:
        parts = PurePosixPath(info.filename).parts
        name = parts[-1] if parts else ""
        label = "/".join([*([shown] if shown else []), info.filename])[:300]
        inner = name.lower().endswith(".zip")
        if _is_extra(parts) or not (inner or NAME.fullmatch(name)):
            continue
        if info.flag_bits & 1:
            yield Found(label, problem="It is protected by a password")
            continue
        try:
            with archive.open(info) as file:
                content = file.read((MOST_ZIP if inner else MOST_BYTES) + 1)
        except Exception:  # of the many ways in which a member can be broken
            yield Found(label, problem="It is damaged")
            continue
        if inner:
            yield from _in_bytes(content, label, nested + 1)
        else:
            yield Found(label, content)
    if len(members) > MOST_FILES:
        yield Found(shown or label, problem=TOO_MANY)


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
