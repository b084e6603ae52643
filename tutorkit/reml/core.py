"""The profiled REML deviance of a mixed model with one grouping factor, and its minimum.

Works on cross-products within clusters, so its cost does not depend on the number of rows. Arrays
run over (K values of theta, r random effects, J clusters, m columns).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tutorkit.arrays import Floats

PROBE = 1e-5  # step of the differenced Hessian
CONVERGED = 1e-10  # Newton decrement, in deviance units, whose step is the last one taken
MAX_STEPS = 200
N_STARTS = 16
N_CLIMBS = 3


class Moments(NamedTuple):
    """All REML needs of the data: cross-products of the columns (X, further Z, y) per cluster."""

    products: Floats  # (J, m, m)
    p: int  # the first p columns have fixed coefficients
    random: NDArray[np.intp]  # (r,) the columns whose coefficients vary over clusters
    n: int  # rows


class Profile(NamedTuple):
    """The REML deviance at K values of theta, with what is profiled out of it."""

    deviance: Floats  # (K,) minus twice the restricted log likelihood
    gradient: Floats  # (K, q)
    beta: Floats  # (K, p)
    covariance: Floats  # (K, p, p) of beta
    sigma2: Floats  # (K,)


def cross_products(columns: Floats, cluster: NDArray[np.intp]) -> Floats:
    """Return W'W of every cluster, (J, m, m), for W = ``columns`` (n, m) and codes 0 .. J - 1."""
    order = np.argsort(cluster, kind="stable")
    first = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    rows = columns[order]
    return np.add.reduceat(rows[:, :, None] * rows[:, None, :], first, axis=0)


@cache
def _lower(r: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the row and column of each element of theta (np.tril_indices is slow)."""
    return np.tril_indices(r)


def relative_factor(theta: Floats, r: int) -> Floats:
    """Return Lambda (..., r, r), lower triangular with tau = sigma2 * Lambda Lambda'."""
    factor = np.zeros((*theta.shape[:-1], r, r))
    factor[(..., *_lower(r))] = theta
    return factor


def profile(theta: Floats, moments: Moments) -> Profile:
    """Return the profiled REML deviance and its gradient at ``theta`` (K, r(r + 1)/2).

    With G = I + Lambda'Z'Z Lambda in each cluster, V^-1 = I - Z Lambda G^-1 Lambda'Z', and the
    deviance is sum log|G| + log|X'V^-1 X| + (n - p)(1 + log(2 pi sigma2)) with
    sigma2 = y'(V^-1 - V^-1 X (X'V^-1 X)^-1 X'V^-1) y / (n - p) (Bates et al., 2015, eq. 39-41).
    """
    products, p, random, n = moments
    k, r, (j, m) = len(theta), random.size, products.shape[:2]
    factor = relative_factor(theta, r)
    zw = products[:, random].swapaxes(0, 1)  # (r, J, m): Z'W
    half = (factor.mT @ zw.reshape(r, j * m)).reshape(k, r, j, m)  # Lambda'Z'W
    g = half[..., random] @ factor[:, None]  # (K, r, J, r)
    g += np.eye(r)[:, None]
    log_g, solved = _eliminate(g, half)  # (K,) and (K, r, J, m): Lambda'Z'V^-1 W
    fitted = half.reshape(k, r * j, m).mT @ solved.reshape(k, r * j, m)
    whole = products.sum(0) - fitted  # (K, m, m): W'V^-1 W
    spread = np.linalg.inv(whole[:, :p, :p])
    beta = (spread @ whole[:, :p, -1:])[..., 0]
    rss = whole[:, -1, -1] - (whole[:, -1, :p] * beta).sum(1)
    rss = np.maximum(rss, 1e-14 * products[:, -1, -1].sum())  # rounding must not make it negative
    sigma2 = rss / (n - p)
    log_spread = np.linalg.slogdet(spread)[1]
    deviance = log_g - log_spread + (n - p) * (1 + np.log(2 * np.pi * sigma2))
    # d deviance / d Lambda = 2 sum_j (Z'V^-1 Z - Z'V^-1 W C W'V^-1 Z) Lambda, where C holds
    # (X'V^-1 X)^-1 and the outer product of (-beta, 1) / sigma. As Lambda is multiplied in from
    # the start, nothing is ever divided by it.
    contrast = np.zeros((k, m))
    contrast[:, :p], contrast[:, -1] = -beta, 1.0
    c = contrast[:, :, None] * contrast[:, None] / sigma2[:, None, None]
    c[:, :p, :p] += spread
    part = zw - np.einsum("kbja,kbjm->kajm", half[..., random], solved)  # Z'V^-1 W
    part_c = (part.reshape(k, r * j, m) @ c).reshape(k, r, j * m)
    slope = solved[..., random].sum(2).mT - part_c @ solved.reshape(k, r, j * m).mT
    gradient = 2 * slope[(..., *_lower(r))]
    return Profile(deviance, gradient, beta, spread * sigma2[:, None, None], sigma2)


def _eliminate(g: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Return sum log|G| (K,) and G^-1 ``right`` by Gauss-Jordan, all clusters at once.

    ``g`` is (K, r, J, r), ``right`` (K, r, J, m). No pivoting: G - I is positive semidefinite.
    """
    r = g.shape[1]
    both = np.concatenate([g, right], axis=3)
    log_det = np.zeros(len(g))
    for i in range(r):
        pivot = both[:, i, :, i]
        log_det += np.log(pivot).sum(1)
        row = both[:, i] / pivot[..., None]
        both -= both[..., i, None] * row[:, None]
        both[:, i] = row
    return log_det, both[..., r:]


def minimise(moments: Moments, start: Floats | None = None) -> tuple[Floats, Profile]:
    """Return the theta (q,) of least REML deviance; row 0 of the profile belongs to it.

    From ``start`` alone when it is given (a warm start, for a chain of similar problems); else
    from the best few of fixed random starts, as the deviance may have several minima.
    """
    size = moments.random.size * (moments.random.size + 1) // 2
    if start is not None or not size:
        return _newton(np.zeros(0) if start is None else start, moments)
    rng = np.random.default_rng(0)
    scale = 10.0 ** rng.uniform(-1.5, 1.5, (N_STARTS, 1))
    starts = scale * rng.standard_normal((N_STARTS, size))
    height = [profile(one[None], moments).deviance[0] for one in starts]
    ends = [_newton(starts[i], moments) for i in np.argsort(height)[:N_CLIMBS]]
    return min(ends, key=lambda end: float(end[1].deviance[0]))


def _newton(theta: Floats, moments: Moments) -> tuple[Floats, Profile]:
    """Return the minimum reached from ``theta``; row 0 of the profile belongs to it.

    Newton steps with the curvature made positive, halved until they descend. The signs of Lambda
    are free, so the deviance is smooth and a singular fit is an ordinary stationary point.
    """
    probes = np.vstack([np.zeros(theta.size), PROBE * np.eye(theta.size)])
    now = profile(theta + probes, moments)
    for _ in range(MAX_STEPS if theta.size else 0):
        hessian = (now.gradient[1:] - now.gradient[0]) / PROBE
        curvature, axes = np.linalg.eigh((hessian + hessian.T) / 2)
        steepness = np.abs(curvature).max() + 1e-12
        along = axes.T @ now.gradient[0]
        bend = np.maximum(np.abs(curvature), 1e-6 * steepness)
        step = -axes @ (along / bend)
        last = (along**2 / bend).sum() < CONVERGED
        if last and curvature[0] < -1e-6 * steepness:  # a saddle, as where a variance is 0
            step, last = 0.1 * axes[:, 0], False
        step *= min(1.0, (1 + 2 * np.linalg.norm(theta)) / (np.linalg.norm(step) + 1e-300))
        allowed = now.deviance[0] + 1e-12 * (1 + abs(now.deviance[0]))
        after = profile(theta + step + probes, moments)
        while after.deviance[0] > allowed:
            step /= 2
            if np.linalg.norm(step) < 1e-10:  # no descent left but rounding
                return theta, now
            after = profile(theta + step + probes, moments)
        theta, now = theta + step, after
        if last:
            break
    return theta, now
