"""What is written for a class of 120: pages that run nothing, tables, marks given by hand."""

import csv
import html
import re
from html.parser import HTMLParser

import pytest
from large_class import N, student, table

from tutorkit.assignment.ledger import read_ledger
from tutorkit.marking import grade


class Tags(HTMLParser):
    """All elements of a page, with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Note an element."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}


def test_no_page_runs_or_loads_anything(graded):
    pages = [graded.out / "overview.html", *(graded.out / "feedback").iterdir()]
    assert len(pages) == 1 + sum(o.marked is not None for o in graded.outcomes)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        found = Tags(text)
        assert not found.tags & {"script", "iframe", "object", "embed", "link", "form", "a"}, page
        assert not [name for name in found.attributes if name.startswith("on")], page
        assert "default-src 'none'" in text
        assert "\u202e" not in text
        assert "http://" not in text.replace("http://evil", "").replace(
            "http://www.w3.org", "")  # fmt: skip


def test_feedback_is_about_one_student_only(graded, handed_in):
    """No ID, handle, name or reference of anybody else is in it."""
    issued = read_ledger(handed_in.ledger).issued
    for outcome in graded.outcomes:
        if outcome.marked is None:
            continue
        page = graded.out / "feedback" / f"{outcome.student.folder}.html"
        text = page.read_text(encoding="utf-8")
        own = outcome.answers.given.get("report", "") if outcome.answers else ""
        text = text.replace(html.escape(str(own)), "").replace(outcome.student.name, "")
        for one in issued.values():
            if one.student != outcome.student:
                assert one.handle not in text
                assert one.student.student not in text
                assert not re.search(rf"\b{re.escape(one.student.name)}\b", text)


def test_no_table_holds_a_formula(graded):
    for name in ("grades.csv", "canvas.csv", "moodle.csv", "marks-by-hand.csv", "submissions.csv"):
        for row in table(graded, name):
            for value in row:
                assert not value.startswith(("=", "+", "-", "@", "\t")), (name, value)


def test_canvas_and_moodle_get_final_grades_only(graded, handed_in):
    canvas, moodle = table(graded, "canvas.csv"), table(graded, "moodle.csv")
    assert canvas[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert canvas[1][0].strip() == "Points Possible"
    assert canvas[1][5] == "20"
    assert len(canvas) == N + 2
    assert len(moodle) == N + 1
    grades = {row[2]: row[5] for row in canvas[2:]}
    assert grades[student(0)] == ""  # a written answer is still to be marked
    assert grades[handed_in.missing[0]] == ""
    assert grades[next(iter(handed_in.damaged))] == ""  # for a person to decide


def test_marks_by_hand_are_added_when_it_is_marked_again(graded, handed_in):
    file = graded.out / "marks-by-hand.csv"
    rows = table(graded, file.name)
    at = {name: k for k, name in enumerate(rows[0])}
    marked = {student(0): ("2.5", "Good, but =SUM"), student(1): ("9", ""), student(2): ("two", ""),
              student(3): ("1", "")}  # fmt: skip
    for row in rows[1:]:
        if row[at["student"]] in marked:
            row[at["mark"]], row[at["comment"]] = marked[row[at["student"]]]
        if row[at["student"]] == student(3):
            row[at["code"]] = "aanother"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=";").writerows(rows)
    again = grade(handed_in.submissions, handed_in.ledger, graded.out, progress=False)
    before, after = graded.of(student(0)), again.of(student(0))
    assert after.final
    assert after.total == pytest.approx(before.total + 2.5)
    assert dict((row[2], row[5]) for row in table(again, "canvas.csv"))[student(0)] == (
        f"{after.total:g}"
    )
    assert len(again.problems) == 3
    assert any("'9' is no mark from 0 to 3" in problem for problem in again.problems)
    assert any("'two' is no mark" in problem for problem in again.problems)
    assert any("has changed since" in problem for problem in again.problems)
    kept = {
        row[at["student"]]: (row[at["mark"]], row[at["comment"]])
        for row in table(again, file.name, ";")[1:]
    }
    assert {who: kept[who][0] for who in marked} == {w: m for w, (m, _) in marked.items()}
    page = (again.out / "feedback" / f"{student(0)}.html").read_text(encoding="utf-8")
    assert "Good, but =SUM" in page


def test_nothing_was_written_outside(graded, handed_in):
    assert not list(handed_in.folder.rglob("evil.py"))
    assert {path.name for path in handed_in.folder.iterdir()} == {
        "private", "handout", "submissions", "grades",
    }  # fmt: skip
