"""The students of a class, from a csv file."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tutorkit.assignment.secret import same_student
from tutorkit.errors import DataError, did_you_mean

MOST = 10_000
COLUMNS = ("student", "name", "email", "due", "canvas_id", "login", "section")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # of Windows


@dataclass(frozen=True)
class Student:
    """One line of a roster; only ``student``, the identifier, is needed.

    ``due`` is a time of their own; ``canvas_id``, ``login`` and ``section`` are for the gradebook.
    """

    student: str
    name: str = ""
    email: str = ""
    due: str = ""
    canvas_id: str = ""
    login: str = ""
    section: str = ""

    @property
    def shown(self) -> str:
        """The name, or the identifier of one without."""
        return self.name or self.student

    @property
    def folder(self) -> str:
        """A name for this student's folder and files, safe on all systems and nobody else's."""
        return safe_name(self.student)


def safe_name(text: str) -> str:
    """Return a text as the name of a file: itself if it can be one, else with a mark added.

    The mark comes from the text, so that different texts have different names. A roster has no two
    students who differ in capitals only, which some systems do not tell apart.
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", text).strip("._-")[:60]
    if plain == text and text and not RESERVED.fullmatch(text):
        return text
    mark = hashlib.sha256(same_student(text).encode()).hexdigest()[:8]
    return f"{plain.lower() or 'student'}-{mark}"


def read_roster(file: Path) -> tuple[Student, ...]:
    """Read a roster: a csv file with a column ``student`` and, if wanted, others of `Student`.

    Other columns are left alone.

    Raises
    ------
    DataError
        If there is no such file, it names no students, or one twice.
    """
    hint = "A csv file, one line a student, with a column 'student'."
    rows = csv_rows(file, "roster", hint)
    header = [cell.strip().casefold().replace(" ", "_") for cell in rows[0]]
    if "student" not in header:
        close = did_you_mean("student", header)
        hint = f"Name the column of identifiers 'student'. {close}".strip()
        raise DataError(f"'{file.name}' has no column 'student'", hint)
    _check_columns(header, file.name)
    found: list[Student] = []
    lines: dict[str, int] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if any(cell.strip() for cell in row[len(header) :]):
            hint = "Put cells with commas into quotation marks."
            raise DataError(f"Line {line} of '{file.name}' has more cells than columns", hint)
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        student = Student(**{name: cells.get(name, "") for name in COLUMNS})
        _check(student, line, file.name)
        key = same_student(student.student)
        if key in lines:
            what = f"'{file.name}' lists '{student.student}' in lines {lines[key]} and {line}"
            raise DataError(what, "Each student has one line.")
        lines[key] = line
        if student.canvas_id and student.canvas_id in {other.canvas_id for other in found}:
            what = f"Line {line} of '{file.name}' has a canvas_id that another student has"
            raise DataError(what, f"It is {student.canvas_id}.")
        found.append(student)
    if not found:
        raise DataError(f"'{file.name}' lists no students")
    if len(found) > MOST:
        raise DataError(f"'{file.name}' lists more than {MOST:,} students")
    return tuple(found)


def _check_columns(header: list[str], file: str) -> None:
    """Refuse a column that was perhaps meant to be one of ours."""
    for name in header:
        for known in COLUMNS[1:]:
            if known not in header and name.startswith((f"{known}_", f"{known}-")):
                hint = f"Call it '{known}' if it is that, and otherwise something else."
                raise DataError(f"'{file}' has a column '{name}', which is not read", hint)


def due_of(student: Student, otherwise: datetime | None) -> datetime | None:
    """Return when this student's work is due."""
    return datetime.fromisoformat(student.due) if student.due else otherwise


def _check(student: Student, line: int, file: str) -> None:
    where = f"Line {line} of '{file}'"
    if not student.student:
        raise DataError(f"{where} has no identifier in the column 'student'")
    if len(student.student) > 100 or not student.student.isprintable():
        raise DataError(f"{where}: the identifier is too long, or has signs that cannot be seen")
    if student.due:
        try:
            time = datetime.fromisoformat(student.due)
        except ValueError:
            time = None
        if time is None or time.tzinfo is None:
            hint = "For example 2026-12-18T23:59:00+01:00, with the distance from UTC."
            raise DataError(f"{where}: '{student.due}' is no time", hint)


def csv_separator(text: str) -> str:
    """Return what stands between the cells of the first line: a comma, a semicolon or a tab."""
    return max(",;\t", key=text.partition("\n")[0].count)


def csv_rows(file: Path, what: str, hint: str) -> list[list[str]]:
    """Return the lines of a csv file as texts; commas, semicolons or tabs stand between them.

    Raises
    ------
    DataError
        If there is none or it cannot be read: ``what`` says what it is, ``hint`` where to get it.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        table = io.StringIO(text, newline="")
        rows = list(csv.reader(table, delimiter=csv_separator(text), strict=True))
    except FileNotFoundError:
        raise DataError(f"There is no {what} '{file}'", hint) from None
    except OSError as error:
        raise DataError(f"'{file}' cannot be opened: {error.strerror}") from None
    except UnicodeDecodeError:
        hint = "Save it as 'CSV UTF-8' in your spreadsheet program."
        raise DataError(f"'{file.name}' is not a text file in UTF-8", hint) from None
    except csv.Error as error:
        raise DataError(f"'{file.name}' cannot be read: {error}") from None
    if not rows:
        raise DataError(f"'{file.name}' is empty")
    return rows
