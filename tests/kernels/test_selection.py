"""The selection block: log density, gradient and exact draw, against numerical integration."""

from __future__ import annotations

import numpy as np
import pytest
import toy
from scipy import special, stats

from tutorkit.kernels import selection
from tutorkit.kernels.jit import entry_point

GRID = np.linspace(-20, 20, 4001)

# equations, which of them select, has a random-intercept variance in theta
CASES = {
    "outcome": ("y ~ x z | x; y.missing ~ y x y*z", "y", True),
    "predictor": ("y ~ x z x*z | x z; x ~ z; x.missing ~ y x z", "x", True),
    "predictor of two": ("y ~ x z; w ~ y x | x; x ~ z | z; x.missing ~ x w*x z", "x", True),
    "missing at random": ("y ~ x z; y.missing ~ x", "y", True),
    "random slope": ("y ~ x; x ~ z; x.missing ~ x z | z", "x", False),
    "no equation": ("y ~ x; w.missing ~ x y", "w", True),
    "single level": ("y ~ x z; x ~ z; x.missing ~ y x", "x", False),
}


@entry_point
def read_theta(plan, state, theta):
    """Call `hold` and `exchange`; return the length of theta."""
    selection.hold(plan, state, 0)
    selection.exchange(plan, state, 0, theta, False)
    return selection.block_size(plan, 0)


@entry_point
def write_theta(plan, state, theta):
    """Call `exchange` to write."""
    selection.exchange(plan, state, 0, theta, True)


@entry_point
def log_density(plan, state, theta, gradient):
    """Call `log_density`."""
    return selection.log_density(plan, state, 0, theta, gradient)


@entry_point
def draw_rows(rng, plan, state, v, out):
    """Fill ``out`` (n_draws, 2, n_rows) with v and its propensity."""
    for k in range(out.shape[0]):
        selection.hold(plan, state, 0)
        selection.draw_selected(rng, plan, state, 0)
        out[k, 0] = state.columns[v]
        out[k, 1] = state.columns[plan.outcome[plan.select_equation[0]]]


def prepared(name):
    model, selected, _ = CASES[name]
    return toy.toy(model, selected, seed=21, clusters=name != "single level")


def block(plan, state):
    theta = np.zeros(len(plan.term_equation) + 2)
    return theta[: read_theta(plan, state, theta)]


@pytest.mark.parametrize("spread", [0.3, 3.0])
@pytest.mark.parametrize("name", CASES)
def test_gradient_is_that_of_the_log_density(name, spread):
    """Central differences: error h^2 f''' / 6 + 1e-16 |f| / h, below 1e-8 of the scale here."""
    plan, state = prepared(name)
    theta = block(plan, state)
    rng = np.random.default_rng(8)
    theta += spread * rng.uniform(-1, 1, theta.size)
    gradient = np.empty(theta.size)
    value = log_density(plan, state, theta, gradient)
    found, unused = gradient.copy(), np.empty(theta.size)
    h = 1e-5
    for k in range(theta.size):
        up, down = theta.copy(), theta.copy()
        up[k] += h
        down[k] -= h
        slope = log_density(plan, state, up, unused) - log_density(plan, state, down, unused)
        scale = abs(value) + abs(gradient).max()
        assert found[k] == pytest.approx(slope / (2 * h), rel=1e-6, abs=1e-7 * scale), k


@pytest.mark.parametrize("name", CASES)
def test_log_density_is_the_integral_over_the_missing_value(name):
    """Up to a constant, so differences between places are compared."""
    plan, state = prepared(name)
    columns = state.columns.copy()
    start = block(plan, state)
    rng = np.random.default_rng(9)
    places = [start, *(start + rng.uniform(-0.6, 0.6, (3, start.size)))]
    found = [log_density(plan, state, theta, np.empty(theta.size)) for theta in places]
    expected = []
    for theta in places:
        write_theta(plan, state, theta)
        expected.append(integrated_log_density(plan, state, columns))
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(np.diff(found), np.diff(expected), rtol=1e-8, atol=1e-8)


def integrated_log_density(plan, state, columns):
    """Sum log densities of all rows and log priors, parameters taken from the state."""
    e, v = plan.select_equation[0], plan.select_variable[0]
    own = plan.own[v]
    t = toy.predictor(plan, state, columns, plan.cluster, e)
    each = toy.log_densities(plan, state, columns, plan.cluster, without=e)
    each += special.log_ndtr(np.where(plan.is_missing[0], t, -t))
    for i in toy.MISSING_ROWS if own >= 0 else []:
        density, _ = row_on_grid(plan, state, columns, i)
        each[i] = np.log(density.sum() * (GRID[1] - GRID[0]))
    total = each.sum()
    for equation in (e, own) if own >= 0 else (e,):
        fixed = slice(plan.term_start[equation], plan.random_start[equation])
        total -= 0.5 * (plan.prior_precision[fixed] * state.coefficient[fixed] ** 2).sum()
    if own >= 0:  # a density of log sigma2: + log sigma2
        prior = stats.invgamma(plan.residual_shape[own], scale=plan.residual_scale[own])
        total += prior.logpdf(state.sigma2[own]) + np.log(state.sigma2[own])
    if plan.select_tau[0]:
        prior = stats.invgamma(plan.random_df[e] / 2, scale=plan.random_scale[e] / 2)
        total += prior.logpdf(state.tau[e, 0, 0]) + np.log(state.tau[e, 0, 0])
    return total


def row_on_grid(plan, state, columns, i):
    """Return density and linear predictor of the propensity, at every value of v in GRID.

    The density is that of all data of row i, v and a positive propensity. It vanishes at the ends
    with all its derivatives, so that sums are integrals to rounding (Euler-Maclaurin).
    """
    e, v = plan.select_equation[0], plan.select_variable[0]
    copies = toy.row_at(plan, columns, v, i, GRID)
    t = toy.predictor(plan, state, *copies, e)
    log_density = toy.log_densities(plan, state, *copies, without=e) + special.log_ndtr(t)
    density = np.exp(log_density)
    assert max(density[0], density[-1]) < 1e-16 * density.max()
    return density, t


def mills(t):
    return np.exp(stats.norm.logpdf(t) - special.log_ndtr(t))


@pytest.mark.parametrize("name", [n for n in CASES if n != "no equation"])
def test_selected_value_and_propensity_have_their_joint_moments(name):
    """Within five Monte Carlo standard errors, in rows of either kind.

    Given v and so t, the propensity has mean t + mills(t) and mean square 1 + t (t + mills(t)).
    """
    plan, state = prepared(name)
    e, v = plan.select_equation[0], plan.select_variable[0]
    columns = state.columns.copy()
    out = np.empty((toy.MANY, 2, columns.shape[1]))
    draw_rows(np.random.default_rng(10), plan, state, v, out)
    for i in toy.MISSING_ROWS:
        density, t = row_on_grid(plan, state, columns, i)
        weight = density / density.sum()
        x, eta = out[:, 0, i], out[:, 1, i]
        assert eta.min() > 0
        assert_mean(x, weight @ GRID)
        assert_mean(x**2, weight @ GRID**2)
        assert_mean(eta, weight @ (t + mills(t)))
        assert_mean(eta**2, weight @ (1 + t * (t + mills(t))))
        assert_mean(eta * x, weight @ ((t + mills(t)) * GRID))
    t = toy.predictor(plan, state, columns, plan.cluster, e)
    for i in np.setdiff1d(np.arange(t.size), toy.MISSING_ROWS):
        assert (out[:, 0, i] == columns[v, i]).all()
        assert out[:, 1, i].max() < 0
        assert_mean(out[:, 1, i], t[i] - mills(-t[i]))


def assert_mean(draws, exact):
    assert abs(draws.mean() - exact) < 5 * draws.std() / np.sqrt(draws.size)


@pytest.mark.parametrize("name", CASES)
def test_the_state_is_complete_again_after_the_draw(name):
    plan, state = prepared(name)
    draw_rows(np.random.default_rng(11), plan, state, plan.select_variable[0], np.empty((1, 2, 12)))
    for e in range(len(plan.outcome)):
        terms = slice(plan.term_start[e], plan.term_start[e + 1])
        exact = toy.term_values(plan, state.columns, e)
        np.testing.assert_allclose(state.design[:, terms], exact, rtol=1e-14)


def test_a_cluster_effect_keeps_its_standardised_value_when_its_variance_moves():
    plan, state = prepared("outcome")
    e = plan.select_equation[0]
    t = plan.random_start[e]
    before = state.effect[:, t] / np.sqrt(state.tau[e, 0, 0])
    theta = block(plan, state)
    theta[-1] += 1.3
    write_theta(plan, state, theta)
    assert state.tau[e, 0, 0] == pytest.approx(np.exp(theta[-1]))
    np.testing.assert_allclose(state.effect[:, t] / np.sqrt(state.tau[e, 0, 0]), before)
    again = block(plan, state)
    np.testing.assert_allclose(again, theta)


def test_whether_the_variance_of_the_intercepts_belongs_to_the_block():
    for name, (_, _, expected) in CASES.items():
        plan, _ = prepared(name)
        assert bool(plan.select_tau[0]) is expected
