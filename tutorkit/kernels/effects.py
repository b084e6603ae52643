"""Move the random intercepts of a probit equation with responses and missing values integrated out.

Given everything else the intercepts q_j of block s are independent, with log density
sum_i log Phi(t_i + slope_i (q - q_j)) - q^2 / (2 tau) over the rows i of cluster j. Each makes a
Hamiltonian step of its own, so that their number does not matter; all of them go side by side, so
that loops over rows run on whole vectors.
"""

import math

from tutorkit.kernels.distributions import inverse_gamma, inverse_mills, log_normal_cdfs
from tutorkit.kernels.jit import kernel

STEP, STEPS = 0.75, 2  # in posterior SDs
CURVATURE = 0.6  # of -log Phi, typically: it lies between 0 and 1, and is 0.64 at 0


@kernel
def move_effects(rng, plan, state, s):
    """Make one proposal for each random intercept of block s, where `fill_gradient` just was.

    Then draw their variance given them.
    """
    e = plan.block_equation[s]
    t, tau = plan.random_start[e], state.tau[e, 0, 0]
    there, momentum, step, energy = (
        state.effect_there, state.effect_momentum, state.effect_step, state.effect_energy,
    )  # fmt: skip
    n_clusters = there.size
    for j in range(n_clusters):
        there[j] = state.effect[j, t]
        momentum[j] = rng.standard_normal()
        information = 0.0
        for i in range(plan.cluster_start[j], plan.cluster_start[j + 1]):
            information += state.slope[i] ** 2
        step[j] = STEP * (0.7 + 0.6 * rng.random()) / math.sqrt(1.0 / tau + CURVATURE * information)
    _fill_ratios(plan, state, t)
    for j in range(n_clusters):
        energy[j] = _log_density(plan, state, j, tau) - 0.5 * momentum[j] ** 2
        momentum[j] += 0.5 * step[j] * _gradient(plan, state, j, tau)
    for k in range(STEPS):
        for j in range(n_clusters):
            there[j] += step[j] * momentum[j]
        _fill_ratios(plan, state, t)
        size = 1.0 if k < STEPS - 1 else 0.5
        for j in range(n_clusters):
            momentum[j] += size * step[j] * _gradient(plan, state, j, tau)
    shape, scale = plan.random_df[e] + n_clusters, plan.random_scale[e]
    for j in range(n_clusters):
        after = _log_density(plan, state, j, tau) - 0.5 * momentum[j] ** 2
        if -rng.standard_exponential() < after - energy[j]:
            state.effect[j, t] = there[j]
        scale += state.effect[j, t] ** 2
    state.tau[e, 0, 0] = inverse_gamma(rng, 0.5 * shape, 0.5 * scale)


@kernel
def _fill_ratios(plan, state, t):
    """Write t and phi(t)/Phi(t) of every row, the effects being ``effect_there``."""
    argument, slope, moved, ratio = state.argument, state.slope, state.d_b, state.d_h
    for j in range(plan.cluster_start.size - 1):
        change = state.effect_there[j] - state.effect[j, t]
        for i in range(plan.cluster_start[j], plan.cluster_start[j + 1]):
            moved[i] = argument[i] + slope[i] * change
    for i in range(ratio.size):
        ratio[i] = inverse_mills(moved[i])


@kernel
def _gradient(plan, state, j, tau):
    """Return the derivative of intercept j's log density."""
    value = -state.effect_there[j] / tau
    slope, ratio = state.slope, state.d_h
    for i in range(plan.cluster_start[j], plan.cluster_start[j + 1]):
        value += slope[i] * ratio[i]
    return value


@kernel
def _log_density(plan, state, j, tau):
    """Return intercept j's log density up to a constant."""
    first, last = plan.cluster_start[j], plan.cluster_start[j + 1]
    effect = state.effect_there[j]
    return log_normal_cdfs(state.d_b, state.d_h, first, last) - 0.5 * effect * effect / tau
