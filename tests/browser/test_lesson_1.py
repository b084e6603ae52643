"""Lesson 1 as a learner goes through it, from the start page to the end, wrong answers included."""

import json

import pytest
from lab_page import Notebook
from lab_server import jupyterlab
from learner import in_lesson
from playwright.sync_api import expect

NAME = "01_what_is_missing.ipynb"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with jupyterlab(tmp_path_factory.mktemp("lesson")) as lab:
        yield lab


@pytest.fixture(scope="module")
def learner(browser, lab):
    with in_lesson(browser, lab, NAME) as learner:
        yield learner


def test_the_start_page_lists_the_lesson_and_leads_to_it(browser, lab):
    page = browser.new_page(viewport={"width": 1024, "height": 768})
    notebook = Notebook(page)
    notebook.open(lab, "start.ipynb")
    link = page.get_by_role("link", name="1. What is missing, and why it matters")
    expect(page.get_by_text("0 of 9").first).to_be_visible()
    notebook.screenshot("start-page")
    link.click()
    expect(page.get_by_role("heading", name="Lesson 1: What is missing")).to_be_visible()
    assert notebook.outside == []
    page.close()


def test_the_learners_notebook_holds_no_solution(lab):
    cells = json.loads((lab.folder / NAME).read_text(encoding="utf-8"))["cells"]
    assert not any("give(" in "".join(cell["source"]) for cell in cells)


def test_a_prediction_is_made_before_the_data_are_shown(learner):
    learner.done(0, 9)
    expect(learner.root.get_by_text("Commit your prediction above").first).to_be_visible()
    assert learner.root.get_by_label("Picture", exact=True).count() == 0
    learner.shot("lesson-1-a-start")
    group = learner.commit("Predict: 13.2% of x1i", 365)
    learner.says(group, "You predicted 365, and it is 383: close.")
    expect(group.get_by_role("button", name="Commit")).to_be_disabled()
    learner.root.get_by_label("Picture", exact=True).wait_for()
    learner.done(1, 9)
    learner.shot("lesson-1-b-predicted")


def test_wrong_answers_are_explained_and_may_be_corrected(learner):
    group = learner.answer("The larger x2i", "MCAR")
    learner.says(group, "Not this one. The chance is not the same in all rows")
    learner.done(1, 9)
    learner.shot("lesson-1-c-wrong")
    group = learner.answer("The larger x2i", "MNAR")
    learner.says(group, "what counts is what is left")
    group = learner.answer("The larger x2i", "MAR: at random")
    learner.says(group, "Right.")
    expect(group.get_by_role("button", name="Answer")).to_be_disabled()
    learner.answer("x2i was deleted", "MCAR")
    learner.answer("The larger y", "MNAR")
    learner.answer("Somebody gives you", "Nothing in the data")
    learner.done(5, 9)
    learner.shot("lesson-1-d-mechanisms")


def test_pressing_without_a_choice_says_what_to_do(learner):
    group = learner.question("In the chapter's data")
    group.get_by_role("button", name="Answer").click()
    expect(learner.root.get_by_text("Choose an answer first")).to_be_visible()


def test_the_table_appears_after_the_prediction(learner):
    group = learner.answer("Predict: With complete data", "It becomes larger", "Commit")
    learner.says(group, "You predicted: It becomes larger.")
    learner.says(group, "It falls to 0.83")
    row = learner.root.locator(".tutorkit-report tr", has_text="x1i").first
    expect(row).to_contain_text("0.83", timeout=10_000)
    row.scroll_into_view_if_needed()
    learner.page.wait_for_timeout(1000)  # until the notebook has drawn what came into view
    learner.shot("lesson-1-e-table")


def test_the_data_are_broken_and_a_harmless_setting_found(learner):
    assert learner.root.get_by_text("Break the data yourself").locator("visible=true").count() == 1
    learner.answer("Predict: Now think of y", "It leaves them", "Commit")
    group = learner.question("Your task: Find a setting")
    group.get_by_role("button", name="This does no harm").click()
    learner.says(group, "Only 24% of y is missing here.")
    setting = learner.question("How y goes missing")
    share = setting.get_by_role("slider", name="Missing")
    share.focus()
    for _ in range(8):
        share.press("ArrowRight")
    group.get_by_role("button", name="This does no harm").click()
    learner.says(group, "It does harm")
    learner.shot("lesson-1-f-harm")
    setting.get_by_role("button", name="MAR", exact=True).click()
    learner.root.get_by_text("The larger x3i, the more often y is missing.").wait_for()
    group.get_by_role("button", name="This does no harm").click()
    learner.says(group, "Right: MAR with 32% missing.")
    learner.question("How y goes missing")
    learner.shot("lesson-1-g-laboratory")
    learner.done(8, 9)


def test_the_lesson_is_finished_and_its_controls_have_names(learner):
    learner.answer("In the chapter's data", "The direction is typical")
    learner.done(9, 9)
    learner.shot("lesson-1-h-end")


def test_answers_are_there_when_the_lesson_is_opened_again(learner, lab):
    saved = json.loads((lab.folder / "tutorkit-progress.json").read_text())["answers"]["1"]
    assert saved["x1i"] == [0, 2, 1]
    assert saved["rows"] == 365
    assert saved["slope"] == 0
    learner.notebook.run_all()
    learner.done(9, 9)
    learner.says(learner.question("The larger x2i"), "Right.")


def test_a_code_carries_the_answers_to_another_place(learner, browser, tmp_path_factory):
    code = learner.root.locator("details code").first.text_content()
    with (
        jupyterlab(tmp_path_factory.mktemp("elsewhere")) as elsewhere,
        in_lesson(browser, elsewhere, NAME) as other,
    ):
        other.done(0, 9)
        for text, says in ((code[:-3], "This code is not complete"), (code, "9 of 9 done.")):
            other.root.get_by_label("Code", exact=True).fill(text)
            other.press("^Continue from it")
            other.wait(says)
        other.shot("lesson-1-i-carried")
