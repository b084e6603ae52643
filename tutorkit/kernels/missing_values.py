"""Draw missing values from the product of every equation they appear in."""

import math

from tutorkit.kernels.jit import kernel
from tutorkit.kernels.slices import CHANGE, slice_step
from tutorkit.kernels.terms import next_row, set_value, weight


@kernel
def draw_missing_values(rng, plan, state, v):
    """Draw each missing value of v given everything else.

    A value belongs to one row, to all rows of a cluster (level-2 variables, latent cluster means)
    or to all rows (grand means). Its log density is a polynomial, of degree 2 if every term is
    linear in v: then the draw is exact. Otherwise a slice step leaves the conditional invariant.
    """
    degree = plan.degree[v]
    for k in range(plan.missing_start[v], plan.missing_start[v + 1]):
        first, last = plan.missing_first[k], plan.missing_last[k]
        fill_polynomial(plan, state, v, first, last)
        if degree == 1:
            variance = -0.5 / state.polynomial[2]
            change = variance * state.polynomial[1] + math.sqrt(variance) * rng.standard_normal()
        else:
            width = plan.scale[v]
            change = slice_step(rng, plan, state, CHANGE, v, 0.0, width, -math.inf, math.inf)
        value = state.columns[v, first] + change
        for i in range(first, last):
            set_value(plan, state, v, i, value)


@kernel
def fill_polynomial(plan, state, v, first, last):
    """Write what all equations say about a change d of v in the rows first to last - 1.

    Their log density is the sum of ``polynomial[k]`` d^k, k > 0, plus a constant.
    """
    poly, line, degree = state.polynomial, state.line, plan.degree[v]
    poly[:] = 0.0
    for q in range(plan.see_start[v], plan.see_start[v + 1]):
        e = plan.see[q]
        i = first
        while i < last:
            fill_line(plan, state, v, q, i)
            residual = state.residual[e, i]
            for a in range(1, degree + 1):
                scaled = line[a] / state.sigma2[e]
                poly[a] += residual * scaled
                for b in range(1, degree + 1):
                    poly[a + b] -= 0.5 * scaled * line[b]
            i = next_row(plan, e, i)


@kernel
def fill_line(plan, state, v, q, i):
    """Write by how much a change d of v in row i lowers the residual of equation see[q].

    The residual falls by the sum of ``line[k]`` d^k, k = 1 to the degree of v. A factor of a term
    is v itself, a column that v is the plus or minus part of (x - mean), or not moved by d.
    """
    line, power, degree = state.line, state.power, plan.degree[v]
    line[: degree + 1] = 0.0
    line[1] = -plan.see_sign[q]
    for k in range(plan.see_touch[q], plan.see_touch[q + 1]):
        t = plan.touch[k]
        power[0] = weight(plan, state, t, i)
        top = 0
        for f in range(plan.factor_start[t], plan.factor_start[t + 1]):
            c = plan.factor[f]
            value = state.columns[c, i]
            sign = 0.0
            if c == v or plan.plus[c] == v:
                sign = 1.0
            elif plan.minus[c] == v:
                sign = -1.0
            if sign != 0.0:  # times (value + sign d)
                top += 1
                power[top] = sign * power[top - 1]
                for a in range(top - 1, 0, -1):
                    power[a] = power[a] * value + sign * power[a - 1]
                power[0] *= value
            else:
                for a in range(top + 1):
                    power[a] *= value
        for a in range(1, top + 1):
            line[a] += power[a]
