"""Marks that people give: a table of all written answers, filled in with a spreadsheet program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tutorkit.assignment.answers import Answers
from tutorkit.assignment.description import Assignment
from tutorkit.assignment.roster import csv_rows, csv_separator
from tutorkit.assignment.secret import same_student
from tutorkit.errors import DataError
from tutorkit.marking.tables import FORMULAS, number, write_csv, write_text

FILE, BEFORE = "marks-by-hand.csv", "marks-by-hand.before.csv"
HEADER = ("assignment", "student", "name", "question", "answer", "rubric", "out of", "mark",
          "comment", "code")  # fmt: skip
NEEDED = ("assignment", "student", "question", "mark", "comment", "code")


@dataclass(frozen=True)
class HandMark:
    """One line of the table; ``code`` changes with the answer that was marked.

    ``more`` are cells of columns that the instructor has added.
    """

    assignment: str
    student: str
    question: str
    code: str
    mark: str = ""
    comment: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str]:
        """Student and question, by which a line is found."""
        return same_student(self.student), self.question

    @property
    def given(self) -> bool:
        """Whether somebody has written something into it."""
        return bool(self.mark or self.comment or any(self.more.values()))


class HandMarks:
    """The marks given so far, and what is wrong with them.

    Raises
    ------
    DataError
        If the file is there and is no table of marks, is that of another assignment, or marks an
        answer twice.
    """

    def __init__(self, file: Path, assignment: Assignment) -> None:
        self.file, self._assignment = file, assignment
        self._lines = _read(file, assignment.key) if file.exists() else {}
        self.problems: list[str] = []

    def of(self, student: str, answers: Answers) -> dict[str, tuple[float, str]]:
        """Return marks and comments for the written answers of a student, by question.

        A mark that is no number from 0 to the question's points, or was given to another answer
        than this one, does not count: ``problems`` says so.
        """
        found = {}
        for item in self._assignment.written:
            line = self._lines.get((same_student(student), item.key))
            if line is None or not line.mark:
                continue
            value = _number(line.mark)
            if value is None or not 0 <= value <= item.points:
                what = f"'{line.mark}' is no mark from 0 to {item.points:g}"
            elif line.code not in ("", code_of(answers.given.get(item.key))):
                what = "the answer has changed since: mark it again, and empty its 'code'"
            else:
                found[item.key] = (value, line.comment)
                continue
            self.problems.append(f"{FILE}: {student}, {item.key}: {what}.")
        return found

    def write(self, answers: Iterable[tuple[str, str, Answers]]) -> None:
        """Write the table for these students, names and answers, with the marks there are.

        Lines with marks that are not among them stay at the end, and so do columns of the
        instructor's own: nothing that was given is lost. The table as it was is kept beside it.

        Raises
        ------
        DataError
            If it cannot be written.
        """
        left, key = dict(self._lines), self._assignment.key
        more = [*dict.fromkeys(name for line in left.values() for name in line.more)]
        rows = []
        for student, name, given in answers:
            for item in self._assignment.written:
                text = given.given.get(item.key)
                if not isinstance(text, str) or not text.strip():
                    continue
                old = left.pop((same_student(student), item.key), None)
                line = old or HandMark(key, student, item.key, code_of(text))
                if not line.mark or not line.code:
                    line = replace(line, code=code_of(text))
                rows.append(_row(line, name, text, item.rubric, number(item.points), more))
        rest = [line for line in left.values() if line.given]
        rows += [_row(line, "", "(no such answer)", "", "", more) for line in rest]
        separator = ","
        if self.file.exists():
            before = self.file.read_text(encoding="utf-8")
            separator = csv_separator(before)  # the one that the instructor's program writes
            write_text(self.file.with_name(BEFORE), before)
        write_csv(self.file, [*HEADER, *more], rows, separator)


def code_of(answer: object) -> str:
    """Return a short text that changes with an answer; it begins with a letter."""
    return "a" + hashlib.sha256(f"{answer}".encode()).hexdigest()[:8]


def _row(
    line: HandMark, name: str, text: str, rubric: str, out_of: str, more: list[str]
) -> list[str]:
    own = [line.more.get(column, "") for column in more]
    return [line.assignment, line.student, name, line.question, text, rubric, out_of, line.mark,
            line.comment, line.code, *own]  # fmt: skip


def _read(file: Path, assignment: str) -> dict[tuple[str, str], HandMark]:
    rows = csv_rows(file, "table of marks", "")
    header = [name.strip() for name in rows[0]]
    lacking = [name for name in NEEDED if name not in header]
    if lacking:
        hint = "Leave the columns as they are, or rename the file: a new one is then written."
        raise DataError(f"'{file.name}' has no column '{lacking[0]}'", hint)
    found: dict[tuple[str, str], HandMark] = {}
    for row in rows[1:]:
        cells = dict(zip(header, map(_shown, row), strict=False))
        more = {name: text for name, text in cells.items() if name and name not in HEADER}
        line = HandMark(**{name: cells.get(name, "") for name in NEEDED}, more=more)
        if not line.student:
            continue
        if line.assignment not in ("", assignment):
            what = f"'{file}' has marks of the assignment '{line.assignment}'"
            raise DataError(what, "Give each assignment a folder of its own with --out.")
        other = found.get(line.place)
        if other is not None and other.given and line.given:
            what = f"'{file.name}' has two lines with marks for {line.student}, {line.question}"
            raise DataError(what, "Take one of them away, and run this again.")
        if other is None or line.given:
            found[line.place] = replace(line, assignment=assignment)
    return found


def _shown(text: str) -> str:
    """Return a cell without the sign that keeps a spreadsheet from computing it."""
    text = text.strip()
    hidden = text[1:].lstrip()[:1]
    return text[1:] if text.startswith("'") and hidden and hidden in FORMULAS else text


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None
