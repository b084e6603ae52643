"""A lesson's views from Python: answers, locks, progress, the laboratory."""

import pytest
from lesson_views import only, saved

from tutorkit import DataViews, Lesson, TutorkitError, chapter_scenario
from tutorkit.teaching.progress import FILE
from tutorkit.widgets.lessons.break_lab import TIMES
from tutorkit.widgets.lessons.prediction import PredictionView
from tutorkit.widgets.lessons.question import QuestionView
from tutorkit.widgets.parts import widgets_in


@pytest.fixture
def lesson(tmp_path):
    return Lesson(1, tmp_path)


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
    for wrong in ("", "many", "5000"):
        view.control.value = wrong
        view.button.click()
        assert "Write a whole number from 200 to 600" in view.message.value
    view.control.value = f"{number}"
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


def test_what_is_seen_to_be_done_is_in_the_file(lesson, tmp_path):
    session, seen = lesson.session, []
    session.observe(lambda _: seen.append(saved(tmp_path) == session.answers), "answers")
    session.answer("rows", 365)
    code = session.code()
    (tmp_path / FILE).unlink()
    other = Lesson(1, tmp_path).session
    other.observe(lambda _: seen.append(saved(tmp_path) == other.answers), "answers")
    other.take(code)
    assert other.answers == {"rows": 365}
    assert seen == [True, True]


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
    assert "Right: MCAR with 35% missing" in lab.verdict.value
    assert saved(tmp_path) == {"harmless": "MCAR with 35% missing"}
    assert "Right: MCAR" in laboratory(Lesson(1, tmp_path)).verdict.value
    lab.strength.value = 0.3
    lab.check.click()
    lesson.give("slope", 1)
    assert "It does harm" in lab.verdict.value  # whatever else is answered
    lab.mechanism.value = "MAR"
    lab.check.click()
    assert "Right: MAR with 35% missing" in lab.verdict.value


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda lesson: lesson.ask("row"), "nothing called 'row'"),
        (lambda lesson: lesson.show(DataViews, after="row"), "nothing called 'row'"),
        (lambda lesson: lesson.break_it("harm"), "no task 'harm'"),
        (lambda lesson: lesson.give("y", "M"), "'M' does not begin one choice"),
        (lambda lesson: lesson.give("x2i", 7), "7 cannot be the answer to 'x2i'"),
        (lambda lesson: Lesson(0), "no lesson 0"),
    ],
)
def test_mistakes_in_cells_are_one_message(lesson, call, says):
    with pytest.raises(TutorkitError, match=says):
        call(lesson)


def test_a_choice_not_yet_sent_stays_when_another_question_is_answered(lesson):
    first, second = (only(lesson.ask(key), QuestionView) for key in ("x1i", "y"))
    for attempt in (0, 2):  # before anything is answered, and after a wrong answer
        second.choices.value = 1
        first.choices.value = attempt
        first.button.click()
        assert second.choices.value == 1
        second.choices.value = 0
        second.button.click()


def test_a_lesson_opened_twice_loses_nothing(lesson, tmp_path):
    other = Lesson(1, tmp_path)
    lesson.give("x2i", "MCAR")
    other.give("slope", 2)
    assert saved(tmp_path) == {"x2i": [0], "slope": 2}


def test_the_code_holds_what_was_done_in_another_lesson_meanwhile(lesson, tmp_path):
    Lesson(2, tmp_path).give("se", 0)
    lesson.give("x2i", "MCAR")
    (tmp_path / "there").mkdir()
    there = Lesson(2, tmp_path / "there")
    there.session.take(lesson.session.code())
    assert there.done == ("se",)
    assert Lesson(1, tmp_path / "there").done == ("x2i",)


def test_a_view_is_built_once_when_it_is_unlocked(lesson):
    view = lesson.show(DataViews, after="rows")
    lesson.give("rows", 300)
    built = only(view, DataViews)
    lesson.give("slope", 0)
    assert only(view, DataViews) is built


def test_a_study_is_run_watched_and_shown(lesson):
    few = chapter_scenario(n_clusters=10, cluster_size=10)
    view = lesson.study(few, {"listwise": "listwise"}, replications=4, parameter="x1i")
    assert "4 data sets are to be made" in view.bar.value
    view.run.click()
    view.wait()
    assert "4 of 4 data sets" in view.bar.value
    assert "4 estimates of x1i" in view.results.display.picture.text
    assert not view.run.disabled
    assert view.stop.disabled


def test_a_study_can_be_stopped_and_its_errors_are_seen(lesson):
    view = lesson.study(chapter_scenario(), {"listwise": "listwise"}, replications=5000)
    view.run.click()
    assert view.run.disabled
    view.stop.click()
    view.wait()
    assert "5000 of 5000" not in view.bar.value
    wrong = lesson.study(chapter_scenario(rate=2), {"listwise": "listwise"}, replications=2)
    wrong.run.click()
    wrong.wait()
    assert "between 0 and 1" in wrong.message.value


def test_an_older_page_does_not_take_back_what_a_newer_one_answered(lesson, tmp_path):
    lesson.give("x2i", "MAR")
    Lesson(1, tmp_path).session.answer("x2i", [1, 0])
    lesson.give("slope", 2)
    assert saved(tmp_path) == {"x2i": [1, 0], "slope": 2}
