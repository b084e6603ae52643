"""A lesson's views from Python: answers, locks, progress, the laboratory."""

import json

import pytest

from tutorkit import DataViews, Lesson, TutorkitError
from tutorkit.teaching.progress import FILE
from tutorkit.widgets.lessons.break_lab import TIMES
from tutorkit.widgets.lessons.prediction import PredictionView
from tutorkit.widgets.lessons.question import QuestionView
from tutorkit.widgets.parts import widgets_in


@pytest.fixture
def lesson(tmp_path):
    return Lesson(1, tmp_path)


def only(view, kind):
    (found,) = [widget for widget in widgets_in(view) if isinstance(widget, kind)]
    return found


def saved(tmp_path):
    return json.loads((tmp_path / FILE).read_text())["answers"]["1"]


def test_a_question_keeps_all_attempts_and_explains_each(lesson, tmp_path):
    view = only(lesson.ask("x1i"), QuestionView)
    view.button.click()
    assert "Choose an answer first" in view.message.value
    view.choices.value = 0
    view.button.click()
    assert view.message.value == ""
    assert "Not this one." in view.words.value
    assert "The chance is not the same in all rows" in view.words.value
    assert not view.button.disabled
    view.choices.value = 1
    view.button.click()
    assert "Right." in view.words.value
    assert view.button.disabled
    assert saved(tmp_path) == {"x1i": [0, 1]}
    assert "1 of 9 done" in lesson.state.value


def test_a_prediction_is_committed_once(lesson, tmp_path):
    view = only(lesson.ask("slope"), PredictionView)
    view.button.click()
    assert "Choose what you expect first" in view.message.value
    view.control.value = 0
    assert view.words.value == ""
    view.button.click()
    assert view.control.disabled
    assert view.button.disabled
    assert "You predicted: It becomes larger." in view.words.value
    assert "It falls to 0.83" in view.words.value
    assert saved(tmp_path) == {"slope": 0}


@pytest.mark.parametrize(("number", "says"), [(390, "383: close."), (500, "it is 383.")])
def test_a_number_is_judged_by_how_close_it_is(lesson, number, says):
    view = only(lesson.ask("rows"), PredictionView)
    view.control.value = number
    view.button.click()
    assert f"You predicted {number}" in view.words.value
    assert says in view.words.value


def test_a_view_that_gives_the_answer_away_waits_for_the_prediction(lesson):
    view = lesson.show(DataViews, after="rows")
    assert not [w for w in widgets_in(view) if isinstance(w, DataViews)]
    lesson.give("rows", 300)
    assert only(view, DataViews).session is lesson.session


def test_answers_are_restored(lesson, tmp_path):
    lesson.give("x2i", "MCAR")
    lesson.give("slope", 0)
    again = Lesson(1, tmp_path)
    assert again.done == ("x2i", "slope")
    question, prediction = again.ask("x2i"), again.ask("slope")
    assert only(question, QuestionView).choices.value == 0
    assert only(question, QuestionView).button.disabled
    assert only(prediction, PredictionView).control.value == 0


def test_a_code_brings_answers_from_elsewhere(lesson, tmp_path):
    lesson.give("x2i", "MCAR")
    (tmp_path / "there").mkdir()
    other = Lesson(1, tmp_path / "there")
    other.give("y", "MAR")
    other.field.value = lesson.session.code()[:-1]
    other.button.click()
    assert "not complete" in other.message.value
    assert other.session.answers == {"y": [1]}
    other.field.value = lesson.session.code()
    other.button.click()
    assert "Your answers are back." in other.message.value
    assert other.session.answers == {"y": [1], "x2i": [0]}
    assert saved(tmp_path / "there") == other.session.answers


def test_a_damaged_file_is_said_and_kept_and_answers_stay_on_the_page(tmp_path):
    (tmp_path / FILE).write_text("mine")
    lesson = Lesson(1, tmp_path)
    assert "does not hold the progress" in lesson.state.value
    view = only(lesson.ask("x2i"), QuestionView)
    view.choices.value = 0
    view.button.click()
    assert "does not hold the progress" in view.message.value
    assert "Right." in view.words.value
    assert (tmp_path / FILE).read_text() == "mine"
    (tmp_path / FILE).unlink()
    lesson.give("slope", 2)
    assert saved(tmp_path) == {"x2i": [0], "slope": 2}
    assert "saved by themselves" in lesson.state.value


def laboratory(lesson):
    return lesson.break_it("harmless")


def test_the_laboratory_deletes_as_it_is_told(lesson):
    lab = laboratory(lesson)
    lab.mechanism.value, lab.rate.value, lab.strength.value = "MAR", 0.4, 2.0
    assert lab.deletion.causes == {"x3i": 2.0}
    assert lab.deletion.rate == 0.4
    assert "The larger x3i" in lab.what.value
    lab.mechanism.value = "MNAR"
    assert lab.deletion.causes == {"y": 2.0}
    lab.mechanism.value = "MCAR"
    assert lab.deletion.causes == {}
    assert lab.strength.disabled


def test_the_fits_are_of_the_data_just_deleted(lesson):
    lab = laboratory(lesson)
    before = lab.fits.picture.text
    lab.again.click()
    assert lab.fits.picture.text != before
    assert "Repeat it" in lab.repeated.value


@pytest.mark.parametrize(
    ("mechanism", "low", "high"),
    [("MCAR", -0.02, 0.02), ("MAR", -0.02, 0.02), ("MNAR", -0.5, -0.1)],
)
def test_what_the_repetitions_show_is_what_the_lesson_says(lesson, mechanism, low, high):
    """The mean of 40 intercepts has a Monte Carlo error of about .006."""
    lab = laboratory(lesson)
    lab.mechanism.value, lab.rate.value = mechanism, 0.35
    lab.repeat.click()
    table = lab.repeated.picture.table.set_index(["parameter", "method"])
    assert (table["n"] == TIMES).all()
    moved = (
        table["mean"].loc["Intercept", "listwise"] - table["mean"].loc["Intercept", "complete data"]
    )
    assert low < moved < high


def test_the_task_is_done_only_by_a_harmless_setting(lesson, tmp_path):
    lab = laboratory(lesson)
    lab.check.click()
    assert "Only 24% of y is missing" in lab.verdict.value
    lab.rate.value = 0.35
    lab.check.click()
    assert "It does harm" in lab.verdict.value
    assert lesson.done == ()
    lab.strength.value = 0.0
    lab.check.click()
    assert "Right: MNAR with 35% missing" in lab.verdict.value
    assert saved(tmp_path) == {"harmless": ["MNAR", 0.35]}
    assert "Right: MNAR" in laboratory(Lesson(1, tmp_path)).verdict.value


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda lesson: lesson.ask("row"), "nothing called 'row'"),
        (lambda lesson: lesson.show(DataViews, after="row"), "nothing called 'row'"),
        (lambda lesson: lesson.break_it("harm"), "no task 'harm'"),
        (lambda lesson: lesson.give("y", "M"), "'M' does not begin one choice"),
        (lambda lesson: Lesson(0), "no lesson 0"),
    ],
)
def test_mistakes_in_cells_are_one_message(lesson, call, says):
    with pytest.raises(TutorkitError, match=says):
        call(lesson)
