"""What each student was given, kept in the course so that every notebook finds it when it runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tutorkit.assignment.description import Assignment
from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.manifest import DATA, FILE, manifest_of
from tutorkit.assignment.roster import due_of
from tutorkit.errors import DataError
from tutorkit.files import write_whole
from tutorkit.nbgrader.sealed import by_program

FOLDER = "issued"


def give(folder: Path, course: Path, assignment: Assignment, one: Issued) -> None:
    """Write a student's manifest, without what has cells of its own, and keep it with their data.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    due = due_of(one.student, assignment.due)
    text = due.isoformat() if due else ""
    manifest = manifest_of(by_program(assignment), one.handle, one.sha256, text)
    try:
        write_whole(folder / FILE, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
        kept = course / FOLDER / one.handle
        kept.mkdir(parents=True, exist_ok=True)
        for name in (FILE, DATA):
            shutil.copy(folder / name, kept / name)
    except OSError as error:
        raise DataError(f"'{folder}' cannot be written: {error.strerror}") from None


def put_back(course: Path, handle: str, folder: Path) -> None:
    """Lay what a student was given beside what they hand in, in place of what they changed."""
    for name in (FILE, DATA):
        kept, place = course / FOLDER / handle / name, folder / name
        if kept.exists() and (place.is_file() or not place.exists()):
            place.unlink(missing_ok=True)
            shutil.copy(kept, place)
