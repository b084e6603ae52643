"""Coefficients, cluster effects and their variance against dense algebra and a grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import toy
from scipy import stats

from tutorkit.kernels import coefficients, random_effects
from tutorkit.kernels.jit import entry_point

FLAT = replace(
    toy.PRIORS,
    coefficient_variance=np.inf,
    probit_variance=np.inf,
    random_df=-1.0,
    random_scale=0.0,
)

COVARIANCES = {
    "regular": np.array([[0.6, -0.3], [-0.3, 0.9]]),
    "nearly singular": np.array([[1.0, 0.7], [0.7, 0.49 + 1e-9]]),
    "singular": np.array([[1.0, 0.7], [0.7, 0.49]]),
    "tiny": np.array([[1e-12, 0.0], [0.0, 1e-3]]),
    "large": np.array([[1e4, 0.0], [0.0, 1e3]]),
}


@entry_point
def draw_effects(rng, plan, state, out):
    """Fill ``out`` (n_draws, p + n_clusters * r) with coefficients and effects of equation 0."""
    p, r = plan.random_start[0], plan.term_start[1] - plan.random_start[0]
    for k in range(out.shape[0]):
        coefficients.fill_products(plan, state, 0)
        coefficients.draw_coefficients(rng, plan, state, 0)
        out[k, :p] = state.coefficient[:p]
        for j in range(state.effect.shape[0] if r else 0):
            out[k, p + j * r : p + (j + 1) * r] = state.effect[j, p : p + r]


@entry_point
def draw_variances(rng, plan, state, start, steps, out):
    """Fill ``out`` with log tau of equation 0, each after ``steps`` draws from ``start`` on."""
    coefficients.fill_products(plan, state, 0)
    for k in range(out.size):
        state.tau[0, 0, 0] = start
        for _ in range(steps):
            random_effects.draw_variance(rng, plan, state, 0)
        out[k] = np.log(state.tau[0, 0, 0])


@entry_point
def draw_covariances(rng, plan, state, out):
    """Fill ``out`` (n_draws, r, r) with covariance matrices of equation 0's effects."""
    for k in range(out.shape[0]):
        random_effects.draw_covariance(rng, plan, state, 0)
        out[k] = state.tau[0]


@entry_point
def draw_sigma2(rng, plan, state, sum_of_squares, out):
    """Fill ``out`` with residual variances of equation 0."""
    for k in range(out.size):
        coefficients.draw_residual_variance(rng, plan, state, 0, sum_of_squares)
        out[k] = state.sigma2[0]


def exact_posterior(plan, state):
    """Return mean and covariance of (beta, u) given the variances, from V = Z S Z' + sigma2 I.

    beta | o ~ N(G X'V^-1 o, G), G = (X'V^-1 X + prior)^-1; u | beta, o has mean S Z'V^-1 (o - X
    beta) and covariance S - S Z'V^-1 Z S. No inverse of S.
    """
    p, r = plan.random_start[0], plan.term_start[1] - plan.random_start[0]
    terms = toy.term_values(plan, state.columns, 0)
    o, x = state.columns[plan.outcome[0]], terms[:, :p]
    n_clusters = len(plan.cluster_start) - 1
    z = np.zeros((o.size, n_clusters * r))
    for i, j in enumerate(plan.cluster):
        z[i, j * r : (j + 1) * r] = terms[i, p:]
    s = np.kron(np.eye(n_clusters), state.tau[0, :r, :r])
    v = z @ s @ z.T + state.sigma2[0] * np.eye(o.size)
    g = np.linalg.inv(x.T @ np.linalg.solve(v, x) + np.diag(plan.prior_precision[:p]))
    beta = g @ x.T @ np.linalg.solve(v, o)
    to_u = s @ z.T @ np.linalg.inv(v)
    u = to_u @ (o - x @ beta)
    given = s - to_u @ z @ s
    cross = -to_u @ x @ g
    covariance = np.block([[g, cross.T], [cross, given + to_u @ x @ g @ x.T @ to_u.T]])
    return np.concatenate([beta, u]), covariance


@pytest.mark.parametrize("priors", [toy.PRIORS, FLAT], ids=["proper", "flat"])
@pytest.mark.parametrize("name", COVARIANCES)
def test_coefficients_and_effects_have_the_mean_and_covariance_of_dense_algebra(name, priors):
    plan, state = toy.toy("y ~ x z | x", seed=41, priors=priors)
    state.tau[0] = COVARIANCES[name]
    assert_normal(plan, state)


@pytest.mark.parametrize(
    ("model", "clusters"),
    [("y ~ x z x*z", False), ("y ~ x", True), ("y ~ x | z", True), ("y ~ x | x z x*z", True)],
)
def test_other_numbers_of_random_effects(model, clusters):
    plan, state = toy.toy(model, seed=42, clusters=clusters)
    assert_normal(plan, state)


def assert_normal(plan, state):
    """Compare principal components: means, variances and correlations, five standard errors each.

    The errors are those of normal draws: 1, sqrt(2) and 1 over sqrt(toy.MANY). Directions without
    variance (an effect's covariance matrix may be singular) must stay at their mean.
    """
    mean, covariance = exact_posterior(plan, state)
    out = np.empty((toy.MANY, mean.size))
    draw_effects(np.random.default_rng(13), plan, state, out)
    sd = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(sd, sd))
    components = (out - mean) / sd @ vectors
    some = values > 1e-10
    assert (abs(components[:, ~some]) < 1e-4).all()
    standard = components[:, some] / np.sqrt(values[some])
    limit = 5 / np.sqrt(toy.MANY)
    assert (abs(standard.mean(axis=0)) < limit).all()
    products = standard.T @ standard / toy.MANY - np.eye(some.sum())
    assert (abs(products) < limit * np.where(np.eye(some.sum()), np.sqrt(2), 1)).all()


@pytest.mark.parametrize("start", [0.01, 50.0])
@pytest.mark.parametrize("priors", [toy.PRIORS, FLAT], ids=["proper", "flat"])
def test_variance_of_intercepts_has_its_density_with_the_effects_integrated_out(priors, start):
    """Thirty slice steps forget the start, so the ends of the runs are independent exact draws."""
    plan, state = toy.toy("y ~ x; x ~ z", seed=43, priors=priors)
    beta = state.coefficient[: plan.random_start[0]]
    fixed = toy.term_values(plan, state.columns, 0)[:, : beta.size] @ beta
    residual = state.columns[plan.outcome[0]] - fixed
    sizes, vectors = np.linalg.eigh((plan.cluster[:, None] == plan.cluster).astype(float))
    grid = np.linspace(-40, 40, 8001)
    # eigenvalues of V = tau Z Z' + sigma2 I, (n_grid, n_rows)
    values = np.exp(grid)[:, None] * sizes.clip(0) + state.sigma2[0]
    log_density = -0.5 * (np.log(values) + (vectors.T @ residual) ** 2 / values).sum(axis=1)
    log_density -= 0.5 * (plan.random_df[0] * grid + plan.random_scale[0] * np.exp(-grid))
    out = np.empty(toy.MANY // 4)
    draw_variances(np.random.default_rng(14), plan, state, start, 30, out)
    assert toy.ks_p_value(out, grid, log_density) > toy.LEAST_P


def test_covariance_matrix_of_effects_is_inverse_wishart():
    """For every a: a'Sa is inverse gamma."""
    plan, state = toy.toy("y ~ x z | x z", seed=44)
    effects = state.effect[:, plan.random_start[0] : plan.term_start[1]]
    scale = effects.T @ effects + plan.random_scale[0] * np.eye(3)
    df = plan.random_df[0] + len(effects)
    out = np.empty((toy.MANY, 3, 3))
    draw_covariances(np.random.default_rng(15), plan, state, out)
    for a in [*np.eye(3), np.ones(3), np.array([1.0, -2.0, 0.5])]:
        exact = stats.invgamma((df - 2) / 2, scale=a @ scale @ a / 2)
        assert stats.kstest(out @ a @ a, exact.cdf).pvalue > toy.LEAST_P


@pytest.mark.parametrize(("shape", "scale"), [(2.0, 1.5), (-1.0, 0.0)])
def test_residual_variance_is_inverse_gamma(shape, scale):
    priors = replace(toy.PRIORS, residual_shape=shape, residual_scale=scale)
    plan, state = toy.toy("y ~ x", seed=45, priors=priors)
    out = np.empty(toy.MANY)
    draw_sigma2(np.random.default_rng(16), plan, state, 9.5, out)
    exact = stats.invgamma(shape + plan.cluster.size / 2, scale=scale + 9.5 / 2)
    assert stats.kstest(out, exact.cdf).pvalue > toy.LEAST_P
