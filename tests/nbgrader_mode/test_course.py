"""A class of honest, dishonest and unlucky students, marked by the real nbgrader."""

import csv
import json
import re
import sqlite3
from types import SimpleNamespace

import pytest
from nbgrader_class import (
    ASSIGNMENT,
    FULL,
    KEY,
    answers_of,
    code,
    copied,
    hand_in,
    named,
    notebook_in,
)
from nbgrader_class import nbgrader as run_nbgrader

from tutorkit.assignment.secret import sub_key
from tutorkit.nbgrader.course import release_course
from tutorkit.nbgrader.sealed import marking_key

pytestmark = pytest.mark.slow
STUDENTS = ["honest", "copier", "deleter", "emptied", "widgets", "spy", "thief", "broken", "torn",
            "killer", "linker", "nothing"]  # fmt: skip
ANSWER = "Both analyses, as MAR cannot be told from MNAR."
SPY = """\
import os, sys, warnings
import tutorkit.nbgrader.cells as cells
print("ENVIRONMENT", dict(os.environ))
print("HERE", os.listdir(), os.environ["NBGRADER_EXECUTION"])
warnings.warn("something of mine")
print("to stderr", file=sys.stderr)
cells.points = lambda part: 1.0
"""
NOISE = "import sys; print('noise', file=sys.stderr); sys.stdout = sys.stderr"
FORGE = """\
import json, pathlib
file = pathlib.Path("answers.json")
forged = json.loads(file.read_text()) | {"given": {"mechanism": 0}}
file.unlink()
file.write_text(json.dumps(forged))
"""


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """Return a class that was released, handed in, marked, told and exported."""
    here = tmp_path_factory.mktemp("nbgrader")
    file, roster, out = here / "a.toml", here / "roster.csv", here / "out"
    file.write_text(ASSIGNMENT, encoding="utf-8")
    lines = ["student,name", *(f'{s},"{s.capitalize()}, A."' for s in STUDENTS)]
    roster.write_text("\n".join(lines), encoding="utf-8")
    released = release_course(file, roster, out, secret=here / "s.secret", progress=False)
    assert not released.failed
    course, students = out / "course", out / "students"
    _submit(course, students, file)
    runs = [
        run_nbgrader(course, *arguments)
        for arguments in (
            ["autograde", KEY], ["generate_feedback", KEY], ["export", "--to=grades.csv"],
        )
    ]  # fmt: skip
    secret = bytes.fromhex((here / "s.secret").read_text())
    return SimpleNamespace(
        here=here, out=out, course=course, students=students, released=released, runs=runs,
        secret=secret, file=file, roster=roster,
        scores=_scores(course), log="\n".join(run.stderr for run in runs),
        pages={s: _page(course, s) for s in STUDENTS},
    )  # fmt: skip


def _submit(course, students, file):
    answers = {s: answers_of(students / s, file) for s in STUDENTS[:-1]}
    books = {s: notebook_in(students / s) for s in STUDENTS}
    named(books["honest"], "answer-report")["source"] = ANSWER
    cells = books["copier"]["cells"]
    own, test = named(books["copier"], "answer-report"), named(books["copier"], "mark-estimates")
    cells += [copied(test), copied(own) | {"source": ANSWER}, copied(own)]
    cells[0]["metadata"]["nbgrader"] = {}
    cells[2]["metadata"]["nbgrader"] = {"schema_version": 99, "grade_id": ["?"], "grade": True}
    books["deleter"]["cells"] = [c for c in books["deleter"]["cells"] if c["id"] != "mark-focal"]
    books["emptied"]["cells"] = []
    books["widgets"]["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    named(books["widgets"], "answer-report")["source"] = "### BEGIN HIDDEN TESTS $x^2$"
    books["spy"]["cells"].insert(0, code(SPY))
    where = books["spy"]["cells"].index(named(books["spy"], "mark-focal"))
    books["spy"]["cells"].insert(where, code(NOISE))
    books["spy"]["cells"].insert(where, code(FORGE))
    answers["spy"] = answers_of(students / "spy", file, run=None, given={"mechanism": 1})
    answers["thief"] = answers["honest"]
    answers["broken"] = answers["broken"][:500]
    books["killer"]["cells"].insert(1, code("import os; os._exit(3)"))
    for student, book in books.items():
        book = "{ this is no notebook" if student == "torn" else book
        hand_in(course, student, book, answers.get(student))
    for name in ("answers.json", "more.txt", "assignment.ipynb"):
        link = course / "submitted" / "linker" / KEY / name
        link.unlink(missing_ok=True)
        link.symlink_to(file.with_name("s.secret"))


def _scores(course):
    """Return scores of all cells by student, as the gradebook has them."""
    query = """
        select student.id, base_cell.name, grade.auto_score, grade.needs_manual_grade
        from grade join base_cell on grade.cell_id = base_cell.id
        join submitted_notebook on grade.notebook_id = submitted_notebook.id
        join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
        join student on submitted_assignment.student_id = student.id
    """
    found = {}
    with sqlite3.connect(course / "gradebook.db") as base:
        for student, cell, score, pending in base.execute(query):
            found.setdefault(student, {})[cell] = "to be marked" if pending else score
    base.close()
    return found


def _page(course, student):
    file = course / "feedback" / student / KEY / "assignment.html"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def by_program(scores):
    return {cell: score for cell, score in scores.items() if cell.startswith("mark-")}


def test_nothing_stops_nbgrader(marked):
    assert [run.returncode for run in marked.runs] == [0, 0, 0], marked.log
    assert set(marked.scores) == set(STUDENTS)
    assert all(marked.pages.values())


@pytest.mark.parametrize(
    "student", ["honest", "copier", "deleter", "emptied", "widgets", "torn", "killer"]
)
def test_right_answers_have_full_marks_whatever_became_of_the_notebook(marked, student):
    assert by_program(marked.scores[student]) == FULL
    assert "As asked for." in marked.pages[student]


@pytest.mark.parametrize(
    ("student", "score"), [("honest", "to be marked"), ("copier", "to be marked"), ("deleter", 0.0)]
)
def test_written_answers_are_marked_by_hand(marked, student, score):
    assert marked.scores[student]["answer-report"] == score


def test_test_cells_give_the_same_in_the_kernel(marked):
    forged = re.findall(r"Test cell \S+ of (\w+) gave", marked.log)
    assert set(forged) == {"spy", "killer"}


def test_notebooks_run_with_what_their_student_was_given(marked):
    assert "DataError" not in marked.pages["honest"]
    assert "NameError" not in marked.pages["honest"]
    assert "Run All Cells" not in marked.pages["honest"].replace("<em>Run All Cells</em>", "")


def test_a_written_answer_counts_where_it_was_written(marked):
    book = json.loads(
        (marked.course / "autograded" / "copier" / KEY / "assignment.ipynb").read_text()
    )
    about = [(c["source"], "nbgrader" in c["metadata"]) for c in book["cells"]]
    texts = [("".join(source), marks) for source, marks in about]
    assert [marks for source, marks in texts if source == ANSWER] == [True]


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("thief", "The answers are those of somebody else"),
        ("broken", "It is not JSON as tutorkit writes it"),
        ("nothing", "It was not handed in"),
        ("linker", "It is empty"),
    ],
)
def test_answers_that_do_not_count_have_no_marks_and_are_told_why(marked, student, words):
    assert set(by_program(marked.scores[student]).values()) == {0.0}
    assert words in marked.pages[student]


def test_stderr_costs_nothing_and_patching_gains_nothing(marked):
    scores = by_program(marked.scores["spy"])
    expected = dict(FULL, **{"mark-convergence": 0, "mark-estimates": 0, "mark-mechanism": 0})
    assert scores == expected
    assert "There is no run." in marked.pages["spy"]
    assert "That is not so." in marked.pages["spy"]


def test_code_of_a_student_sees_the_own_sub_key_alone(marked):
    page = marked.pages["spy"]
    assert "ENVIRONMENT" in page
    assert marking_key(marked.secret, KEY, "spy") in page
    everywhere = "".join(marked.pages.values()) + marked.log
    assert marked.secret.hex() not in everywhere
    assert "s.secret" not in everywhere
    files = [f for part in ("autograded", "feedback") for f in (marked.course / part).rglob("*")]
    assert not any(marked.secret.hex() in f.read_text("utf-8") for f in files if f.is_file())
    for student in STUDENTS[:5]:
        assert marking_key(marked.secret, KEY, student) not in everywhere
        assert sub_key(marked.secret, "mark", KEY, student).hex() not in everywhere


def test_feedback_hides_the_tests_and_loads_nothing(marked):
    for student, page in marked.pages.items():
        assert "tutorkit.nbgrader.cells" not in page or student == "spy"
        assert "END HIDDEN TESTS" not in page
        assert "<script" not in page
        assert not re.search(r'(src|<link[^>]*href)="?(https?:)?//', page)
    assert "Focal model: 4 of 4 points" in marked.pages["honest"]


def test_export_has_everybody(marked):
    with (marked.course / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(STUDENTS)
    assert float(rows["deleter"]["score"]) == sum(FULL.values())
    assert float(rows["deleter"]["max_score"]) == sum(FULL.values()) + 3
    assert float(rows["thief"]["score"]) == 0


def test_nothing_private_is_handed_out(marked):
    files = {f.name for f in marked.students.rglob("*") if f.is_file()}
    assert files == {"data.csv", "manifest.json", "assignment.ipynb"}
    text = "".join(f.read_text(encoding="utf-8") for f in marked.students.rglob("*.[ij]*"))
    assert "HIDDEN TESTS" not in text
    assert "rubric" not in text
    assert not re.search(r"x1i\.missing", text)
    manifest = json.loads((marked.students / "honest" / "manifest.json").read_text())
    assert [item["key"] for item in manifest["items"]] == ["direction", "mechanism"]
    assert (marked.course.stat().st_mode & 0o077) == 0
    assert "rubric that nobody" not in "".join(
        f.read_text(encoding="utf-8") for f in marked.out.rglob("*.ipynb")
    )
