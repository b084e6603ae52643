"""Marks that people give: a table of all written answers, filled in with a spreadsheet program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tutorkit.assignment.answers import Answers
from tutorkit.assignment.description import Assignment
from tutorkit.assignment.roster import csv_rows
from tutorkit.assignment.secret import same_student
from tutorkit.errors import DataError
from tutorkit.marking.tables import number, write_csv

FILE = "marks-by-hand.csv"
HEADER = ("student", "name", "question", "answer", "rubric", "out of", "mark", "comment",
          "code")  # fmt: skip
NEEDED = ("student", "question", "mark", "comment", "code")


@dataclass(frozen=True)
class HandMark:
    """One line of the table; ``code`` changes with the answer that was marked."""

    student: str
    question: str
    code: str
    mark: str = ""
    comment: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Student and question, by which a line is found."""
        return same_student(self.student), self.question


class HandMarks:
    """The marks given so far, and what is wrong with them.

    Raises
    ------
    DataError
        If the file is there and is no table of marks.
    """

    def __init__(self, file: Path, assignment: Assignment) -> None:
        self.file, self._assignment = file, assignment
        self._known = _read(file) if file.exists() else {}
        self.problems: list[str] = []

    def of(self, student: str, answers: Answers) -> dict[str, tuple[float, str]]:
        """Return marks and comments for the written answers of a student, by question.

        A mark that is no number from 0 to the question's points, or was given to another answer
        than this one, does not count: ``problems`` says so.
        """
        found = {}
        for item in self._assignment.written:
            line = self._known.get((same_student(student), item.key))
            if line is None or not line.mark:
                continue
            where = f"{FILE}: {student}, {item.key}: "
            value = _number(line.mark)
            if value is None or not 0 <= value <= item.points:
                what = f"'{line.mark}' is no mark from 0 to {item.points:g}"
            elif line.code not in ("", code_of(answers.given.get(item.key))):
                what = "the answer has changed since: mark it again, and empty its 'code'"
            else:
                what = ""
            if what:
                self.problems.append(f"{where}{what}.")
            else:
                found[item.key] = (value or 0.0, line.comment)
        return found

    def write(self, answers: Iterable[tuple[str, str, Answers]]) -> None:
        """Write the table for these students, names and answers, with the marks there are.

        Lines with marks that are not among them stay at the end: nothing that was given is lost.
        """
        rows, left = [], dict(self._known)
        for student, name, given in answers:
            for item in self._assignment.written:
                text = given.given.get(item.key)
                if not isinstance(text, str) or not text.strip():
                    continue
                old = left.pop((same_student(student), item.key), None)
                line = old or HandMark(student, item.key, code_of(text))
                if not line.mark or not line.code:
                    line = replace(line, code=code_of(text))
                rows.append(
                    (student, name, item.key, text, item.rubric, number(item.points), line.mark,
                     line.comment, line.code)
                )  # fmt: skip
        rows += [(old.student, "", old.question, "(no such answer)", "", "", old.mark, old.comment,
                  old.code) for old in left.values() if old.mark or old.comment]  # fmt: skip
        write_csv(self.file, HEADER, rows)


def code_of(answer: object) -> str:
    """Return a short text that changes with an answer; it begins with a letter."""
    return "a" + hashlib.sha256(f"{answer}".encode()).hexdigest()[:8]


def _read(file: Path) -> Mapping[tuple[str, str], HandMark]:
    rows = csv_rows(file, "table of marks", "")
    header = [name.strip().casefold() for name in rows[0]]
    lacking = [name for name in NEEDED if name not in header]
    if lacking:
        hint = "Leave the columns as they are, or rename the file: a new one is then written."
        raise DataError(f"'{file.name}' has no column '{lacking[0]}'", hint)
    found: dict[tuple[str, str], HandMark] = {}
    for row in rows[1:]:
        cells = dict(zip(header, row, strict=False))
        parts = {name: _shown(cells.get(name, "")) for name in NEEDED}
        if parts["student"]:
            line = HandMark(**parts)
            found[line.place] = line
    return found


def _shown(text: str) -> str:
    """Return a cell without the sign that keeps a spreadsheet from computing it."""
    return text.strip().removeprefix("'")


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None
