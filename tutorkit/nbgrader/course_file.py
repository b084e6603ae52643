"""The private file of a course: where the secret is, and which folder is whose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.secret import open_secret
from tutorkit.errors import DataError
from tutorkit.files import write_whole

FILE = "tutorkit.json"
AGAIN = "'tutorkit assign release --nbgrader' writes it."


@dataclass(frozen=True)
class Whose:
    """A student by identifier, and the handle they have in one assignment."""

    student: str
    handle: str


@dataclass(frozen=True)
class CourseFile:
    """What marking needs to know, by assignment: the secret's file, and by folder whose it is."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, Mapping[str, Whose]] = field(default_factory=dict)

    def whose(self, assignment: str, folder: str) -> Whose | None:
        """Return whose folder it is, None if nobody's."""
        return self.folders.get(assignment, {}).get(folder)

    def opened(self, assignment: str) -> bytes:
        """Return the course secret that an assignment was released with.

        Raises
        ------
        DataError
            If it is not there, or others could read it.
        """
        file = Path(self.secrets[assignment])
        if not file.exists():
            hint = f"Release the assignment again with --secret FILE. {AGAIN}"
            raise DataError(f"The course secret '{file}' is no longer there", hint)
        return open_secret(file)[0]


def read_course_file(course: Path) -> CourseFile:
    """Read the private file of a course.

    Raises
    ------
    DataError
        If there is none, or it is something else.
    """
    file = course / FILE
    try:
        tree: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        folders = {
            key: {folder: Whose(**parts) for folder, parts in found.items()}
            for key, found in tree["folders"].items()
        }
        return CourseFile(dict(tree["secrets"]), folders)
    except OSError as error:
        raise DataError(f"'{file}' cannot be opened: {error.strerror}", AGAIN) from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise DataError(f"'{file}' is not as it was written", AGAIN) from None


def write_course_file(course: Path, secret: Path, assignment: str, ready: Iterable[Issued]) -> None:
    """Write down whose folder is whose in an assignment; other assignments stay as they are.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    file = course / FILE
    known = read_course_file(course) if file.exists() else CourseFile()
    folders = {one.student.folder: Whose(one.student.student, one.handle) for one in ready}
    new = CourseFile(
        {**known.secrets, assignment: str(secret.resolve())},
        {**known.folders, assignment: folders},
    )
    try:
        write_whole(file, json.dumps(asdict(new), indent=1) + "\n", private=True)
    except OSError as error:
        raise DataError(f"'{file}' cannot be written: {error.strerror}") from None
