"""Lesson 6 from Python: fits under several assumptions, and studies that come with the package."""

import time

import pytest

from tutorkit import Lesson, TutorkitError, chapter_scenario, parse, study
from tutorkit.teaching import lesson as content
from tutorkit.widgets.lessons.study_results import ALL, CLOSER, MEANS, StudyResults

# --- several assumptions --------------------------------------------------------------------------


@pytest.fixture
def sixth(tmp_path):
    return Lesson(6, tmp_path)


NAMES = [assumption.name for assumption in content(6).assumptions]


def test_fits_under_several_assumptions_are_shown_at_once_and_kept(sixth):
    view = sixth.sensitivity()
    assert "the report stands here" in view.display.value
    for assumption in content(6).assumptions:
        assert assumption.words.split(".")[0] in view.words.value
    view.show.click()
    assert list(sixth.session.fits) == NAMES
    report = view.display.picture.text
    assert (
        f"5 fits of the focal model: listwise, {', '.join(NAMES[:-1])} and {NAMES[-1]}." in report
    )
    assert "of 5 intervals 2 lie below 0 and 3 hold 0." in report


def test_they_are_fitted_one_by_one(sixth):
    view = sixth.sensitivity()
    view.assumptions = {
        name: (words, parse(f"CLUSTERID: j; MODEL: y ~ x1i x3i; {run}"))
        for (name, (words, _)), run in zip(
            view.assumptions.items(), ["BURN: 20; ITERATIONS: 40;"] * 4, strict=True
        )
    }
    view.run.click()
    assert view.run.disabled
    view.wait()
    assert list(sixth.session.fits) == NAMES
    assert "It has ended" in view.bar.value
    assert view.stop.disabled
    assert "x1i: from" in view.display.picture.text


def test_stopping_keeps_what_was_fitted(sixth):
    view = sixth.sensitivity()
    view.run.click()
    view.stop.click()
    view.wait()
    assert len(sixth.session.fits) < 4
    assert not view.run.disabled


def test_own_runs_cannot_take_an_assumptions_name(sixth):
    sixth.session.edit(burn=20, iterations=100)
    sixth.session.start()
    sixth.session.wait()
    with pytest.raises(TutorkitError, match="The name 'MNAR' is taken"):
        sixth.session.keep(" MNAR ")
    sixth.session.keep("mine")
    assert list(sixth.session.fits) == ["mine"]


def test_assumptions_are_about_the_lessons_own_data(sixth):
    view = sixth.sensitivity()
    sixth.session.load("exercise_04")
    for button in (view.show, view.run):
        button.click()
        assert "This is about the lesson's own data" in view.message.value.replace("&#x27;", "'")
    assert sixth.session.fits == {}


def endless(view):
    """Let fits take for ever, and begin."""
    spec = parse("CLUSTERID: j; MODEL: y ~ x1i x3i; BURN: 10; ITERATIONS: 4000000;")
    view.assumptions = {name: (words, spec) for name, (words, _) in view.assumptions.items()}
    view.run.click()
    time.sleep(1)  # some draws are kept by then
    assert view._thread.is_alive()


def test_a_fit_that_was_stopped_is_not_kept(sixth):
    view = sixth.sensitivity()
    endless(view)
    view.stop.click()
    view.wait()
    assert sixth.session.fits == {}


def test_another_view_that_begins_stops_the_first(sixth):
    first, second = sixth.sensitivity(), sixth.sensitivity()
    endless(first)
    second.run.click()
    first._thread.join(10)
    assert not first._thread.is_alive()
    assert not first.run.disabled
    second.stop.click()
    second.wait()


# --- studies that come with the package -----------------------------------------------------------


def test_a_shipped_study_is_seen_in_three_ways(sixth):
    view = sixth.shipped("chapter")
    assert isinstance(view, StudyResults)
    assert view.picture.options == (MEANS, ALL, CLOSER)
    assert "on average" in view.display.picture.text
    view.picture.value = CLOSER
    view.method.value = "MNAR"
    assert "all coefficients: MNAR is closer to the truth than listwise in 75% of 1,000 data" in (
        view.display.picture.text
    )
    assert view.method.layout.display is None
    assert view.parameter.layout.display == "none"
    view.picture.value = ALL
    view.parameter.value = "x3i"
    assert "1000 estimates of x3i" in view.display.picture.text
    assert view.parameter.layout.display is None


def test_one_parameter_may_come_first_and_a_prediction_before(sixth):
    place = sixth.shipped("skewed", "Intercept", after="skewed")
    assert place.view is None
    sixth.give("skewed", "It moves it up")
    assert place.view.picture.value == ALL
    assert "estimates of Intercept" in place.view.display.picture.text
    with pytest.raises(TutorkitError, match="There is no study 'chapters'"):
        sixth.shipped("chapters")


def test_a_study_run_again_and_stopped_at_once_says_so(sixth):
    few = chapter_scenario(n_clusters=10, cluster_size=10)
    found = study(few, {"REML": "complete"}, replications=2, progress=False)
    view = StudyResults(sixth.session, found, "ρ01")
    view.show(found[:0])
    assert "no estimate yet" in view.display.value
    view.show(found)
    assert view.display.picture is not None


def test_results_without_listwise_compare_nothing(sixth):
    few = chapter_scenario(n_clusters=10, cluster_size=10)
    found = study(few, {"REML": "complete"}, replications=2, progress=False)
    view = StudyResults(sixth.session, found)
    assert view.picture.options == (MEANS, ALL)


def test_a_study_stopped_before_any_estimate_says_so(sixth):
    few = chapter_scenario(n_clusters=10, cluster_size=10)
    found = study(few, {"REML": "complete"}, replications=1, progress=False)
    view = StudyResults(sixth.session, found[:0])
    assert "no estimate yet" in view.display.value
