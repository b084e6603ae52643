"""Draw an equation's coefficients and cluster effects together, and its residual variance."""

import math

import numpy as np

from tutorkit.kernels.distributions import inverse_gamma
from tutorkit.kernels.jit import kernel
from tutorkit.kernels.linalg import (
    cholesky,
    copy_lower,
    draw_from_precision,
    solve_upper,
)
from tutorkit.kernels.terms import dot, n_rows


@kernel
def fill_products(plan, state, e):
    """Sum W'W over all rows and Z'W over each cluster.

    W = [fixed terms, random terms, outcome], Z = [random terms].
    """
    first, middle = plan.term_start[e], plan.random_start[e]
    size = plan.term_start[e + 1] - first + 1
    total = state.total[e]
    for a in range(size):
        x = _column(plan, state, e, first, size, a)
        for b in range(a + 1):
            y = _column(plan, state, e, first, size, b)
            value = dot(plan, e, x, y)
            total[a, b] = value
            total[b, a] = value
    cluster_start, products = plan.cluster_start, state.products
    for k in range(plan.term_start[e + 1] - middle):
        z = state.design[middle + k]
        for a in range(size):
            x = _column(plan, state, e, first, size, a)
            for j in range(cluster_start.size - 1):
                value = 0.0
                for i in range(cluster_start[j], cluster_start[j + 1]):
                    value += z[i] * x[i]
                products[j, k, a] = value


@kernel
def _column(plan, state, e, first, size, a):
    """Return column a of W."""
    if a == size - 1:
        return state.columns[plan.outcome[e]]
    return state.design[first + a]


@kernel
def draw_coefficients(rng, plan, state, e):
    """Draw (beta, u) given the variances: beta with u integrated out, then u given beta.

    With Sigma = L L', K_j = L' Z_j'Z_j L + sigma2 I = C_j C_j' and Q_j = C_j^-1 L' Z_j' [X_j o_j],
    the precision of beta is (X'X - sum Q_X' Q_X) / sigma2 and u_j = L C_j^-T (Q_o - Q_X beta +
    sigma z): no inverse of Sigma, so a nearly singular one does no harm. Reads `fill_products`.
    """
    first, middle = plan.term_start[e], plan.random_start[e]
    p, r = middle - first, plan.term_start[e + 1] - middle
    sigma2 = state.sigma2[e]
    sigma = math.sqrt(sigma2)
    total = state.total[e]
    precision = np.empty((p, p))
    mean = np.empty(p)
    for a in range(p):
        mean[a] = total[a, p + r]
        for b in range(p):
            precision[a, b] = total[a, b]
    chol = np.empty((r, r))
    copy_lower(state.tau[e], chol, r)
    cholesky(chol, r)
    n_clusters = plan.cluster_start.size - 1
    for j in range(n_clusters if r > 0 else 0):
        _reduce_cluster(state, j, p, r, chol, sigma2)
        reduced = state.reduced[j]
        for k in range(r):
            for a in range(p):
                mean[a] -= reduced[k, a] * reduced[k, p]
                for b in range(a + 1):
                    precision[a, b] -= reduced[k, a] * reduced[k, b]
    for a in range(p):
        mean[a] /= sigma2
        for b in range(a + 1):
            precision[a, b] /= sigma2
        precision[a, a] += plan.prior_precision[first + a]
    draw_from_precision(rng, precision, mean, p)
    for a in range(p):
        state.coefficient[first + a] = mean[a]
    z = np.empty(r)
    for j in range(n_clusters if r > 0 else 0):
        reduced = state.reduced[j]
        for k in range(r):
            z[k] = reduced[k, p] + sigma * rng.standard_normal()
            for a in range(p):
                z[k] -= reduced[k, a] * mean[a]
        solve_upper(state.factor[j], z, r)
        for a in range(r):
            effect = 0.0
            for k in range(a + 1):
                effect += chol[a, k] * z[k]
            state.effect[j, middle + a] = effect


@kernel
def _reduce_cluster(state, j, p, r, chol, sigma2):
    """Set ``state.factor[j]`` to C_j and ``state.reduced[j]`` to Q_j of `draw_coefficients`."""
    products, factor, reduced = state.products[j], state.factor[j], state.reduced[j]
    for a in range(r):
        for b in range(a + 1):
            value = 0.0
            for k in range(a, r):
                for m in range(b, r):
                    value += chol[k, a] * products[k, p + m] * chol[m, b]
            factor[a, b] = value
        factor[a, a] += sigma2
    cholesky(factor, r)
    for c in range(p + 1):
        source = c if c < p else p + r
        for a in range(r):  # forward substitution, row by row
            value = 0.0
            for k in range(a, r):
                value += chol[k, a] * products[k, source]
            for k in range(a):
                value -= factor[a, k] * reduced[k, c]
            reduced[a, c] = value / factor[a, a]


@kernel
def draw_residual_variance(rng, plan, state, e):
    """Draw sigma2 | residuals ~ InvGamma(shape + n/2, scale + sum of squares/2)."""
    residual = state.residual[e]
    squares = dot(plan, e, residual, residual)
    state.sigma2[e] = inverse_gamma(
        rng, plan.residual_shape[e] + 0.5 * n_rows(plan, e), plan.residual_scale[e] + 0.5 * squares
    )
