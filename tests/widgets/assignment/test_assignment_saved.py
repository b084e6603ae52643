"""An assignment in a notebook: what is saved, what comes back, and what goes wrong with files."""

import shutil

import pytest
from classroom import RIGHT
from ipywidgets import RadioButtons, Textarea
from student import all_of, run, saved

from tutorkit import Assignment, DataError, TutorkitError
from tutorkit.assignment.answers import LONGEST
from tutorkit.widgets.assignment.assignment_session import MARKING, AssignmentSession


def test_all_work_comes_back(assignment, folder):
    session = assignment.session
    session.answer("direction", 0)
    session.answer("report", "So far")
    run(session)
    again = Assignment(folder)
    assert again.session.given == {"direction": 0, "report": "So far"}
    assert again.session.summary == session.summary
    assert again.session.spec == session.spec
    (field,) = all_of(again.questions(), Textarea)
    assert field.value == "So far"
    assert "4 of 5 done" in again.state.value
    choice = all_of(again.predictions(), RadioButtons)[0]
    assert (choice.value, choice.disabled) == (0, True)


def test_what_was_handed_in_comes_back_where_the_work_is_gone(assignment, folder):
    assignment.session.answer("report", "All is here")
    assignment.submit()
    (folder / "my-work.json").unlink()
    again = Assignment(folder)
    assert again.session.given == {"report": "All is here"}
    assert "Hand in this file" in again.submission().state.value
    again.session.answer("report", "No, more")
    third = Assignment(folder)
    assert third.session.given == {"report": "No, more"}
    assert third.session.changed


def test_another_students_work_is_put_aside_and_kept(released, folder):
    other = AssignmentSession(released / "ben")
    other.answer("report", "Ben's")
    shutil.move(released / "ben" / "my-work.json", folder / "my-work.json")
    session = AssignmentSession(folder)
    assert session.given == {}
    assert "is of another student or assignment. It is kept as 'my-work-2" in session.trouble
    assert any("Ben's" in file.read_text() for file in folder.glob("my-work-2*.json"))


def test_damaged_work_is_put_aside_and_kept(folder):
    (folder / "my-work.json").write_text('{"given": ')
    session = AssignmentSession(folder)
    assert "'my-work.json' cannot be read" in session.trouble
    session.answer("report", "Anew")
    assert session.trouble == ""
    assert saved(folder)["given"] == {"report": "Anew"}
    assert [f.read_text() for f in folder.glob("my-work-2*.json")] == ['{"given": ']


def test_work_that_cannot_be_saved_is_told_and_stays(assignment, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    name = "tutorkit.widgets.assignment.assignment_session.write_whole"
    monkeypatch.setattr(name, full)
    assignment.session.answer("report", "Here")
    assert "cannot be saved in 'my-work.json': No space left" in assignment.session.trouble
    assert "No space left" in assignment.state.value
    assert assignment.session.given == {"report": "Here"}
    with pytest.raises(DataError, match=r"'answers.json' cannot be written: No space left"):
        assignment.submit()


def test_work_goes_before_what_was_handed_in(assignment, folder):
    """Even if it is a script with a mistake and nothing else."""
    assignment.session.write(RIGHT)
    assignment.submit()
    (folder / "my-work.json").unlink()
    again = Assignment(folder).session
    again.write("MODEL: y ~ x1i +;")
    third = Assignment(folder).session
    assert third.script == "MODEL: y ~ x1i +;"
    assert third.changed


def test_two_notebooks_do_not_write_over_each_other(assignment, folder):
    other = Assignment(folder).session
    other.answer("report", "A long essay")
    assignment.session.answer("direction", 0)
    assert "was written by another notebook or page. It is kept as" in assignment.session.trouble
    assert any("A long essay" in f.read_text() for f in folder.glob("my-work-2*.json"))
    assert saved(folder)["given"] == {"direction": 0}


def test_what_could_not_be_read_again_is_not_saved_silently(assignment, folder):
    session = assignment.session
    session.answer("report", "Before")
    session.write("MODEL: y ~ x1i; " + "# x" * LONGEST)
    assert "'script' is no text, or is too long. It stays on this page" in session.trouble
    assert saved(folder)["given"] == {"report": "Before"}
    session.write(RIGHT)
    assert session.trouble == ""


def test_half_a_letter_does_not_stop_anything(assignment, folder):
    assignment.session.answer("report", "a \ud83d b")
    assignment.submit()
    assert saved(folder, "answers.json")["given"]["report"] == "a ? b"


def test_while_it_is_marked_nothing_is_moved_or_saved(folder, monkeypatch):
    (folder / "answers.json").write_text("{}")
    monkeypatch.setenv(MARKING, "autograde")
    session = AssignmentSession(folder)
    session.answer("report", "x")
    assert {p.name for p in folder.iterdir()} == {
        "answers.json", "assignment.ipynb", "data.csv", "manifest.json",
    }  # fmt: skip
    assert (folder / "answers.json").read_text() == "{}"


def test_what_could_not_be_read_is_not_handed_in(assignment, folder):
    assignment.session.write("MODEL: y ~ x1i; " + "# x" * LONGEST)
    with pytest.raises(TutorkitError, match="This cannot be handed in"):
        assignment.submit()
    assert not (folder / "answers.json").exists()
