"""Move the random intercepts of a probit equation with responses and missing values integrated out.

Given everything else the intercepts q_j of block s are independent, with log density
sum_i log Phi(t_i + slope_i (q - q_j)) - q^2 / (2 tau) over the rows i of cluster j. Each makes a
Hamiltonian step of its own, so that their number does not matter.
"""

import math

from tutorkit.kernels.distributions import (
    LOG_SQRT_2PI,
    inverse_gamma,
    inverse_mills,
    log_normal_cdf,
)
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
    for j in range(plan.cluster_start.size - 1):
        first, last = plan.cluster_start[j], plan.cluster_start[j + 1]
        here = state.effect[j, t]
        there, momentum = here, rng.standard_normal()
        information = fill_ratios(state, first, last, there - here)
        before = _log_density(state, first, last, here, tau) - 0.5 * momentum**2
        step = STEP * (0.7 + 0.6 * rng.random()) / math.sqrt(1.0 / tau + CURVATURE * information)
        gradient = _gradient(state, first, last, here, tau)
        for _ in range(STEPS):
            momentum += 0.5 * step * gradient
            there += step * momentum
            fill_ratios(state, first, last, there - here)
            gradient = _gradient(state, first, last, there, tau)
            momentum += 0.5 * step * gradient
        after = _log_density(state, first, last, there, tau) - 0.5 * momentum**2
        if -rng.standard_exponential() < after - before:
            state.effect[j, t] = there
    shape, scale = plan.random_df[e], plan.random_scale[e]
    for j in range(state.effect.shape[0]):
        shape += 1.0
        scale += state.effect[j, t] ** 2
    state.tau[e, 0, 0] = inverse_gamma(rng, 0.5 * shape, 0.5 * scale)


@kernel
def fill_ratios(state, first, last, change):
    """Write t and phi(t)/Phi(t) of the rows of a cluster whose effect has changed.

    Returns the sum of squared slopes. Slices, because an index that counts from ``first`` might be
    negative for all the compiler knows: it would look out for arrays side by side in memory and sum
    in another order for them, so that a seed's draws changed with the addresses.
    """
    argument, slope = state.argument[first:last], state.slope[first:last]
    t, ratio = state.d_b[first:last], state.d_h[first:last]
    squares = 0.0
    for i in range(t.size):
        t[i] = argument[i] + slope[i] * change
        ratio[i] = inverse_mills(t[i])
        squares += slope[i] * slope[i]
    return squares


@kernel
def _gradient(state, first, last, effect, tau):
    value = -effect / tau
    slope, ratio = state.slope, state.d_h
    for i in range(first, last):
        value += slope[i] * ratio[i]
    return value


@kernel
def _log_density(state, first, last, effect, tau):
    value, product = -0.5 * effect * effect / tau, 1.0
    for i in range(first, last):
        t = state.d_b[i]
        if t > 5.0:
            value += log_normal_cdf(t)
            continue
        value -= 0.5 * t * t + LOG_SQRT_2PI  # log Phi(t) = log phi(t) - log(phi(t) / Phi(t))
        product *= state.d_h[i]
        if not 1e-100 < product < 1e100:  # one logarithm for many rows
            value -= math.log(product)
            product = 1.0
    return value - math.log(product)
