"""The steps of the plain Gibbs sampler, to be compiled by `compiled`.

Equations are numbered 0: y, 1: x1i, 2: x2i, 3: m*. Their residuals are kept up to date throughout,
so that no step has to compute a linear predictor anew.
"""

import functools
import math
from collections.abc import Callable
from types import FunctionType

import numba
import numpy as np

N_PARAMETERS = 25
N_COEFFICIENTS = (5, 3, 2, 6)

# as tutorkit's kernels are compiled: sums may be reordered, so loops use vector instructions
FAST_MATH = {"reassoc", "contract", "nsz"}


@functools.cache
def compiled(fast_math: bool) -> dict[str, Callable]:
    """Return this module's functions compiled by numba, with its own defaults or with FAST_MATH."""
    functions = {
        name: value
        for name, value in globals().items()
        if isinstance(value, FunctionType)
        and value is not compiled
        and value.__module__ == __name__
    }
    scope = dict(globals())
    for name, function in functions.items():
        flags = FAST_MATH if fast_math else False
        compiler = numba.njit(nogil=True, error_model="numpy", fastmath=flags)
        scope[name] = compiler(FunctionType(function.__code__, scope, name))
    return {name: scope[name] for name in functions}


def fill_designs(x, designs):
    """Write what depends on imputed values into the designs (equation, term, row)."""
    for i in range(x.shape[1]):
        y, x1, x2, x3 = x[0, i], x[1, i], x[2, i], x[3, i]
        designs[0, 1, i] = designs[3, 2, i] = x1
        designs[0, 2, i] = designs[1, 1, i] = designs[3, 3, i] = x2
        designs[0, 3, i] = designs[1, 2, i] = designs[2, 1, i] = designs[3, 4, i] = x3
        designs[0, 4, i] = designs[3, 5, i] = x2 * x3
        designs[3, 1, i] = y


def run(rng, state, probit_variance, out):
    """Fill ``out`` (iteration, parameter); the state is left at the last iteration's."""
    x, absent, cluster, designs, beta, effects, covariance, variances, residuals, m = state
    for iteration in range(out.shape[0]):
        draw_propensity(rng, absent[0], m, residuals[3])
        draw_missing_values(rng, x, absent, cluster, beta, effects[4], variances[0], residuals)
        fill_designs(x, designs)
        for e in range(4):
            prior_precision = 1.0 / probit_variance if e == 3 else 0.0
            design = designs[e, : N_COEFFICIENTS[e]]
            draw_coefficients(rng, design, residuals[e], beta[e], variances[0, e], prior_precision)
            if e == 0:
                draw_two_effects(
                    rng, x[1], cluster, residuals[0], effects, covariance, variances[0, 0]
                )
                draw_covariance(rng, effects, covariance)
            else:
                draw_intercepts(
                    rng, cluster, residuals[e], effects[e], variances[1, e], variances[0, e]
                )
                variances[1, e] = draw_variance(rng, effects[e])
            if e < 3:
                variances[0, e] = draw_variance(rng, residuals[e])
        record(beta, covariance, variances, out[iteration])


def draw_propensity(rng, absent, m, residual):
    """Draw m* ~ N(mean, 1), positive where y is missing, else negative."""
    for i in range(m.size):
        mean = m[i] - residual[i]
        sign = 1.0 if absent[i] else -1.0
        m[i] = sign * positive_normal(rng, sign * mean)
        residual[i] = m[i] - mean


def positive_normal(rng, mean):
    """Draw from N(mean, 1) given that it is positive (Robert 1995)."""
    if mean > -0.45:
        while True:
            value = mean + rng.standard_normal()
            if value > 0.0:
                return value
    rate = 0.5 * (-mean + math.sqrt(mean * mean + 4.0))
    while True:
        value = rng.standard_exponential() / rate
        distance = value - mean - rate
        if 2.0 * rng.standard_exponential() > distance * distance:
            return value


def draw_missing_values(rng, x, absent, cluster, beta, slopes, variance, residuals):
    """Draw each missing y, x1i and x2i from its normal full conditional, one by one."""
    b, a, g = beta[0], beta[1], beta[3]
    for i in range(x.shape[1]):
        x3 = x[3, i]
        if absent[0, i]:
            draw_one(rng, x[0], i, residuals, variance, 1.0, 0.0, 0.0, -g[1])
        if absent[1, i]:
            in_y = -(b[1] + slopes[cluster[i]])
            draw_one(rng, x[1], i, residuals, variance, in_y, 1.0, 0.0, -g[2])
        if absent[2, i]:
            in_y, in_m = -(b[2] + b[4] * x3), -(g[3] + g[5] * x3)
            draw_one(rng, x[2], i, residuals, variance, in_y, -a[1], 1.0, in_m)


def draw_one(rng, column, i, residuals, variance, d0, d1, d2, d3):
    """Draw column[i]; d0 to d3 are the derivatives of the four residuals with respect to it."""
    w0, w1, w2, w3 = d0 / variance[0], d1 / variance[1], d2 / variance[2], d3
    precision = w0 * d0 + w1 * d1 + w2 * d2 + w3 * d3
    score = w0 * residuals[0, i] + w1 * residuals[1, i] + w2 * residuals[2, i]
    score += w3 * residuals[3, i]
    change = -score / precision + rng.standard_normal() / math.sqrt(precision)
    column[i] += change
    residuals[0, i] += d0 * change
    residuals[1, i] += d1 * change
    residuals[2, i] += d2 * change
    residuals[3, i] += d3 * change


def draw_coefficients(rng, design, residual, beta, variance, prior_precision):
    """Draw beta | cluster effects ~ N(P^-1 X'r / variance, P^-1), P = X'X / variance + prior."""
    p, n = design.shape
    factor, step = np.empty((p, p)), np.empty(p)
    for a in range(p):
        for b in range(a + 1):
            total = 0.0
            for i in range(n):
                total += design[a, i] * design[b, i]
            factor[a, b] = factor[b, a] = total / variance
        factor[a, a] += prior_precision
    for a in range(p):  # the step from the present beta, whose residuals are at hand
        total = 0.0
        for i in range(n):
            total += design[a, i] * residual[i]
        step[a] = total / variance - prior_precision * beta[a]
    for a in range(p):  # Cholesky factor below the diagonal, and forward substitution
        for b in range(a + 1):
            total = factor[a, b]
            for k in range(b):
                total -= factor[a, k] * factor[b, k]
            factor[a, b] = math.sqrt(total) if a == b else total / factor[b, b]
        for k in range(a):
            step[a] -= factor[a, k] * step[k]
        step[a] /= factor[a, a]
    for a in range(p - 1, -1, -1):
        step[a] += rng.standard_normal()
        for k in range(a + 1, p):
            step[a] -= factor[k, a] * step[k]
        step[a] /= factor[a, a]
        beta[a] += step[a]
    for a in range(p):
        for i in range(n):
            residual[i] -= step[a] * design[a, i]


def draw_intercepts(rng, cluster, residual, effects, tau, variance):
    """Draw each cluster's intercept given the coefficients."""
    total, count = np.zeros(effects.size), np.zeros(effects.size)
    for i in range(residual.size):
        total[cluster[i]] += residual[i]
        count[cluster[i]] += 1.0
    for j in range(effects.size):
        precision = count[j] / variance + 1.0 / tau
        mean = (total[j] + count[j] * effects[j]) / variance / precision
        new = mean + rng.standard_normal() / math.sqrt(precision)
        total[j] = new - effects[j]
        effects[j] = new
    for i in range(residual.size):
        residual[i] -= total[cluster[i]]


def draw_two_effects(rng, x1, cluster, residual, effects, covariance, variance):
    """Draw each cluster's intercept and slope of x1i given the coefficients."""
    sums = np.zeros((effects.shape[1], 5))  # of 1, x1, x1^2, r, r x1
    for i in range(residual.size):
        s, v = sums[cluster[i]], x1[i]
        s[0] += 1.0
        s[1] += v
        s[2] += v * v
        s[3] += residual[i]
        s[4] += residual[i] * v
    determinant = covariance[0, 0] * covariance[1, 1] - covariance[0, 1] ** 2
    q00, q11 = covariance[1, 1] / determinant, covariance[0, 0] / determinant
    q01 = -covariance[0, 1] / determinant
    for j in range(effects.shape[1]):
        s, u0, u1 = sums[j], effects[0, j], effects[4, j]
        p00, p01, p11 = s[0] / variance + q00, s[1] / variance + q01, s[2] / variance + q11
        h0 = (s[3] + s[0] * u0 + s[1] * u1) / variance
        h1 = (s[4] + s[1] * u0 + s[2] * u1) / variance
        l00 = math.sqrt(p00)  # Cholesky factor of the precision
        l10 = p01 / l00
        l11 = math.sqrt(p11 - l10 * l10)
        z0 = h0 / l00
        z1 = ((h1 - l10 * z0) / l11 + rng.standard_normal()) / l11
        effects[4, j] = z1
        effects[0, j] = (z0 + rng.standard_normal() - l10 * z1) / l00
        s[0], s[1] = effects[0, j] - u0, z1 - u1
    for i in range(residual.size):
        s = sums[cluster[i]]
        residual[i] -= s[0] + s[1] * x1[i]


def draw_covariance(rng, effects, covariance):
    """Draw the effects' covariance ~ inverse Wishart(sum u u', J - 3): a flat prior (PRIOR2)."""
    s00 = s01 = s11 = 0.0
    n = effects.shape[1]
    for j in range(n):
        s00 += effects[0, j] * effects[0, j]
        s01 += effects[0, j] * effects[4, j]
        s11 += effects[4, j] * effects[4, j]
    # with S = L L' and A the Bartlett factor of a Wishart(I, J - 3): covariance = L (A A')^-1 L'
    l00 = math.sqrt(s00)
    l10 = s01 / l00
    l11 = math.sqrt(s11 - l10 * l10)
    a00 = math.sqrt(rng.chisquare(n - 3.0))
    a11 = math.sqrt(rng.chisquare(n - 4.0))
    a10 = rng.standard_normal()
    # rows of L A'^-1
    b00, b01 = l00 / a00, -l00 * a10 / (a00 * a11)
    b10, b11 = l10 / a00, -l10 * a10 / (a00 * a11) + l11 / a11
    covariance[0, 0] = b00 * b00 + b01 * b01
    covariance[0, 1] = covariance[1, 0] = b00 * b10 + b01 * b11
    covariance[1, 1] = b10 * b10 + b11 * b11


def draw_variance(rng, values):
    """Draw a variance ~ inverse gamma(n/2 - 1, sum of squares / 2): a flat prior."""
    total = 0.0
    for i in range(values.size):
        total += values[i] * values[i]
    return 0.5 * total / rng.standard_gamma(0.5 * values.size - 1.0)


def record(beta, covariance, variances, row):
    """Write the 25 parameters, variances before coefficients in each equation."""
    row[0], row[1], row[2] = covariance[0, 0], covariance[0, 1], covariance[1, 1]
    k = 3
    for e in range(4):
        if e > 0:
            row[k] = variances[1, e]
            k += 1
        if e < 3:
            row[k] = variances[0, e]
            k += 1
        for a in range(N_COEFFICIENTS[e]):
            row[k] = beta[e, a]
            k += 1
