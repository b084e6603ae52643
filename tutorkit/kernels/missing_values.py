"""Draw missing values from the product of every equation they appear in.

A value belongs to one row, to all rows of a cluster (level-2 variables, latent cluster means) or to
all rows (grand means). Rows are taken many at a time, so that loops over them run on whole vectors.
"""

import math

import numpy as np

from tutorkit.kernels.jit import kernel, step
from tutorkit.kernels.linalg import draw_from_precision
from tutorkit.kernels.slices import CHANGE, slice_step
from tutorkit.kernels.terms import fill_weights, set_values
from tutorkit.kernels.vectors import sum_of_products


@step
def draw_missing_values(rng, plan, state, v):
    """Draw each missing value of v given everything else.

    Its log density is a polynomial, of degree 2 if every term is linear in v: then the draw is
    exact. Otherwise a slice step leaves the conditional invariant.
    """
    start, stop = plan.missing_start[v], plan.missing_start[v + 1]
    if plan.wide[v]:
        for k in range(start, stop):
            first, last = plan.missing_first[k], plan.missing_last[k]
            fill_polynomial(plan, state, v, first, last)
            value = state.columns[v, first] + _draw_change(rng, plan, state, v)
            set_value(plan, state, v, first, last, value)
        return
    own = plan.own[v]
    if own >= 0 and plan.degree[v] == 1:
        _draw_with_coefficients(rng, plan, state, v, own)
        return
    values, polynomials = state.values, state.polynomials
    for begin in range(start, stop, state.values.size):
        rows = plan.missing_first[begin : min(begin + state.values.size, stop)]
        fill_polynomials(plan, state, v, rows)
        for r in range(rows.size):
            for k in range(1, 2 * plan.degree[v] + 1):
                state.polynomial[k] = polynomials[k, r]
            values[r] = state.columns[v, rows[r]] + _draw_change(rng, plan, state, v)
        set_values(plan, state, v, rows, values)


@kernel
def _draw_with_coefficients(rng, plan, state, v, own):
    """Draw the coefficients of v's own equation with v's missing values integrated out, then these.

    A change d of a missing value has log density s d - q d^2 / 2. A change of the coefficients
    moves the mean by c, which adds (c (r + d) - c^2 / 2) / sigma2, r being v's own residual;
    integrated over d, c has the linear term (r + s / q) / sigma2 and the precision
    (1 - 1 / (q sigma2)) / sigma2. Where v is observed these are r / sigma2 and 1 / sigma2.
    """
    start, stop, first = plan.missing_start[v], plan.missing_start[v + 1], plan.term_start[own]
    p = plan.random_start[own] - first
    weight, residual, column = 1.0 / state.sigma2[own], state.residual[own], state.columns[v]
    linear, variance = state.linear[: stop - start], state.conditional[: stop - start]
    for begin in range(start, stop, state.values.size):
        rows = plan.missing_first[begin : min(begin + state.values.size, stop)]
        fill_polynomials(plan, state, v, rows)
        for r in range(rows.size):
            linear[begin - start + r] = state.polynomials[1, r]
            variance[begin - start + r] = -0.5 / state.polynomials[2, r]
    missing = plan.missing_first[start:stop]
    precision, step = np.empty((p, p)), np.empty(p)
    for a in range(p):
        x = state.design[plan.place[first + a]]
        value = sum_of_products(x, residual)
        for r in range(missing.size):
            value += x[missing[r]] * linear[r] * variance[r]
        prior = plan.prior_precision[first + a]
        step[a] = weight * value - prior * state.coefficient[first + a]
        for b in range(a + 1):
            y = state.design[plan.place[first + b]]
            value = sum_of_products(x, y)
            for r in range(missing.size):
                value -= x[missing[r]] * y[missing[r]] * weight * variance[r]
            precision[a, b] = weight * value
        precision[a, a] += prior
    draw_from_precision(rng, precision, step, p)
    for a in range(p):
        state.coefficient[first + a] += step[a]
        x = state.design[plan.place[first + a]]
        for i in range(residual.size):
            residual[i] -= step[a] * x[i]
        for r in range(missing.size):
            linear[r] += weight * step[a] * x[missing[r]]
    for begin in range(start, stop, state.values.size):
        rows = plan.missing_first[begin : min(begin + state.values.size, stop)]
        for r in range(rows.size):
            k = begin - start + r
            change = variance[k] * linear[k] + math.sqrt(variance[k]) * rng.standard_normal()
            state.values[r] = column[rows[r]] + change
        set_values(plan, state, v, rows, state.values)


@kernel
def _draw_change(rng, plan, state, v):
    """Draw by how much a value of v changes, whose log density is ``state.polynomial``."""
    if plan.degree[v] == 1:
        variance = -0.5 / state.polynomial[2]
        return variance * state.polynomial[1] + math.sqrt(variance) * rng.standard_normal()
    return slice_step(rng, plan, state, CHANGE, v, 0.0, plan.scale[v], -math.inf, math.inf)


@kernel
def set_value(plan, state, v, first, last, value):
    """Give variable v one value in the rows ``first`` to ``last`` - 1."""
    for r in range(min(last - first, state.values.size)):
        state.values[r] = value
    for begin in range(first, last, state.values.size):
        rows = plan.level_row[begin : min(begin + state.values.size, last)]
        set_values(plan, state, v, rows, state.values)


@kernel
def fill_polynomial(plan, state, v, first, last):
    """Write what all equations say about a change d of v in the rows first to last - 1.

    Their log density is the sum of ``polynomial[k]`` d^k, k > 0, plus a constant.
    """
    poly = state.polynomial
    for k in range(poly.size):
        poly[k] = 0.0
    for begin in range(first, last, state.values.size):
        rows = plan.level_row[begin : min(begin + state.values.size, last)]  # begin, begin + 1, ...
        fill_polynomials(plan, state, v, rows)
        for k in range(1, 2 * plan.degree[v] + 1):
            for r in range(rows.size):
                poly[k] += state.polynomials[k, r]


@kernel
def fill_polynomials(plan, state, v, rows):
    """Write what all equations say about a change d of v in each of some rows.

    The log density of row r is the sum of ``polynomials[k, r]`` d^k, k > 0, plus a constant.
    """
    poly, line, degree = state.polynomials, state.line, plan.degree[v]
    for k in range(1, 2 * degree + 1):
        for r in range(rows.size):
            poly[k, r] = 0.0
    for q in range(plan.see_start[v], plan.see_start[v + 1]):
        e = plan.see[q]
        residual, precision = state.residual[e], 1.0 / state.sigma2[e]
        fill_lines(plan, state, v, q, rows)
        for a in range(1, degree + 1):
            x, out = line[a], poly[a]
            for r in range(rows.size):
                out[r] += precision * residual[rows[r]] * x[r]
            for b in range(1, degree + 1):
                y, out = line[b], poly[a + b]
                for r in range(rows.size):
                    out[r] -= 0.5 * precision * x[r] * y[r]


@kernel
def fill_lines(plan, state, v, q, rows):
    """Write by how much a change d of v in each of some rows lowers the residual of see[q].

    The residual of row r falls by the sum of ``line[k, r]`` d^k, k = 1 to the degree of v. A factor
    of a term is v itself, a column that v is the plus or minus part of (x - mean), or not moved.
    A level-2 equation has one row in each cluster, the first one.
    """
    line, power, degree = state.line, state.power, plan.degree[v]
    e, n = plan.see[q], rows.size
    for a in range(1, degree + 1):
        for r in range(n):
            line[a, r] = -plan.see_sign[q] if a == 1 else 0.0
    for k in range(plan.see_touch[q], plan.see_touch[q + 1]):
        t = plan.touch[k]
        fill_weights(plan, state, t, rows, power[0])
        top = 0
        for f in range(plan.factor_start[t], plan.factor_start[t + 1]):
            c = plan.factor[f]
            column = state.columns[c]
            sign = 0.0
            if c == v or plan.plus[c] == v:
                sign = 1.0
            elif plan.minus[c] == v:
                sign = -1.0
            if sign != 0.0:  # times (value + sign d)
                top += 1
                for r in range(n):
                    power[top, r] = sign * power[top - 1, r]
                for a in range(top - 1, 0, -1):
                    for r in range(n):
                        power[a, r] = power[a, r] * column[rows[r]] + sign * power[a - 1, r]
                for r in range(n):
                    power[0, r] *= column[rows[r]]
            else:
                for a in range(top + 1):
                    for r in range(n):
                        power[a, r] *= column[rows[r]]
        for a in range(1, top + 1):
            for r in range(n):
                line[a, r] += power[a, r]
    if plan.level[e] == 2:
        for r in range(n):
            if plan.cluster_start[plan.cluster[rows[r]]] != rows[r]:
                for a in range(1, degree + 1):
                    line[a, r] = 0.0
