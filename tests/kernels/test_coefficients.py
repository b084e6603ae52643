"""Coefficients with cluster effects against dense algebra, and residual variances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import toy
from invariants import term_values
from models import build
from scipy import stats

from tutorkit.kernels import coefficients
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef
from tutorkit.layout import compile_plan
from tutorkit.start import initial_state

FLAT = replace(
    toy.PRIORS,
    coefficient_variance=np.inf,
    probit_variance=np.inf,
)

COVARIANCES = {
    "regular": np.array([[0.6, -0.3], [-0.3, 0.9]]),
    "nearly singular": np.array([[1.0, 0.7], [0.7, 0.49 + 1e-9]]),
    "singular": np.array([[1.0, 0.7], [0.7, 0.49]]),
    "tiny": np.array([[1e-12, 0.0], [0.0, 1e-3]]),
    "large": np.array([[1e4, 0.0], [0.0, 1e3]]),
}


@entry_point
def draw_effects(rng, plan, state, e, out):
    """Fill ``out`` (n_draws, p + n_clusters * r) with coefficients and effects of equation e."""
    plan, state = PlanRef(*plan), StateRef(*state)
    first, middle = plan.term_start[e], plan.random_start[e]
    p, r = middle - first, plan.term_start[e + 1] - middle
    for k in range(out.shape[0]):
        coefficients.fill_products(plan, state, e)
        coefficients.draw_coefficients(rng, plan, state, e)
        out[k, :p] = state.coefficient[first:middle]
        for j in range(state.effect.shape[0] if r else 0):
            out[k, p + j * r : p + (j + 1) * r] = state.effect[j, middle : middle + r]


@entry_point
def draw_sigma2(rng, plan, state, e, out):
    """Fill ``out`` with residual variances of equation e."""
    plan, state = PlanRef(*plan), StateRef(*state)
    for k in range(out.size):
        coefficients.draw_residual_variance(rng, plan, state, e)
        out[k] = state.sigma2[e]


@entry_point
def fill_products(plan, state, e):
    """Call `fill_products`."""
    coefficients.fill_products(PlanRef(*plan), StateRef(*state), e)


def exact_posterior(plan, state, e):
    """Return mean and covariance of (beta, u) given the variances, from V = Z S Z' + sigma2 I.

    beta | o ~ N(G X'V^-1 o, G), G = (X'V^-1 X + prior)^-1; u | beta, o has mean S Z'V^-1 (o - X
    beta) and covariance S - S Z'V^-1 Z S. No inverse of S.
    """
    first, middle, last = plan.term_start[e], plan.random_start[e], plan.term_start[e + 1]
    p, r = middle - first, last - middle
    rows = toy.rows_of(plan, e)
    terms = term_values(plan, state.columns)[first:last, rows].T
    o, x = state.columns[plan.outcome[e], rows], terms[:, :p]
    n_clusters = len(plan.cluster_start) - 1
    z = np.zeros((o.size, n_clusters * r))
    for i, j in enumerate(plan.cluster[rows]):
        z[i, j * r : (j + 1) * r] = terms[i, p:]
    s = np.kron(np.eye(n_clusters), state.tau[e, :r, :r])
    v = z @ s @ z.T + state.sigma2[e] * np.eye(o.size)
    g = np.linalg.inv(x.T @ np.linalg.solve(v, x) + np.diag(plan.prior_precision[first:middle]))
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
    ("model", "clusters", "e"),
    [
        ("y ~ x z x*z", False, 0),
        ("y ~ x | 0", True, 0),
        ("y ~ x", True, 0),
        ("y ~ x | z", True, 0),
        ("y ~ x | x z x*z", True, 0),
        ("o ~ x z | z", True, 0),
        ("y ~ x; b ~ c x.mean", True, 1),  # at level 2: one row per cluster
        ("y ~ x x.mean z; CENTER: groupmean = x z", True, 1),  # without intercept, of a deviation
        ("y ~ x x.mean z; CENTER: groupmean = x z", True, 3),  # of a latent mean
    ],
)
def test_other_kinds_of_equation(model, clusters, e):
    plan, state = toy.toy(model, seed=42, clusters=clusters)
    assert_normal(plan, state, e)


def assert_normal(plan, state, e=0):
    """Compare principal components: means, variances and correlations, five standard errors each.

    The errors are those of normal draws: 1, sqrt(2) and 1 over sqrt(toy.MANY). Directions without
    variance (an effect's covariance matrix may be singular) must stay at their mean.
    """
    mean, covariance = exact_posterior(plan, state, e)
    out = np.empty((toy.MANY, mean.size))
    draw_effects(np.random.default_rng(13), plan, state, e, out)
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


@pytest.mark.parametrize("far", [False, True])
@pytest.mark.parametrize("model", ["y ~ x z x*z | x", "y ~ x z | x z", "y ~ z | x z*x"])
def test_products_are_sums_over_rows(model, far):
    """Also if a fixed term is centred, as those far from zero are, but not the random one."""
    rng = np.random.default_rng(44)
    sizes = toy.CLUSTER_SIZES
    _, data, plan = build(model, {}, sizes=sizes, clusters=True, priors=FLAT, rng=rng)
    if far:
        data.values[data.variables.index("x")] += 1000
        plan = compile_plan(data.model, data, FLAT, data.model.described)
    state = initial_state(plan, rng, burn=0, few=5)
    first, middle, last = plan.term_start[0], plan.random_start[0], plan.term_start[1]
    assert plan.centre[first:middle].any() == (far and "~ x" in model)
    values = term_values(plan, state.columns) - plan.centre[:, None]
    np.testing.assert_allclose(state.design[plan.place], values, rtol=1e-12, atol=1e-9)
    w = np.vstack([state.design[plan.place[first:last]], state.columns[plan.outcome[0]]])
    by_cluster = np.add.reduceat(w[:, None] * w, plan.cluster_start[:-1], axis=2)
    fill_products(plan, state, 0)
    size, p, r = len(w), middle - first, last - middle
    scale = np.sqrt(np.outer(*2 * [(w**2).sum(axis=1)]))
    found = state.total[0, :size, :size]
    np.testing.assert_allclose(found / scale, w @ w.T / scale, rtol=0, atol=1e-12)
    found = state.products[:r, :size] / scale[p:-1, :, None]
    np.testing.assert_allclose(found, by_cluster[p:-1] / scale[p:-1, :, None], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("shape", "scale"), [(2.0, 1.5), (-1.0, 0.0)])
@pytest.mark.parametrize("model", ["y ~ x", "b ~ c; y ~ x | 0"])
def test_residual_variance_is_inverse_gamma(model, shape, scale):
    priors = replace(toy.PRIORS, residual_shape=shape, residual_scale=scale)
    plan, state = toy.toy(model, seed=45, priors=priors)
    rows = toy.rows_of(plan, 0)
    out = np.empty(toy.MANY)
    draw_sigma2(np.random.default_rng(16), plan, state, 0, out)
    squares = (state.residual[0, rows] ** 2).sum()
    exact = stats.invgamma(shape + rows.size / 2, scale=scale + squares / 2)
    assert stats.kstest(out, exact.cdf).pvalue > toy.LEAST_P


def test_residual_variance_of_an_implied_equation_has_its_own_prior():
    """It is IG(1, 0.5), XPRIOR1, whatever the others have."""
    plan, state = toy.toy("y ~ x", "x", seed=46)
    out = np.empty(toy.MANY)
    draw_sigma2(np.random.default_rng(17), plan, state, 1, out)
    exact = stats.invgamma(
        1 + plan.cluster.size / 2, scale=0.5 + (state.residual[1] ** 2).sum() / 2
    )
    assert stats.kstest(out, exact.cdf).pvalue > toy.LEAST_P
