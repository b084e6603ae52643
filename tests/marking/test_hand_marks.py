"""Marks given by hand: read from what a spreadsheet program saves, and never lost."""

import csv
import tomllib

import pytest
from classroom import SMALL

from tutorkit import DataError
from tutorkit.assignment.answers import Answers
from tutorkit.assignment.reading import assignment_of
from tutorkit.marking.hand_marks import BEFORE, FILE, HandMarks, code_of

ASSIGNMENT = assignment_of(tomllib.loads(SMALL))
ANSWERS = Answers("small", "h", "s", given={"report": "It depends."})
HEAD = ["assignment", "student", "question", "mark", "comment", "code"]
CODE = code_of("It depends.")


def write(folder, *rows, head=HEAD, separator=","):
    with (folder / FILE).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=separator).writerows([head, *rows])
    return HandMarks(folder / FILE, ASSIGNMENT)


def read(folder, name=FILE):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def again(folder, marks):
    marks.write([("anna", "Anna", ANSWERS)])
    return read(folder)


def test_the_table_begins_with_all_answers_and_rubrics(tmp_path):
    (row,) = again(tmp_path, HandMarks(tmp_path / FILE, ASSIGNMENT))
    assert row == {
        "assignment": "small", "student": "anna", "name": "Anna", "question": "report",
        "answer": "It depends.", "rubric": "1 each", "out of": "3", "mark": "", "comment": "",
        "code": CODE,
    }  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["2.5", "2,5", " 2.50 "])
def test_marks_are_read_as_spreadsheets_write_them(tmp_path, separator, mark):
    marks = write(tmp_path, ["small", "Anna", "report", mark, "Good", CODE], separator=separator)
    assert marks.of("anna", ANSWERS) == {"report": (2.5, "Good")}
    assert marks.problems == []


@pytest.mark.parametrize("mark", ["-1", "3.5", "two", "nan", "inf", "1e99"])
def test_what_is_no_mark_is_named_and_kept(tmp_path, mark):
    marks = write(tmp_path, ["small", "anna", "report", mark, "", CODE])
    assert marks.of("anna", ANSWERS) == {}
    assert f"'{mark}' is no mark from 0 to 3" in marks.problems[0]
    assert again(tmp_path, marks)[0]["mark"].lstrip("'") == mark


def test_a_changed_answer_is_marked_again(tmp_path):
    marks = write(tmp_path, ["small", "anna", "report", "2", "old", "aother"])
    assert marks.of("anna", ANSWERS) == {}
    assert "the answer has changed since: mark it again, and empty its 'code'" in marks.problems[0]
    assert again(tmp_path, marks)[0]["code"] == "aother"
    marks = write(tmp_path, ["small", "anna", "report", "1", "new", ""])
    assert marks.of("anna", ANSWERS) == {"report": (1, "new")}
    assert again(tmp_path, marks)[0]["code"] == CODE


def test_nothing_that_somebody_wrote_is_lost(tmp_path):
    """Own columns, lines of students who are gone, apostrophes, and the table as it was."""
    marks = write(
        tmp_path,
        ["small", "anna", "report", "2", "'tis good", CODE, "ok"],
        ["small", "gone", "report", "1", "=1+1", "ax", "see"],
        ["small", "gone", "other", "", "", "ay", ""],
        head=[*HEAD, "second marker"],
    )
    before = read(tmp_path)
    for _ in range(3):  # however often it is written
        rows = again(tmp_path, marks)
        assert [(r["student"], r["mark"], r["second marker"]) for r in rows] == [
            ("anna", "2", "ok"), ("gone", "1", "see"),
        ]  # fmt: skip
        marks = HandMarks(tmp_path / FILE, ASSIGNMENT)
        assert marks.of("anna", ANSWERS) == {"report": (2, "'tis good")}
    assert rows[1]["comment"] == "'=1+1"  # not computed
    marks = write(tmp_path, ["small", "anna", "report", "2", "x", CODE])
    again(tmp_path, marks)
    assert read(tmp_path, BEFORE)[0]["comment"] == "x"
    assert before


def test_the_instructors_separator_stays(tmp_path):
    marks = write(tmp_path, ["small", "anna", "report", "2,5", "a;b", CODE], separator=";")
    marks.write([("anna", "Anna", ANSWERS)])
    text = (tmp_path / FILE).read_text(encoding="utf-8-sig")
    assert text.startswith("assignment;student;name;")
    assert HandMarks(tmp_path / FILE, ASSIGNMENT).of("anna", ANSWERS) == {"report": (2.5, "a;b")}


def test_two_lines_for_one_answer(tmp_path):
    one, empty = ["small", "anna", "report", "2", "", CODE], ["small", "anna", "report", "", "", ""]
    for rows in ((one, empty), (empty, one)):
        assert write(tmp_path, *rows).of("anna", ANSWERS) == {"report": (2, "")}
    with pytest.raises(DataError, match="two lines with marks for anna, report"):
        write(tmp_path, one, [*one[:3], "1", "", CODE])


def test_a_table_of_another_assignment_is_refused(tmp_path):
    with pytest.raises(DataError, match="has marks of the assignment 'other'"):
        write(tmp_path, ["other", "anna", "report", "2", "", CODE])
    with pytest.raises(DataError, match="has no column 'mark'"):
        write(tmp_path, head=["assignment", "student", "question"])


def test_a_comment_without_a_mark_does_not_hold_an_answer_fast(tmp_path):
    marks = write(tmp_path, ["small", "anna", "report", "", "Look again", "aother"])
    (row,) = again(tmp_path, marks)
    assert (row["comment"], row["code"]) == ("Look again", CODE)


def test_who_has_not_answered_has_no_line(tmp_path):
    marks = HandMarks(tmp_path / FILE, ASSIGNMENT)
    marks.write([("ben", "Ben", Answers("small", "h", "s", given={"report": " \n"}))])
    assert read(tmp_path) == []


def test_two_lines_of_which_one_has_only_a_comment_are_not_thrown_together(tmp_path):
    one = ["small", "anna", "report", "2", "", CODE]
    with pytest.raises(DataError, match="two lines with marks"):
        write(tmp_path, one, [*one[:3], "", "Look again", CODE])


@pytest.mark.parametrize(("mark", "value"), [("0", 0), ("3", 3)])
def test_the_least_and_the_most_are_marks(tmp_path, mark, value):
    marks = write(tmp_path, ["small", "anna", "report", mark, "", CODE])
    assert marks.of("anna", ANSWERS) == {"report": (value, "")}
