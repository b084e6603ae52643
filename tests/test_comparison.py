"""Estimates of several methods beside the truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tutorkit import TutorkitError, compare, datasets, fit_reml, parse
from tutorkit.comparison import difference, figure, wide
from tutorkit.diagnostics import effective_sizes
from tutorkit.summaries import summarize

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
    assert row["bias_in_sds"] == pytest.approx((np.median(own) - 1) / own.std(ddof=1))
    assert row["lower"] < row["estimate"] < row["upper"]


def test_a_run_has_the_figures_of_its_report(table, chapter_draws):
    rows = table[table["method"] == "MNAR-aware"].set_index("parameter")
    report = summarize(chapter_draws)
    report = report[(report["outcome"] == "y") & (report["group"] != "Standardized Coefficients")]
    report = report.set_index("name")
    for short, name in {"x1i": "x1i", "σ²": "Residual Var.", "τ11": "L2 : Var(x1i)"}.items():
        own = report.loc[name]
        figures = ("median", "sd", "lower", "upper", "mcse_mean")
        shown = ("estimate", "sd", "lower", "upper", "mcse")
        assert rows.loc[short, list(shown)].tolist() == own[list(figures)].tolist()


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


@pytest.mark.parametrize(
    ("value", "shown"), [(-0.004, "0.00"), (0.0, "0.00"), (-0.006, "-0.01"), (12.345, "12.35")]
)
def test_figures_have_no_minus_at_zero(value, shown):
    assert figure(value) == shown


def test_runs_have_a_monte_carlo_error(table, chapter_draws):
    rows = table.set_index(["method", "parameter"])["mcse"]
    own = chapter_draws.get("y", "x1i")[:, :, None]
    assert rows["MNAR-aware", "x1i"] == effective_sizes(own)["mcse_mean"][0]
    assert rows["listwise"].isna().all()


def test_wide_table_has_a_row_for_each_parameter_and_columns_for_each_fit(table):
    out = wide(table)
    assert out["", "parameter"].tolist() == PARAMETERS
    assert out["", "truth"].tolist()[:2] == [0, 1]
    row = out.iloc[1]
    assert row["listwise", "estimate (sd)"] == "0.83 (0.09)"
    assert row["listwise", "SDs from truth"] == -1.9
    assert out.loc[5, ("listwise", "estimate (sd)")] == "0.90"  # REML gives σ² no sd
    assert list(dict.fromkeys(out.columns.get_level_values(0))) == [
        "", "complete data", "listwise", "MNAR-aware",
    ]  # fmt: skip


def test_wide_table_without_truth_does_not_mention_it(listwise):
    out = wide(compare({"parameter": listwise, "b": listwise}))
    assert list(out.columns) == [
        ("", "parameter"), ("parameter", "estimate (sd)"), ("b", "estimate (sd)"),
    ]  # fmt: skip


def test_wide_table_leaves_unestimable_parameters_empty(table):
    gone = table.assign(estimate=table["estimate"].where(table["parameter"] != "ρ01"))
    assert wide(gone).iloc[-1]["listwise", "estimate (sd)"] == ""


def test_difference_is_second_minus_first_in_sds_of_the_first(table):
    rows = table.set_index(["method", "parameter"])
    one, two = rows.loc["listwise", "x1i"], rows.loc["MNAR-aware", "x1i"]
    out = difference(table, "listwise", "MNAR-aware").set_index("parameter")
    assert list(out.index) == PARAMETERS
    row = out.loc["x1i"]
    assert (row["first"], row["second"]) == (one["estimate"], two["estimate"])
    assert row["difference"] == two["estimate"] - one["estimate"]
    assert row["in_sds"] == pytest.approx(row["difference"] / one["sd"])
    assert row["mcse"] == two["mcse"]
    assert np.isnan(out.loc["σ²", "in_sds"])  # REML gives σ² no sd
    back = difference(table, "MNAR-aware", "listwise").set_index("parameter")
    assert back.loc["x1i", "in_sds"] == pytest.approx(-row["difference"] / two["sd"])
    assert (difference(table, "listwise", "complete data")["mcse"] == 0).all()


def test_monte_carlo_errors_of_two_runs_add_up_in_squares():
    rows = [("x", name, 1.0, 1.0, e) for name, e in (("a", 0.3), ("b", 0.4))]
    table = pd.DataFrame(rows, columns=["parameter", "method", "estimate", "sd", "mcse"])
    assert difference(table, "a", "b")["mcse"].tolist() == [0.5]


@pytest.mark.parametrize("name", ["truth", "listwis"])
def test_difference_of_unknown_fits_is_refused_with_a_hint(table, name):
    with pytest.raises(TutorkitError, match=f"no fit '{name}'") as caught:
        difference(table, "listwise", name)
    assert "listwise" in caught.value.hint


def test_a_run_without_draws_is_refused(chapter_draws):
    nothing = replace(chapter_draws, values=chapter_draws.values[:, :0])
    with pytest.raises(TutorkitError, match="'run' was stopped during burn-in"):
        compare({"run": nothing})


def test_a_run_of_one_draw_has_no_monte_carlo_error(chapter_draws):
    one = compare({"run": replace(chapter_draws, values=chapter_draws.values[:1, :1])})
    assert one["mcse"].isna().all()
