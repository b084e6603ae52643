"""An assignment in a notebook: what is asked, checked, run and handed in."""

import json
import tomllib

import pytest
from classroom import RIGHT, SMALL, script
from ipywidgets import Button, Textarea
from student import all_of, run, saved

from tutorkit import Assignment, DataError, TutorkitError
from tutorkit.assignment.answers import LONGEST, read_answers
from tutorkit.assignment.manifest import manifest_of
from tutorkit.assignment.reading import assignment_of
from tutorkit.widgets.assignment.assignment_session import MARKING, AssignmentSession
from tutorkit.widgets.assignment.model_check import ModelCheck, visible_findings
from tutorkit.widgets.assignment.questions import ChoiceView, WrittenView
from tutorkit.widgets.own_data import OwnData


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


def test_a_choice_not_yet_given_stays_when_something_else_is_answered(assignment, folder):
    session, view = assignment.session, assignment.questions().children[0]
    view.choices.value = 1
    view.button.click()
    view.choices.value = 0
    session.answer("report", "It depends.")
    assert view.choices.value == 0
    view.button.click()
    assert saved(folder)["given"]["mechanism"] == 0
    session.answer("mechanism", 1)  # from another view
    assert view.choices.value == 1


def test_the_prediction_that_was_committed_is_the_one_that_is_shown(assignment):
    views = []
    assignment.session.observe(lambda _: setattr(views[0].choices, "value", 0), "given")
    views += all_of(assignment.predictions(), ChoiceView)
    views[0].choices.value = 1
    views[0].button.click()  # before it is drawn, another choice comes
    assert assignment.session.given == {"direction": 1}
    assert views[0].choices.value == 1


def test_an_answer_that_is_too_long_is_told_and_the_text_stays(assignment):
    (written,) = all_of(assignment.questions(), WrittenView)
    written.field.value = "kept"
    written.field.value = "x" * (LONGEST + 1)
    assert "only 20,000 are read" in written.message.value
    assert assignment.session.given["report"] == "kept"
    assert len(written.field.value) == LONGEST + 1


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
    assert "A small assignment: 20 points" in head
    assert "due on 11 December 2026 at 23:59 (UTC+0100)" in head
    assert handle in head
    assert "Points: focal 4, auxiliary 3, selection 3, convergence 2, estimates 4" in head
    assert "highest PSR is at most 1.05 and the fewest effective draws are 100 or more" in head
    assert assignment.session.targets == (1.05, 100)
    (folder / "data.csv").write_text("j,y\n1,2\n")
    with pytest.raises(DataError, match="is not as it was handed out"):
        Assignment(folder)


def test_a_run_of_another_model_is_said_when_it_is_handed_in(assignment):
    session, view = assignment.session, assignment.submission()
    session.answer("direction", 0)
    run(session)
    session.write(RIGHT.replace("x1i.missing ~ x1i y x2i x3i", "x1i.missing ~ x1i"))
    assignment.submit()
    assert "of another model than the one above" in view.state.value
    session.write(RIGHT)
    assert "of another model" not in view.state.value


def test_a_run_that_was_stopped_before_its_first_draw_does_not_count(assignment, capfd):
    session = assignment.session
    session.answer("direction", 0)
    session.write(RIGHT.replace("BURN: 300", "BURN: 4000000"))
    session.start()
    while session.run is None or not session.run.chains:
        pass
    session.stop()
    session.wait()
    assert session.summary is None
    assert session.draws.n_kept == 0
    assert "Traceback" not in capfd.readouterr().err


def test_an_answer_that_was_taken_away_is_lacking_again(assignment):
    session = assignment.session
    session.answer("report", "So far")
    assert not any("What do you report?" in words for words in session.lacking)
    session.answer("report", "")
    assert "Not answered: What do you report?" in session.lacking


def test_check_looks_at_all_parts_that_are_visible(folder):
    told = saved(folder, "manifest.json")
    described = assignment_of(tomllib.loads(SMALL) | {"visible": ["focal", "auxiliary"]})
    manifest = manifest_of(described, told["handle"], told["sha256"], "")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    session = AssignmentSession(folder)
    session.write(script(auxiliary="", fixed=""))
    words = [finding.what for finding in visible_findings(session.spec, session.manifest)]
    assert any("There is no auxiliary model of x1i" in word for word in words)


def test_a_change_after_all_was_done_is_told(assignment):
    session, view = assignment.session, assignment.submission()
    for key, value in (("direction", 0), ("mechanism", 0), ("report", "x")):
        session.answer(key, value)
    run(session)
    assert session.lacking == []
    assignment.submit()
    session.answer("report", "y")
    assert "You have changed something since: submit again." in view.state.value


def test_handed_in_again_it_is_as_it_was_handed_in(assignment):
    for text in ("one", "two"):
        assignment.session.answer("report", text)
        assert assignment.session.changed == (text == "two")
        assignment.submit()
        assert not assignment.session.changed
