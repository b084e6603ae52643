"""An assignment in a notebook: what is saved, what comes back, what is handed in."""

import json
import shutil

import pytest
from classroom import RIGHT, Classroom
from ipywidgets import Button, RadioButtons, Textarea

from tutorkit import Assignment, DataError, TutorkitError
from tutorkit.assignment.answers import LONGEST, read_answers
from tutorkit.widgets.assignment.assignment_session import MARKING, AssignmentSession
from tutorkit.widgets.assignment.model_check import ModelCheck, visible_findings
from tutorkit.widgets.assignment.questions import ChoiceView, WrittenView
from tutorkit.widgets.own_data import OwnData
from tutorkit.widgets.parts import widgets_in


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    room = Classroom(tmp_path_factory.mktemp("class"), ["anna,Anna,,", "ben,Ben,,"])
    room.release()
    return room.handout


@pytest.fixture
def folder(released, tmp_path):
    shutil.copytree(released / "anna", tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def assignment(folder):
    return Assignment(folder)


def all_of(view, kind):
    return [widget for widget in widgets_in(view) if isinstance(widget, kind)]


def run(session):
    session.write(RIGHT)
    session.start()
    session.wait()


def saved(folder, name="my-work.json"):
    return json.loads((folder / name).read_text())


def test_a_prediction_comes_before_the_run_and_stays(assignment, folder):
    session = assignment.session
    with pytest.raises(TutorkitError, match="There is a prediction to make before you run"):
        run(session)
    (view,) = all_of(assignment.predictions(), ChoiceView)
    view.button.click()
    assert "Choose an answer first" in view.message.value
    view.choices.value = 1
    view.button.click()
    assert session.given == {"direction": 1}
    assert saved(folder)["given"] == {"direction": 1}
    assert view.choices.disabled
    assert view.button.disabled
    run(session)
    assert session.summary.iterations == 800


def test_choices_may_be_changed_and_nothing_is_told(assignment):
    view, written = assignment.questions().children[:2]
    for choice in (1, 0):
        view.choices.value = choice
        view.button.click()
        assert assignment.session.given["mechanism"] == choice
        assert "Saved. You may change it" in view.words.value
    assert isinstance(written, WrittenView)
    (field,) = all_of(written, Textarea)
    field.value = "It depends."
    assert assignment.session.given["report"] == "It depends."
    assert "(3 points)" in written.children[1].head.value


def test_an_answer_that_is_too_long_is_told_and_the_text_stays(assignment):
    (written,) = all_of(assignment.questions(), WrittenView)
    written.field.value = "kept"
    written.field.value = "x" * (LONGEST + 1)
    assert "only 20,000 are read" in written.message.value
    assert assignment.session.given["report"] == "kept"
    assert len(written.field.value) == LONGEST + 1


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


def test_answers_are_handed_in_whole(assignment, folder, capsys):
    session, view = assignment.session, assignment.submission()
    (button,) = all_of(view, Button)
    button.click()
    found = read_answers((folder / "answers.json").read_bytes())
    assert (found.run, found.given, found.script) == (None, {}, "")
    assert "No run is in it" in view.state.value
    assert "There is no model yet" in view.lacking.value
    session.answer("direction", 0)
    assert "You have changed something since: submit again." in view.state.value
    run(session)
    assignment.submit()
    said = capsys.readouterr().out
    assert f"Your last run is in it (800 draws, seed {session.summary.seed}; of its" in said
    assert "Hand in this file." in said
    found = read_answers((folder / "answers.json").read_bytes())
    manifest = saved(folder, "manifest.json")
    assert (found.handle, found.sha256) == (manifest["handle"], manifest["sha256"])
    assert found.run == session.summary
    assert "changed" not in view.state.value


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


def test_a_stopped_run_counts_and_one_without_draws_does_not(assignment):
    session = assignment.session
    session.answer("direction", 0)
    session.write(RIGHT.replace("ITERATIONS: 800", "ITERATIONS: 4000000"))
    session.start()
    while session.run is None or not session.run.chains or min(session.run.done) < 1000:
        pass
    session.stop()
    session.wait()
    assert session.summary.stopped
    assert session.summary.iterations > 0


def test_a_mistake_in_the_script_is_handed_in_as_it_stands(assignment, folder):
    assignment.session.write("MODEL: y ~ x1i +;")
    assert "The script has a mistake." in assignment.session.lacking
    assignment.submit()
    assert saved(folder, "answers.json")["script"] == "MODEL: y ~ x1i +;"
    assert Assignment(folder).session.script == "MODEL: y ~ x1i +;"


def test_check_tells_of_the_visible_parts_only(assignment):
    session = assignment.session
    view = assignment.model()
    assert isinstance(view, ModelCheck)
    view.check.click()
    assert "There is no model yet" in view.message.value
    session.write("CLUSTERID: j; MODEL: y ~ x1i x2i x3i;")
    view.check.click()
    assert "1 thing in the focal model differs" in view.verdict.value
    assert "The slope of x3i does not vary" in view.verdict.value
    assert "missing ~" not in view.verdict.value
    session.write("CLUSTERID: j; MODEL: y ~ x1i x2i x3i | x3i;")
    assert view.verdict.value == ""
    view.check.click()
    assert "As asked for: focal model." in view.verdict.value
    session.write("CLUSTERID: j; MODEL: y ~ x1i +;")
    view.check.click()
    assert "The script has a mistake" in view.message.value
    assert visible_findings(session.spec, session.manifest) == []


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


def test_nothing_is_handed_in_while_it_is_marked(assignment, folder, monkeypatch, capsys):
    monkeypatch.setenv(MARKING, "autograde")
    assignment.submit()
    assert not (folder / "answers.json").exists()
    assert "Nothing was written" in capsys.readouterr().out


def test_nothing_is_handed_in_in_mid_run(assignment, folder):
    session = assignment.session
    session.answer("direction", 0)
    session.write(RIGHT.replace("ITERATIONS: 800", "ITERATIONS: 4000000"))
    session.start()
    with pytest.raises(TutorkitError, match="A run is going on"):
        assignment.submit()
    session.stop()
    session.wait()
    assert not (folder / "answers.json").exists()


def test_other_data_are_not_loaded(assignment, folder):
    session = assignment.session
    session.answer("direction", 0)
    run(session)
    with pytest.raises(TutorkitError, match="An assignment is about its own data"):
        session.load("04_multilevel")
    assert session.name == "data.csv"
    (data,) = all_of(assignment.model(), OwnData)
    assert data.built_in.layout.display == data.upload.layout.display == "none"
    assert saved(folder)["run"]["seed"] == session.summary.seed


def test_the_head_says_what_when_and_whose(assignment, folder):
    handle = saved(folder, "manifest.json")["handle"]
    head = assignment.head.value
    assert "A small assignment: 20 points, due on 11 December 2026 at 23:59 (UTC+0100)" in head
    assert handle in head
    assert "Points: focal 4, auxiliary 3, selection 3, convergence 2, estimates 4" in head
    assert "highest PSR is at most 1.05 and the fewest effective draws are 100 or more" in head
    assert assignment.session.targets == (1.05, 100)
    (folder / "data.csv").write_text("j,y\n1,2\n")
    with pytest.raises(DataError, match="is not as it was handed out"):
        Assignment(folder)


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


def test_a_run_of_another_model_is_said_when_it_is_handed_in(assignment):
    session, view = assignment.session, assignment.submission()
    session.answer("direction", 0)
    run(session)
    session.write(RIGHT.replace("x1i.missing ~ x1i y x2i x3i", "x1i.missing ~ x1i"))
    assignment.submit()
    assert "of another model than the one above" in view.state.value
    session.write(RIGHT)
    assert "of another model" not in view.state.value


def test_while_it_is_marked_nothing_is_moved_or_saved(folder, monkeypatch):
    (folder / "answers.json").write_text("{}")
    monkeypatch.setenv(MARKING, "autograde")
    session = AssignmentSession(folder)
    session.answer("report", "x")
    assert {p.name for p in folder.iterdir()} == {
        "answers.json", "assignment.ipynb", "data.csv", "manifest.json",
    }  # fmt: skip
    assert (folder / "answers.json").read_text() == "{}"
