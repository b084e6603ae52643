"""Latent responses of probit equations, categories of ordinal variables and their thresholds.

A probit equation's response is eta + N(0, 1); category g is seen where it lies between
``cut[s, g]`` and ``cut[s, g + 1]``. The lowest free threshold is fixed at 0 (Albert & Chib 1993).
"""

import math

from tutorkit.kernels.distributions import log_interval, truncated_normal
from tutorkit.kernels.jit import kernel, step
from tutorkit.kernels.missing_values import fill_polynomial, set_value
from tutorkit.kernels.slices import THRESHOLD, change_density, slice_step
from tutorkit.kernels.terms import fill_residual, next_row, set_values
from tutorkit.plan import NO_BOUND


@step
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
        if integrated[i] == 0.0:
            eta = response[i] - residual[i]
            z = truncated_normal(rng, cut[category[i]] - eta, cut[category[i] + 1] - eta)
            for row in range(i, next_row(plan, e, i)):
                response[row] = eta + z
                residual[row] = z
    if v >= 0:
        stop = plan.missing_start[v + 1]
        for begin in range(plan.missing_start[v], stop, state.values.size):
            rows = plan.missing_first[begin : min(begin + state.values.size, stop)]
            _draw_pairs(rng, plan, state, s, rows)


@kernel
def _draw_pairs(rng, plan, state, s, rows):
    """Draw (response, v) in some rows where v is missing: the responses are positive.

    Reads what `tutorkit.kernels.selection.hold` set aside.
    """
    e, v = plan.block_equation[s], plan.block_variable[s]
    own, values, slopes = plan.own[v], state.values, state.d_b
    for r in range(rows.size):
        slopes[r] = 0.0
    for t in range(plan.term_start[e], plan.random_start[e]):
        if plan.selected_term[t]:
            coefficient, x = state.coefficient[t], state.others[t - plan.term_start[e]]
            for r in range(rows.size):
                slopes[r] += coefficient * x[rows[r]]
    precision = 1.0 / state.sigma2[own]
    response, residual = state.columns[plan.outcome[e]], state.residual[e]
    column, own_residual = state.columns[v], state.residual[own]
    for r in range(rows.size):
        i, b = rows[r], slopes[r]
        variance = 1.0 / (precision + state.info_a[i])
        m = variance * ((column[i] - own_residual[i]) * precision + state.info_b[i])
        root = math.sqrt(1.0 + b * b * variance)
        eta = response[i] - residual[i]
        h = eta - b * column[i]
        middle = h + b * m
        response[i] = middle + root * truncated_normal(rng, -middle / root, NO_BOUND)
        residual[i] = response[i] - eta
        spread = variance / (root * root)
        mean = spread * (m / variance + b * (response[i] - h))
        values[r] = mean + math.sqrt(spread) * rng.standard_normal()
    set_values(plan, state, v, rows, values)


@step
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
        set_value(plan, state, v, first, last, plan.code[s, grade])


@step
def draw_thresholds(rng, plan, state, s):
    """Draw each free threshold of block s with its responses integrated out (Cowles 1996).

    Flat prior on the ordered thresholds; the responses must be drawn next.
    """
    for g in range(2, plan.n_categories[s]):
        below, here, above = state.cut[s, g - 1], state.cut[s, g], state.cut[s, g + 1]
        k = s * state.cut.shape[1] + g
        state.cut[s, g] = slice_step(rng, plan, state, THRESHOLD, k, here, 0.3, below, above)
