"""The command line for instructors: ``tutorkit assign init | release`` and ``tutorkit grade``.

What a command needs is imported when it is run: the other commands start without.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutorkit.errors import DataError
from tutorkit.files import write_whole

if TYPE_CHECKING:
    from tutorkit.assignment.release import Release

STOPPED = 130


def add_commands(commands: Any) -> None:
    """Add the commands to a parser's."""
    assign = commands.add_parser("assign", help="write an assignment, and release it to a class")
    what = assign.add_subparsers(dest="what", required=True, metavar="COMMAND")
    init = what.add_parser("init", help="write a commented example of an assignment's file")
    init.add_argument("file", nargs="?", default="assignment.toml", help="default: %(default)s")
    new = what.add_parser("release", help="make a folder with data of their own for each student")
    new.add_argument("assignment", metavar="ASSIGNMENT", help="an assignment's file")
    new.add_argument("--roster", required=True, metavar="FILE", help="csv file, one line a student")
    new.add_argument("--out", required=True, metavar="DIR", help="where the folders come")
    new.add_argument("--secret", metavar="FILE", help="the course secret, made if there is none")
    new.add_argument("--ledger", metavar="FILE", help="the private record of what was issued")
    new.add_argument("--nbgrader", action="store_true", help="make a course for nbgrader")
    new.add_argument("--quiet", action="store_true", help="no progress bar")
    marking = commands.add_parser("grade", help="mark what a class has handed in")
    marking.add_argument("submissions", metavar="SUBMISSIONS", help="a folder or zip file")
    marking.add_argument("--ledger", required=True, metavar="FILE", help="as release wrote it")
    marking.add_argument("--out", metavar="DIR", help="default: grades-KEY, by the assignment")
    marking.add_argument("--quiet", action="store_true", help="no progress bar")


def assign(options: argparse.Namespace) -> int:
    """Write an example, or release an assignment.

    Raises
    ------
    TutorkitError
        If something cannot be used, or would be overwritten.
    """
    if options.what == "init":
        return _init(Path(options.file))
    from tutorkit.assignment.release import release

    make: Callable[..., Release] = release
    if options.nbgrader:
        from tutorkit.nbgrader.course import release_course  # nbgrader takes a while to import

        make = release_course
    released = make(
        Path(options.assignment),
        Path(options.roster),
        Path(options.out),
        secret=_path(options.secret),
        ledger=_path(options.ledger),
        progress=not options.quiet,
    )
    return _tell(released, Path(options.out), options.nbgrader)


def grade(options: argparse.Namespace) -> int:
    """Mark a class.

    Raises
    ------
    TutorkitError
        If submissions or ledger cannot be used.
    """
    from tutorkit.assignment.ledger import read_ledger
    from tutorkit.marking.grading import grade as mark_all
    from tutorkit.marking.hand_marks import FILE as HAND
    from tutorkit.marking.overview import FILE, is_fine, summary

    ledger = Path(options.ledger)
    out = Path(options.out or f"grades-{read_ledger(ledger).assignment.key}")
    progress = not options.quiet
    graded = mark_all(Path(options.submissions), ledger, out, progress=progress)
    print(summary(graded))
    for entry in graded.entries:
        if not is_fine(entry.what):
            whose = f" ({entry.student})" if entry.student else ""
            print(f"- {_one_line(entry.place)}{whose}: {_one_line(entry.what)}")
    for problem in graded.problems:
        print(f"- {_one_line(problem)}")
    print(f"Open '{out / FILE}' for the class. Tables and pages are beside it.")
    if any(outcome.marked and outcome.marked.pending for outcome in graded.outcomes):
        print(f"Written answers are marked in '{out / HAND}'; then run this again.")
    return 0


def _init(file: Path) -> int:
    from tutorkit.assignment.reading import EXAMPLE

    if file.exists():
        raise DataError(f"'{file}' is there already", "Give another name.")
    try:
        write_whole(file, EXAMPLE.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"'{file}' cannot be written: {error.strerror}") from None
    print(f"'{file}' is an assignment with remarks: change it as you like.")
    return 0


def _tell(released: Release, out: Path, nbgrader: bool) -> int:
    if released.made_secret:
        print(
            f"A course secret was made: '{released.secret}'. Keep it, and keep it to yourself: all "
            "data follow from it."
        )
    ready = len(released.students) - len(released.unfinished) - len(released.failed)
    handed = out / "students" if nbgrader else out
    print(f"'{handed}' has folders for {ready} students, to be handed out one to each.")
    if nbgrader:
        key = released.ledger.assignment.key
        print(
            f"'{out / 'course'}' is yours, and private. Put what comes back, notebook and "
            f"answers.json, into '{out / 'course' / 'submitted'}/STUDENT/{key}', STUDENT being the "
            "name of the student's folder, and run nbgrader there."
        )
    print(f"'{released.ledger.file}' is the private record that 'tutorkit grade' needs.")
    if any((folder / ".git").exists() for folder in released.ledger.file.resolve().parents):
        print("It lies in a repository: do not commit it, as it holds what is right.")
    for student, why in released.failed.items():
        print(f"- {student} has none: {why}")
    if released.unfinished:
        print(f"Stopped: {len(released.unfinished)} students are left. Release again to go on.")
        return STOPPED
    return 2 if released.failed else 0


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)


def _one_line(text: str) -> str:
    """Return a text of somebody else's as one line that does nothing to a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
