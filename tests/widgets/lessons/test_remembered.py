"""What the browser keeps: all answers, offered back to a folder that has lost them."""

import pytest

from tutorkit import Lesson
from tutorkit.teaching.progress import from_code


@pytest.fixture
def lesson(tmp_path):
    return Lesson(1, tmp_path)


def hear(lesson, found):
    """Do what the browser does when the lesson is drawn."""
    memory = lesson.remembered.memory
    memory.found = found
    memory.asked = True
    return memory


def test_the_browser_is_told_to_keep_all_answers(lesson, tmp_path):
    memory = lesson.remembered.memory
    lesson.give("slope", 2)
    assert memory.kept == ""  # it has not been asked what it had
    hear(lesson, "")
    assert from_code(memory.kept) == {"1": {"slope": 2}}
    lesson.give("x2i", "MCAR")
    assert from_code(memory.kept)["1"]["x2i"] == [0]
    assert lesson.remembered.offer.layout.display == "none"


def test_a_folder_that_lost_its_answers_gets_them_back(lesson, tmp_path):
    lesson.give("slope", 2)
    lesson.give("x2i", "MCAR")
    code = lesson.session.code()
    (tmp_path / "new").mkdir()
    fresh = Lesson(1, tmp_path / "new")
    memory = hear(fresh, code)
    view = fresh.remembered
    assert view.offer.layout.display is None
    assert "not in this folder: 2 in lesson 1." in view.words.value
    fresh.give("mar", 1)
    assert from_code(memory.kept)["1"].keys() >= {"slope", "x2i", "mar"}  # nothing is lost
    view.back.click()
    assert {*fresh.done} == {"slope", "x2i", "mar"}
    assert view.offer.layout.display == "none"
    assert {*Lesson(1, tmp_path / "new").done} == {"slope", "x2i", "mar"}


def test_somebody_elses_answers_are_forgotten(lesson, tmp_path):
    lesson.give("slope", 2)
    code = lesson.session.code()
    (tmp_path / "new").mkdir()
    fresh = Lesson(1, tmp_path / "new")
    memory = hear(fresh, code)
    fresh.remembered.refuse.click()
    assert fresh.remembered.offer.layout.display == "none"
    assert fresh.done == ()
    assert from_code(memory.kept) == {}


@pytest.mark.parametrize("found", ["", "T1-broken", "<script>"])
def test_what_the_browser_has_may_be_anything(lesson, found):
    hear(lesson, found)
    assert lesson.remembered.offer.layout.display == "none"
    assert lesson.remembered.message.value == ""
