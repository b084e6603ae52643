"""Lesson 2 as a learner goes through it: build, check, predict, run, compare."""

from learner import lesson_open
from playwright.sync_api import expect

learner = lesson_open("02_the_focal_model.ipynb")


def test_recall_and_the_example(learner):
    learner.answer("From lesson 1: when must", "When missingness depends")
    group = learner.answer("From lesson 1: a test", "y is MAR")
    learner.says(group, "It may be MNAR as well")
    learner.answer("From lesson 1: a test", "y is not MCAR")
    learner.answer("y ~ x1i x2i x3i", "an effect of its own")
    group = learner.answer("Predict: In the complete data", "It becomes larger", "Commit")
    learner.says(group, "It falls to .05")
    learner.answer("The chapter's output divides", "What clusters differ by")
    learner.done(5, 9)
    learner.shot("lesson-2-a-recall")


def test_the_model_is_completed_with_hints(learner):
    group = learner.question("Your task: the focal model")
    group.get_by_role("button", name="Check").click()
    learner.says(group, "2 things differ from what is asked for.")
    learner.shot("lesson-2-b-check")
    group.get_by_role("button", name="Hint").click()
    expect(group.get_by_role("status").last).to_contain_text(
        "is a random slope.", use_inner_text=True
    )
    learner.tab("2 Focal")
    learner.product("y", "x2i", "x3i")
    learner.wait_script("y ~ x1i x2i x3i x2i*x3i;")
    group.get_by_role("button", name="Check").click()
    learner.says(group, "1 thing differs from what is asked for.")
    learner.tick("Random slopes: effects on y that vary over clusters", "x1i")
    learner.wait_script("| x1i;")
    group.get_by_role("button", name="Check").click()
    learner.says(group, "This is the model.")
    learner.question("Your task: the focal model")
    learner.shot("lesson-2-c-built")
    learner.done(6, 9)


def test_the_run_waits_for_the_prediction(learner):
    run = learner.root.get_by_role("button", name="Run the model").locator("visible=true")
    run.scroll_into_view_if_needed()
    run.click()
    expect(learner.root.get_by_text("There is a prediction to make before")).to_be_visible()
    learner.shot("lesson-2-d-locked")
    group = learner.answer("Predict: Now run your focal", "Close to 0", "Commit")
    expect(group.get_by_text("Run the model of the task")).to_be_visible()
    run.click()
    learner.wait("Finished: 8,000 draws")
    learner.says(group, "of an SD of listwise deletion")
    learner.wait("Intercept: listwise -0.33")
    learner.shot("lesson-2-e-compared")


def test_singular_fits_are_predicted_and_seen(learner):
    group = learner.commit("Predict: Below, 40 small", 5)
    learner.says(group, "You predicted 5, and it is 26.")
    learner.answer("Why does the posterior median", "It averages over all values")
    learner.press("^Run the study")
    learner.wait("Ended: 40 of 40 data sets")
    figure = learner.root.locator("figure [role=img][aria-label*='estimates of ρ01']")
    figure.scroll_into_view_if_needed()
    learner.shot("lesson-2-f-singular")
    learner.done(9, 9)
