"""Draw the complete chapter data and calibrate them to the chapter's complete-data table."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tutorkit.arrays import Floats
from tutorkit.reml.core import Moments, Profile, cross_products, minimise, relative_factor

N_CLUSTERS, CLUSTER_SIZE = 30, 20
N = N_CLUSTERS * CLUSTER_SIZE
CLUSTER = np.repeat(np.arange(N_CLUSTERS), CLUSTER_SIZE)

SEED = 2803  # selected among 4,000, see README.md

BETA = np.array([0.0, 1.0, 1.0, 1.0, 1.0])  # of 1, x1, x2, x3, x2*x3
TAU = np.array([[0.2, 0.1], [0.1, 0.2]])
SIGMA2 = 1.0

# REML estimates to hit: those printed, moved inside their rounding interval where the printed
# limits of the intervals need it (x1 1.0138, x2*x3 1.0265, slope variance .1765).
HIT_BETA = np.array([-0.11, 1.0138, 0.99, 1.00, 1.0265])
HIT_SIGMA2, HIT_TAU00, HIT_TAU11, HIT_RHO = 0.95, 0.20, 0.1765, 0.59

T_QUANTILE = 1.964  # between those of 591 and 374 degrees of freedom, for both tables
START = np.array([0.45, 0.25, 0.3])  # theta near every fit of these data


def columns_of(data: dict[str, Floats]) -> Floats:
    """Return 1, x1, x2, x3, x2*x3, y in columns, (n, 6)."""
    x1, x2, x3 = data["x1i"], data["x2i"], data["x3i"]
    return np.column_stack([np.ones(len(x1)), x1, x2, x3, x2 * x3, data["y"]])


def focal_moments(products: Floats, n: int) -> Moments:
    """Return the moments of y ~ x1 x2 x3 x2*x3 | x1 for cross-products of `columns_of`."""
    return Moments(products, 5, np.array([0, 1]), n)


def figures(theta: Floats, best: Profile, moments: Moments) -> Floats:
    """Return the 25 figures of a half of table 7.1, given the fit `minimise` returns.

    In order: estimates, standard errors, lower and upper limits (5 each), sigma2, tau00, tau11,
    rho01, ICC.
    """
    beta, sigma2 = best.beta[0], best.sigma2[0]
    se = np.sqrt(np.diag(best.covariance[0]))
    factor = relative_factor(theta, 2)
    tau = sigma2 * factor @ factor.T
    rho = tau[0, 1] / np.sqrt(tau[0, 0] * tau[1, 1])
    between = float((tau * moments.products[:, :2, :2].sum(0)).sum()) / moments.n
    icc = between / (between + sigma2)
    limits = beta - T_QUANTILE * se, beta + T_QUANTILE * se
    return np.concatenate([beta, se, *limits, [sigma2, tau[0, 0], tau[1, 1], rho, icc]])


def complete_data() -> dict[str, Floats]:
    """Return y, x1i, x2i, x3i, (600,) each, rounded to 4 decimals, before anything is deleted."""
    rng = np.random.default_rng(SEED)
    data = _draw_predictors(rng)
    u = rng.standard_normal((N_CLUSTERS, 2)) @ np.linalg.cholesky(TAU).T
    e = np.sqrt(SIGMA2) * rng.standard_normal(N)
    return data | {"y": _calibrated_outcome(data, u, e)}


def _draw_predictors(rng: np.random.Generator) -> dict[str, Floats]:
    """Draw predictors whose regressions are exactly the medians of the chapter's Blimp output.

    They are redrawn until x2*x3 has the SD that its raw and standardized coefficients imply.
    """
    while True:
        x3 = _residual(rng, 0.95)
        x2 = -0.04 + 0.34 * x3 + _residual(rng, 0.869, x3)
        x1 = 0.025 + 0.33 * x2 + 0.294 * x3 + _residual(rng, 0.782, x2, x3)
        if 1.06 < (x2 * x3).std() < 1.08:
            return {"x1i": x1.round(4), "x2i": x2.round(4), "x3i": x3.round(4)}


def _residual(rng: np.random.Generator, variance: float, *predictors: Floats) -> Floats:
    """Draw normal values exactly uncorrelated with ``predictors`` and of exact variance."""
    z = rng.standard_normal(N)
    x = np.column_stack([np.ones(N), *predictors])
    z -= x @ np.linalg.lstsq(x, z, rcond=None)[0]
    scaled: Floats = z * np.sqrt(variance * (N - x.shape[1]) / (z @ z))
    return scaled


def _calibrated_outcome(data: dict[str, Floats], u: Floats, e: Floats) -> Floats:
    """Return y whose REML estimates are the printed ones.

    Variances first: u is recoloured and e rescaled until they fit. Then the coefficients: adding
    X delta to y moves the estimates by delta and leaves the rest alone, as REML is equivariant.
    """
    x = columns_of(data | {"y": np.zeros(N)})[:, :5]
    wanted = np.array([HIT_SIGMA2, HIT_TAU00, HIT_TAU11, HIT_RHO])
    colour, scale, theta = np.eye(2), 1.0, START
    for _ in range(200):
        y = x @ BETA + (x[:, :2] * (u @ colour.T)[CLUSTER]).sum(1) + scale * e
        moments = focal_moments(cross_products(np.column_stack([x, y]), CLUSTER), N)
        theta, best = minimise(moments, theta)
        now = figures(theta, best, moments)
        found = now[20:24]
        if np.abs(found - wanted).max() < 1e-8:
            shifted: Floats = y + x @ (HIT_BETA - now[:5])
            return shifted.round(4)
        colour = _cholesky(wanted[1:]) @ np.linalg.inv(_cholesky(found[1:])) @ colour
        scale *= np.sqrt(HIT_SIGMA2 / found[0])
    raise RuntimeError("the calibration of the variances did not converge")


def _cholesky(parts: ArrayLike) -> Floats:
    """Return the Cholesky factor of the covariance matrix given as two variances and rho."""
    t00, t11, rho = np.asarray(parts, dtype=np.float64)
    cov = rho * np.sqrt(t00 * t11)
    return np.linalg.cholesky(np.array([[t00, cov], [cov, t11]]))
