"""What is kept of one iteration: parameters, what derives from them, and the fit of the data."""

import math

import numpy as np

from tutorkit.kernels.distributions import inverse_wishart
from tutorkit.kernels.jit import kernel
from tutorkit.kernels.linalg import quadratic
from tutorkit.kernels.terms import predictor


@kernel
def record(rng, plan, state, out):
    """Write the iteration's parameters, in the order of `tutorkit.parameters.monitored`."""
    at = 0
    for e in range(plan.outcome.size):
        at = _record_equation(plan, state, e, out, at)
    _record_residual_correlations(rng, plan, state, out, at)


@kernel
def _record_equation(plan, state, e, out, at):
    """Write one equation's rows from ``at`` on; return the next free place.

    Shares of variance and standardized coefficients after Rights & Sterba (2019), with the
    completed data of this iteration: variance of the fixed part, m'Tm and tr(T S) of the random
    part (m means, S covariances of the random terms), residual variance.
    """
    first, middle = plan.term_start[e], plan.random_start[e]
    p, r = middle - first, plan.term_start[e + 1] - middle
    tau, total = state.tau[e], state.total[e]
    for a in range(r):
        for b in range(a + 1):
            out[at] = tau[a, b]
            at += 1
    out[at] = state.sigma2[e]
    at += 1
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
    for a in range(p):
        out[at] = state.coefficient[first + a]
        at += 1
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
    return at + 1


@kernel
def _record_residual_correlations(rng, plan, state, out, at):
    """Write a draw of each pair's residual correlation.

    From the posterior of the residuals' covariance matrix, IW(R'R, n), as Blimp appears to do:
    equations fitted one after the other leave residuals whose correlation scatters around 0.
    """
    n_equations = plan.outcome.size
    if n_equations == 1:
        return
    scale = state.residual_products.copy()
    draw = np.empty((n_equations, n_equations))
    inverse_wishart(rng, scale, plan.cluster.size, n_equations, draw)
    for a in range(n_equations):
        for b in range(a + 1, n_equations):
            out[at] = draw[a, b] / math.sqrt(draw[a, a] * draw[b, b])
            at += 1


@kernel
def fill_residuals(plan, state):
    """Sum products of residuals over all rows, and squares within each unit (cluster or row)."""
    n_equations = plan.outcome.size
    state.residual_products[:] = 0.0
    state.unit_squares[:] = 0.0
    residual = np.empty(n_equations)
    for i in range(plan.cluster.size):
        unit = plan.unit[i]
        for e in range(n_equations):
            residual[e] = state.columns[plan.outcome[e], i] - predictor(plan, state, e, i)
            state.unit_squares[unit, e] += residual[e] * residual[e]
            for f in range(e + 1):
                state.residual_products[e, f] += residual[e] * residual[f]


@kernel
def add_fit(plan, state):
    """Update each unit's running log likelihood: maximum, sum of exp, mean, squared deviations.

    The likelihood is that of Blimp's DIC2 and WAIC: all equations, given the cluster effects, with
    this iteration's imputations and propensities as data.
    """
    state.fit_count[0] += 1.0
    for unit in range(plan.unit_rows.size):
        value = 0.0
        for e in range(plan.outcome.size):
            sigma2 = state.sigma2[e]
            value -= 0.5 * plan.unit_rows[unit] * math.log(2.0 * math.pi * sigma2)
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
