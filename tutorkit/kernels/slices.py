"""Slice steps (Neal 2003, Ann. Statist. 31:705): stepping out, then shrinking."""

import math

import numpy as np

from tutorkit.kernels.distributions import is_number, log_interval
from tutorkit.kernels.jit import kernel

# what a slice step moves; numpy's integers, for numba would compile a copy for each Python int
CHANGE, VARIANCE, THRESHOLD = np.arange(3)
MOST_STEPS_OUT = 100


@kernel
def slice_step(rng, plan, state, what, k, here, width, low_bound, high_bound):
    """Return the next value of a variable now at ``here``; ``what`` and k say which.

    The number of steps out is split at random between both sides (Neal, figure 3), so the limit
    leaves the distribution as it is, and a flat or broken density ends the step. Where the density
    is not finite at ``here`` the variable stays.
    """
    level = log_density(plan, state, what, k, here) - rng.standard_exponential()
    if not is_number(level):
        return here
    low = here - width * rng.random()
    high = low + width
    left = int(MOST_STEPS_OUT * rng.random())
    right = MOST_STEPS_OUT - 1 - left
    while left > 0 and low > low_bound and log_density(plan, state, what, k, low) > level:
        low -= width
        left -= 1
    while right > 0 and high < high_bound and log_density(plan, state, what, k, high) > level:
        high += width
        right -= 1
    low = low if low > low_bound else low_bound
    high = high if high < high_bound else high_bound
    while high > low:
        there = low + (high - low) * rng.random()
        if log_density(plan, state, what, k, there) >= level:
            return there
        if there < here:
            low = there
        elif there > here:
            high = there
        else:
            break
    return here


@kernel
def log_density(plan, state, what, k, x):
    """Return the log density, up to a constant, of what a slice step moves."""
    if what == CHANGE:
        return change_density(plan, state, k, x)
    if what == VARIANCE:
        return variance_density(plan, state, k, x)
    return threshold_density(plan, state, k, x)


@kernel
def change_density(plan, state, v, change):
    """Return what ``state.polynomial`` says about a change of column v."""
    total = 0.0
    for k in range(2 * plan.degree[v], 0, -1):
        total = (total + state.polynomial[k]) * change
    return total


@kernel
def variance_density(plan, state, e, log_tau):
    """Return log p(log tau | beta, sigma2, outcome) of equation e, cluster effects integrated out.

    Reads ``state.score``, s_j = Z_j'(o_j - X_j beta), and ``state.products``, P_j = Z_j'Z_j. Of
    s_j^2 tau / (sigma2 + tau P_j) only what depends on tau is kept, -s_j^2 / (P_j (1 + tau P_j /
    sigma2)): where tau is far larger than sigma2 the whole would drown it.
    """
    p = plan.random_start[e] - plan.term_start[e]
    sigma2, tau = state.sigma2[e], math.exp(log_tau)
    value = -0.5 * plan.random_df[e] * log_tau - 0.5 * plan.random_scale[e] / tau
    product = 1.0
    for j in range(state.score.size):
        squares = state.products[0, p, j]
        if squares == 0.0:
            continue
        ratio = 1.0 + tau * squares / sigma2
        value -= 0.5 * state.score[j] ** 2 / (sigma2 * squares * ratio)
        product *= ratio
        if product > 1e200:  # one logarithm for many clusters
            value -= 0.5 * math.log(product)
            product = 1.0
    return value - 0.5 * math.log(product)


@kernel
def threshold_density(plan, state, k, threshold):
    """Return log p(cut[s, g] | eta, categories), k = s * (n_most + 1) + g."""
    s, g = k // state.cut.shape[1], k % state.cut.shape[1]
    e = plan.block_equation[s]
    below, above = state.cut[s, g - 1], state.cut[s, g + 1]
    if not below < threshold < above:
        return -math.inf
    value = 0.0
    for k in range(plan.level_start[plan.level[e] - 1], plan.level_start[plan.level[e]]):
        i = plan.level_row[k]
        grade = state.category[s, i]
        if grade == g or grade == g - 1:
            eta = state.columns[plan.outcome[e], i] - state.residual[e, i]
            if grade == g:
                value += log_interval(threshold - eta, above - eta)
            else:
                value += log_interval(below - eta, threshold - eta)
    return value
