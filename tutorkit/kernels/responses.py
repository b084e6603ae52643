"""Latent responses of probit equations, categories of ordinal variables and their thresholds.

A probit equation's response is eta + N(0, 1); category g is seen where it lies between
``cut[s, g]`` and ``cut[s, g + 1]``. The lowest free threshold is fixed at 0 (Albert & Chib 1993).
"""

import math

from tutorkit.kernels.distributions import log_interval, truncated_normal
from tutorkit.kernels.jit import kernel
from tutorkit.kernels.missing_values import fill_polynomial
from tutorkit.kernels.slices import THRESHOLD, change_density, slice_step
from tutorkit.kernels.terms import fill_residual, next_row, set_value
from tutorkit.plan import NO_BOUND


@kernel
def draw_responses(rng, plan, state, s):
    """Draw every response of block s, and jointly with it the variable integrated out.

    Residuals of the block's equations are made anew, for their coefficients have moved.
    """
    e, v = plan.block_equation[s], plan.block_variable[s]
    response, residual = state.columns[plan.outcome[e]], state.residual[e]
    integrated, category, cut = state.integrated[s], state.category[s], state.cut[s]
    fill_residual(plan, state, e)
    if v >= 0:
        fill_residual(plan, state, plan.own[v])
    for k in range(plan.level_start[plan.level[e] - 1], plan.level_start[plan.level[e]]):
        i = plan.level_row[k]
        eta = response[i] - residual[i]
        if v >= 0 and integrated[i] > 0.0:
            _draw_pair(rng, plan, state, s, i, eta)
        else:
            z = truncated_normal(rng, cut[category[i]] - eta, cut[category[i] + 1] - eta)
            for row in range(i, next_row(plan, e, i)):
                response[row] = eta + z
                residual[row] = z


@kernel
def _draw_pair(rng, plan, state, s, i, eta):
    """Draw (response, v) in row i, where v is missing: the response is positive.

    Reads what `tutorkit.kernels.selection.hold` set aside.
    """
    e, v = plan.block_equation[s], plan.block_variable[s]
    own, here = plan.own[v], state.columns[v, i]
    b = 0.0
    for t in range(plan.term_start[e], plan.random_start[e]):
        if plan.selected_term[t]:
            b += state.coefficient[t] * state.others[t - plan.term_start[e], i]
    precision = 1.0 / state.sigma2[own]
    variance = 1.0 / (precision + state.info_a[i])
    m = variance * ((here - state.residual[own, i]) * precision + state.info_b[i])
    root = math.sqrt(1.0 + b * b * variance)
    h = eta - b * here
    middle = h + b * m
    response = middle + root * truncated_normal(rng, -middle / root, NO_BOUND)
    state.columns[plan.outcome[e], i] = response
    state.residual[e, i] = response - eta
    spread = variance / (root * root)
    value = spread * (m / variance + b * (response - h)) + math.sqrt(spread) * rng.standard_normal()
    set_value(plan, state, v, i, value)


@kernel
def draw_categories(rng, plan, state, s):
    """Draw the missing categories of block s's ordinal variable, its response integrated out."""
    e, v = plan.block_equation[s], plan.category_column[s]
    n_categories = plan.n_categories[s]
    for k in range(plan.missing_start[v], plan.missing_start[v + 1]):
        first, last = plan.missing_first[k], plan.missing_last[k]
        fill_polynomial(plan, state, v, first, last)
        eta = state.columns[plan.outcome[e], first] - state.residual[e, first]
        here, best, grade = state.columns[v, first], -math.inf, 0
        for g in range(n_categories):  # the largest of log probability + Gumbel noise
            value = change_density(plan, state, v, plan.code[s, g] - here)
            value += log_interval(state.cut[s, g] - eta, state.cut[s, g + 1] - eta)
            value -= math.log(rng.standard_exponential())
            if value > best:
                best, grade = value, g
        for i in range(first, last):
            state.category[s, i] = grade
            set_value(plan, state, v, i, plan.code[s, grade])


@kernel
def draw_thresholds(rng, plan, state, s):
    """Draw each free threshold of block s with its responses integrated out (Cowles 1996).

    Flat prior on the ordered thresholds; the responses must be drawn next.
    """
    for g in range(2, plan.n_categories[s]):
        below, here, above = state.cut[s, g - 1], state.cut[s, g], state.cut[s, g + 1]
        k = s * state.cut.shape[1] + g
        state.cut[s, g] = slice_step(rng, plan, state, THRESHOLD, k, here, 0.3, below, above)
