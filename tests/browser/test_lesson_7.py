"""Lesson 7: the exercise, built from nothing by typing, with a mistake on the way."""

from learner import lesson_open
from playwright.sync_api import expect

learner = lesson_open("07_the_exercise.ipynb")
WITHOUT_ITSELF = """CLUSTERID: j;
FIXED: x3i;
MODEL:
focal:
y ~ x1i x2i x3i | x3i;
auxiliary:
x1i x2i ~ x3i;
selection:
x1i.missing ~ y x3i;
"""


def test_the_exercise_is_solved(learner):
    learner.answer("From lesson 4: which", "That its errors")
    learner.answer("From lesson 4: you", "Fit both")
    group = learner.commit("Predict: x1i and x2i have gaps", 420)
    learner.says(group, "You predicted 420, and it is 423: close.")
    group = learner.question("The exercise: regress")
    group.get_by_role("button", name="Check").click()
    learner.says(group, "There is no model yet.")
    script = learner.root.get_by_role("textbox", name="Script of the model")
    script.fill(WITHOUT_ITSELF)
    script.blur()
    learner.wait("selection model of x1i.missing")
    group.get_by_role("button", name="Check").click()
    learner.says(group, "x1i is missing in the selection model of x1i.missing.")
    learner.shot("lesson-7-a-wrong")
    script.fill(WITHOUT_ITSELF.replace("~ y x3i", "~ x1i y x3i"))
    script.blur()
    learner.wait("No advice here.")
    group.get_by_role("button", name="Check").click()
    learner.says(group, "This is the model.")


def test_it_is_run_and_compared_with_the_truth(learner):
    group = learner.answer("Predict: Run it.", "At 1.00", "Commit")
    learner.number("Burn-in", 1000)
    learner.number("Iterations", 4000)
    learner.press("^Run the model")
    learner.wait("Finished: 4,000 draws")
    learner.says(group, "at about 0.95")
    learner.root.get_by_role("checkbox", name="truth").locator("visible=true").check()
    learner.wait("truth 1.00; complete data 0.98")
    learner.shot("lesson-7-b-compared")
    learner.says(learner.answer("Only predictors have gaps", "Because x1i is MNAR"), "Not this one")
    learner.answer("Only predictors have gaps", "Because the missingness of x1i")
    learner.answer("Run it once more", "All three")
    learner.done(7, 7)
    expect(learner.root.get_by_text("Something went wrong")).to_have_count(0)
