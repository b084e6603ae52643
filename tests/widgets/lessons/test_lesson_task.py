"""A model that is built in a lesson: checked, hinted at, saved, and run after a prediction."""

import pytest
from lesson_views import only, saved

from tutorkit import Lesson, TutorkitError
from tutorkit.model import editing
from tutorkit.model.spec import Term
from tutorkit.widgets.lessons.prediction import WAIT, PredictionView
from tutorkit.widgets.lessons.task import SHOW, TaskView


@pytest.fixture
def lesson(tmp_path):
    return Lesson(2, tmp_path)


@pytest.fixture
def task(lesson):
    return only(lesson.ask("focal"), TaskView)


def complete(session):
    session.edit(editing.set_term, "y", Term(("x2i", "x3i")), True)
    session.edit(editing.set_slope, "y", Term(("x1i",)), True)


def test_it_begins_where_the_task_says(task):
    assert "y ~ x1i x2i x3i;" in task.session.script
    assert task.session.step == 1
    assert task.verdict.value == ""


def test_check_names_what_is_missing_until_nothing_is(task, lesson):
    task.check.click()
    assert "2 things differ from what is asked for." in task.verdict.value
    assert "x2i*x3i is missing in the focal model of y." in task.verdict.value
    task.session.edit(editing.set_term, "y", Term(("x2i", "x3i")), True)
    assert task.verdict.value == ""  # it was about the model before
    task.check.click()
    assert "1 thing differs" in task.verdict.value
    complete(task.session)
    task.check.click()
    assert "This is the model." in task.verdict.value
    assert lesson.done == ("focal",)


def test_done_stays_done_when_the_model_changes(task, lesson):
    complete(task.session)
    task.check.click()
    task.session.undo()
    task.check.click()
    assert "differ" in task.verdict.value
    assert lesson.done == ("focal",)


def test_hints_come_one_by_one_and_stay_and_then_the_model(task, tmp_path):
    hints = task.task.hints
    for k in range(3):
        assert task.hint.description == "Hint"
        task.hint.click()
        assert [hint[:20] in task.hints.value for hint in hints] == [n <= k for n in range(3)]
    assert task.hint.description == SHOW
    assert "y ~ x1i x2i x3i;" in task.session.script
    task.hint.click()
    task.check.click()
    assert "This is the model." in task.verdict.value
    assert saved(tmp_path, 2)["focal"] == {"right": True, "hints": 3}


def test_a_script_with_a_mistake_is_not_checked(task):
    task.session.write("CLUSTERID: j; MODEL: y ~ x1i x1i;")
    task.check.click()
    assert "The script has a mistake" in task.message.value
    assert task.verdict.value == ""


def test_the_model_is_saved_as_it_is_built_and_returns(task, tmp_path):
    task.session.edit(editing.set_term, "y", Term(("x2i", "x3i")), True)
    assert "x2i*x3i" in saved(tmp_path, 2)["script"]
    task.hint.click()
    again = only(Lesson(2, tmp_path).ask("focal"), TaskView)
    assert "y ~ x1i x2i x3i x2i*x3i;" in again.session.script
    assert again.task.hints[0][:20] in again.hints.value


def test_the_model_is_saved_before_anything_is_drawn(task, tmp_path):
    session, before = task.session, []
    session.observe(
        lambda _: before.append(saved(tmp_path, 2).get("script")), ["spec", "rewritten"]
    )
    typed = session.script.replace("y ~", "y ~ ")
    session.write(typed)
    session.edit(editing.set_term, "y", Term(("x2i", "x3i")), True)
    chosen = session.script
    session.undo()
    assert session.rewritten is False
    assert before == [chosen, chosen, typed, typed]


def test_what_is_typed_wrongly_is_saved_as_well(task, tmp_path):
    task.session.write("CLUSTERID: j; MODEL: y ~ x1i x1i;")
    again = Lesson(2, tmp_path)
    again.ask("focal")
    assert again.session.script == "CLUSTERID: j; MODEL: y ~ x1i x1i;"
    assert again.session.problem is not None


def test_a_code_carries_the_model(task, lesson, tmp_path):
    complete(task.session)
    task.check.click()
    (tmp_path / "there").mkdir()
    other = Lesson(2, tmp_path / "there")
    other.session.take(lesson.session.code())
    assert other.session.script == lesson.session.script
    assert other.done == ("focal",)
    assert "built it before" in only(other.ask("focal"), TaskView).verdict.value


def test_the_run_waits_for_the_prediction_and_the_prediction_for_the_run(task, lesson):
    session, view = lesson.session, only(lesson.ask("intercept"), PredictionView)
    with pytest.raises(TutorkitError, match="a prediction to make before this run"):
        session.start()
    assert not session.running
    view.control.value = 0
    view.button.click()
    assert WAIT in view.words.value
    session.edit(burn=20, iterations=100)
    session.start()
    session.wait()
    assert WAIT in view.words.value  # another model was run
    complete(session)
    session.start()
    session.wait()
    assert "You predicted: Close to 0." in view.words.value
    assert "At about -0.32, within a fraction of an SD" in view.words.value


def test_give_takes_a_script(lesson):
    with pytest.raises(TutorkitError, match="x1i is missing in the focal model of y"):
        lesson.give("focal", "CLUSTERID: j; MODEL: y ~ x3i;")
    with pytest.raises(TutorkitError, match="stands twice"):
        lesson.give("focal", "CLUSTERID: j; MODEL: y ~ x3i x3i;")
    assert lesson.done == ()
    lesson.give("focal", "CLUSTERID: j; MODEL: y ~ x1i x2i x3i x2i*x3i | x1i;")
    assert lesson.done == ("focal",)


def test_other_data_do_not_replace_the_model_that_is_saved(task, lesson, tmp_path):
    complete(lesson.session)
    kept = saved(tmp_path, 2)["script"]
    lesson.session.load("exercise_04")
    lesson.session.begin("y")
    assert saved(tmp_path, 2)["script"] == kept
