"""The steps of the builder, worked as a learner works them."""

import pytest
from ticking import shown, tick, ticked

from tutorkit import Session, parse
from tutorkit.model.spec import NAMED_PRIORS
from tutorkit.widgets.steps import FocalStep


def test_the_chapters_model_is_built_from_nothing_by_choosing(session, steps, chapter_script):
    data, focal, auxiliary, selection, priors = steps
    assert data.cluster.value == "j"
    assert focal.editor.layout.display == "none"
    focal.outcome.value = "y"
    tick(focal.editor, "x1i", "x2i", "x3i")
    focal.editor.first.value, focal.editor.second.value = "x2i", "x3i"
    focal.editor.add.click()
    focal.editor.slopes.boxes["x1i"].value = True
    auxiliary.wanted.boxes["x1i"].value = True
    auxiliary.wanted.boxes["x2i"].value = True
    tick(auxiliary._parts["x1i"].editor, "x2i", "x3i")
    tick(auxiliary._parts["x2i"].editor, "x3i")
    auxiliary.fixed.boxes.boxes["x3i"].value = True
    selection.wanted.boxes["y"].value = True
    editor = selection._parts["y.missing"].editor
    tick(editor, "y", "x1i", "x2i", "x3i")
    editor.first.value, editor.second.value = "x2i", "x3i"
    editor.add.click()
    settings = priors.settings
    settings.seed.value = "123"
    settings.numbers["burn"].value = settings.numbers["iterations"].value = 20_000
    assert [str(e) for e in session.spec.equations] == [str(e) for e in chapter_script.equations]
    for part in ("cluster", "fixed", "priors", "seed", "burn", "iterations", "data"):
        assert getattr(session.spec, part) == getattr(chapter_script, part)
    assert parse(session.script) == session.spec
    assert all(step.message.value == "" for step in steps)


def test_every_step_shows_a_script_that_was_typed(session, steps, chapter_script):
    _, focal, auxiliary, selection, priors = steps
    session.write(
        "CLUSTERID: j; FIXED: x3i; MODEL: focal: y ~ x1i x3i x1i*x3i | x3i; auxiliary: "
        "x1i ~ x3i; selection: x1i.missing ~ x1i y; SEED: 7; CHAINS: 4; "
        "OPTIONS: prior1 probit_variance=9;"
    )
    assert focal.outcome.value == "y"
    assert ticked(focal.editor.predictors) == ["x1i", "x3i"]
    assert shown(focal.editor.predictors) == ["x1i", "x2i", "x3i"]
    assert shown(focal.editor.products) == ["x1i*x3i"]
    assert ticked(focal.editor.slopes) == ["x3i"]
    assert ticked(auxiliary.wanted) == ["x1i (13.2% missing)"]
    assert ticked(selection.wanted) == ["x1i (13.2% missing)"]
    assert ticked(selection._parts["x1i.missing"].editor.predictors) == ["y", "x1i"]
    assert (priors.named.value, priors.probit.value) == ("PRIOR1", 9)
    assert priors.settings.seed.value == "7"
    assert priors.settings.numbers["chains"].value == 4


def test_only_sensible_choices_are_offered(session, steps):
    _, focal, auxiliary, selection, _ = steps
    session.write("CLUSTERID: j; MODEL: y ~ x1i x2i x3i; x1i ~ x2i; x2i ~ x3i;")
    assert shown(focal.editor.predictors) == ["x1i", "x2i", "x3i"]  # neither y nor the cluster
    assert shown(auxiliary.wanted) == ["x1i (13.2% missing)", "x2i (8.5% missing)"]
    assert shown(auxiliary._parts["x1i"].editor.predictors) == ["x2i", "x3i"]
    assert shown(auxiliary._parts["x2i"].editor.predictors) == ["x3i"]
    assert [b.split()[0] for b in shown(selection.wanted)] == ["y", "x1i", "x2i"]
    session.choose_cluster(None)
    assert [group.layout.display for group in focal.editor.groups.values()] == [None, None, "none"]


def test_the_order_of_auxiliary_models_is_changed_by_buttons(session, steps):
    auxiliary = steps[2]
    session.write("CLUSTERID: j; MODEL: y ~ x1i x2i; x2i ~ x1i x3i; x1i ~ x3i;")
    part = auxiliary._parts["x1i"]
    part.down.click()
    assert "x1i is last already." in part.message.value
    part.up.click()
    assert [str(e) for e in session.spec.auxiliary] == ["x1i ~ x2i x3i", "x2i ~ x3i"]
    assert part.message.value == ""
    part.up.click()
    assert "x1i is first already." in part.message.value
    assert not part.up.disabled  # or it would lose the focus
    assert auxiliary.models.children == (part, auxiliary._parts["x2i"])


def test_a_button_that_moves_its_model_keeps_the_focus(session, steps, monkeypatch):
    session.write("MODEL: y ~ x1i x2i; x1i ~ x2i; x2i ~ x3i;")
    part, focused = steps[2]._parts["x2i"], []
    monkeypatch.setattr(type(part.up), "focus", lambda button: focused.append(button))
    part.up.click()
    part.down.click()
    assert focused == [part.up, part.down]


def test_controls_stay_the_same_objects_while_the_model_changes(session, steps):
    _, focal, auxiliary, _, _ = steps
    session.write("CLUSTERID: j; MODEL: y ~ x1i; x1i ~ x2i;")
    before = (focal.editor.predictors.children, auxiliary.models.children)
    focal.editor.predictors.boxes["x2i"].value = True
    assert (focal.editor.predictors.children, auxiliary.models.children) == before


def test_a_refused_choice_is_explained_and_the_control_shows_what_is(session, steps):
    _, focal, _, _, priors = steps
    session.write("CLUSTERID: j; MODEL: y ~ x1i;")
    settings = priors.settings
    for control, value, message in [
        (settings.numbers["iterations"], 0, "ITERATIONS"),
        (settings.numbers["chains"], -1, "CHAINS"),
        (settings.seed, "abc", "A seed is a whole number"),
    ]:
        control.value = value
        assert message in settings.message.value
    assert settings.numbers["iterations"].value == session.spec.iterations == 10_000
    assert settings.numbers["chains"].value == 2
    assert settings.seed.value == ""
    priors.probit.value = -3
    assert "(probit_variance) must be positive" in priors.message.value
    assert priors.probit.value == 5
    focal.outcome.value = ""
    assert "needs an outcome" in focal.message.value
    assert focal.outcome.value == "y"
    focal.editor.add.click()
    assert "Choose two variables" in focal.editor.message.value


def test_a_square_is_a_product_of_a_variable_with_itself(session, steps):
    focal = steps[1]
    session.write("MODEL: y ~ x3i;")
    focal.editor.first.value = focal.editor.second.value = "x3i"
    focal.editor.add.click()
    assert str(session.spec.focal) == "y ~ x3i x3i^2"
    focal.editor.products.boxes["x3i^2"].value = False
    assert str(session.spec.focal) == "y ~ x3i"


@pytest.mark.parametrize("name", NAMED_PRIORS)
def test_priors_are_chosen_by_name(session, steps, name):
    priors = steps[4]
    session.write("MODEL: y ~ x3i; OPTIONS: probit_variance=9;")
    priors.named.value = name
    assert session.spec.priors.name == name
    assert session.spec.priors.probit_variance == 9


def test_priors_that_have_no_name_are_shown_as_such(session, steps):
    priors = steps[4]
    session.write("MODEL: y ~ x3i; OPTIONS: residual_scale=3;")
    assert priors.named.value == "as in the script"
    priors.named.value = "PRIOR1"
    assert session.spec.priors.name == "PRIOR1"
    assert priors.named.options == tuple(NAMED_PRIORS)


def test_the_cluster_is_chosen_before_or_after_the_model(session, steps):
    data, focal = steps[:2]
    data.cluster.value = ""
    focal.outcome.value = "y"
    assert session.spec.cluster is None
    data.cluster.value = "j"
    assert session.spec.cluster == "j"
    data.cluster.value = "y"
    assert "cannot be both the cluster variable and an outcome" in data.message.value
    assert data.cluster.value == "j"


def test_a_cluster_variable_that_is_no_column_is_offered_as_well(session, steps):
    data = steps[0]
    session.write("CLUSTERID: klass; MODEL: y ~ x3i;")
    assert data.cluster.value == "klass"
    assert data.message.value == ""
    session.choose_cluster("j")
    assert data.cluster.value == "j"
    assert ("klass", "klass") not in data.cluster.options


def test_before_there_is_a_model_the_later_steps_say_where_to_begin(steps):
    for step in steps[2:4]:
        assert "step 2" in step.text.value
        assert step.wanted.children == ()


def test_steps_follow_to_other_data(session, steps):
    session.write("CLUSTERID: j; MODEL: y ~ x1i; x1i ~ x2i; y.missing ~ y;")
    session.load("exercise_04")
    assert steps[1].outcome.value == ""
    assert steps[2].models.children == ()
    session.begin("y")
    assert shown(steps[2].wanted)[0].startswith("x1i (22")


def test_a_second_session_has_its_own_steps(session, steps):
    other = FocalStep(Session("04_multilevel"))
    other.outcome.value = "y"
    assert session.spec is None
