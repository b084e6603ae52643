"""Lessons 3 and 4 as a learner goes through them, wrong models included."""

import pytest
from lab_page import Notebook
from lab_server import jupyterlab
from learner import in_lesson
from playwright.sync_api import expect

INCOMPLETE = "Incomplete predictors: tick those that get a model"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with jupyterlab(tmp_path_factory.mktemp("lessons")) as lab:
        yield lab


@pytest.fixture(scope="module")
def third(browser, lab):
    with in_lesson(browser, lab, "03_auxiliary_models.ipynb") as learner:
        yield learner


@pytest.fixture(scope="module")
def fourth(browser, lab):
    with in_lesson(browser, lab, "04_the_selection_model.ipynb") as learner:
        yield learner


def check(learner, group, says):
    group.get_by_role("button", name="Check").click()
    learner.says(group, says)


def run(learner):
    button = learner.root.get_by_role("button", name="Run the model").locator("visible=true")
    button.scroll_into_view_if_needed()
    button.click()
    learner.wait("Finished: 8,000 draws")


def test_lesson_3_asks_and_explains(third):
    third.answer("From lesson 2: why is", "Rows of one cluster")
    third.answer("From lesson 2: REML", "The fit is singular")
    third.answer("Why does x1i", "Without one, nothing says")
    third.says(
        third.answer("x1i x2i ~ x3i; is short", "x1i ~ x3i; x2i ~ x3i;"), "would be unrelated"
    )
    third.answer("x1i x2i ~ x3i; is short", "x1i ~ x2i x3i; x2i ~ x3i;")
    third.says(third.answer("The chapter puts x1i", "about the same"), "Right.")
    third.done(5, 8)
    third.shot("lesson-3-a-questions")


def test_lesson_3_builds_the_auxiliary_models(third):
    group = third.question("Your task: add the auxiliary")
    check(third, group, "3 things differ")
    third.tick(INCOMPLETE, "x1i (13.2% missing)", "x2i (8.5% missing)")
    third.tick("Predictors of x1i", "x3i")
    third.tick("Predictors of x2i", "x3i")
    third.wait_script("x2i ~ x3i;")
    check(third, group, "2 things differ")
    expect(group.get_by_text("x2i is missing in the auxiliary model of x1i.")).to_be_visible()
    third.shot("lesson-3-b-wrong")
    third.tick("Predictors of x1i", "x2i")
    third.tick("Complete predictors that need no model (FIXED)", "x3i")
    third.wait_script("FIXED: x3i;")
    check(third, group, "This is the model.")
    third.question("Your task: add the auxiliary")
    third.shot("lesson-3-c-built")


def test_lesson_3_runs_and_shows_what_goes_wrong(third):
    group = third.answer("Predict: In lesson 2 you ran", "It comes closer", "Commit")
    run(third)
    third.says(group, "Hardly at all: 0.85 again")
    group = third.answer("Predict: A warning example", "It stays near 1", "Commit")
    third.says(group, "About 1.17 on average")
    third.press("^Run the study")
    third.wait("Ended: 40 of 40 data sets")
    figure = third.root.locator("figure [role=img]").last
    figure.scroll_into_view_if_needed()
    third.shot("lesson-3-d-warning")
    third.done(8, 8)


def test_lesson_4_asks_and_explains(fourth):
    fourth.answer("From lesson 3: half", "Those of x1i and of what")
    fourth.answer("From lesson 3: what does FIXED", "x3i is complete")
    fourth.answer("y.missing ~ y x1i", "The probability that y")
    fourth.says(fourth.answer("Say the selection model", "50%"), "normal distribution function")
    fourth.answer("Say the selection model", "About 42%")
    fourth.says(fourth.answer("y is unseen exactly", "The assumption that"), "Right.")
    fourth.done(5, 13)


def test_lesson_4_builds_the_selection_model(fourth):
    group = fourth.question("Your task: add the selection")
    check(fourth, group, "1 thing differs")
    fourth.tick(
        "Incomplete variables: tick those whose missingness is modelled", "y (23.5% missing)"
    )
    fourth.tick("Predictors of y.missing", "x1i", "x2i", "x3i")
    fourth.product("y.missing", "x2i", "x3i")
    fourth.wait_script("y.missing ~ x1i x2i x3i x2i*x3i;")
    check(fourth, group, "1 thing differs")
    expect(group.get_by_text("y is missing in the selection model of y.missing.")).to_be_visible()
    group.get_by_role("button", name="See what it does").click()
    fourth.wait("The prediction further down asks what this would show")
    fourth.answer("Predict: Run it.", "At 0, the truth", "Commit")
    group.get_by_role("button", name="See what it does").click()
    fourth.wait("with your model, -0.13 with the one asked for")
    group.get_by_role("button", name="See what it does").scroll_into_view_if_needed()
    fourth.shot("lesson-4-a-without-y")
    fourth.tick("Predictors of y.missing", "y")
    fourth.wait_script("y.missing ~ x1i x2i x3i y x2i*x3i;")
    check(fourth, group, "This is the model.")


def test_lesson_4_runs_compares_and_ends(fourth):
    run(fourth)
    fourth.says(fourth.question("Predict: Run it."), "At about -0.13")
    fourth.wait("last run -0.1")
    table = fourth.root.get_by_role("group", name="Outcome: y.missing, as the chapter")
    expect(table.get_by_text("yours").last).to_be_visible()
    table.scroll_into_view_if_needed()
    fourth.page.wait_for_timeout(1000)  # until the notebook has drawn what came into view
    fourth.shot("lesson-4-b-chapter")
    fourth.answer("In the chapter's own run", "Only y has")
    fourth.says(fourth.answer("The chapter's output lists", "Yes: nothing"), "Not this one.")
    fourth.answer("The chapter's output lists", "No: missing values")
    fourth.answer("Beside it stand DIC2", "They do not say")
    fourth.root.get_by_text("Compare fits").scroll_into_view_if_needed()
    fourth.shot("lesson-4-c-compared")
    fourth.says(fourth.answer("Predict: The data were made", "Equally certain", "Commit"), "0.05")
    fourth.says(fourth.answer("The coefficients of a selection", "There would be no"), "Right.")
    fourth.says(fourth.answer("When should one use", "When there are good"), "Right.")
    fourth.done(13, 13)
    fourth.shot("lesson-4-d-end")


def test_the_start_page_knows_how_far_one_is(browser, lab, fourth):
    page = browser.new_page(viewport={"width": 1024, "height": 768})
    notebook = Notebook(page)
    notebook.open(lab, "start.ipynb")
    notebook.run_all()
    expect(page.get_by_text("13 of 13").first).to_be_visible()
    expect(page.get_by_text("8 of 8").last).to_be_visible()
    notebook.screenshot("start-page-later")
    page.close()
