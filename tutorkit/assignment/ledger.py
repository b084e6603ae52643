"""The private record of what was issued: who has which data, their truth and reference posterior.

A file of lines of JSON: the assignment, then one line for each student, each written as soon as it
is known. A later line about the assignment or a student takes the place of an earlier one.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tutorkit.assignment.description import Assignment
from tutorkit.assignment.reading import assignment_of
from tutorkit.assignment.roster import Student
from tutorkit.assignment.secret import same_student
from tutorkit.errors import DataError, TutorkitError
from tutorkit.files import append, mend, read_lines

VERSION = 1
OF_DATA = ("key", "data", "iterations")  # what data and reference posteriors follow from


@dataclass(frozen=True)
class Issued:
    """What one student was given.

    ``handle`` stands for the student in all that is handed out, ``sha256`` is that of the data
    file. ``truth`` has rows [outcome, parameter, value]; ``reference`` has, for each coefficient,
    ``median``, ``sd`` and ``mcse`` of the reference posterior, and ``listwise`` the REML estimates
    of the complete rows. ``versions`` are those of the programs that made them.
    """

    student: Student
    handle: str
    sha256: str
    versions: Mapping[str, str]
    truth: list[list[Any]]
    reference: Mapping[str, Mapping[str, float]]
    listwise: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ledger:
    """An assignment and all that was issued, by student in the form that spellings share."""

    file: Path
    assignment: Assignment
    tree: Mapping[str, Any]
    issued: Mapping[str, Issued]

    @property
    def by_handle(self) -> dict[str, Issued]:
        """What was issued, by handle."""
        return {issued.handle: issued for issued in self.issued.values()}


def read_ledger(file: Path) -> Ledger:
    """Read a ledger; a last line that was not written whole is left out.

    Raises
    ------
    DataError
        If there is none, others could read it, or it is something else.
    """
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        hint = "'tutorkit assign release' writes it: see its --ledger."
        raise DataError(f"There is no ledger '{file}'", hint) from None
    except OSError as error:
        raise DataError(f"'{file}' cannot be opened: {error.strerror}") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        hint = f"It holds what is right. Take their rights away: chmod 600 '{file}'"
        raise DataError(f"Others on this machine can read the ledger '{file}'", hint)
    try:
        lines = read_lines(file)
        if lines[0]["ledger"] != VERSION:
            raise ValueError("another version")
        tree: dict[str, Any] = {}
        issued: dict[str, Issued] = {}
        for line in lines:
            if "assignment" in line:
                tree = line["assignment"]
            elif "issued" in line:
                parts = line["issued"]
                one = Issued(**parts | {"student": Student(**parts["student"])})
                issued[same_student(one.student.student)] = one
        assignment = assignment_of(tree)
    except (ValueError, LookupError, TypeError, TutorkitError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"'{file}' is not a ledger of tutorkit") from None
    return Ledger(file, assignment, tree, issued)


def begin_ledger(file: Path, tree: Mapping[str, Any]) -> Ledger:
    """Return the ledger of an assignment, which is begun if there is none.

    Points, questions, texts and times may have changed since it was begun; data may not.

    Raises
    ------
    DataError
        If it cannot be written, or is that of other data.
    """
    plain = json.loads(json.dumps(tree, default=str))
    if not _is_begun(file):
        append(file, {"ledger": VERSION, "assignment": plain})
        return read_ledger(file)
    mend(file)
    ledger = read_ledger(file)
    new = assignment_of(plain)
    _demand_same_choices(ledger.assignment, new)
    if _of_data(ledger.assignment) != _of_data(new):
        raise DataError(
            f"'{file}' is the ledger of other data",
            "The data of an assignment that has been released cannot change. For new data give "
            "the assignment another key, or another file with --ledger.",
        )
    if ledger.tree != plain:
        append(file, {"ledger": VERSION, "assignment": plain})
    return read_ledger(file)


def _is_begun(file: Path) -> bool:
    """Tell whether a ledger has a first line; make the file if there is none."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        return file.stat().st_size > 0
    except OSError as error:
        raise DataError(f"'{file}' cannot be written: {error.strerror}") from None


def _demand_same_choices(old: Assignment, new: Assignment) -> None:
    """Demand that choices stand where they stood: answers say which one by its place."""
    for item in old.items:
        now = new.item(item.key)
        if now is not None and now.choices[: len(item.choices)] != item.choices:
            raise DataError(
                f"The choices of '{item.key}' are not as they were released",
                "Students may have answered them. Give the question another key, or add choices "
                "after those there are.",
            )


def record(file: Path, one: Issued) -> None:
    """Add what was issued to a student."""
    append(file, {"issued": asdict(one)})


def _of_data(assignment: Assignment) -> list[Any]:
    return [getattr(assignment, name) for name in OF_DATA]
