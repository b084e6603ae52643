"""A question's view: attempts, and choices that come while an answer is worked off."""

import pytest
from lesson_views import only, saved

from tutorkit import Lesson
from tutorkit.widgets.lessons.question import QuestionView


@pytest.fixture
def lesson(tmp_path):
    return Lesson(1, tmp_path)


def question(lesson):
    """Return a new view of the question about x1i."""
    return only(lesson.ask("x1i"), QuestionView)


def test_a_question_keeps_all_attempts_and_explains_each(lesson, tmp_path):
    view = question(lesson)
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


def test_what_is_chosen_while_an_answer_is_worked_off_stays(lesson, tmp_path):
    views = []

    def choose(_):
        views[0].choices.value = 1  # as a quick learner's choice that arrives before the verdict

    lesson.session.observe(choose, "answers")
    views += [question(lesson), question(lesson)]
    view, other = views
    view.choices.value = 0
    view.button.click()
    assert "The chance is not the same in all rows" in view.words.value
    assert view.choices.value == 1
    assert other.choices.value == 0
    lesson.session.unobserve(choose, "answers")
    view.button.click()
    assert saved(tmp_path) == {"x1i": [0, 1]}
    assert other.choices.value == 1


def test_the_answer_that_was_right_is_the_one_that_is_shown(lesson):
    views = []
    lesson.session.observe(lambda _: setattr(views[0].choices, "value", 0), "answers")
    views += [question(lesson)]
    views[0].choices.value = 1
    views[0].button.click()
    assert "Right." in views[0].words.value
    assert views[0].choices.value == 1
