"""Scalar draws and tails of the distributions the sampler needs."""

import math

import numpy as np

from tutorkit.kernels.jit import inlined, kernel
from tutorkit.kernels.linalg import cholesky, solve_lower

LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)
INVERSE_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)


@inlined
def is_number(x):
    """Return whether x is neither nan nor infinite.

    `math.isfinite` tests x - x, which is taken for 0 where sums may be reordered.
    """
    return -1e300 < x < 1e300


@inlined
def mills(x):
    """Return the Mills ratio (1 - Phi(x)) / phi(x) for x >= 0, relative error below 2e-15."""
    return scaled_mills(x) / (1.0 + x)


@inlined
def scaled_mills(x):
    """Return (1 + x) times the Mills ratio of x >= 0, a smooth function of (x - 5) / (x + 5).

    Here by its Chebyshev interpolant of degree 21 (the mapping of Shepherd & Laframboise 1981,
    Math. Comp. 36:249). There is no branch and no call, so that loops over rows use vector
    instructions.
    """
    y = (x - 5.0) / (x + 5.0)
    p = 5.771413037482433e-09
    p = p * y + 5.197901681300586e-09
    p = p * y - 6.509384678110504e-08
    p = p * y - 5.662983329887891e-08
    p = p * y + 4.7524077637330406e-07
    p = p * y + 3.0810006863715586e-07
    p = p * y - 3.263339861314699e-06
    p = p * y - 1.6594891101354953e-07
    p = p * y + 2.2702161072115786e-05
    p = p * y - 2.481140521369043e-05
    p = p * y - 0.00013437172580700628
    p = p * y + 0.00045704584047061026
    p = p * y + 1.9530094685833695e-05
    p = p * y - 0.00420129074075825
    p = p * y + 0.01634823134821019
    p = p * y - 0.03802659213427906
    p = p * y + 0.06150504583598427
    p = p * y - 0.0661776007824102
    p = p * y + 0.025072179301737007
    p = p * y + 0.07778159886882079
    p = p * y - 0.2294875382521134
    p = p * y + 1.1568486282918942
    return p


@inlined
def normal_density(x):
    """Return phi(x), relative error below 1e-12, without a branch or a call.

    exp(-z) = exp(-z / 1024)^1024, z = min(x^2 / 2, 740), by a Taylor series and ten squarings.
    """
    z = min(0.5 * x * x, 740.0) / -1024.0
    p = 4.779477332387385e-14
    p = p * z + 7.647163731819816e-13
    p = p * z + 1.1470745597729725e-11
    p = p * z + 1.6059043836821613e-10
    p = p * z + 2.08767569878681e-09
    p = p * z + 2.505210838544172e-08
    p = p * z + 2.755731922398589e-07
    p = p * z + 2.7557319223985893e-06
    p = p * z + 2.48015873015873e-05
    p = p * z + 0.0001984126984126984
    p = p * z + 0.001388888888888889
    p = p * z + 0.008333333333333333
    p = p * z + 0.041666666666666664
    p = p * z + 0.16666666666666666
    p = p * z + 0.5
    p = p * z + 1.0
    p = p * z + 1.0
    for _ in range(10):
        p = p * p
    return p * INVERSE_SQRT_2PI


@inlined
def inverse_mills(t):
    """Return phi(t) / Phi(t)."""
    x = abs(t)
    p, q, density = scaled_mills(x), 1.0 + x, normal_density(x)
    above = q * (density if t >= 0.0 else 1.0)
    return above / (q - density * p if t >= 0.0 else p)


@kernel
def log_normal_cdf(t):
    """Return log Phi(t), to full relative accuracy in both tails."""
    if t < 0.0:
        return math.log(mills(-t)) - 0.5 * t * t - LOG_SQRT_2PI
    return math.log1p(-mills(t) * math.exp(-0.5 * t * t) * INVERSE_SQRT_2PI)


@kernel
def log_normal_cdfs(t, ratio, first, last):
    """Return the sum of log Phi(t[i]), i from first to last - 1, given phi(t)/Phi(t).

    log Phi(t) = log phi(t) - log(phi(t) / Phi(t)); one logarithm serves many rows.
    """
    value, product = 0.0, 1.0
    for i in range(first, last):
        if t[i] < 5.0:
            value -= 0.5 * t[i] * t[i] + LOG_SQRT_2PI
            product *= ratio[i]
            if not 1e-100 < product < 1e100:
                value -= math.log(product)
                product = 1.0
        else:  # nearly 0: the difference would be lost to rounding
            value += log_normal_cdf(t[i])
    return value - math.log(product)


@kernel
def log_interval(low, high):
    """Return log(Phi(high) - Phi(low)) for low < high."""
    if low > 0.0:
        low, high = -high, -low
    top = log_normal_cdf(high)
    return top + math.log1p(-math.exp(log_normal_cdf(low) - top))


@kernel
def truncated_normal(rng, low, high):
    """Draw z ~ N(0, 1) given low < z < high (Robert 1995, with a normal proposal where it is best).

    A bound at 1e10 or beyond is none. A bound that is not finite returns nan.
    """
    if not (is_number(low) and is_number(high)):
        return math.nan
    if low + high < 0.0:  # the mirror image, so that the interval's nearer end is ``low``
        return -_truncated_above(rng, -high, -low)
    return _truncated_above(rng, low, high)


@kernel
def _truncated_above(rng, low, high):
    """Draw N(0, 1) on (low, high), low + high >= 0."""
    if high - low < 1.0:  # uniform proposals: phi falls by less than e where they are taken
        best = max(low, 0.0)
        narrow = min(high, low + 1.0 / max(low, 1.0))
        if high <= narrow:
            while True:
                z = low + (high - low) * rng.random()
                if rng.standard_exponential() > 0.5 * (z * z - best * best):
                    return z
    if low < 0.45:
        while True:
            z = rng.standard_normal()
            if low < z < high:
                return z
    if low > 1e8:  # its square may overflow; the excess over low is exponential to 16 digits
        return low + rng.standard_exponential() / low
    rate = 0.5 * (low + math.sqrt(low * low + 4.0))
    while True:
        z = low + rng.standard_exponential() / rate
        if z < high and rng.standard_exponential() > 0.5 * (z - rate) ** 2:
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
