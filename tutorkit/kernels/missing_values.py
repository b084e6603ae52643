"""Draw missing values from the product of every equation they appear in."""

import math

from tutorkit.kernels.jit import kernel
from tutorkit.kernels.terms import other_factors, predictor, set_value, weight


@kernel
def draw_missing_values(rng, plan, state, v):
    """Draw each missing value of v given everything else in its row.

    The log density of a value x is a polynomial in x, of degree 2 if every term is linear in v:
    then the draw is exact. Otherwise a slice step leaves the conditional invariant.
    """
    degree = plan.degree[v]
    for k in range(plan.missing_start[v], plan.missing_start[v + 1]):
        i = plan.missing_row[k]
        poly, own = state.polynomial, plan.own[v]
        fill_polynomial(plan, state, v, i, own)
        poly[1] += predictor(plan, state, own, i) / state.sigma2[own]
        poly[2] -= 0.5 / state.sigma2[own]
        if degree <= 1:
            variance = -0.5 / poly[2]
            x = variance * poly[1] + math.sqrt(variance) * rng.standard_normal()
        else:
            width = math.sqrt(state.sigma2[own])
            x = slice_step(rng, poly, 2 * degree, state.columns[v, i], width)
        set_value(plan, state, v, i, x)


@kernel
def fill_polynomial(plan, state, v, i, skip):
    """Write what the equations that v predicts say about its value x in row i.

    Their log density is the sum of ``polynomial[k]`` x^k, k > 0. Equation ``skip`` is left out.
    """
    poly, line, degree = state.polynomial, state.line, plan.degree[v]
    poly[:] = 0.0
    here = state.columns[v, i]
    k, end = plan.touch_start[v], plan.touch_start[v + 1]
    while k < end:
        e = plan.term_equation[plan.touch[k]]
        line[: degree + 1] = 0.0  # the linear predictor of e as a polynomial in x
        while k < end and plan.term_equation[plan.touch[k]] == e:
            t = plan.touch[k]
            line[plan.touch_power[k]] += weight(plan, state, t, i) * other_factors(
                plan, state, t, v, i
            )
            k += 1
        if e == skip:
            continue
        rest = state.columns[plan.outcome[e], i] - predictor(plan, state, e, i)
        power = 1.0
        for a in range(1, degree + 1):
            power *= here
            rest += line[a] * power
        for a in range(1, degree + 1):
            poly[a] += rest * line[a] / state.sigma2[e]
            for b in range(1, degree + 1):
                poly[a + b] -= 0.5 * line[a] * line[b] / state.sigma2[e]


@kernel
def evaluate(poly, degree, x):
    """Return the sum of poly[k] x^k for k = 1 .. degree."""
    total = 0.0
    for k in range(degree, 0, -1):
        total = (total + poly[k]) * x
    return total


@kernel
def slice_step(rng, poly, degree, here, width):
    """Move one slice step (Neal 2003) under the log density given by ``poly``."""
    level = evaluate(poly, degree, here) - rng.standard_exponential()
    low = here - width * rng.random()
    high = low + width
    while evaluate(poly, degree, low) > level:
        low -= width
    while evaluate(poly, degree, high) > level:
        high += width
    while True:
        there = low + (high - low) * rng.random()
        if evaluate(poly, degree, there) >= level:
            return there
        if there < here:
            low = there
        else:
            high = there
