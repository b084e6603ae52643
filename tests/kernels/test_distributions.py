"""Scalar draws and tails against mpmath and scipy."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from scipy import stats
from scipy.special import digamma, polygamma
from toy import LEAST_P, MANY

from tutorkit.kernels import distributions
from tutorkit.kernels.jit import entry_point

N_DRAWS = 5 * MANY  # single draws are cheap, and a wrong tail shows late


@entry_point
def log_cdf(t):
    """Call `log_normal_cdf` from Python."""
    return distributions.log_normal_cdf(t)


@entry_point
def log_interval(low, high):
    """Call `log_interval` from Python."""
    return distributions.log_interval(low, high)


@entry_point
def fill_tails(t, ratio, inverse, density):
    """Fill the outputs by `mills` of abs(t), `inverse_mills` and `normal_density`, as loops do."""
    for k in range(t.size):
        ratio[k] = distributions.mills(abs(t[k]))
        inverse[k] = distributions.inverse_mills(t[k])
        density[k] = distributions.normal_density(t[k])


@entry_point
def fill_truncated(rng, low, high, out):
    """Fill ``out`` by `truncated_normal`."""
    for k in range(out.size):
        out[k] = distributions.truncated_normal(rng, low, high)


@entry_point
def fill_inverse_gamma(rng, shape, scale, out):
    """Fill ``out`` by `inverse_gamma`."""
    for k in range(out.size):
        out[k] = distributions.inverse_gamma(rng, shape, scale)


@entry_point
def fill_inverse_wishart(rng, scale, df, out):
    """Fill ``out`` (n_draws, n, n) by `inverse_wishart`."""
    for k in range(out.shape[0]):
        distributions.inverse_wishart(rng, scale.copy(), df, scale.shape[0], out[k])


def cdf(t: float) -> mpmath.mpf:
    """Return Phi(t)."""
    return mpmath.erfc(-mpmath.mpf(t) / mpmath.sqrt(2)) / 2


# -1e4 to 38, dense in the middle, with the places where formulas join
TAILS = np.unique(
    np.concatenate(
        [
            -np.geomspace(10, 1e4, 200),
            np.linspace(-40, 37.5, 1241),
            [s * x for x in (0.0, 1e-300, 1e-9, 5.0 - 1e-9, 5.0, 5.0 + 1e-9) for s in (-1, 1)],
        ]
    )
)


def test_tails_keep_relative_accuracy():
    """1e-12 relative; phi(t) itself is subnormal beyond 37.5 and kept as 1e-322 beyond 38.5."""
    ratio, inverse, density = (np.empty(TAILS.size) for _ in range(3))
    fill_tails(TAILS, ratio, inverse, density)
    with mpmath.workdps(60):
        for k, t in enumerate(TAILS):
            phi = mpmath.npdf(mpmath.mpf(t))
            exact = mpmath.log1p(-cdf(-t)) if t > 0 else mpmath.log(cdf(t))
            assert abs(log_cdf(t) / exact - 1) < 1e-12, t
            assert abs(inverse[k] / (phi / cdf(t)) - 1) < 1e-12, t
            assert abs(ratio[k] / (cdf(-abs(t)) / phi) - 1) < 1e-13, t
            if abs(t) < 37.5:
                assert abs(density[k] / phi - 1) < 1e-12, t


def test_tails_at_the_ends_are_finite_or_minus_infinity():
    t = np.array([38.0, 40.0, 1e5, -1e5, -1e100])
    ratio, inverse, density = (np.empty(t.size) for _ in range(3))
    fill_tails(t, ratio, inverse, density)
    assert density.max() < 1e-313
    assert inverse[0] == pytest.approx(2.885428e-314, rel=1e-6)
    assert (inverse[1:3] < 1e-313).all()
    np.testing.assert_allclose(inverse[3:], -t[3:], rtol=1e-9)
    assert [log_cdf(x) for x in (38.5, 1e5)] == [0.0, 0.0]
    assert log_cdf(-1e200) == -np.inf


INTERVALS = [
    (-1e30, 1e30), (-1e30, -3.0), (2.0, 1e30), (-1e30, 40.0), (-1.0, 1.0), (0.0, 1.0), (-2.5, 0.0),
    (-1e30, -1e3), (1e3, 1e30), (30.0, 31.0), (-300.0, -299.0), (5.0, 5.5), (-8.0, 9.0),
    (1.0, 1.0 + 1e-3), (-12.0, -12.0 + 1e-3), (20.0, 20.0 + 1e-4), (-1e-5, 1e-5), (1e-7, 2e-6),
]  # fmt: skip


@pytest.mark.parametrize(("low", "high"), INTERVALS)
def test_log_interval_is_the_log_of_a_difference(low, high):
    """Rounding of log Phi(high), and so of Phi(high), counts more the narrower the interval is."""
    with mpmath.workdps(60):
        a, b = (low, high) if low + high < 0 else (-high, -low)
        difference = cdf(b) - cdf(a)
        exact = float(mpmath.log(difference))
        amplified = float(cdf(b) / difference * (1 - mpmath.log(cdf(b))))
    assert abs(log_interval(low, high) - exact) < 2e-15 * (abs(exact) + amplified)


TRUNCATIONS = [
    # one-sided, near the joins of methods and far out
    (-8.0, 1e30), (-1.0, 1e30), (0.0, 1e30), (0.4499, 1e30), (0.45, 1e30), (1.5, 1e30),
    (6.0, 1e30), (12.0, 1e30), (36.0, 1e30), (-1e30, -6.0), (-1e30, 0.3), (-1e30, 1e30),
    # two-sided: wide, with and without 0; narrow; in both tails
    (-1.0, 1.0), (-2.0, 0.5), (0.2, 0.9), (0.2, 1.3), (0.44, 2.5), (0.5, 1.5), (0.5, 3.0),
    (-3.0, -1.0), (2.0, 2.3), (2.0, 2.5), (2.0, 3.1), (5.0, 5.19), (5.0, 5.21), (5.0, 6.5),
    (-0.3, 0.3), (-0.45, 0.5), (-0.01, 0.02), (-0.9, 0.05), (1.0, 1.0 + 1e-9),
    (-4.0, 1e-3), (9.0, 9.01),
    (-30.0, -29.0), (20.0, 20.001),
]  # fmt: skip


@pytest.mark.parametrize(("low", "high"), TRUNCATIONS)
def test_truncated_normal_has_its_distribution(low, high):
    """A slightly wrong envelope moves the distribution by about 0.01: hence so many draws."""
    out = np.empty(10 * N_DRAWS)
    fill_truncated(np.random.default_rng(3), low, high, out)
    assert out.min() > low
    assert out.max() < high
    bounds = [x if abs(x) < 1e10 else np.sign(x) * np.inf for x in (low, high)]
    assert stats.kstest(out, stats.truncnorm(*bounds).cdf).pvalue > LEAST_P


@pytest.mark.parametrize("low", [100.0, 1e6])
@pytest.mark.parametrize("side", [1, -1])
def test_truncated_normal_is_exponential_far_out(low, side):
    """(z - low) low tends to a standard exponential; the difference is of order low^-2."""
    out = np.empty(N_DRAWS)
    bounds = (low, 1e30) if side == 1 else (-1e30, -low)
    fill_truncated(np.random.default_rng(4), *bounds, out)
    excess = (side * out - low) * low
    assert stats.kstest(excess + excess**2 / (2 * low**2), stats.expon.cdf).pvalue > LEAST_P


@pytest.mark.parametrize(("low", "width"), [(1e3, 1e-3), (1e5, 5e-6), (1e6, 1e-6)])
def test_truncated_normal_is_an_exponential_cut_off_in_a_far_narrow_interval(low, width):
    out = np.empty(N_DRAWS)
    fill_truncated(np.random.default_rng(5), low, low + width, out)
    exact = stats.truncexpon(b=low * width, scale=1 / low)
    assert stats.kstest(out - low, exact.cdf).pvalue > LEAST_P


@pytest.mark.parametrize(
    "bounds",
    [
        (np.nan, 1.0), (0.0, np.nan), (-np.inf, 0.0), (0.0, np.inf),
        (1e160, 1e200), (-1e290, -1e160), (1e200, 1e200),
    ],
)  # fmt: skip
def test_truncated_normal_of_an_impossible_bound_is_nan_and_ends(bounds):
    out = np.zeros(1)
    fill_truncated(np.random.default_rng(6), *bounds, out)
    assert np.isnan(out[0])


@pytest.mark.parametrize(("shape", "scale"), [(0.5, 1.0), (1.0, 0.5), (20.5, 13.0), (300.0, 1e-3)])
def test_inverse_gamma_has_its_distribution(shape, scale):
    out = np.empty(N_DRAWS)
    fill_inverse_gamma(np.random.default_rng(5), shape, scale, out)
    assert stats.kstest(out, stats.invgamma(shape, scale=scale).cdf).pvalue > LEAST_P


SCALES = {
    1: np.array([[0.7]]),
    2: np.array([[1.0, -0.8], [-0.8, 2.0]]),
    3: np.array([[1.0, 0.5, 0.1], [0.5, 3.0, -1.2], [0.1, -1.2, 0.9]]),
}


@pytest.mark.parametrize("n", SCALES)
@pytest.mark.parametrize("excess", [0.3, 7.0])
def test_inverse_wishart_has_its_distribution(n, excess):
    """For every a: a'Xa is inverse gamma, a'X^-1 a / a'S^-1 a is chi squared (Muirhead 1982, 3.2).

    In one dimension both are the same statement; in more, the second one fixes the degrees of
    freedom, the first the dimension.
    """
    scale, df = SCALES[n], n - 1 + excess
    rng = np.random.default_rng(6)
    out = np.empty((N_DRAWS, n, n))
    fill_inverse_wishart(rng, scale, df, out)
    np.testing.assert_array_equal(out, out.transpose(0, 2, 1))
    for a in [*np.eye(n), *rng.standard_normal((3, n))]:
        forward = stats.invgamma((df - n + 1) / 2, scale=a @ scale @ a / 2)
        assert stats.kstest(out @ a @ a, forward.cdf).pvalue > LEAST_P
        if excess > 1:  # with less the inverse is not accurate enough
            inverse = np.linalg.inv(out) @ a @ a / (a @ np.linalg.inv(scale) @ a)
            assert stats.kstest(inverse, stats.chi2(df).cdf).pvalue > LEAST_P


def test_inverse_wishart_has_its_mean_and_log_determinant():
    """Within five Monte Carlo standard errors; log |X| is a sum of independent log chi squared's.

    The relative standard error of its variance is sqrt((kurtosis - 1) / n), kurtosis below 4.
    """
    n, df = 3, 12.0
    scale = SCALES[n]
    out = np.empty((N_DRAWS, n, n))
    fill_inverse_wishart(np.random.default_rng(7), scale, df, out)
    error = out.std(axis=0) / np.sqrt(N_DRAWS)
    assert (abs(out.mean(axis=0) - scale / (df - n - 1)) < 5 * error).all()
    halves = (df - np.arange(n)) / 2
    log_determinant = np.linalg.slogdet(out)[1]
    expected = np.linalg.slogdet(scale)[1] - n * np.log(2) - digamma(halves).sum()
    variance = polygamma(1, halves).sum()
    assert abs(log_determinant.mean() - expected) < 5 * np.sqrt(variance / N_DRAWS)
    assert log_determinant.var() == pytest.approx(variance, rel=5 * np.sqrt(3 / N_DRAWS))
