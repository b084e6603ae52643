"""What the steps offer for models of a certain kind, and keep after it was unticked."""

import pytest
from ticking import shown, ticked

from tutorkit import Session, datasets
from tutorkit.data import prepare
from tutorkit.widgets.model_steps import AuxiliaryStep, SelectionStep


def test_where_nothing_is_missing_two_steps_can_be_left_out():
    session = Session(datasets.load("04_multilevel", complete=True))
    auxiliary, selection = AuxiliaryStep(session), SelectionStep(session)
    session.begin("y")
    for step in (auxiliary, selection):
        assert "No values are missing: this step can be left out." in step.text.value
        assert step.group.layout.display == "none"
    session.write("MODEL: y ~ x1i; x1i ~ x2i;")  # needless, but there
    assert ticked(auxiliary.wanted) == ["x1i (0.0% missing)"]
    assert auxiliary.group.layout.display is None


def test_where_only_the_outcome_has_gaps_predictors_need_no_model():
    session = Session(datasets.load("04_multilevel")[["j", "y", "x3i"]])
    auxiliary, selection = AuxiliaryStep(session), SelectionStep(session)
    session.begin("y")
    assert "Only values of &#x27;y&#x27; are missing: this step can" in auxiliary.text.value
    assert shown(selection.wanted) == ["y (23.5% missing)"]


def test_a_long_form_indicator_is_a_selection_model(session, steps):
    auxiliary, selection = steps[2:4]
    session.write(
        "CLUSTERID: j; TRANSFORM: m = ismissing(y); ORDINAL: m; MODEL: y ~ x1i; m ~ y; x1i ~ x3i;"
    )
    assert ticked(auxiliary.wanted) == ["x1i (13.2% missing)"]
    assert auxiliary.models.children == (auxiliary._parts["x1i"],)
    assert ticked(selection.wanted) == ["y (23.5% missing)"]
    part = selection._parts["m"]
    assert selection.models.children == (part,)
    assert part.up not in part.children[0].children
    part.editor.predictors.boxes["y"].value = False
    part.editor.predictors.boxes["y"].value = True
    assert str(session.spec.equation("m")) == "m ~ y"
    selection.wanted.boxes["y"].value = False
    assert [e.outcome for e in session.spec.equations] == ["y", "x1i"]
    prepare(session.spec, session.data)
    selection.wanted.boxes["y"].value = True
    assert session.spec.equations[-1].outcome == "y.missing"
    assert all(step.message.value == "" for step in steps)


def test_what_is_not_offered_to_an_auxiliary_model_is_explained(session, steps):
    auxiliary = steps[2]
    session.write("MODEL: y ~ x1i x2i; x1i ~ x2i x3i; x2i ~ x3i;")
    notes = {name: auxiliary._parts[name].note for name in ("x1i", "x2i")}
    assert "Not offered: y, which the focal model explains." in notes["x1i"].value
    assert (
        "Not offered: x1i, which stands before x2i in the order; y, which the focal model explains."
    ) in notes["x2i"].value
    session.write("MODEL: x3i ~ x1i x2i y; x1i ~ x2i; x2i ~ intercept; y ~ intercept;")
    assert "Not offered: x1i and x2i, which stand before y" in auxiliary._parts["y"].note.value
    session.write("MODEL: x3i ~ x1i; x1i ~ intercept; x2i ~ x1i;")
    assert "Not offered: x2i, which depends on x1i." in notes["x1i"].value
    session.write("MODEL: x3i ~ x1i; x1i ~ intercept;")
    assert notes["x1i"].value == ""


def test_a_product_that_was_unticked_can_be_ticked_again(session, steps):
    focal = steps[1].editor
    session.write("CLUSTERID: j; MODEL: y ~ x1i x2i x1i*x2i; x1i ~ x2i;")
    before = focal.products.children
    focal.products.boxes["x1i*x2i"].value = False
    assert str(session.spec.focal) == "y ~ x1i x2i"
    assert focal.products.children == before
    focal.products.boxes["x1i*x2i"].value = True
    assert str(session.spec.focal) == "y ~ x1i x2i x1i*x2i"


@pytest.mark.parametrize("change", ["outcome", "data"])
def test_an_unticked_product_is_forgotten_with_its_equation(session, steps, change):
    editor = steps[1].editor
    session.write("MODEL: y ~ x2i x3i x2i*x3i;")
    editor.products.boxes["x2i*x3i"].value = False
    if change == "outcome":
        steps[1].outcome.value = "x1i"
    else:
        session.load("exercise_04")
        session.begin("y")
    assert editor.products.children == ()


def test_a_product_is_not_offered_where_its_variables_may_not_predict(session, steps):
    session.write("MODEL: y ~ x1i x2i x3i; x1i ~ x2i x3i x2i*x3i; x2i ~ x3i;")
    editor = steps[2]._parts["x1i"].editor
    editor.products.boxes["x2i*x3i"].value = False
    assert shown(editor.products) == ["x2i*x3i"]
    steps[2]._parts["x2i"].up.click()
    assert editor.products.children == ()


def test_a_random_slope_stays_when_its_predictor_is_unticked(session, steps):
    editor = steps[1].editor
    session.write("CLUSTERID: j; MODEL: y ~ x1i x2i | x1i;")
    editor.predictors.boxes["x1i"].value = False
    assert str(session.spec.focal) == "y ~ x2i | x1i"
    assert ticked(editor.slopes) == ["x1i"]
    editor.slopes.boxes["x1i"].value = False
    assert shown(editor.slopes) == ["x2i", "x1i"]  # the box at hand stays
    assert ticked(editor.slopes) == []
