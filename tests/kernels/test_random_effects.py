"""Variances of cluster effects against grids, and inverse Wishart draws."""

from __future__ import annotations

from dataclasses import replace

import numba
import numpy as np
import pytest
import toy
from invariants import term_values
from scipy import stats

from tutorkit.kernels import coefficients, random_effects
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef

FLAT = replace(toy.PRIORS, random_df=-1.0, random_scale=0.0)  # PRIOR2
# with a strong prior, far from the likelihood that proposes, few proposals are accepted
WEAK = replace(toy.PRIORS, random_df=0.3, random_scale=0.1)
THIN = 100 if numba.config.DISABLE_JIT == 0 else 10
PRIORS = pytest.mark.parametrize("priors", [toy.PRIORS, FLAT], ids=["proper", "flat"])


@entry_point
def draw_variances(rng, plan, state, start, steps, out):
    """Fill ``out`` with log tau of equation 0, each after ``steps`` draws from ``start`` on."""
    plan, state = PlanRef(*plan), StateRef(*state)
    coefficients.fill_products(plan, state, 0)
    for k in range(out.size):
        state.tau[0, 0, 0] = start
        for _ in range(steps):
            random_effects.draw_variance(rng, plan, state, 0)
        out[k] = np.log(state.tau[0, 0, 0])


@entry_point
def draw_covariances(rng, plan, state, out):
    """Fill ``out`` (n_draws, r, r) with covariance matrices of equation 0's effects."""
    plan, state = PlanRef(*plan), StateRef(*state)
    for k in range(out.shape[0]):
        random_effects.draw_covariance(rng, plan, state, 0)
        out[k] = state.tau[0]


@entry_point
def redraw_roots(rng, plan, state, steps, out, effects):
    """Fill ``out`` (n_draws, r, r) with covariance matrices, ``steps`` apart.

    ``effects`` (n_draws, n_clusters, r) receives the effects that go with them.
    """
    plan, state = PlanRef(*plan), StateRef(*state)
    coefficients.fill_products(plan, state, 0)
    for k in range(out.shape[0]):
        for _ in range(steps if k > 0 else 20 * steps):
            random_effects.redraw_root(rng, plan, state, 0)
        out[k] = state.tau[0]
        effects[k] = state.effect[:, plan.random_start[0] : plan.term_start[1]]


def fixed_residual(plan, state):
    """Return outcome minus fixed part of equation 0, and its random terms (n_rows, r)."""
    terms = term_values(plan, state.columns)
    fixed = slice(0, plan.random_start[0])
    random = terms[plan.random_start[0] : plan.term_start[1]]
    residual = state.columns[plan.outcome[0]] - state.coefficient[fixed] @ terms[fixed]
    return residual, random.T


@pytest.mark.parametrize("start", [0.01, 50.0])
@PRIORS
def test_variance_of_intercepts_has_its_density_with_the_effects_integrated_out(priors, start):
    """Thirty slice steps forget the start, so the ends of the runs are independent exact draws."""
    plan, state = toy.toy("y ~ x; x ~ z", seed=43, priors=priors)
    state.sigma2[0] = 0.2  # far from its square and root
    residual, _ = fixed_residual(plan, state)
    sizes, vectors = np.linalg.eigh((plan.cluster[:, None] == plan.cluster).astype(float))
    grid = np.linspace(-40, 40, 8001)
    # eigenvalues of V = tau Z Z' + sigma2 I, (n_grid, n_rows)
    values = np.exp(grid)[:, None] * sizes.clip(0) + state.sigma2[0]
    log_density = -0.5 * (np.log(values) + (vectors.T @ residual) ** 2 / values).sum(axis=1)
    log_density -= 0.5 * (plan.random_df[0] * grid + plan.random_scale[0] * np.exp(-grid))
    out = np.empty(toy.MANY // 4)
    draw_variances(np.random.default_rng(14), plan, state, start, 30, out)
    assert toy.ks_p_value(out, grid, log_density) > toy.LEAST_P


@pytest.mark.parametrize("model", ["y ~ x z | x z", "y ~ x"])
def test_covariance_matrix_of_effects_is_inverse_wishart(model):
    """For every a: a'Sa is inverse gamma. The prior's df are random_df (r + 1)."""
    plan, state = toy.toy(model, seed=44)
    effects = state.effect[:, plan.random_start[0] : plan.term_start[1]]
    r = effects.shape[1]
    scale = effects.T @ effects + plan.random_scale[0] * np.eye(r)
    df = toy.PRIORS.random_df * (r + 1) + len(effects)
    out = np.empty((toy.MANY, r, r))
    draw_covariances(np.random.default_rng(15), plan, state, out)
    for a in [*np.eye(r), np.ones(r), np.array([1.0, -2.0, 0.5])[:r]]:
        exact = stats.invgamma((df - r + 1) / 2, scale=a @ scale @ a / 2)
        assert stats.kstest(out @ a @ a, exact.cdf).pvalue > toy.LEAST_P


@pytest.mark.parametrize("model", ["y ~ x", "o4 ~ x"])
def test_root_of_a_variance_has_its_density_given_standardised_effects(model):
    """The density of L is that of tau = L^2 ~ IG(df/2, scale/2), times the likelihood of L z."""
    plan, state = toy.toy(model, seed=47)
    z = state.effect[:, plan.random_start[0]] / np.sqrt(state.tau[0, 0, 0])
    residual, _ = fixed_residual(plan, state)
    grid = np.concatenate([-np.geomspace(1e-3, 30, 20001)[::-1], np.geomspace(1e-3, 30, 20001)])
    squares = ((residual - grid[:, None] * z[plan.cluster]) ** 2).sum(axis=1)
    log_density = -0.5 * squares / state.sigma2[0] - 0.5 * plan.random_scale[0] / grid**2
    log_density -= (plan.random_df[0] + 1) * np.log(abs(grid))
    out = np.empty((toy.MANY // 4, 1, 1))
    effects = np.empty((toy.MANY // 4, len(z), 1))
    redraw_roots(np.random.default_rng(21), plan, state, THIN, out, effects)
    size = np.logaddexp(log_density[:20001][::-1], log_density[20001:])
    assert toy.ks_p_value(np.sqrt(out[:, 0, 0]), grid[20001:], size) > toy.LEAST_P
    standardised = effects[:, :, 0] / np.sqrt(out[:, :, 0])
    np.testing.assert_allclose(abs(standardised), abs(z) * np.ones_like(standardised))


@pytest.mark.parametrize("priors", [WEAK, FLAT], ids=["weak", "flat"])
def test_root_of_two_variances_has_its_moments_given_standardised_effects(priors):
    """Moments by a sum over a grid of L; the signs of its columns are free."""
    plan, state = toy.toy("y ~ x | x", seed=48, priors=priors)
    r, first = 2, plan.random_start[0]
    z = np.linalg.solve(
        np.linalg.cholesky(state.tau[0, :r, :r]), state.effect[:, first : first + r].T
    ).T[plan.cluster]
    residual, random = fixed_residual(plan, state)
    axes = [np.linspace(low, 8, 160) for low in (-8, -8, -8)]
    a, b, d = (x.ravel() for x in np.meshgrid(*axes, indexing="ij"))  # L = [[a, 0], [b, d]]
    parts = np.array([random[:, 0] * z[:, 0], random[:, 1] * z[:, 0], random[:, 1] * z[:, 1]])
    gram, score = parts @ parts.T, parts @ residual
    roots = np.array([a, b, d])
    log_density = (score @ roots - 0.5 * (roots * (gram @ roots)).sum(axis=0)) / state.sigma2[0]
    df, scale = plan.random_df[0], plan.random_scale[0]
    log_density -= (df + 1) * np.log(abs(a)) + (df + 2) * np.log(abs(d))
    log_density -= 0.5 * scale * (1 / a**2 + (b / (a * d)) ** 2 + 1 / d**2)  # trace of Sigma^-1
    weight = np.exp(log_density - log_density.max())
    weight /= weight.sum()
    out, effects = np.empty((toy.MANY, r, r)), np.empty((toy.MANY, len(state.effect), r))
    redraw_roots(np.random.default_rng(22), plan, state, THIN, out, effects)
    exact = np.array([[a * a, a * b], [a * b, b * b + d * d]]) @ weight
    for m, n in ((0, 0), (0, 1), (1, 1)):
        toy.assert_mean(out[:, m, n], exact[m, n])
    toy.assert_mean(out[:, 0, 0] ** 2, weight @ a**4)
    toy.assert_mean(np.linalg.det(out), weight @ (a * d) ** 2)
