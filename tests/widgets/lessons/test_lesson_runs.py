"""Runs in lessons: shown at once, judged, compared with the model asked for."""

import re
import threading

import pytest
from lesson_views import only

from tutorkit import Lesson, TutorkitError, parse
from tutorkit.model import editing
from tutorkit.model.spec import Term
from tutorkit.teaching import lesson as content
from tutorkit.teaching.runs import SEED, shipped_run
from tutorkit.widgets.lessons.consequence import Consequence
from tutorkit.widgets.lessons.lesson_runner import LessonRunner
from tutorkit.widgets.lessons.prediction import WAIT, PredictionView
from tutorkit.widgets.lessons.task import TaskView


def plain(html):
    """Return what is read of HTML."""
    return re.sub(r"<[^>]+>", "", html)


# --- seen at once ---------------------------------------------------------------------------------


@pytest.fixture
def second(tmp_path):
    return Lesson(2, tmp_path)


def test_a_run_is_shown_once_the_prediction_is_made(second):
    view, prediction = second.runner(), only(second.ask("intercept"), PredictionView)
    assert isinstance(view, LessonRunner)
    view.button.click()
    assert "There is a prediction to make before this run" in view.message.value
    assert second.session.draws is None
    second.give("intercept", "Half-way")
    view.button.click()
    asked = parse(content(2).item("focal").script)
    assert second.session.draws is shipped_run("04_multilevel", asked)
    assert "8,000 draws of 2 chains that come with this lesson (seed 1" in view.status.value
    assert "of the model that is asked for" in view.status.value  # the builder holds another
    assert "You predicted: Half-way" in prediction.words.value


def test_it_says_whose_model_is_shown_and_goes_when_another_is_run(second):
    view = second.runner()
    second.ask("focal")
    second.give("intercept", "Half-way")
    second.give("focal", content(2).item("focal").script)
    view.button.click()
    assert "of your model" in view.status.value
    second.session.edit(burn=20, iterations=40_000)
    second.session.start()
    assert view.button.disabled
    second.session.wait()
    assert view.status.value == ""
    assert not view.button.disabled


def test_settings_and_order_do_not_make_it_another_model(second):
    view = second.runner()
    second.give("intercept", "Half-way")
    second.give("focal", "CLUSTERID: j; MODEL: y ~ x3i x2i*x3i x2i x1i | x1i; BURN: 10;")
    view.button.click()
    assert "of your model" in view.status.value


def test_showing_takes_the_place_of_the_last_run(second):
    second.give("intercept", "Half-way")
    second.give("focal", content(2).item("focal").script)
    second.session.edit(burn=20, iterations=100)
    second.session.start()
    second.session.wait()
    assert second.session.draws.n_kept == 100
    second.session.show_me()
    assert second.session.draws.n_kept == 8000
    assert second.session.run is None


def test_a_run_of_other_data_does_not_answer_the_prediction(second):
    prediction = only(second.ask("intercept"), PredictionView)
    second.give("intercept", "Half-way")
    second.session.load("exercise_04")
    second.session.write(content(2).item("focal").script)
    second.session.edit(burn=20, iterations=100)
    second.session.start()
    second.session.wait()
    assert second.session.draws.n_kept == 100
    assert WAIT in prediction.words.value


def test_where_nothing_comes_with_the_lesson_it_says_so(second):
    second.give("intercept", "Half-way")
    second.session.load("exercise_04")
    with pytest.raises(TutorkitError, match=r"No run of this model[\s\S]*Press Run"):
        second.session.show_me()


# --- what a wrong model does ----------------------------------------------------------------------


@pytest.fixture
def fourth(tmp_path):
    lesson = Lesson(4, tmp_path)
    lesson.view = only(lesson.ask("selection"), TaskView)
    return lesson


def write_without_y(lesson):
    script = content(4).item("selection").script
    lesson.session.write(script.replace("y.missing ~ y x1i", "y.missing ~ x1i"))


def test_the_consequence_of_a_wrong_model_is_shown_on_the_data(fourth):
    write_without_y(fourth)
    view = fourth.view.consequence
    assert view.layout.display == "none"
    fourth.view.check.click()
    assert view.layout.display is None
    view.run.click()
    assert "The prediction further down asks what this would show" in view.message.value
    fourth.give("mnar", "At 0, the truth")
    view.run.click()
    view.wait()
    words = view.display.picture.text
    assert re.search(r"^Intercept: -0\.(29|30|31) with your model, -0\.13 with the one asked for: "
                     r"1\.[234] SDs below\.$", words, re.MULTILINE)  # fmt: skip
    assert not view.run.disabled


def test_it_goes_with_the_model_it_was_about(fourth):
    fourth.give("mnar", "At 0, the truth")
    write_without_y(fourth)
    fourth.view.check.click()
    view = fourth.view.consequence
    view.run.click()
    view.wait()
    fourth.session.edit(editing.set_term, "y.missing", Term(("y",)), True)
    assert view.layout.display == "none"
    assert view.display.picture is None
    fourth.view.check.click()
    assert "This is the model." in fourth.view.verdict.value
    assert view.layout.display == "none"


def test_a_model_that_changes_stops_the_run_of_the_one_before(fourth, monkeypatch):
    monkeypatch.setattr("tutorkit.widgets.lessons.consequence.ITERATIONS", 4_000_000)
    fourth.give("mnar", "At 0, the truth")
    write_without_y(fourth)
    fourth.view.check.click()
    view = fourth.view.consequence
    view.run.click()
    fourth.session.edit(editing.set_term, "y.missing", Term(("x3i",)), False)
    view._thread.join(10)
    assert not view._thread.is_alive()
    assert view.display.picture is None
    assert not view.run.disabled


def test_what_an_earlier_model_gave_is_not_shown_for_a_later_one(fourth):
    fourth.give("mnar", "At 0, the truth")
    write_without_y(fourth)
    view = fourth.view.consequence
    show = view.job()(threading.Event())
    fourth.session.edit(editing.set_term, "y.missing", Term(("x3i",)), False)
    show()
    assert view.display.picture is None
    view.job()(threading.Event())()
    assert view.display.picture is not None


def test_a_model_that_is_too_small_lacks_estimates(second):
    task = only(second.ask("focal"), TaskView)
    second.give("intercept", "Half-way")
    task.check.click()
    view = only(task, Consequence)
    view.run.click()
    view.wait()
    assert "Your model does not estimate x2i*x3i, τ11 and ρ01." in view.display.picture.text


def test_a_run_that_fails_says_why(fourth):
    fourth.give("mnar", "At 0, the truth")
    view = fourth.view.consequence
    fourth.session.data = fourth.session.data.assign(x1i=float("nan"))
    view.run.click()
    view.wait()
    assert "x1i" in view.message.value
    assert "Something went wrong" not in view.message.value
    assert not view.run.disabled


def test_it_can_be_stopped(fourth, monkeypatch):
    monkeypatch.setattr("tutorkit.widgets.lessons.consequence.ITERATIONS", 4_000_000)
    fourth.give("mnar", "At 0, the truth")
    view = fourth.view.consequence
    view.run.click()
    assert view.run.disabled
    view.stop.click()
    view.wait()
    assert view.stop.disabled
    assert not view.run.disabled


# --- a run that is to converge --------------------------------------------------------------------


@pytest.fixture
def fifth(tmp_path):
    lesson = Lesson(5, tmp_path)
    lesson.give("curve", content(5).item("curve").script)
    lesson.give("square", "Nearly all")
    return lesson


def test_a_run_that_has_not_converged_is_not_enough(fifth):
    view = fifth.converge("converged")
    assert "each run is judged here" in view.found.value
    fifth.session.show_me()
    assert "The run shown: burn-in 200, 1,000 draws kept." in view.found.value
    assert plain(view.found.value).count("not yet") == 2
    assert "converged" not in fifth.done
    fifth.session.edit(burn=1000, iterations=4000, seed=SEED)  # the chains agree: PSR 1.02
    fifth.session.start()
    fifth.session.wait()
    assert plain(view.found.value).count("not yet") == 1
    assert "converged" not in fifth.done
    fifth.session.edit(burn=2000, iterations=20000)
    fifth.session.start()
    fifth.session.wait()
    assert "Done: burn-in 2,000, 20,000 draws kept, smallest N_eff" in view.verdict.value
    assert "converged" in fifth.done
    fifth.session.show_me()
    assert "Done: burn-in 2,000" in view.verdict.value


def test_another_model_does_not_count(fifth):
    view = fifth.converge("converged")
    script = content(5).item("curve").script
    fifth.session.write(script.replace(" y^2", ""))
    fifth.session.start()
    fifth.session.wait()
    assert "another model than the one asked for" in view.found.value
    assert "converged" not in fifth.done


def test_a_run_too_short_to_tell_is_said(fifth):
    view = fifth.converge("converged")
    fifth.session.edit(burn=2, iterations=4)
    fifth.session.start()
    fifth.session.wait()
    assert "Too few draws were kept to tell." in view.found.value


def test_the_chapters_burn_in_table_waits_and_has_its_numbers(tmp_path):
    lesson = Lesson(5, tmp_path)
    place = lesson.chapter_burn_in(after="worst")
    assert place.view is None
    lesson.give("worst", "The selection model")
    shown = place.view.display.value
    assert shown.count("<tr") == 21
    for cell in ("501", "1.211", "43", "y.missing: x2i*x3i", "10001", "1.013"):
        assert f"<td>{cell}</td>" in shown
