"""Controls that offer names, and what the steps offer with them in less common cases."""

import pytest
from ipywidgets import Dropdown

from tutorkit import DataError, Session, datasets
from tutorkit.widgets.choices import Choices, offer
from tutorkit.widgets.equation_editor import EquationEditor
from tutorkit.widgets.model_steps import AuxiliaryStep, FixedChoice
from tutorkit.widgets.parts import View
from tutorkit.widgets.run_settings import RunSettings
from tutorkit.widgets.sources import find
from tutorkit.widgets.steps import DataStep, FocalStep


def shown(choices):
    return [box.description for box in choices.children]


def focal_editor(session):
    return EquationEditor(session, lambda: session.spec.focal if session.spec else None)


@pytest.mark.parametrize(
    ("before", "chosen", "now", "settings", "value"),
    [
        (["a", "b"], "b", ["b", "c"], {}, "b"),
        (["a", "b"], "b", ["c", "d"], {}, "c"),
        (["a", "b"], "b", ["c", "d"], {"default": 1}, "d"),
        (["a", "b"], "b", [], {}, None),
        (["a", "b"], "b", ["b", "c"], {"none": "none"}, "b"),
        (["a", "b"], "b", ["c", "d"], {"none": "none"}, ""),
    ],
)
def test_a_choice_stays_while_it_is_offered(before, chosen, now, settings, value):
    dropdown = Dropdown(options=before, value=chosen)
    offer(dropdown, now, **settings)
    assert dropdown.value == value
    assert [name for _, name in dropdown._options_full if name] == now


def test_checkboxes_are_put_in_order_and_shown_again_after_they_were_gone(session):
    view, choices = View(session), Choices()
    boxes = {name: choices.offer(view, name, False, print) for name in "abc"}
    for names in ("abc", "cab", "a", "abc", ""):
        choices.arrange(list(names))
        assert choices.children == tuple(boxes[name] for name in names)


def test_a_slope_without_its_predictor_is_shown_and_can_be_taken_away(session):
    editor = focal_editor(session)
    session.write("CLUSTERID: j; MODEL: y ~ x1i | x2i;")
    assert shown(editor.slopes) == ["x1i", "x2i"]
    editor.slopes.boxes["x2i"].value = False
    assert str(session.spec.focal) == "y ~ x1i"


def test_groups_without_choices_are_hidden(session):
    editor = focal_editor(session)
    session.begin("y")
    displays = [group.layout.display for group in editor.groups.values()]
    assert displays == [None, None, "none"]  # there is a cluster, but nothing to vary
    session.load(datasets.load("04_multilevel")[["y"]])
    session.begin("y")
    assert [group.layout.display for group in editor.groups.values()] == [None, "none", "none"]


def test_a_product_is_ticked_however_the_script_spells_it(session):
    editor = focal_editor(session)
    session.write("MODEL: y ~ x1i x2i x2i*x1i;")
    assert editor.products.boxes["x2i*x1i"].value
    session.write("MODEL: y ~ x1i x2i x1i*x2i;")
    assert editor.products.boxes["x1i*x2i"].value


def test_steps_follow_a_cluster_that_is_chosen_elsewhere(session):
    data, focal = DataStep(session), FocalStep(session)
    session.choose_cluster("x3i")
    assert data.cluster.value == "x3i"
    assert [value for _, value in focal.outcome.options] == ["", "j", "y", "x1i", "x2i"]


def test_an_outcome_that_the_data_do_not_have_is_shown(session):
    focal = FocalStep(session)
    session.write("MODEL: nothing ~ x1i;")
    assert focal.outcome.value == "nothing"


def test_only_complete_predictors_without_a_model_are_offered_as_fixed(session):
    choice = FixedChoice(session)
    assert choice.group.layout.display == "none"
    session.write("MODEL: y ~ x1i j x3i; j ~ x3i;")
    assert shown(choice.boxes) == ["x3i"]
    assert choice.group.layout.display is None
    session.write("FIXED: j; MODEL: y ~ x1i;")
    assert [(box.description, box.value) for box in choice.boxes.children] == [("j", True)]


def test_a_complete_variable_with_a_model_is_among_the_auxiliary_and_the_outcome_is_not(session):
    step = AuxiliaryStep(session)
    session.write("MODEL: y ~ x3i; x3i ~ x1i;")
    names = ["x1i (13.2% missing)", "x2i (8.5% missing)", "x3i (0.0% missing)"]
    assert shown(step.wanted) == names
    session.load("exercise_04")
    session.begin("y")
    assert "13.2%" not in step.wanted.boxes["x1i"].description


def test_run_settings_wait_for_a_model_and_take_a_seed_of_digits_only(session):
    settings = RunSettings(session)
    assert settings.seed.disabled
    session.begin("y")
    assert not settings.seed.disabled
    settings.seed.value = " 12 "
    assert session.spec.seed == 12
    for wrong in ("²", "-1", "1.5"):
        settings.seed.value = wrong
        assert f"A seed is a whole number, not '{wrong}'".replace("'", "&#x27;") in (
            settings.message.value
        )
    settings.seed.value = " "
    assert session.spec.seed is None


def test_data_are_found_by_name_path_or_table(tmp_path, monkeypatch):
    table = datasets.load("exercise_04")
    for name in ("mine.csv", "MINE.CSV", "mine"):
        table.to_csv(tmp_path / name, index=False)
        found = find(tmp_path / name)
        assert (found["name"], found["file"], len(found["data"])) == (name, name, len(table))
    assert find(tmp_path / "mine.csv", "other.csv")["name"] == "other.csv"
    assert (find(table)["name"], find(table)["file"]) == ("your data", None)
    assert find(table, "a.csv")["file"] == "a.csv"
    with pytest.raises(DataError, match="There is no file"):
        find("NOTHING.CSV")
    monkeypatch.chdir(tmp_path)
    table.to_csv("04_multilevel", index=False)
    assert "truth" in find("04_multilevel")  # a data set's name goes before a file's


def test_sessions_do_not_share_their_steps_settings():
    one, other = Session("04_multilevel"), Session("04_multilevel")
    settings = RunSettings(one)
    one.begin("y")
    settings.numbers["burn"].value = 77
    assert (one.spec.burn, other.spec) == (77, None)
