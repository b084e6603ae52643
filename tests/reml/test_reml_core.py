"""The REML deviance and its minimiser: gradient, global optimum, invariance."""

from __future__ import annotations

import numpy as np
import pytest
from reml_cases import brute_force_loglik, simulate, spec, term_columns, terms
from scipy import optimize

from tutorkit.model.spec import INTERCEPT, Term
from tutorkit.reml import fit_reml
from tutorkit.reml.core import Moments, cross_products, minimise, profile


@pytest.mark.parametrize("r", [1, 2, 3])
def test_gradient_is_the_slope_of_the_deviance(r: int) -> None:
    data = simulate(2, 0.2 * np.eye(2), sizes=(3, 9, 1, 14, 5, 2, 8))
    columns = term_columns((INTERCEPT, *terms("x1i x2i x3i"), Term(("y",))), data)
    moments = Moments(cross_products(columns, data["j"].to_numpy()), 3, np.arange(4)[-r:], 42)
    theta = np.random.default_rng(3).standard_normal((5, r * (r + 1) // 2))
    gradient = profile(theta, moments).gradient
    for k, step in enumerate(1e-5 * np.eye(theta.shape[1])):
        rise = profile(theta + step, moments).deviance - profile(theta - step, moments).deviance
        # Central differences: 1e-10 of truncation and 1e-13 / 2e-5 of rounding.
        np.testing.assert_allclose(rise / 2e-5, gradient[:, k], rtol=1e-6, atol=1e-6)


HARD = {
    "no variance": (dict(tau=np.zeros((2, 2))), "x1i"),
    "correlation 1": (dict(tau=[[0.2, 0.2], [0.2, 0.2]]), "x1i"),
    "correlation -1": (dict(tau=[[0.2, -0.2], [-0.2, 0.2]]), "x1i"),
    "no slope variance": (dict(tau=np.diag([0.2, 0])), "x1i"),
    "large variances": (dict(tau=np.diag([400.0, 100.0])), "x1i"),
    "unequal clusters": (dict(tau=np.diag([0.2, 0.2]), sizes=(1, 1, 2, 1, 20, 3, 30, 4, 1)), "x1i"),
    "many singletons": (dict(tau=np.diag([0.5, 0.5]), sizes=(1,) * 20 + (4,) * 10), "x1i"),
    "three effects": (dict(tau=np.diag([0.2, 0.2, 0.0]), slopes="x1i x3i"), "x1i x3i"),
    "intercept only": (dict(tau=[[0.0]], slopes=""), ""),
}


@pytest.mark.parametrize("case", HARD)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_other_maximiser_finds_a_better_fit(case: str, seed: int) -> None:
    setting, slopes = HARD[case]
    data, model = simulate(seed, **setting), spec(slopes=slopes)
    fit = fit_reml(model, data)
    r = len(fit.random_names)

    def loss(parameters: np.ndarray) -> float:
        factor = np.zeros((r, r))
        factor[np.tril_indices(r)] = parameters[:-1]
        return -brute_force_loglik(model, data, factor @ factor.T, np.exp(2 * parameters[-1]))

    rng = np.random.default_rng(0)
    scale = np.sqrt(np.max(setting["tau"])) + 0.1
    starts = [np.append(scale * rng.standard_normal(r * (r + 1) // 2), 0.0) for _ in range(2)]
    best = min(optimize.minimize(loss, start, method="L-BFGS-B").fun for start in starts)
    assert fit.loglik > -best - 1e-7  # the other one may only be worse, up to rounding


@pytest.mark.parametrize("case", HARD)
def test_units_and_origins_do_not_matter(case: str) -> None:
    setting, slopes = HARD[case]
    data, model = simulate(1, **setting), spec(slopes=slopes)
    fit = fit_reml(model, data)
    for unit in (1e-6, 1e6):
        other = fit_reml(model, data.assign(y=unit * data["y"], x1i=1e4 * data["x1i"]))
        per = unit * np.array([1, 1e-4, 1, 1, 1])
        np.testing.assert_allclose(other.estimate, fit.estimate * per, rtol=1e-6)
        np.testing.assert_allclose(other.se, fit.se * per, rtol=1e-6)
        assert other.singular == fit.singular
        assert other.icc == pytest.approx(fit.icc, rel=1e-5, abs=1e-9)
        jacobian = (len(data) - 5) * np.log(unit) + np.log(1e4)
        assert other.loglik == pytest.approx(fit.loglik - jacobian, abs=1e-6)
    years = fit_reml(model, data.assign(x1i=data["x1i"] + 2000))
    np.testing.assert_allclose(years.estimate[1:], fit.estimate[1:], rtol=1e-6)
    assert years.loglik == pytest.approx(fit.loglik, abs=1e-6)


def test_a_warm_start_leaves_a_saddle() -> None:
    data = simulate(8, np.diag([0.5, 0.5]))
    columns = term_columns((INTERCEPT, *terms("x1i y")), data)
    moments = Moments(cross_products(columns, data["j"].to_numpy()), 2, np.array([0, 1]), 96)
    cold = minimise(moments)[1].deviance[0]
    warm = minimise(moments, np.zeros(3))[1].deviance[0]
    assert warm == pytest.approx(cold, abs=1e-9)
