"""Release an assignment: a folder for each student, and the private ledger."""

from __future__ import annotations

import json
import threading
import tomllib
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from tutorkit.assignment.description import Assignment
from tutorkit.assignment.ledger import Issued, Ledger, begin_ledger, read_ledger, record
from tutorkit.assignment.manifest import DATA, FILE, NOTEBOOK, manifest_of
from tutorkit.assignment.notebook import notebook_of
from tutorkit.assignment.reading import read_assignment
from tutorkit.assignment.reference import csv_of, data_for, issue
from tutorkit.assignment.roster import Student, due_of, read_roster
from tutorkit.assignment.secret import default_file, open_secret, same_student, sub_key
from tutorkit.errors import DataError, TutorkitError
from tutorkit.files import write_whole
from tutorkit.jobs import Progress, pool, shown, work_off
from tutorkit.sampling import warm

PURPOSES = ("data", "reference")


@dataclass(frozen=True)
class Release:
    """What was released, and to whom.

    ``unfinished`` are students whose reference was not reached, as the release was stopped;
    ``failed`` are those for whom no data could be made, with the reason.
    """

    ledger: Ledger
    students: tuple[Student, ...]
    unfinished: tuple[Student, ...]
    failed: Mapping[str, str]
    secret: Path
    made_secret: bool


def release(
    assignment: Path,
    roster: Path,
    out: Path,
    *,
    secret: Path | None = None,
    ledger: Path | None = None,
    progress: bool | Progress = True,
    executor: Executor | None = None,
    stop: threading.Event | None = None,
    notebook: Callable[[Assignment], str] = notebook_of,
) -> Release:
    """Write a folder for each student of a roster, and record in the ledger what they were given.

    Released again, it goes on where it was stopped, adds students, and brings texts up to date;
    the data of those who have theirs stay.

    Parameters
    ----------
    assignment, roster
        The assignment's file, and the csv file that lists the students.
    out
        Where the folders come: all that is in it may be handed out.
    secret
        The file of the course secret, made if there is none; by default one in the user's
        settings.
    ledger
        The private record; by default beside the assignment's file.
    progress, executor, stop
        As for `tutorkit.study`: the reference posteriors are computed on all cores.
    notebook
        Makes the notebook of an assignment.

    Raises
    ------
    DataError, SpecError
        If assignment, roster, secret or ledger cannot be used as they are.
    TutorkitError
        If the processes end before their time.
    """
    described = read_assignment(assignment)
    tree = tomllib.loads(assignment.read_text(encoding="utf-8-sig"))
    students = read_roster(roster)
    ledger = ledger or assignment.with_suffix(".ledger.jsonl")
    _check_private(out, {"ledger": ledger, "assignment's file": assignment, "roster": roster})
    key_file = secret or default_file()
    key, made_secret = open_secret(key_file, out)
    before = read_ledger(ledger).assignment if _has_lines(ledger) else described
    book = begin_ledger(ledger, tree)
    _demand_same_secret(book, key)
    known = {same_student(s.student) for s in students}
    wanted = [s for s in students if same_student(s.student) not in book.issued]
    failed: dict[str, str] = {}
    stop = stop or threading.Event()
    if wanted:
        _issue_all(described, wanted, key, ledger, failed, progress, executor, stop)
    book = _up_to_date(ledger, students)
    texts = [notebook(described), notebook(before)]
    ready = {name: one for name, one in book.issued.items() if name in known}
    for one in ready.values():
        _write_folder(out / one.student.folder, described, one, key, texts)
    missing = [s for s in wanted if same_student(s.student) not in ready]
    unfinished = tuple(s for s in missing if s.student not in failed)
    return Release(book, students, unfinished, failed, key_file, made_secret)


def _issue_all(
    assignment: Assignment,
    students: list[Student],
    key: bytes,
    ledger: Path,
    failed: dict[str, str],
    progress: bool | Progress,
    executor: Executor | None,
    stop: threading.Event,
) -> None:
    if executor is None:
        warm()  # once, not in each process
    done = 0
    with (
        pool(executor, len(students)) as workers,
        shown(progress, len(students), "Release", "student") as show,
    ):
        jobs = [workers.submit(_try_issue, assignment, s, *_keys(key, assignment, s))
                for s in students]  # fmt: skip

        def take(found: tuple[str, Issued | str]) -> None:
            nonlocal done
            student, result = found
            if isinstance(result, Issued):
                record(ledger, result)
            else:
                failed[student] = result
            done += 1
            show(done)

        try:
            work_off(jobs, take, stop)
        except BrokenExecutor:
            hint = "What had finished is in the ledger: release again to go on."
            raise TutorkitError("The processes that made the data have ended", hint) from None


def _try_issue(
    assignment: Assignment, student: Student, handle: str, keys: Mapping[str, bytes]
) -> tuple[str, Issued | str]:
    """Issue in another process; what fails for one student is that student's alone."""
    try:
        return student.student, issue(assignment, student, handle, keys)
    except TutorkitError as error:
        return student.student, f"{error.message}. {error.hint}"
    except Exception as error:  # ours, or the machine's: the others go on
        return student.student, f"{type(error).__name__}: {error}"


def _keys(secret: bytes, assignment: Assignment, student: Student) -> tuple[str, dict[str, bytes]]:
    """Return a student's handle, and the sub-keys that data and reference are made with."""
    keys = {p: sub_key(secret, p, assignment.key, student.student) for p in PURPOSES}
    return sub_key(secret, "handle", assignment.key, student.student).hex()[:20], keys


def _write_folder(
    folder: Path, assignment: Assignment, one: Issued, secret: bytes, notebooks: list[str]
) -> None:
    """Write what a student gets.

    Data that are there and as they were stay as they are, and so does a notebook that somebody has
    changed: neither the first of ``notebooks``, which is to be there, nor another one of them.
    """
    due = due_of(one.student, assignment.due)
    manifest = manifest_of(assignment, one.handle, one.sha256, due.isoformat() if due else "")
    data = folder / DATA
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (data.exists() and sha256(data.read_bytes()).hexdigest() == one.sha256):
            data.write_bytes(_made_again(assignment, one, secret))
        write_whole(folder / FILE, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
        file = folder / NOTEBOOK
        if not file.exists() or file.read_text(encoding="utf-8") in notebooks:
            write_whole(file, notebooks[0])
    except OSError as error:
        raise DataError(f"'{folder}' cannot be written: {error.strerror}") from None


def _has_lines(ledger: Path) -> bool:
    return ledger.exists() and ledger.stat().st_size > 0


def _made_again(assignment: Assignment, one: Issued, secret: bytes) -> bytes:
    """Return a student's data as they were issued."""
    key = sub_key(secret, "data", assignment.key, one.student.student)
    content = csv_of(data_for(assignment.data, key))
    if sha256(content).hexdigest() != one.sha256:
        made = ", ".join(f"{name} {v}" for name, v in one.versions.items())
        raise DataError(
            f"The data of '{one.student.student}' can no longer be made as they were",
            f"They were made with {made}. Use these versions, or the folders as they are.",
        )
    return content


def _demand_same_secret(ledger: Ledger, secret: bytes) -> None:
    """Demand that what has been issued was issued with this secret."""
    for one in ledger.issued.values():
        handle, _ = _keys(secret, ledger.assignment, one.student)
        if handle != one.handle:
            raise DataError(
                f"'{ledger.file}' was begun with another course secret",
                "Give that one with --secret FILE; it makes the same data again.",
            )
        return


def _up_to_date(file: Path, students: tuple[Student, ...]) -> Ledger:
    """Return the ledger with names, times and identifiers as the roster has them now."""
    issued = read_ledger(file).issued
    for student in students:
        one = issued.get(same_student(student.student))
        if one is not None and one.student != student:
            record(file, replace(one, student=student))
    return read_ledger(file)


def _check_private(out: Path, files: Mapping[str, Path]) -> None:
    """Refuse a folder to be handed out that holds what students must not have."""
    for name, file in files.items():
        if file.resolve().is_relative_to(out.resolve()):
            what = f"The {name} '{file}' lies in '{out}', which is handed out"
            raise DataError(what, "Choose a folder of its own with --out.")
    if out.exists() and not out.is_dir():
        raise DataError(f"'{out}' is not a folder", "Choose another with --out.")
