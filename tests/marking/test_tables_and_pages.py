"""Tables and pages: nothing in them is computed or run, and the columns are where they belong."""

import csv
from dataclasses import replace

import pytest
from test_marks import ASSIGNMENT, ISSUED, run

from tutorkit.assignment.answers import Answers
from tutorkit.assignment.roster import Student
from tutorkit.marking.gradebook import write_gradebooks
from tutorkit.marking.marks import mark
from tutorkit.marking.outcomes import MARKED, MISSING, REFUSED, Graded, Outcome
from tutorkit.marking.overview import summary
from tutorkit.marking.pages import page, table
from tutorkit.marking.tables import cell, number, write_csv


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "\t=1", " =1", "\n@A", "|x", "%x", "＝1"])
def test_no_cell_is_a_formula(text):
    assert cell(text).startswith("'")


def test_other_cells_are_as_they_are(tmp_path):
    assert [cell(x) for x in ("a=1", "", 3, "a\x07b")] == ["a=1", "", "3", "a b"]
    assert [number(x) for x in (None, 2.0, 2.255, -0.001)] == ["", "2", "2.25", "0"]
    write_csv(tmp_path / "a.csv", ["ä"], [])
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbf\xc3\xa4\r\n"


def test_whatever_stands_on_a_page_is_shown_and_not_run():
    evil = "<script>x</script>\u202e"
    text = page(evil, table([evil], [[evil], [(evil,)]], ()))
    assert "<script" not in text
    assert text.count("&lt;script&gt;x&lt;/script&gt;\ufffd") == 4


@pytest.fixture
def graded(tmp_path):
    def outcome(name, status, given, share=1.0):
        more = (f"1{name}", f"{name}-login", f"{name}-section")
        student = Student(name, name.title(), "", "", *more)
        answers = Answers("a", "h", "s", run=run(1.0), given=given)
        found = mark(ASSIGNMENT, ISSUED, answers) if status != MISSING else None
        return Outcome(replace(ISSUED, student=student), status, found, answers, share=share)

    outcomes = (
        outcome("anna", MARKED, {"c": 1}),
        outcome("ben", MARKED, {"c": 1, "w": "because"}),
        outcome("dora", REFUSED, {"c": 0}, 0.0),
        outcome("emil", MISSING, {}),
    )
    return Graded(ASSIGNMENT, outcomes, (), (), tmp_path)


def test_gradebooks_have_final_grades_in_the_columns_of_the_course_site(graded):
    write_gradebooks(graded)
    with (graded.out / "canvas.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[2][:5] == ["Anna", "1anna", "anna", "anna-login", "anna-section"]
    anna = graded.outcomes[0].total
    assert [row[5] for row in rows[2:]] == [f"{anna:g}", "", "0", ""]


def test_the_overview_is_about_those_who_are_marked(graded):
    anna = graded.outcomes[0].total
    assert summary(graded).startswith("4 students: 2 marked, 1 late, refused, 1 missing.")
    assert f"from {anna:g} to {anna:g})" in summary(graded)
