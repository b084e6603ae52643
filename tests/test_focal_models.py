"""Which focal models are one, how they are written, and of which the truth is true."""

from dataclasses import replace

import pytest

from tutorkit import compare, datasets, fit_reml, parse
from tutorkit.comparison import comparable, focal_formula, true_formula, truth_fits
from tutorkit.model.spec import Assignment

TRUTH = datasets.truth("04_multilevel")


def focal(model, data="04_multilevel"):
    return fit_reml(parse(f"CLUSTERID: j; MODEL: {model};"), datasets.load(data))


def altered(spec, **changes):
    """Return a spec with other commands, however impossible together."""
    out = replace(spec)
    for name, value in changes.items():
        object.__setattr__(out, name, value)
    return out


@pytest.mark.parametrize(
    ("model", "alike"),
    [
        ("y ~ x1i x2i x3i x2i*x3i | x1i", True),
        ("y ~ x2i*x3i x3i x2i x1i | x1i", True),
        ("y ~ x1i x2i x3i | x1i", False),
        ("y ~ x1i x2i x3i x2i*x3i | x2i", False),
        ("x2i ~ x1i x3i", False),
    ],
)
def test_fits_are_comparable_if_outcome_predictors_and_random_effects_agree(
    listwise, chapter_draws, model, alike
):
    fits = {"run": chapter_draws, "other": focal(model), "listwise": listwise}
    same, others = comparable(fits)
    assert list(same) == (["run", "other", "listwise"] if alike else ["run", "listwise"])
    assert list(others) == ([] if alike else ["other"])
    if alike:
        assert set(compare(same)["method"]) == set(fits)
    assert comparable({}) == ({}, {})


@pytest.mark.parametrize(
    "changes",
    [
        {"grand_mean": ("x1i",)},
        {"group_mean": ("x1i",)},
        {"ordinal": ("y",)},
        {"transforms": (Assignment("x1i", "ln(x3i)"),)},
    ],
)
def test_runs_of_centred_ordinal_or_made_variables_are_not_comparable(chapter_draws, changes):
    other = replace(chapter_draws, spec=altered(chapter_draws.spec, **changes))
    assert list(comparable({"run": chapter_draws, "other": other})[1]) == ["other"]
    assert list(comparable({"other": other, "same": replace(other)})[1]) == []


def test_what_a_made_variable_is_made_of_counts(chapter_draws):
    runs = {
        source: replace(
            chapter_draws,
            spec=altered(
                chapter_draws.spec, transforms=(Assignment("a", source), Assignment("y", "ln(a)"))
            ),
        )
        for source in ("b", "c")
    }
    assert list(comparable(runs)[1]) == ["c"]


@pytest.mark.parametrize(
    "changes",
    [{"seed": 9}, {"ordinal": ("x2i",)}, {"transforms": (Assignment("b", "ln(x3i)"),)}],
)
def test_what_does_not_concern_the_focal_model_leaves_runs_comparable(chapter_draws, changes):
    other = replace(chapter_draws, spec=altered(chapter_draws.spec, **changes))
    assert comparable({"run": chapter_draws, "other": other})[1] == {}


def test_a_reml_fit_does_not_make_runs_of_different_variables_comparable(listwise, chapter_draws):
    spec = altered(chapter_draws.spec, transforms=(Assignment("x1i", "ln(x3i)"),))
    fits = {"listwise": listwise, "run": chapter_draws, "other": replace(chapter_draws, spec=spec)}
    assert list(comparable(fits)[1]) == ["other"]


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("y ~ x1i x2i x3i x2i*x3i | x1i", True),
        ("y ~ x3i*x2i x3i x2i x1i | x1i", True),
        ("y ~ x3i", False),
        ("y ~ x1i x2i x3i x2i*x3i", False),
        ("y ~ x1i x2i x3i x2i*x3i | x2i", False),
        ("y ~ x1i x2i x3i x2i*x3i x1i*x3i | x1i", False),
        ("x1i ~ x2i x3i", True),
        ("x1i ~ x3i", False),
        ("x3i ~ x1i", False),
    ],
)
def test_truth_is_true_of_the_model_that_made_the_data_only(model, known):
    assert truth_fits(focal(model), TRUTH) is known


def test_truth_is_not_true_without_random_effects_or_of_changed_variables(chapter_draws):
    assert truth_fits(chapter_draws, TRUTH)
    for changes in (
        {"grand_mean": ("x1i",)}, {"ordinal": ("y",)}, {"transforms": (Assignment("y", "ln(a)"),)}
    ):  # fmt: skip
        other = replace(chapter_draws, spec=altered(chapter_draws.spec, **changes))
        assert not truth_fits(other, TRUTH)
    plain = fit_reml(parse("MODEL: y ~ x1i x2i x3i x2i*x3i;"), datasets.load("04_multilevel"))
    assert not truth_fits(plain, TRUTH)
    assert not truth_fits(chapter_draws, {})


def test_the_true_model_is_written_as_in_a_script():
    assert true_formula(TRUTH) == "y ~ x1i x2i x3i x2i*x3i | x1i"
    only = {("y", "Intercept"): 0.0, ("y", "x"): 1.0, ("y", "Residual Var."): 1.0}
    assert true_formula(only) == "y ~ x, no random effects"


def test_truth_finds_a_product_however_it_is_spelled():
    table = compare({"other": focal("y ~ x1i x2i x3i x3i*x2i | x1i")}, TRUTH)
    truth = table[table["method"] == "truth"].set_index("parameter")["estimate"]
    assert truth["x3i*x2i"] == 1
    assert truth["ρ01"] == pytest.approx(0.5)


def test_models_of_other_outcomes_are_not_comparable(listwise):
    fits = {"listwise": listwise, "other": replace(listwise, outcome="z")}
    assert list(comparable(fits)[1]) == ["other"]


@pytest.mark.parametrize(
    "model",
    ["y ~ x1i x2i x3i x2i*x3i | x1i", "y ~ x2i", "y ~ Intercept", "y ~ x1i x2i | x1i x2i"],
)
def test_focal_model_is_written_as_in_a_script(model):
    assert focal_formula(focal(model)) == model


def test_a_model_without_clusters_says_so():
    fit = fit_reml(parse("MODEL: y ~ x1i;"), datasets.load("04_multilevel"))
    assert focal_formula(fit) == "y ~ x1i, no random effects"


def test_a_run_and_its_baseline_have_one_formula(chapter_draws, listwise):
    assert focal_formula(chapter_draws) == focal_formula(listwise)
