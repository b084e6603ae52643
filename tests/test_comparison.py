"""Estimates of several methods beside the truth."""

import numpy as np
import pytest

from tutorkit import TutorkitError, compare, datasets, fit_reml, parse

PARAMETERS = ["Intercept", "x1i", "x2i", "x3i", "x2i*x3i", "σ²", "τ00", "τ11", "ρ01"]


@pytest.fixture(scope="module")
def table(complete, listwise, chapter_draws):
    fits = {"complete data": complete, "listwise": listwise, "MNAR-aware": chapter_draws}
    return compare(fits, datasets.truth("04_multilevel"))


def test_one_row_for_each_parameter_and_method(table):
    assert list(dict.fromkeys(table["parameter"])) == PARAMETERS
    methods = ["truth", "complete data", "listwise", "MNAR-aware"]
    assert list(table["method"]) == methods * len(PARAMETERS)


def test_truth_of_a_correlation_follows_from_the_covariances(table):
    truth = table[table["method"] == "truth"].set_index("parameter")["estimate"]
    assert truth["ρ01"] == pytest.approx(0.5)
    assert truth["τ11"] == pytest.approx(0.2)


def test_bias_is_measured_in_standard_errors_or_posterior_sds(table, listwise, chapter_draws):
    rows = table.set_index(["method", "parameter"])
    row = rows.loc["listwise", "x1i"]
    assert row["bias_in_sds"] == pytest.approx((listwise.estimate[1] - 1) / listwise.se[1])
    own = chapter_draws.get("y", "x1i")
    row = rows.loc["MNAR-aware", "x1i"]
    assert row["estimate"] == np.median(own)
    assert row["bias_in_sds"] == pytest.approx((np.median(own) - 1) / own.std())
    assert row["lower"] < row["estimate"] < row["upper"]


def test_correlations_are_taken_draw_by_draw(table, chapter_draws):
    get = chapter_draws.get
    cov, a, b = (
        get("y", f"L2 : {name}") for name in ("Cov(x1i,Intercept)", "Var(Intercept)", "Var(x1i)")
    )
    row = table.set_index(["method", "parameter"]).loc["MNAR-aware", "ρ01"]
    assert row["estimate"] == pytest.approx(np.median(cov / np.sqrt(a * b)))


def test_without_a_truth_there_is_no_bias(listwise):
    table = compare({"listwise": listwise})
    assert "truth" not in set(table["method"])
    assert table["bias"].isna().all()


def test_fits_of_other_models_are_refused(listwise):
    other = fit_reml(parse("MODEL: y ~ x1i;"), datasets.load("04_multilevel"))
    with pytest.raises(TutorkitError, match="different focal models"):
        compare({"listwise": listwise, "other": other})


@pytest.mark.parametrize(
    ("fits", "message"), [({}, "nothing to compare"), ({"truth": None}, "name of a fit")]
)
def test_impossible_comparisons_are_explained(fits, message):
    with pytest.raises(TutorkitError, match=message):
        compare(fits)
