"""The source notebook: what all students work in, cells for written answers, and test cells."""

from __future__ import annotations

from collections.abc import Iterator

from tutorkit.assignment.description import Assignment, Item
from tutorkit.assignment.notebook import Cell, cells_of, code, markdown, notebook_text, plain
from tutorkit.marking.marks import NAMES
from tutorkit.nbgrader.sealed import by_program

BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
WRITTEN = """\
## In your own words

Write each answer in the cell below its question, and save the notebook."""
HAND_IN = """\
## Hand in

*Submit* writes `answers.json` beside this notebook, without a network. Save the notebook, and \
hand in both: the notebook, and `answers.json`. You may submit again: the file is then written \
anew."""
MARKS = """\
## Marks

These cells are filled in when your work is marked. Leave them as they are."""


def source_of(assignment: Assignment) -> str:
    """Return nbgrader's source notebook of an assignment as the text of a file."""
    return notebook_text(list(_cells(assignment)))


def test_id(part: str) -> str:
    """Return the name of the test cell of a part."""
    return f"mark-{part}"


def answer_id(question: str) -> str:
    """Return the name of the cell for a written answer."""
    return f"answer-{question}"


def _cells(assignment: Assignment) -> Iterator[Cell]:
    program = by_program(assignment)
    for cell in cells_of(program):
        if cell["id"] == "hand-in":
            yield from _written(assignment)
            cell = markdown("hand-in", HAND_IN)
        yield cell
    yield markdown("marks", MARKS)
    for part, points in program.marked.items():
        yield _test(part, points)


def _written(assignment: Assignment) -> Iterator[Cell]:
    if assignment.written:
        yield markdown("written", WRITTEN)
    for item in assignment.written:
        yield markdown(f"question-{item.key}", f"**{_points(item.points)}.** {plain(item.text)}")
        yield _answer(item)


def _answer(item: Item) -> Cell:
    name = answer_id(item.key)
    cell = markdown(name, "YOUR ANSWER HERE")
    cell["metadata"] = _marked(name, item.points, solution=True)
    return cell


def _test(part: str, points: float) -> Cell:
    name = test_id(part)
    what = NAMES.get(part) or f"Question '{part}'"
    test = f'from tutorkit.nbgrader.cells import points\n\npoints("{part}")'
    cell = code(name, f"# {what}: {_points(points)}\n{BEGIN}\n{test}\n{END}")
    cell["metadata"] = _marked(name, points, solution=False)
    return cell


def _marked(name: str, points: float, *, solution: bool) -> dict[str, object]:
    return {
        "nbgrader": {
            "schema_version": 3, "grade_id": name, "grade": True, "solution": solution,
            "locked": not solution, "task": False, "points": points,
        }
    }  # fmt: skip


def _points(points: float) -> str:
    return f"{points:g} point{'s' * (points != 1)}"
