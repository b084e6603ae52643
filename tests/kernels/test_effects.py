"""The step of single random intercepts in a probit equation, against their densities on a grid."""

from __future__ import annotations

import numpy as np
import pytest
import toy
from invariants import predictors
from scipy import special, stats

from tutorkit.kernels import effects, selection
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef

CASES = {
    "binary outcome": ("o ~ x z", ""),
    "selected outcome, its value integrated out": ("y ~ x | x; y.missing ~ y z", "y"),
    "selected predictor": ("y ~ x z x*z | x; x ~ z; x.missing ~ x y", "x"),
}
GRID = np.linspace(-25, 25, 5001)
FINE = np.linspace(-14, 14, 1401)


@entry_point
def draw_effects(rng, plan, state, tau, start, steps, out, taus):
    """Fill ``out`` (n_draws, n_clusters) with effects, each after ``steps`` moves at this tau.

    ``taus`` receives the sum of prior scale and squared effects over the variance drawn last.
    """
    plan, state = PlanRef(*plan), StateRef(*state)
    e = plan.block_equation[0]
    t = plan.random_start[e]
    theta, gradient = np.empty(plan.term_equation.size + 2), np.empty(plan.term_equation.size + 2)
    for k in range(out.shape[0]):
        state.effect[:, t] = start
        for _ in range(steps):
            state.tau[e, 0, 0] = tau
            selection.hold(plan, state, 0)
            selection.read_theta(plan, state, 0, theta)
            selection.fill_gradient(plan, state, 0, theta, gradient)
            effects.move_effects(rng, plan, state, 0)
        out[k] = state.effect[:, t]
        squares = plan.random_scale[e]
        for j in range(state.effect.shape[0]):
            squares += state.effect[j, t] ** 2
        taus[k] = squares / state.tau[e, 0, 0]


@entry_point
def log_density(plan, state, j, change):
    """Return log density and gradient of cluster j's effect, moved by ``change`` from the state."""
    plan, state = PlanRef(*plan), StateRef(*state)
    e = plan.block_equation[0]
    theta, gradient = np.empty(plan.term_equation.size + 2), np.empty(plan.term_equation.size + 2)
    selection.hold(plan, state, 0)
    selection.read_theta(plan, state, 0, theta)
    selection.fill_gradient(plan, state, 0, theta, gradient)
    first, last = plan.cluster_start[j], plan.cluster_start[j + 1]
    effects.fill_ratios(state, first, last, change)
    effect, tau = state.effect[j, plan.random_start[e]] + change, state.tau[e, 0, 0]
    return (
        effects._log_density(state, first, last, effect, tau),
        effects._gradient(state, first, last, effect, tau),
    )


def cluster_log_density(plan, state, j, effects_on_grid, tau):
    """Return the log density of cluster j's effect, missing values integrated out numerically."""
    e, v = plan.block_equation[0], plan.block_variable[0]
    t = plan.random_start[e]
    total = -0.5 * effects_on_grid**2 / tau
    others = predictors(plan, state, state.columns)[e] - state.effect[plan.cluster, t]
    for i in range(plan.cluster_start[j], plan.cluster_start[j + 1]):
        sign = 2.0 * state.category[0, i] - 1
        if v < 0 or state.integrated[0, i] == 0:
            total += special.log_ndtr(sign * (others[i] + effects_on_grid))
            continue
        copies = toy.with_values(plan, state.columns, v, slice(i, i + 1), FINE)
        weight = toy.log_density(plan, state, copies, without=e)
        weight = np.exp(weight - weight.max())
        own = predictors(plan, state, copies)[e][:, i] - state.effect[j, t]
        total += np.log(special.ndtr(sign * (own[:, None] + effects_on_grid)).T @ weight)
    return total


@pytest.mark.parametrize("change", [-30.0, -4.0, 0.0, 0.7, 30.0])
@pytest.mark.parametrize("name", CASES)
def test_gradient_is_that_of_the_log_density_and_this_the_integral(name, change):
    """A wrong gradient would only lower the acceptance; differences as in the block's test."""
    plan, state = toy.toy(*CASES[name], seed=52)
    tau = state.tau[plan.block_equation[0], 0, 0]
    effect = state.effect[:, plan.random_start[plan.block_equation[0]]]
    h = 1e-4
    for j in range(effect.size):
        at = effect[j] + np.array([0.0, change])
        exact = np.diff(cluster_log_density(plan, state, j, at, tau))
        here, gradient = log_density(plan, state, j, change)
        assert here - log_density(plan, state, j, 0.0)[0] == pytest.approx(exact[0], rel=1e-7)
        slope = log_density(plan, state, j, change + h)[0]
        slope = (slope - log_density(plan, state, j, change - h)[0]) / (2 * h)
        assert gradient == pytest.approx(slope, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("tau", [0.15, 3.0])
@pytest.mark.parametrize("name", CASES)
def test_effects_converge_to_their_densities_and_their_variance_is_inverse_gamma(name, tau):
    """Thirty steps forget the start, so the ends of the runs are independent exact draws."""
    plan, state = toy.toy(*CASES[name], seed=51)
    assert plan.block_tau[0]
    out, taus = np.empty((toy.MANY // 4, state.effect.shape[0])), np.empty(toy.MANY // 4)
    draw_effects(np.random.default_rng(16), plan, state, tau, 1.5, 30, out, taus)
    for j in range(out.shape[1]):
        log_density = cluster_log_density(plan, state, j, GRID, tau)
        assert toy.ks_p_value(out[:, j], GRID, log_density) > toy.LEAST_P
    e = plan.block_equation[0]
    df = plan.random_df[e] + out.shape[1]
    assert stats.kstest(taus, stats.chi2(df).cdf).pvalue > toy.LEAST_P
