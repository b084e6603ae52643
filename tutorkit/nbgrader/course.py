"""Release an assignment as a course of nbgrader, and a folder for each student."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path

from tutorkit.assignment.description import Assignment
from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.manifest import FILE, NOTEBOOK
from tutorkit.assignment.reading import read_assignment
from tutorkit.assignment.release import Release, release
from tutorkit.assignment.secret import default_file, open_secret, same_student
from tutorkit.errors import DataError, TutorkitError
from tutorkit.files import write_whole
from tutorkit.jobs import Progress
from tutorkit.nbgrader.course_file import write_course_file
from tutorkit.nbgrader.issued import give
from tutorkit.nbgrader.notebook import source_of
from tutorkit.nbgrader.sealed import marking_key, seal
from tutorkit.nbgrader.settings import CONFIG, SETTINGS

COURSE, STUDENTS = "course", "students"
NEEDED = ("nbgrader", "cryptography")


def release_course(
    assignment: Path,
    roster: Path,
    out: Path,
    *,
    secret: Path | None = None,
    ledger: Path | None = None,
    progress: bool | Progress = True,
) -> Release:
    """Write a course for nbgrader, and a folder for each student with their data and notebook.

    ``out/students`` has a folder for each student, to be handed out one to each; ``out/course`` is
    the instructor's, where nbgrader is run. What comes back goes to
    ``out/course/submitted/STUDENT/KEY``, where STUDENT is the name of the student's folder.

    Parameters
    ----------
    assignment, roster, secret, ledger, progress
        As for `tutorkit.assignment.release.release`.
    out
        Where course and folders come.

    Raises
    ------
    DataError, SpecError
        If assignment, roster, secret or ledger cannot be used as they are.
    TutorkitError
        If nbgrader is not there, or does not take the assignment.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        hint = "Install them: pip install 'tutorkit[nbgrader]'"
        raise TutorkitError("A course for nbgrader needs nbgrader and cryptography", hint)
    described = read_assignment(assignment)
    course, students = out / COURSE, out / STUDENTS
    private = {"course secret": secret or default_file()} | ({"ledger": ledger} if ledger else {})
    for name, file in private.items():
        if file.resolve().is_relative_to(out.resolve()):
            what = f"The {name} '{file}' would lie in '{out}', where students' code is run"
            raise DataError(what, f"Keep it elsewhere: --{name.split()[-1]} FILE.")
    _check_students(students, described.key)
    notebook = _generate(course, described)
    done = release(
        assignment, roster, students, secret=secret, ledger=ledger, progress=progress,
        notebook=lambda _: notebook,
    )  # fmt: skip
    known = {same_student(student.student) for student in done.students}
    ready = [one for name, one in done.ledger.issued.items() if name in known]
    key = open_secret(done.secret)[0]
    for one in ready:
        student_key = marking_key(key, described.key, one.student.student)
        seal(course, done.ledger.tree, one, student_key)
        give(students / one.student.folder, course, described, one)
    write_course_file(course, done.secret, described.key, ready)
    _enrol(course, described, ready)
    return done


def _check_students(students: Path, key: str) -> None:
    """Refuse to write over what students were given of another assignment."""
    for file in students.glob(f"*/{FILE}"):
        try:
            other = json.loads(file.read_text(encoding="utf-8"))["assignment"]
        except (OSError, ValueError, LookupError, TypeError):
            continue
        if other != key:
            hint = "Hand it out, then give that folder another name. The course can stay."
            raise DataError(f"'{students}' has the assignment '{other}'", hint)


def _generate(course: Path, assignment: Assignment) -> str:
    """Write settings and source notebook, and have nbgrader make the notebook for students."""
    source = course / "source" / assignment.key / NOTEBOOK
    try:
        course.mkdir(parents=True, exist_ok=True, mode=0o700)
        source.parent.mkdir(parents=True, exist_ok=True)
        if not (course / CONFIG).exists():
            write_whole(course / CONFIG, SETTINGS)
        write_whole(source, source_of(assignment))
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        with_programs = os.environ | {"PATH": path}  # nbgrader calls some by name
        run = subprocess.run(
            [sys.executable, "-m", "nbgrader", "generate_assignment", assignment.key, "--force"],
            cwd=course, env=with_programs, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if run.returncode:
            said = "\n".join(run.stderr.strip().splitlines()[-6:])
            raise TutorkitError("nbgrader does not take the assignment", f"It says:\n{said}")
        notebook = course / "release" / assignment.key / NOTEBOOK
        return notebook.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"'{course}' cannot be written: {error.strerror}") from None


def _enrol(course: Path, assignment: Assignment, ready: Iterable[Issued]) -> None:
    """Enter the students into nbgrader's gradebook, and when the assignment is due."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of SQLAlchemy
        from nbgrader.api import Gradebook  # an extra

        due = assignment.due.astimezone(UTC).replace(tzinfo=None) if assignment.due else None
        with Gradebook(f"sqlite:///{course.resolve() / 'gradebook.db'}") as gradebook:
            gradebook.update_or_create_assignment(assignment.key, duedate=due)
            for one in ready:
                student = one.student
                gradebook.update_or_create_student(
                    student.folder,
                    last_name=student.name.replace(",", " "),  # its csv files have no quotes
                    email=student.email.replace(",", " "),
                    lms_user_id=student.canvas_id or None,
                )
