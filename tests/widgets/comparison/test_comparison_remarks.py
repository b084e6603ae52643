"""The view that compares fits: what it remarks, and how fits keep their looks."""

from dataclasses import replace

import pytest
from compared import NAME, methods

from tutorkit.widgets.comparison import Comparison
from tutorkit.widgets.session import Session


def test_it_says_when_the_model_has_changed_since_the_run(view, session):
    session.edit(seed=124)
    assert "have changed since the last run" in view.notes.value
    session.undo()
    assert view.notes.value == ""


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("y ~ x1i x2i x3i x2i*x3i | x1i", True),
        ("y ~ x1i x2i x3i x3i*x2i | x1i", True),
        ("y ~ x3i", False),
        ("x3i ~ x1i", False),
    ],
)
def test_truth_is_shown_beside_the_model_that_made_the_data_only(model, known):
    view = Comparison(Session(NAME, f"CLUSTERID: j; MODEL: {model};"))
    note = (
        "The truth is known only for the model that made the data: y ~ x1i x2i x3i x2i*x3i | x1i."
    )
    assert note not in view.notes.value
    view.truth.value = True
    assert ("truth" in methods(view)) is known
    assert ("truth" in view.intervals.picture.text) is known
    assert ("The truth is" in view.densities.picture.text) is known
    assert view.notes.value.count(note) == (not known)
    assert "complete data" in methods(view)


def test_singular_fits_are_called_so(view, session):
    assert "singular" not in view.notes.value
    session.draws = None
    session.write("CLUSTERID: j; MODEL: x1i ~ x3i | x3i;")
    assert "&#x27;listwise&#x27; is a singular fit: the estimated " in view.notes.value


def test_fits_keep_their_looks_as_others_are_added(view, session, run):
    def looks():
        layers = view.intervals.picture.chart.to_dict()["layer"]
        scale = next(la["encoding"]["shape"] for la in layers if "shape" in la["encoding"])["scale"]
        colours = view.densities.picture.chart.to_dict()["layer"][0]["encoding"]["color"]["scale"]
        assert len(colours["domain"]) == len(scale["domain"])
        looks = zip(colours["range"], scale["range"], strict=True)
        return dict(zip(colours["domain"], looks, strict=True))

    session.fits = {"a": replace(run)}
    before = looks()
    assert list(before) == ["complete data", "listwise", "last run", "a"]
    view.truth.value = True
    session.fits = {**session.fits, "b": replace(run)}
    view.last.value = False
    after = looks()
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == 5


def test_the_picture_is_drawn_again_where_looks_have_changed(view, session, run):
    session.fits = {"a": replace(run), "b": replace(run)}
    view.kept["a"].value = False
    before = view.intervals.picture
    session.forget("a")
    assert view.intervals.picture is not before


def test_a_fit_without_a_curve_is_said_beside_the_picture(view):
    assert view.no_curve.value == ""
    view.parameter.value = "τ11"
    assert "listwise has no curve: REML gives τ11 no standard error." in view.no_curve.value
    view.parameter.value = "x1i"
    assert view.no_curve.value == ""
    view.parameter.value = "τ11"
    view.last.value = False
    assert "Two fits are needed here" in view.densities.value
    assert view.no_curve.value == ""
