"""Lesson 6 as a learner goes through it: fits, studies, and where the MNAR model fails."""

import re

from learner import lesson_open
from playwright.sync_api import expect

learner = lesson_open("06_against_the_truth.ipynb")


def show(learner, text):
    """Scroll to where a text is seen."""
    learner.root.get_by_text(text).locator("visible=true").last.scroll_into_view_if_needed()


def test_several_assumptions_are_fitted_and_reported(learner):
    learner.answer("From lesson 5: all PSR", "More iterations")
    learner.answer("From lesson 5: with y^2", "They stayed where")
    expect(learner.root.get_by_role("button", name="Show me")).to_have_count(0)
    group = learner.answer("Predict: The chapter's data", "All four", "Commit")
    learner.says(group, "Without a selection model it stays")
    learner.press("^Show me")
    learner.wait("whether it differs from 0 depends on the assumption")
    learner.shot("lesson-6-a-report")
    learner.press("^Fit all")
    learner.wait("iterations of M")  # of one of the fits
    expect(learner.root.get_by_role("button", name="Fit all")).to_be_enabled(timeout=60_000)
    learner.root.get_by_role("checkbox", name="truth").locator("visible=true").check()
    learner.root.get_by_role("checkbox", name="MNAR by y alone").locator("visible=true").check()
    learner.wait("Intercept: truth 0.00; complete data -0.11")
    learner.shot("lesson-6-b-compared")
    learner.says(learner.answer("Which sentence about", "The intercept is -0.13"), "one assumption")
    learner.answer("Which sentence about", "It is -0.32 under MAR")
    learner.done(4, 11)


def test_many_data_sets_show_how_often_it_is_nearer(learner):
    group = learner.commit("Predict: Were the MNAR", 95)
    learner.says(group, "You predicted 95, and it is 75.")
    learner.choose("Show", "How often nearer than listwise")
    learner.choose("Method", "MNAR")
    words = re.compile("^all coefficients: MNAR is closer to the truth than listwise in 75%")
    picture = learner.root.get_by_role("img", name=words)
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    learner.shot("lesson-6-c-nearer")
    learner.press("^Run the study")
    learner.wait("Ended: 20 of 20 data sets", 120)
    button = learner.root.get_by_role("button", name="Run the study")
    expect(button).to_be_enabled(timeout=30_000)
    show(learner, "mean of the estimates and 95% Monte Carlo interval")
    learner.shot("lesson-6-d-live")
    learner.answer("This model, with this", "Another data set")
    learner.says(learner.answer("The chapter says that random", "One moved closer"), "Right.")


def test_it_fails_where_its_assumptions_do(learner):
    group = learner.answer("Predict: Now y is missing", "It leaves it at 0", "Commit")
    learner.says(group, "it invents a mechanism")
    show(learner, "estimates of Intercept: thin lines")
    learner.shot("lesson-6-e-skewed")
    group = learner.answer("Predict: Next, y is MAR", "It stays at 1", "Commit")
    learner.says(group, "31% of the intervals")
    show(learner, "estimates of x3i: thin lines")
    learner.shot("lesson-6-f-wrong")
    learner.says(learner.answer("With skewed errors", "Use the large one"), "Not with skewed")
    learner.answer("With skewed errors", "Neither is safe")
    learner.answer("And if y is MAR", "Less certainty")
    learner.done(11, 11)
    expect(learner.root.get_by_text("Something went wrong")).to_have_count(0)
