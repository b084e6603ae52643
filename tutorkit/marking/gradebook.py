"""Grades as tables: all of them, and as Canvas and Moodle import them."""

from __future__ import annotations

from tutorkit.marking.outcomes import Graded, Outcome
from tutorkit.marking.tables import number, write_csv

GRADES, CANVAS, MOODLE, ENTRIES = "grades.csv", "canvas.csv", "moodle.csv", "submissions.csv"


def write_gradebooks(graded: Graded) -> None:
    """Write all tables of grades, and what became of each thing that was handed in.

    Canvas and Moodle get final grades only: who has answers still to be marked by hand, or handed
    in nothing that counts, has an empty cell, which leaves a gradebook as it is. The columns are
    those of Canvas' own export (Student, ID, SIS Login ID, Section, then the assignment, with a row
    of points possible) and of Moodle's (name, ID number, email address, grade, feedback).
    """
    write_csv(graded.out / GRADES, _header(graded), [_row(graded, o) for o in graded.outcomes])
    title, out_of = graded.assignment.title, number(graded.assignment.out_of)
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title]
    rows = [["    Points Possible", "", "", "", "", out_of]]
    for outcome in graded.outcomes:
        student = outcome.student
        rows.append([student.shown, student.canvas_id, student.student, student.login,
                     student.section, _final(outcome)])  # fmt: skip
    write_csv(graded.out / CANVAS, header, rows)
    header = ["Full name", "ID number", "Email address", title, "Feedback comments"]
    rows = [
        [o.student.shown, o.student.student, o.student.email, _final(o), _comments(graded, o)]
        for o in graded.outcomes
    ]
    write_csv(graded.out / MOODLE, header, rows)
    found = [(entry.place, entry.student, entry.what) for entry in graded.entries]
    write_csv(graded.out / ENTRIES, ["handed in", "student", "what became of it"], found)


def _header(graded: Graded) -> list[str]:
    return ["student", "name", "status", "total", "out of", "to be marked", "share left",
            *graded.assignment.marked, "notes", "for you to look at"]  # fmt: skip


def _row(graded: Graded, outcome: Outcome) -> list[object]:
    marked = outcome.marked
    points = [""] * len(graded.assignment.marked)
    if marked is not None:
        points = [number(part.points) for part in marked.parts]
    pending = " ".join(marked.pending) if marked else ""
    return [
        outcome.student.student, outcome.student.name, outcome.status, number(outcome.total),
        number(graded.assignment.out_of), pending, number(outcome.share), *points,
        " ".join(outcome.notes), " ".join(outcome.doubts),
    ]  # fmt: skip


def _comments(graded: Graded, outcome: Outcome) -> str:
    """Return what a student is told with the grade: notes, and comments made by hand."""
    by_hand = [item.key for item in graded.assignment.written]
    parts = outcome.marked.parts if outcome.final and outcome.marked else ()
    said = [word for part in parts if part.key in by_hand for word in part.words]
    return " ".join([*outcome.notes, *said])


def _final(outcome: Outcome) -> str:
    return number(outcome.total) if outcome.final else ""
