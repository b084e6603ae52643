"""The block of a probit equation: log density, gradient and exact draw, against integration."""

from __future__ import annotations

import numpy as np
import pytest
import toy
from invariants import assert_complete, predictors
from scipy import special, stats

from tutorkit.kernels import responses, selection
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef

GRID = np.linspace(-20, 20, 4001)

# equations, incomplete variables, random-intercept variance in theta, variable integrated out
CASES = {
    "outcome": ("y ~ x z | x; y.missing ~ y x y*z", "y", True, "y"),
    "predictor": ("y ~ x z x*z | x z; x ~ z; x.missing ~ y x z", "x", True, "x"),
    "predictor of two": (
        "y ~ x z; w ~ y x | x; x ~ z | z; x.missing ~ x w*x z", "x", True, "x",
    ),
    "missing at random": ("y ~ x z; y.missing ~ x", "y", True, ""),
    "random slope": ("y ~ x; x ~ z; x.missing ~ x z | z", "x", False, "x"),
    "random slope of its own": ("y ~ x; x ~ z; x.missing ~ x z | x", "x", False, ""),
    "square": ("y ~ x x^2; x ~ z; x.missing ~ x z", "x", True, ""),
    "no equation": ("y ~ x; w.missing ~ x y", "w", True, ""),
    "single level": ("y ~ x z; x ~ z; x.missing ~ y x", "x", False, "x"),
    "predictor with an ordinal outcome": (
        "o3 ~ x z; x ~ z; x.missing ~ x z | 0", "x", False, "x",
    ),
    "with latent means": ("y ~ x x.mean | x; y.missing ~ y x.mean b", "y", True, "y"),
    "binary outcome": ("o ~ x z x*z", "", True, ""),
    "incomplete binary outcome": ("o ~ x z | x; y ~ o", "o", False, ""),
}  # fmt: skip
INTEGRATED = [name for name, case in CASES.items() if case[3]]


@entry_point
def log_density(plan, state, s, theta, gradient):
    """Call `evaluate`."""
    return selection.evaluate(
        PlanRef(*plan), StateRef(*state), s, theta, gradient, selection.DENSITY
    )


@entry_point
def draw_rows(rng, plan, state, s, v, out):
    """Fill ``out`` (n_draws, 2, n_rows) with v and the responses."""
    plan, state = PlanRef(*plan), StateRef(*state)
    for k in range(out.shape[0]):
        selection.hold(plan, state, s)
        responses.draw_responses(rng, plan, state, s)
        out[k, 0] = state.columns[v]
        out[k, 1] = state.columns[plan.outcome[plan.block_equation[s]]]


def prepared(name):
    """Return plan, state and the last of the Hamiltonian blocks."""
    model, incomplete, *_ = CASES[name]
    plan, state = toy.toy(model, incomplete, seed=21, clusters=name != "single level")
    return plan, state, int(np.flatnonzero(plan.block_hamiltonian)[-1])


@pytest.mark.parametrize("name", CASES)
def test_what_belongs_to_the_block(name):
    _, incomplete, has_tau, integrated = CASES[name]
    plan, _, s = prepared(name)
    assert bool(plan.block_tau[s]) is has_tau
    assert bool(plan.block_variable[s] >= 0) is bool(integrated)
    if integrated:
        gaps = np.isnan(plan.columns).sum(axis=1)
        assert gaps[plan.block_variable[s]] == len(toy.MISSING_ROWS)
        assert plan.block_variable[s] not in plan.impute
        assert incomplete == integrated


@pytest.mark.parametrize("spread", [0.3, 3.0])
@pytest.mark.parametrize("name", CASES)
def test_gradient_is_that_of_the_log_density(name, spread):
    """Central differences: error h^2 f''' / 6 + 1e-16 |f| / h, below 1e-8 of the scale here."""
    plan, state, s = prepared(name)
    theta = toy.theta(plan, state, s)
    rng = np.random.default_rng(8)
    theta += spread * rng.uniform(-1, 1, theta.size)
    gradient = np.empty(theta.size)
    value = log_density(plan, state, s, theta, gradient)
    found, unused = gradient.copy(), np.empty(theta.size)
    h = 1e-5
    for k in range(theta.size):
        up, down = theta.copy(), theta.copy()
        up[k] += h
        down[k] -= h
        slope = log_density(plan, state, s, up, unused) - log_density(plan, state, s, down, unused)
        scale = abs(value) + abs(gradient).max()
        assert found[k] == pytest.approx(slope / (2 * h), rel=1e-6, abs=1e-7 * scale), k


@pytest.mark.parametrize("name", CASES)
def test_log_density_is_the_integral_over_the_missing_value(name):
    """Up to a constant, so differences between places are compared.

    It is a density of theta, so the logarithm of the natural parameters' derivatives belongs to it.
    """
    plan, state, s = prepared(name)
    columns = state.columns.copy()
    start = toy.theta(plan, state, s)
    rng = np.random.default_rng(9)
    places = [start, *(start + rng.uniform(-0.6, 0.6, (3, start.size)))]
    found = [log_density(plan, state, s, theta, np.empty(theta.size)) for theta in places]
    expected = []
    for theta in places:
        toy.write_theta(plan, state, s, theta)
        determinant = np.linalg.slogdet(natural_slopes(plan, state, s, theta))[1]
        toy.write_theta(plan, state, s, theta)
        expected.append(integrated_log_density(plan, state, s, columns) + determinant)
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(np.diff(found), np.diff(expected), rtol=1e-8, atol=1e-8)


def natural(plan, state, s):
    """Return coefficients and log variances of the block."""
    e, v = plan.block_equation[s], plan.block_variable[s]
    found = list(state.coefficient[plan.term_start[e] : plan.random_start[e]])
    if v >= 0:
        own = plan.own[v]
        found += list(state.coefficient[plan.term_start[own] : plan.random_start[own]])
        found.append(np.log(state.sigma2[own]))
    if plan.block_tau[s]:
        found.append(np.log(state.tau[e, 0, 0]))
    return np.array(found)


def natural_slopes(plan, state, s, theta):
    """Return the derivatives of the natural parameters with respect to theta's head."""
    n, h, columns = natural(plan, state, s).size, 1e-5, []
    for k in range(n):
        ends = []
        for step in (h, -h):
            there = theta.copy()
            there[k] += step
            toy.write_theta(plan, state, s, there)
            ends.append(natural(plan, state, s))
        columns.append((ends[0] - ends[1]) / (2 * h))
    return np.array(columns).T


def integrated_log_density(plan, state, s, columns):
    """Sum log densities of all rows and log priors, parameters taken from the state."""
    e, v = plan.block_equation[s], plan.block_variable[s]
    own = plan.own[v] if v >= 0 else -1
    t = predictors(plan, state, columns)[e]
    total = toy.log_density(plan, state, columns, without=e)
    each = special.log_ndtr(np.where(state.category[s] == 1, t, -t))
    for i in toy.MISSING_ROWS if own >= 0 else []:
        # the integral of what depends on v, over what total and each have of this row
        log_density, _ = row_on_grid(plan, state, s, columns, i)
        here = toy.log_density(plan, state, columns, without=e) + each[i]
        total += np.log(np.exp(log_density - here).sum() * (GRID[1] - GRID[0]))
    total += each.sum()
    for equation in (e, own) if own >= 0 else (e,):
        fixed = slice(plan.term_start[equation], plan.random_start[equation])
        total -= 0.5 * (plan.prior_precision[fixed] * state.coefficient[fixed] ** 2).sum()
    if own >= 0:  # a density of log sigma2: + log sigma2
        prior = stats.invgamma(plan.residual_shape[own], scale=plan.residual_scale[own])
        total += prior.logpdf(state.sigma2[own]) + np.log(state.sigma2[own])
    if plan.block_tau[s]:
        prior = stats.invgamma(plan.random_df[e] / 2, scale=plan.random_scale[e] / 2)
        total += prior.logpdf(state.tau[e, 0, 0]) + np.log(state.tau[e, 0, 0])
        intercepts = state.effect[:, plan.random_start[e]]
        total -= 0.5 * (intercepts**2).sum() / state.tau[e, 0, 0]
    if own >= 0:  # a density of standardised effects
        effects = state.effect[:, plan.random_start[own] : plan.term_start[own + 1]]
        tau = state.tau[own, : effects.shape[1], : effects.shape[1]]
        total -= 0.5 * (effects.T * np.linalg.solve(tau, effects.T)).sum()
    return total


def row_on_grid(plan, state, s, columns, i):
    """Return log density and linear predictor of the response, at every value of v in GRID.

    The density is that of all data and a positive response in row i. It vanishes at the ends with
    all its derivatives, so that sums are integrals to rounding (Euler-Maclaurin).
    """
    e, v = plan.block_equation[s], plan.block_variable[s]
    copies = toy.with_values(plan, columns, v, slice(i, i + 1), GRID)
    t = predictors(plan, state, copies)[e][:, i]
    log_density = toy.log_density(plan, state, copies, without=e) + special.log_ndtr(t)
    assert max(log_density[0], log_density[-1]) < log_density.max() - 36
    return log_density, t


@pytest.mark.parametrize("name", INTEGRATED)
def test_missing_value_and_its_response_have_their_joint_distribution(name):
    """Both by Kolmogorov-Smirnov, the response also within halves of the values of v.

    Given v and so its predictor t, the response is N(t, 1) above 0.
    """
    plan, state, s = prepared(name)
    v = plan.block_variable[s]
    columns = state.columns.copy()
    out = np.empty((toy.MANY, 2, columns.shape[1]))
    draw_rows(np.random.default_rng(10), plan, state, s, v, out)
    for i in toy.MISSING_ROWS:
        log_density, t = row_on_grid(plan, state, s, columns, i)
        x, response = out[:, 0, i], out[:, 1, i]
        assert response.min() > 0
        assert toy.ks_p_value(x, GRID, log_density) > toy.LEAST_P
        # the response's probability given v, a uniform number for every draw
        at = np.interp(x, GRID, t)
        given = 1 - special.ndtr(at - response) / special.ndtr(at)
        for chosen in (x == x, x < np.median(x), x > np.median(x)):
            assert stats.kstest(given[chosen], "uniform").pvalue > toy.LEAST_P


@pytest.mark.parametrize("name", CASES)
def test_responses_of_known_rows_are_truncated_normal(name):
    plan, state, s = prepared(name)
    e, v = plan.block_equation[s], max(plan.block_variable[s], 0)
    columns = state.columns.copy()
    mean = predictors(plan, state, columns)[e]
    out = np.empty((toy.MANY, 2, columns.shape[1]))
    draw_rows(np.random.default_rng(11), plan, state, s, v, out)
    known = np.flatnonzero(state.integrated[s] == 0)
    assert (out[:, 0, known] == columns[v, known]).all()
    for i in known:
        bounds = state.cut[s, state.category[s, i] : state.category[s, i] + 2] - mean[i]
        exact = stats.truncnorm(*np.where(abs(bounds) < 1e9, bounds, np.sign(bounds) * np.inf))
        assert stats.kstest(out[:, 1, i] - mean[i], exact.cdf).pvalue > toy.LEAST_P
    if len(plan.block_equation) == 1:  # the others' responses were never drawn
        assert_complete(plan, state)


@pytest.mark.parametrize("name", CASES)
def test_what_moves_is_read_as_it_was_written(name):
    plan, state, s = prepared(name)
    theta = toy.theta(plan, state, s)
    theta += np.random.default_rng(12).uniform(-1, 1, theta.size)
    toy.write_theta(plan, state, s, theta)
    np.testing.assert_allclose(toy.theta(plan, state, s), theta, rtol=1e-10, atol=1e-10)


def test_a_cluster_effect_keeps_its_standardised_value_when_its_variance_moves():
    plan, state, s = prepared("outcome")
    e = plan.block_equation[s]
    t = plan.random_start[e]
    before = state.effect[:, t] / np.sqrt(state.tau[e, 0, 0])
    theta = toy.theta(plan, state, s)
    tau, at = state.tau[e, 0, 0], natural(plan, state, s).size - 1
    theta[at] += 1.3
    toy.write_theta(plan, state, s, theta)
    assert state.tau[e, 0, 0] == pytest.approx(tau * np.exp(1.3))
    np.testing.assert_allclose(state.effect[:, t] / np.sqrt(state.tau[e, 0, 0]), before)


def test_coefficients_that_do_not_change_are_those_with_the_variable_integrated_out():
    """Phi((h + b mu) / sqrt(1 + b^2 sigma2)): its coefficients stay as b and sigma2 move."""
    plan, state, s = prepared("outcome")
    e, own = plan.block_equation[s], plan.own[plan.block_variable[s]]
    names = {"1": (), "x": (int(plan.factor[plan.factor_start[plan.term_start[e] + 2]]),)}
    found = []
    theta = toy.theta(plan, state, s)
    for w in (-0.8, 0.1, 1.2):
        theta[1] = w
        toy.write_theta(plan, state, s, theta)
        gamma = coefficients(plan, state, e)
        beta = coefficients(plan, state, own)
        b = state.coefficient[plan.term_start[e] + 1]
        size = np.sqrt(1 + b**2 * state.sigma2[own])
        found.append([(gamma[key] + b * beta[key]) / size for key in names.values()])
        assert b * np.sqrt(state.sigma2[own]) == pytest.approx(np.sinh(w))
    np.testing.assert_allclose(found, [found[0]] * 3)


def coefficients(plan, state, e):
    """Return the fixed coefficients of an equation by their terms' columns."""
    terms = range(plan.term_start[e], plan.random_start[e])
    factors = [tuple(plan.factor[plan.factor_start[t] : plan.factor_start[t + 1]]) for t in terms]
    return dict(zip(factors, state.coefficient[terms.start : terms.stop], strict=True))
