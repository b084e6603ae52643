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
def tail(t):
    """Call `normal_tail` from Python."""
    return distributions.normal_tail(t)


@entry_point
def fill_truncated(rng, lower, out):
    """Fill ``out`` by `truncated_normal`."""
    for k in range(out.size):
        out[k] = distributions.truncated_normal(rng, lower)


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


def exact_tail(t: float) -> tuple[mpmath.mpf, mpmath.mpf]:
    with mpmath.workdps(60):
        cdf = mpmath.erfc(-mpmath.mpf(t) / mpmath.sqrt(2)) / 2
        return mpmath.log(cdf), mpmath.npdf(t) / cdf


LOWER_TAIL = [-1e4, -1234.5, -100.0, -40.0, -38.0, -25.0, -20.0 - 1e-9, -20.0, -20.0 + 1e-9,
              *np.linspace(-19.97, 1.0, 60)]  # fmt: skip
UPPER_TAIL = np.linspace(1.0, 8.0, 29)


@pytest.mark.parametrize("t", LOWER_TAIL)
def test_normal_tail_keeps_relative_accuracy_in_the_lower_tail(t):
    exact, found = exact_tail(t), tail(t)
    assert abs(found[0] / exact[0] - 1) < 2e-13
    assert abs(found[1] / exact[1] - 1) < 2e-13


@pytest.mark.parametrize("t", UPPER_TAIL)
def test_normal_tail_keeps_the_ratio_s_relative_accuracy_in_the_upper_tail(t):
    """The log, nearly 0 there, is only accurate to rounding of the probability itself."""
    exact, found = exact_tail(t), tail(t)
    assert abs(found[0] - exact[0]) < 2.3e-16
    assert abs(found[1] / exact[1] - 1) < 2e-14


def test_normal_tail_at_the_ends_is_finite_or_minus_infinity():
    assert tail(40.0) == (0.0, pytest.approx(0.0, abs=1e-300))
    log_cdf, ratio = tail(-1e200)
    assert log_cdf == -np.inf
    assert ratio == pytest.approx(1e200)


@pytest.mark.parametrize("lower", [-8.0, -1.0, 0.0, 0.4499, 0.45, 0.5, 1.5, 6.0, 12.0, 36.0])
def test_truncated_normal_has_its_distribution(lower):
    """A slightly wrong envelope moves the distribution by about 0.01: hence so many draws."""
    out = np.empty(10 * N_DRAWS)
    fill_truncated(np.random.default_rng(3), lower, out)
    assert out.min() > lower
    assert stats.kstest(out, stats.truncnorm(lower, np.inf).cdf).pvalue > LEAST_P


@pytest.mark.parametrize("lower", [100.0, 1e6])
def test_truncated_normal_is_exponential_far_out(lower):
    """(z - lower) lower tends to a standard exponential; the difference is of order lower^-2."""
    out = np.empty(N_DRAWS)
    fill_truncated(np.random.default_rng(4), lower, out)
    excess = (out - lower) * lower
    assert stats.kstest(excess + excess**2 / (2 * lower**2), stats.expon.cdf).pvalue > LEAST_P


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
