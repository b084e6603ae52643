"""Lesson 5 as a learner goes through it: a run that has not converged, and one that has."""

from learner import lesson_open
from playwright.sync_api import expect

learner = lesson_open("05_did_it_converge.ipynb")


def test_the_chapters_run_is_read(learner):
    learner.answer("From lesson 4: five", "It becomes much less certain")
    learner.answer("From lesson 4: y is taken", "Much the same as MAR")
    learner.says(learner.answer("The chapter speaks", "There are 25 parameters"), "Not this one.")
    learner.answer("The chapter speaks", "25 are free")
    learner.says(learner.answer("What does a potential", "Pooled, the draws"), "Right.")
    expect(learner.root.get_by_text("The highest of all is 1.211")).to_have_count(0)
    group = learner.answer("Predict: The chapter's program", "The focal model", "Commit")
    learner.says(group, "In 18 of the 20 rows")
    table = learner.root.get_by_role("table").filter(has_text="1.211").first
    expect(table).to_be_visible()
    table.scroll_into_view_if_needed()
    learner.shot("lesson-5-a-burn-in")
    learner.says(learner.answer("Each row of the table", "From 2001"), "1.106")
    learner.answer("Each row of the table", "From 3501")
    learner.answer("After 20,000 iterations", "Its 20,000 draws")
    learner.says(learner.answer("For which estimates", "For the focal model, but"), "Right.")
    learner.done(8, 13)


def test_a_term_opens_in_place(learner):
    group = learner.question("What does a potential")
    term = group.locator("summary", has_text="PSR").first
    meaning = group.get_by_text("near 1 if they agree").first
    expect(meaning).to_be_hidden()
    term.focus()
    learner.page.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    learner.shot("lesson-5-b-term")
    learner.page.keyboard.press("Enter")


def test_the_model_is_overparameterised_and_shown_at_once(learner):
    group = learner.question("Your task: overparameterise")
    group.get_by_role("button", name="Check").click()
    learner.says(group, "1 thing differs")
    learner.product("y.missing", "y", "y")
    learner.wait_script("y.missing ~ y x1i x2i x3i x2i*x3i y^2;")
    group.get_by_role("button", name="Check").click()
    learner.says(group, "This is the model.")
    learner.press("^Show me")
    learner.wait("There is a prediction to make before this run")
    group = learner.answer("Predict: Without y^2", "About half", "Commit")
    learner.press("^Show me")
    learner.wait("Shown: 1,000 draws of 2 chains that come with this lesson")
    learner.says(group, "As a rule some 5 to 65 remain")
    learner.root.get_by_text("Check the last run").scroll_into_view_if_needed()
    learner.shot("lesson-5-c-shown")
    learner.wait("The run shown: burn-in 200, 1,000 draws kept.")
    learner.wait("not yet")
    learner.question("Your task: Choose burn-in")
    learner.shot("lesson-5-d-not-yet")


def test_it_is_run_until_it_has_converged(learner):
    learner.number("Burn-in", 2000)
    learner.number("Iterations", 20000)
    learner.press("^Run the model")
    learner.wait("Finished: 20,000 draws", 60)
    learner.wait("Done: burn-in 2,000, 20,000 draws kept")
    learner.question("Your task: Choose burn-in")
    learner.shot("lesson-5-e-converged")
    learner.says(learner.answer("That took some", "It has biased them"), "Not this one.")
    learner.answer("That took some", "Hardly anything")
    learner.answer("You run the model", "By a few thousandths")
    learner.done(13, 13)
    expect(learner.root.get_by_text("Something went wrong")).to_have_count(0)
