"""Small changes of a model: what they change, what they leave, what they refuse."""

import pytest

from tutorkit import SpecError, parse, render
from tutorkit.model import editing
from tutorkit.model.spec import Term

CHAPTER = """CLUSTERID: j; FIXED: x3i; MODEL:
focal: y ~ x1i x2i x3i x2i*x3i | x1i;
auxiliary: x1i x2i ~ x3i;
selection: y.missing ~ y x1i;"""
VARIABLES = ("y", "x1i", "x2i", "x3i", "z")


@pytest.fixture
def spec():
    return parse(CHAPTER)


def equations(spec):
    return [str(e) for e in spec.equations]


def test_a_term_is_put_before_the_products_and_its_slope_stays_when_it_is_taken_out(spec):
    more = editing.set_term(spec, "y", Term(("z",)), True)
    assert equations(more)[0] == "y ~ x1i x2i x3i z x2i*x3i | x1i"
    assert editing.set_term(more, "y", Term(("z",)), True) == more
    less = editing.set_term(more, "y", Term(("x1i",)), False)
    assert equations(less)[0] == "y ~ x2i x3i z x2i*x3i | x1i"
    assert editing.set_term(less, "y", Term(("x1i",)), True).equation("y").slopes == (
        Term(("x1i",)),
    )
    assert equations(less)[1:] == equations(spec)[1:]


def test_a_product_is_the_same_in_either_order(spec):
    assert editing.set_term(spec, "y", Term(("x3i", "x2i")), True) == spec
    without = editing.set_term(spec, "y", Term(("x3i", "x2i")), False)
    assert equations(without)[0] == "y ~ x1i x2i x3i | x1i"


def test_a_slope_is_set_and_taken_away(spec):
    two = editing.set_slope(spec, "y", Term(("x2i",)), True)
    assert equations(two)[0].endswith("| x1i x2i")
    assert editing.set_slope(two, "y", Term(("x2i",)), False) == spec


def test_models_are_added_to_their_block_with_an_intercept_only(spec):
    more = editing.add_equation(spec, "z")
    assert equations(more)[3] == "z ~ Intercept"
    assert more.equation("z").block == "auxiliary"
    selection = editing.add_equation(more, "x1i.missing")
    assert selection.equations[-1].outcome == "x1i.missing"
    assert selection.equations[-1].block == "selection"
    assert editing.remove_equation(selection, "x1i.missing") == more


def test_a_fixed_variable_that_gets_a_model_is_no_longer_fixed(spec):
    assert editing.add_equation(spec, "x3i").fixed == ()
    assert editing.set_fixed(spec, "x3i", False).fixed == ()
    assert editing.set_fixed(spec, "z", True).fixed == ("x3i", "z")
    assert editing.set_fixed(spec, "x3i", True).fixed == ("x3i",)


def test_a_move_exchanges_two_models_and_turns_the_arrow_between_them(spec):
    moved = editing.move(spec, "x2i", -1)
    assert equations(moved)[1:3] == ["x2i ~ x1i x3i", "x1i ~ x3i"]
    assert editing.move(spec, "x1i", 1) == moved
    assert equations(editing.move(moved, "x1i", -1)) == equations(spec)
    assert editing.move(spec, "x1i", -1) == spec
    assert editing.move(spec, "x2i", 1) == spec


def test_a_move_leaves_unrelated_models_unrelated():
    spec = parse("MODEL: y ~ a b; a ~ c; b ~ c;")
    assert equations(editing.move(spec, "b", -1)) == ["y ~ a b", "b ~ c", "a ~ c"]


def test_another_outcome_takes_over_the_focal_model(spec):
    changed = editing.set_outcome(spec, "x1i")
    assert equations(changed) == ["x1i ~ x2i x3i x2i*x3i", "x2i ~ x3i"]  # y is used nowhere
    assert editing.set_outcome(spec, "y") == spec
    assert editing.set_outcome(spec, "x3i").fixed == ()


LONG = "TRANSFORM: m = ismissing(y); ORDINAL: m; MODEL: y ~ x1i x2i; x1i ~ x2i; m ~ y x1i; x2i ~ z;"


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ("y.missing ~ y x1i; x2i.missing ~ x2i", ["x2i.missing"]),
        ("y.missing ~ y x1i; x2i.missing ~ x2i y", ["y.missing", "x2i.missing"]),
        ("z ~ y; y.missing ~ y", ["y.missing"]),
    ],
)
def test_missingness_of_what_is_left_out_is_modelled_no_longer(more, kept):
    spec = parse(f"MODEL: y ~ x1i x2i; x1i ~ x2i; {more};")
    changed = editing.set_outcome(spec, "x1i")
    assert [e.outcome for e in changed.selection] == kept


def test_a_long_form_indicator_keeps_its_predictors_if_its_variable_is_used():
    spec = parse(LONG.replace("x2i ~ z", "z ~ y"))
    changed = editing.set_outcome(spec, "x1i")
    assert equations(changed) == ["x1i ~ x2i", "m ~ y x1i", "z ~ y"]
    assert equations(editing.set_outcome(parse(LONG), "x1i")) == ["x1i ~ x2i", "x2i ~ z"]


def test_a_long_form_indicator_is_no_part_of_the_factored_order():
    spec = parse(LONG)
    assert editing.chain(spec) == ["x1i", "x2i"]
    moved = editing.move(spec, "x2i", -1)
    assert equations(moved) == ["y ~ x1i x2i", "x2i ~ x1i z", "m ~ y x1i", "x1i ~ Intercept"]
    without = editing.set_term(spec, "m", Term(("y",)), False)
    assert "y" in editing.possible_predictors(without, "m", VARIABLES)


def test_a_long_chain_is_looked_through_at_once():
    names = [f"x{k}" for k in range(60)]
    spec = parse(f"MODEL: y ~ {' '.join(names)}; {' '.join(names)} ~ z;")
    assert editing.possible_predictors(spec, "x0", ("y", *names)) == (*names[1:], "z")
    assert editing.dependents(spec, "x2") == {"y", "x0", "x1"}
    assert editing.dependents(spec, "x59") == {"y", *names[:59]}


@pytest.mark.parametrize(
    ("outcome", "offered"),
    [
        ("y", ("x1i", "x2i", "x3i", "z")),
        ("x1i", ("x2i", "x3i", "z")),
        ("x2i", ("x3i", "z")),
        ("y.missing", VARIABLES),
    ],
)
def test_only_what_cannot_make_a_cycle_is_offered(spec, outcome, offered):
    assert editing.possible_predictors(spec, outcome, VARIABLES) == offered
    for name in offered:
        editing.set_term(spec, outcome, Term((name,)), True)


def test_what_a_script_has_is_offered_even_where_it_would_not_be():
    spec = parse("MODEL: y ~ x; z ~ y;")
    assert "y" in editing.possible_predictors(spec, "z", ("x", "z"))


def test_a_label_leaves_with_its_term():
    spec = parse("MODEL: y ~ x1@a x2@b; PARAMETERS: c = b * 2;")
    changed = editing.set_term(spec, "y", Term(("x1",)), False)
    assert changed.equations[0].labels == (("b", "x2"),)
    with pytest.raises(SpecError, match="'b'"):
        editing.set_term(spec, "y", Term(("x2",)), False)
    spec = parse("MODEL: y ~ Intercept@a x1@b x2@c;")
    changed = editing.set_term(spec, "y", Term(("x1",)), False)
    assert changed.equations[0].labels == (("a", "Intercept"), ("c", "x2"))
    assert editing.set_outcome(spec, "x1").equations[0].labels == (("a", "Intercept"), ("c", "x2"))


def test_changed_models_can_be_written_and_read(spec):
    changed = editing.move(editing.add_equation(spec, "x2i.missing"), "x1i", 1)
    assert parse(render(changed)) == changed


@pytest.mark.parametrize(
    "change",
    [
        lambda spec: editing.set_fixed(spec, "z", True),
        lambda spec: editing.set_term(spec, "y", Term(("z",)), True),
        lambda spec: editing.add_equation(spec, "z"),
        lambda spec: editing.move(spec, "x2i", -1),
    ],
)
def test_a_changed_model_has_no_script_whose_places_it_could_point_at(spec, change):
    assert spec.source is not None
    assert change(spec).source is None


def test_a_model_without_block_names_gets_none():
    spec = editing.add_equation(parse("MODEL: y ~ x;"), "x.missing")
    assert [e.block for e in spec.equations] == ["", ""]


def test_a_move_takes_products_and_cluster_means_of_the_other_along():
    spec = parse("CLUSTERID: j; MODEL: y ~ a b; a ~ b b*c b.mean | b; b ~ c;")
    assert equations(editing.move(spec, "b", -1)) == ["y ~ a b", "b ~ a c", "a ~ Intercept"]


@pytest.mark.parametrize(
    ("script", "outcome", "offered"),
    [
        ("y ~ z; a ~ z;", "a", ("z", "b", "c")),  # not y, though it does not depend on a
        ("y ~ z; a ~ b; b ~ y;", "y", ("z", "c")),  # a depends on y by way of b
        ("y ~ z; a ~ z; b ~ z; c ~ z;", "c", ("z",)),
        ("y ~ z; a ~ z; b ~ z; c ~ z;", "a", ("z", "b", "c")),
    ],
)
def test_what_stands_before_an_outcome_or_depends_on_it_is_not_offered(script, outcome, offered):
    spec = parse(f"MODEL: {script}")
    names = ("y", "z", "a", "b", "c")
    assert editing.possible_predictors(spec, outcome, names) == offered
