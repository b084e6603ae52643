"""REML fits against lme4, the chapter's table 7.1, closed forms and a brute-force likelihood."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reml_cases import brute_force_loglik, simulate, spec, term_columns, terms
from scipy import stats

from tutorkit.model.spec import INTERCEPT
from tutorkit.reml import fit_reml

REFERENCE = Path(__file__).parents[1] / "reference" / "reml"
DATASETS = Path(__file__).parents[2] / "tutorkit" / "datasets"
LME4 = pd.read_csv(REFERENCE / "lme4.csv").set_index("seed")

# Table 7.1 row by row: estimate, SE, lower, upper; then the figures below the coefficients.
PRINTED = {
    "04_multilevel_complete": (
        "-0.11 0.09 -0.29 0.07  1.01 0.09 0.84 1.19  0.99 0.05 0.90 1.08  1.00 0.05 0.91 1.09 "
        "1.03 0.04 0.95 1.10",
        "0.95 0.20 0.18 0.59 0.29 30 600",
    ),
    "04_multilevel": (
        "-0.33 0.10 -0.53 -0.13  0.83 0.09 0.66 1.00  0.91 0.07 0.78 1.04  1.01 0.07 0.88 1.14 "
        "1.02 0.07 0.89 1.15",
        "0.90 0.20 0.11 0.58 0.22 30 383",
    ),
}


@pytest.mark.parametrize("name", PRINTED)
def test_all_figures_of_table_7_1_come_out_as_printed(name: str) -> None:
    table = fit_reml(spec(), pd.read_csv(DATASETS / f"{name}.csv")).table()
    coefficients = table.iloc[:5][["estimate", "se", "lower", "upper"]].to_numpy().ravel()
    below = [f"{v:.2f}" for v in table["estimate"][5:10]]
    below += [f"{v:.0f}" for v in table["estimate"][10:]]
    assert [f"{v:.2f}" for v in coefficients] == PRINTED[name][0].split()
    assert below == PRINTED[name][1].split()


@pytest.mark.parametrize("seed", LME4.index)
def test_fit_is_as_good_as_that_of_lme4(seed: int) -> None:
    lme4 = LME4.loc[seed]
    fit = fit_reml(spec(), pd.read_csv(REFERENCE / f"inc_{seed}.csv"))
    # lme4's optimiser stops within 1e-6 of the maximum; a larger excess would be a wrong constant.
    assert -1e-7 < fit.loglik - lme4["ll"] < 1e-5
    assert fit.singular == lme4["sing"]
    found = [*fit.tau[[0, 0, 1], [0, 1, 1]], fit.sigma2, *fit.estimate[:2], *fit.se[:2]]
    wanted = lme4[["T00", "T01", "T11", "s2", "b0", "b1", "se0", "se1"]].astype(float)
    # 1e-6 of log likelihood at SEs of about .08 leaves sqrt(2e-6) * .08 = 1e-4.
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-4)


@pytest.mark.parametrize("slopes", ["", "x1i", "x1i x3i", "x2i*x3i"])
def test_log_likelihood_is_that_of_the_full_covariance_matrix(slopes: str) -> None:
    model = spec(slopes=slopes)
    r = 1 + len(model.focal.slopes)
    data = simulate(1, 0.3 * np.eye(2), sizes=(3, 9, 1, 14, 5, 2, 8))
    fit = fit_reml(model, data)
    brute = brute_force_loglik(model, data, fit.tau, fit.sigma2)
    assert fit.tau.shape == (r, r)
    assert fit.loglik == pytest.approx(brute, abs=1e-8)  # rounding only


@pytest.mark.parametrize(("kept", "singular"), [(1.0, False), (0.1, True)])
def test_balanced_one_way_fit_is_the_analysis_of_variance(kept: float, singular: bool) -> None:
    data = simulate(4, [[0.5]], slopes="")
    means = data.groupby("j")["y"].transform("mean")
    data["y"] += (kept - 1) * means  # shrunken cluster means leave less variance than chance does
    groups = data.groupby("j")["y"]
    within, between = groups.var().mean(), 8 * groups.mean().var()
    assert bool(between < within) is singular
    fit = fit_reml(spec("", ""), data)
    assert fit.singular is singular
    # Searle, Casella & McCulloch (1992), section 4.5: ANOVA if tau00 > 0, else one pooled variance.
    if singular:
        within = between = data["y"].var()
    assert fit.sigma2 == pytest.approx(within, rel=1e-8)
    assert fit.tau[0, 0] == pytest.approx((between - within) / 8, abs=1e-8)
    assert fit.se[0] == pytest.approx(np.sqrt(between / 96), rel=1e-8)


def test_without_clusters_it_is_ordinary_least_squares() -> None:
    data = simulate(5, np.zeros((2, 2)))
    fit = fit_reml(spec("x1i x2i", "", None), data)
    x = term_columns((INTERCEPT, *terms("x1i x2i")), data)
    beta, rss = np.linalg.lstsq(x, data["y"], rcond=None)[:2]
    sigma2 = rss[0] / 93
    se = np.sqrt(sigma2 * np.diag(np.linalg.inv(x.T @ x)))
    np.testing.assert_allclose(fit.estimate, beta)
    np.testing.assert_allclose(fit.se, se)
    np.testing.assert_allclose(fit.upper, beta + stats.t.ppf(0.975, 93) * se)
    assert fit.sigma2 == pytest.approx(sigma2)
    assert list(fit.table()["parameter"]) == ["Intercept", "x1i", "x2i", "σ²", "Observations"]
    assert not fit.singular
    assert np.isnan(fit.icc)


def test_interval_uses_rows_minus_parameters_as_degrees_of_freedom() -> None:
    fit = fit_reml(spec(), simulate(6, np.diag([0.5, 0.5])))
    reach = stats.t.ppf(0.975, 96 - 5 - 4)
    np.testing.assert_allclose(fit.upper - fit.estimate, reach * fit.se)
    np.testing.assert_allclose(fit.estimate - fit.lower, reach * fit.se)


def test_icc_averages_the_random_effect_variance_over_rows() -> None:
    data = simulate(7, 0.5 * np.eye(3), "x1i x3i")
    data["x1i"] += 3 + data["x3i"]  # slopes that neither have mean 0 nor are uncorrelated
    fit = fit_reml(spec(slopes="x1i x3i"), data)
    z = np.column_stack([np.ones(len(data)), data["x1i"], data["x3i"]])
    between = np.einsum("ni,ij,nj->n", z, fit.tau, z).mean()
    assert fit.icc == pytest.approx(between / (between + fit.sigma2))


def test_a_slope_may_be_absent_from_the_fixed_part() -> None:
    data = simulate(10, np.diag([0.5, 0.5]))
    model = spec("x2i x3i")
    fit = fit_reml(model, data)
    assert fit.names == ("Intercept", "x2i", "x3i")
    assert fit.random_names == ("Intercept", "x1i")
    assert fit.loglik == pytest.approx(
        brute_force_loglik(model, data, fit.tau, fit.sigma2), abs=1e-8
    )


def test_table_lists_every_variance_and_correlation() -> None:
    tau = np.diag([0.8, 0.8, 0.8])
    fit = fit_reml(spec(slopes="x1i x3i"), simulate(11, tau, "x1i x3i", (8,) * 30))
    table = fit.table().set_index("parameter")["estimate"]
    assert list(table.index[5:]) == [
        *("σ²", "τ00", "τ11.x1i", "τ22.x3i", "ρ01.x1i", "ρ02.x3i", "ρ12.x1i.x3i"),
        *("ICC", "N", "Observations"),
    ]
    rho = fit.tau[1, 2] / np.sqrt(fit.tau[1, 1] * fit.tau[2, 2])
    assert table["ρ12.x1i.x3i"] == pytest.approx(rho)


@pytest.mark.parametrize(
    ("tau", "slopes", "note"),
    [
        ([[0.4, -0.2], [-0.2, 0.1]], ["x1i"], "intercept and random slope of x1i is exactly -1.00"),
        ([[0.4, 0.0], [0.0, 0.0]], ["x1i"], "variance of the random slope of x1i is exactly 0"),
        ([[0.0]], [], "variance of the random intercept is exactly 0"),
        (3 * np.eye(3) - 1, ["x1i", "x3i"], "A combination of the random effects has no variance"),
    ],
)
def test_singular_note_names_what_is_degenerate(tau: object, slopes: list[str], note: str) -> None:
    fit = fit_reml(spec(), simulate(6, np.diag([0.5, 0.5])))
    assert fit.singular_note == ""
    names = ("Intercept", *slopes)
    fit = replace(fit, tau=np.array(tau), random_names=names, singular=True)
    assert fit.singular_note.startswith("Singular fit. ")
    assert note in fit.singular_note


def test_singular_reference_fit_has_correlation_one() -> None:
    fit = fit_reml(spec(), pd.read_csv(REFERENCE / "inc_39.csv"))
    assert fit.correlations[0, 1] == pytest.approx(1, abs=1e-12)
    assert "random intercept and random slope of x1i is exactly 1.00" in fit.singular_note


def test_zero_variances_are_exactly_zero_and_have_no_correlation() -> None:
    fit = next(
        fit
        for seed in range(20)
        if (fit := fit_reml(spec(), simulate(seed, np.zeros((2, 2))))).tau.max() < 1e-6
    )
    assert not fit.tau.any()
    assert np.isnan(fit.correlations).all()
    assert fit.singular
    assert np.isfinite(fit.table().iloc[:5, 1:].to_numpy()).all()
