"""What is kept of one iteration: parameters, what derives from them, and the fit of the data."""

import math

import numpy as np

from tutorkit.kernels.distributions import inverse_wishart
from tutorkit.kernels.jit import kernel, step
from tutorkit.kernels.linalg import quadratic
from tutorkit.kernels.terms import dot


@step
def record(rng, plan, state, out):
    """Write the iteration's parameters, in the order of `tutorkit.parameters.recorded`."""
    for e in range(plan.outcome.size):
        _record_equation(plan, state, e, out)
    at = plan.record_start[plan.outcome.size]
    for v in plan.grand_mean:
        out[at] = state.columns[v, 0]
        at += 1
    for level in range(1, 3):
        at = _record_residual_correlations(rng, plan, state, level, out, at)
    for v in plan.described:
        at = _record_moments(plan, state, v, out, at)


@kernel
def _record_equation(plan, state, e, out):
    """Write one equation's rows."""
    at = plan.record_start[e]
    p = plan.random_start[e] - plan.term_start[e]
    r = plan.term_start[e + 1] - plan.random_start[e]
    for a in range(r):
        for b in range(a + 1):
            out[at] = state.tau[e, a, b]
            at += 1
    out[at] = state.sigma2[e]
    at += 1
    intercept = at
    for a in range(p):
        out[at] = state.coefficient[plan.term_start[e] + a]
        at += 1
    for a in range(p):  # of the terms as they are, not centred
        t = plan.term_start[e] + a
        if plan.centre[t] != 0.0:
            out[intercept] -= plan.centre[t] * state.coefficient[t]
    for s in range(plan.block_equation.size):
        if plan.block_equation[s] == e and plan.category_column[s] >= 0:
            for g in range(1, plan.n_categories[s]):
                out[at] = state.cut[s, g]
                at += 1
    if plan.explicit[e]:
        _record_explained(plan, state, e, out, at)


@kernel
def _record_explained(plan, state, e, out, at):
    """Write standardized coefficients and shares of variance (Rights & Sterba 2019).

    With the completed data of this iteration: variance of the fixed part, m'Tm and tr(T S) of the
    random part (m means, S covariances of the random terms), residual variance.
    """
    first, middle = plan.term_start[e], plan.random_start[e]
    p, r = middle - first, plan.term_start[e + 1] - middle
    tau, total = state.tau[e], state.total[e]
    covariance = np.empty((p + r, p + r))
    n = total[0, 0]
    for a in range(p + r):
        for b in range(p + r):
            covariance[a, b] = (total[a, b] - total[0, a] * total[0, b] / n) / (n - 1.0)
    by_coefficients = quadratic(covariance, state.coefficient[first:middle], p)
    by_intercepts, by_slopes = 0.0, 0.0
    for a in range(r):
        for b in range(r):
            by_intercepts += tau[a, b] * total[0, p + a] * total[0, p + b] / (n * n)
            by_slopes += tau[a, b] * covariance[p + a, p + b]
    whole = by_coefficients + by_intercepts + by_slopes + state.sigma2[e]
    for a in range(1, p):
        out[at] = state.coefficient[first + a] * math.sqrt(max(covariance[a, a], 0.0) / whole)
        at += 1
    out[at] = by_coefficients / whole
    at += 1
    if r > 0:
        out[at] = by_intercepts / whole
        at += 1
    if r > 1:
        out[at] = by_slopes / whole
        at += 1
    out[at] = state.sigma2[e] / whole


@step
def fill_residual_sums(plan, state):
    """Sum residuals' products over each level's rows, and their squares within each unit."""
    for e in range(plan.outcome.size):
        x = state.residual[e]
        for f in range(e + 1):
            y = state.residual[f]
            state.residual_products[e, f] = dot(plan, e, x, y)
        for unit in range(plan.unit_start.size - 1):
            squares = 0.0
            for i in range(plan.unit_start[unit], _end(plan, e, unit)):
                squares += x[i] * x[i]
            state.unit_squares[unit, e] = squares


@kernel
def _end(plan, e, unit):
    """Return the row after the last one that unit has in equation e."""
    if plan.level[e] == 2:
        return plan.unit_start[unit] + 1
    return plan.unit_start[unit + 1]


@kernel
def _record_residual_correlations(rng, plan, state, level, out, at):
    """Write a draw of each pair's residual correlation, for the written equations of a level.

    From the posterior of the residuals' covariance matrix, IW(R'R, n), as Blimp appears to do:
    equations fitted one after the other leave residuals whose correlation scatters around 0.
    """
    first, n = (
        plan.written_start[level - 1],
        plan.written_start[level] - plan.written_start[level - 1],
    )
    if n < 2:
        return at
    scale, draw = np.empty((n, n)), np.empty((n, n))
    for a in range(n):
        for b in range(a + 1):
            products = state.residual_products[plan.written[first + a]]
            scale[a, b] = products[plan.written[first + b]]
    size = plan.level_start[level] - plan.level_start[level - 1]
    df = 1.0 * (size if size > n else n)
    inverse_wishart(rng, scale, df, n, draw)
    for a in range(n):
        for b in range(a + 1, n):
            out[at] = draw[a, b] / math.sqrt(draw[a, a] * draw[b, b])
            at += 1
    return at


@kernel
def _record_moments(plan, state, v, out, at):
    """Write mean and standard deviation of column v over all rows."""
    x = state.columns[v]
    total, squares = 0.0, 0.0
    for i in range(x.size):
        total += x[i]
    mean = total / x.size
    for i in range(x.size):
        squares += (x[i] - mean) ** 2
    out[at] = mean
    out[at + 1] = math.sqrt(squares / (x.size - 1.0))
    return at + 2


@step
def add_fit(plan, state):
    """Update each unit's running log likelihood: maximum, sum of exp, mean, squared deviations.

    The likelihood is that of Blimp's DIC2 and WAIC: all written equations, given the cluster
    effects, with this iteration's imputations and responses as data.
    """
    state.fit_count[0] += 1.0
    for unit in range(plan.unit_start.size - 1):
        value = 0.0
        for e in range(plan.outcome.size):
            if plan.explicit[e]:
                sigma2 = state.sigma2[e]
                rows = _end(plan, e, unit) - plan.unit_start[unit]
                value -= 0.5 * rows * math.log(2.0 * math.pi * sigma2)
                value -= 0.5 * state.unit_squares[unit, e] / sigma2
        fit = state.fit[unit]
        if value > fit[0]:
            fit[1] = fit[1] * math.exp(fit[0] - value) + 1.0
            fit[0] = value
        else:
            fit[1] += math.exp(value - fit[0])
        before = value - fit[2]
        fit[2] += before / state.fit_count[0]
        fit[3] += before * (value - fit[2])


@step
def keep_imputation(plan, state, iteration):
    """Copy the imputed values of the data if this iteration is to be kept as a data set."""
    for k in range(state.imputed_at.size):
        if state.imputed_at[k] == iteration:
            for cell in range(plan.cell_row.size):
                column, row = plan.cell_column[cell], plan.cell_row[cell]
                state.imputed[k, cell] = state.columns[column, row]
