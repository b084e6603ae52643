"""The view that checks a run: which picture of which parameter, and what stands in its place."""

from dataclasses import replace

import pytest

from tutorkit import datasets, report
from tutorkit.chains import worst_parameter
from tutorkit.widgets.diagnostics import Diagnostics
from tutorkit.widgets.session import Session


@pytest.fixture
def session():
    return Session("04_multilevel", datasets.script("04_multilevel"))


@pytest.fixture
def view(session, chapter_draws):
    session.draws = chapter_draws
    return Diagnostics(session)


def said(view):
    assert view.message.value == ""
    return str(view.display.picture)


def test_without_a_run_it_says_what_to_do(session):
    view = Diagnostics(session)
    for name in view.picture.options:
        view.picture.value = name
        assert "run the model first" in view.display.value
        assert view.message.value == ""
    assert view.parameter.options == ()


def test_it_begins_with_burn_in_and_the_worst_parameter(view, chapter_draws):
    assert said(view).startswith("At the end of the burn-in")
    assert view.parameter.layout.display == "none"
    assert view.parameter.value == worst_parameter(chapter_draws)
    labels = [label for label, _ in view.parameter.options]
    assert labels == [
        p.label for p in chapter_draws.parameters if p.label != "y.missing: Residual Var."
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Traces", "After burn-in chain 1 moves around 0.9"),
        ("Ranks", "y: x1i: where do each chain's draws stand"),
        ("Autocorrelation", "y: x1i: draws one iteration apart"),
        ("Prior and posterior", "Prior of y: x1i: Flat"),
    ],
)
def test_each_picture_is_of_the_parameter_chosen(view, name, words):
    view.picture.value = name
    before = said(view)
    assert view.parameter.layout.display is None
    view.parameter.label = "y: x1i"
    assert words in said(view)
    assert said(view) != before
    assert "<svg" in view.display.value


def test_the_report_is_that_of_the_run(view, chapter_draws):
    view.picture.value = "Report"
    assert view.report.value == report(chapter_draws)._repr_html_()
    assert view.display.picture is None
    assert view.message.value == ""
    view.picture.value = "Traces"
    assert view.report.value == ""
    assert view.display.picture is not None


def test_a_new_run_is_drawn_and_the_choice_stays(view, session, chapter_draws):
    view.picture.value = "Traces"
    view.parameter.label = "y: x2i"
    before = said(view)
    session.draws = replace(chapter_draws, values=chapter_draws.values[:, :500])
    assert view.parameter.label == "y: x2i"
    assert view.picture.value == "Traces"
    assert said(view) != before


def test_controls_stay_the_same_objects(view, session, chapter_draws):
    children = view.children
    session.draws = replace(chapter_draws, values=chapter_draws.values[:, :500])
    view.picture.value = "Ranks"
    assert view.children == children
    assert all(w.description for w in (view.picture, view.parameter))


@pytest.mark.parametrize(
    ("kept", "words"), [(0, "stopped during burn-in"), (1, "too few"), (19, "too few to show")]
)
def test_a_run_of_few_draws_is_explained(session, chapter_draws, kept, words):
    session.draws = replace(chapter_draws, values=chapter_draws.values[:1, :kept], stopped=True)
    view = Diagnostics(session)
    assert view.message.value == ""
    for name in ("Traces", "Ranks", "Autocorrelation", "Prior and posterior"):
        view.picture.value = name
        assert words in view.display.value.lower().replace("too few draws", "too few")
        assert view.display.picture is None
        assert view.message.value == ""


def test_it_says_when_the_model_has_changed_since_the_run(view, session, chapter_draws):
    session.draws = replace(chapter_draws, spec=session.spec)
    assert view.note.value == ""
    session.edit(seed=124)
    assert "The model or its settings have changed since this run" in view.note.value
    session.undo()
    assert view.note.value == ""
