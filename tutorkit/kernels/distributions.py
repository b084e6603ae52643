"""Scalar draws and tails of the distributions the sampler needs."""

import math

import numpy as np

from tutorkit.kernels.jit import kernel
from tutorkit.kernels.linalg import cholesky, solve_lower

LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)


@kernel
def normal_tail(t):
    """Return log Phi(t) and phi(t)/Phi(t), to full relative accuracy far into the lower tail.

    Below -20 the asymptotic series of the Mills ratio is used (Abramowitz & Stegun 1964, 26.2.12);
    its first left-out term is 3e-16 of the sum there.
    """
    if t > -20.0:
        cdf = 0.5 * math.erfc(-t * math.sqrt(0.5))
        return math.log(cdf), math.exp(-0.5 * t * t - LOG_SQRT_2PI) / cdf
    x = 1.0 / (t * t)
    total, term = 1.0, 1.0
    for k in range(1, 12):
        term *= -(2 * k - 1) * x
        total += term
    return -0.5 * t * t - LOG_SQRT_2PI - math.log(-t) + math.log(total), -t / total


@kernel
def truncated_normal(rng, lower):
    """Draw z ~ N(0, 1) given z > lower (Robert 1995, with a normal proposal for lower < 0.45)."""
    if lower < 0.45:
        while True:
            z = rng.standard_normal()
            if z > lower:
                return z
    rate = 0.5 * (lower + math.sqrt(lower * lower + 4.0))
    while True:
        z = lower + rng.standard_exponential() / rate
        if rng.standard_exponential() > 0.5 * (z - rate) ** 2:
            return z


@kernel
def inverse_gamma(rng, shape, scale):
    """Draw from the density proportional to x^(-shape - 1) exp(-scale / x)."""
    return scale / rng.standard_gamma(shape)


@kernel
def inverse_wishart(rng, scale, df, n, out):
    """Draw ``out[:n, :n]`` ~ IW(scale, df), density |X|^(-(df+n+1)/2) exp(-tr(scale X^-1)/2).

    Bartlett: with scale = C C' and A lower triangular (chi and normal entries), X = B B' where
    B' solves A B' = C'. ``scale`` is overwritten by C.
    """
    cholesky(scale, n)
    bartlett = np.zeros((n, n))
    rows = np.empty((n, n))
    for a in range(n):
        bartlett[a, a] = math.sqrt(2.0 * rng.standard_gamma(0.5 * (df - a)))
        for b in range(a):
            bartlett[a, b] = rng.standard_normal()
    column = np.empty(n)
    for k in range(n):
        for a in range(n):
            column[a] = scale[k, a] if a <= k else 0.0
        solve_lower(bartlett, column, n)
        for a in range(n):
            rows[k, a] = column[a]
    for a in range(n):
        for b in range(n):
            total = 0.0
            for k in range(n):
                total += rows[a, k] * rows[b, k]
            out[a, b] = total
