"""Draw an equation's coefficients and cluster effects together, and its residual variance."""

import math

import numpy as np

from tutorkit.kernels.distributions import inverse_gamma
from tutorkit.kernels.jit import kernel, step
from tutorkit.kernels.linalg import cholesky, copy_lower, draw_from_precision
from tutorkit.kernels.terms import dot, n_rows
from tutorkit.kernels.vectors import add, add_product, copy, divide, sum_of_products


@step
def fill_products(plan, state, e):
    """Sum W'W over all rows and Z'W over each cluster.

    W = [fixed terms, random terms, outcome], Z = [random terms]. What is a sum of others already
    made, or the same as another, is not made anew from the rows. These are taken some clusters at
    a time, so that they are read from far away once.
    """
    first, middle = plan.term_start[e], plan.random_start[e]
    p, r = middle - first, plan.term_start[e + 1] - middle
    size, total, products = p + r + 1, state.total[e], state.products
    for a in range(size):
        for b in range(a + 1):
            total[a, b] = 0.0
    n_clusters, begin = plan.cluster_start.size - 1, plan.cluster_start[0]  # 0
    while begin < n_clusters:
        end = begin + 1
        limit = plan.cluster_start[begin] + state.values.size
        while end < n_clusters and plan.cluster_start[end + 1] <= limit:
            end += 1
        _add_products(plan, state, e, first, p, r, begin, end)
        begin = end
    for a in range(size):
        known = _random_column(plan, first, p, r, a)
        for b in range(a + 1):
            other = _random_column(plan, first, p, r, b)
            if known >= 0:
                total[a, b] = _sum(products[known, b])
            elif other >= 0:
                total[a, b] = _sum(products[other, a])
            total[b, a] = total[a, b]


@kernel
def _add_products(plan, state, e, first, p, r, begin, end):
    """Do so with the rows of the clusters ``begin`` to ``end`` - 1."""
    total, products = state.total[e], state.products
    low, high = plan.cluster_start[begin], plan.cluster_start[end]
    for k in range(r):
        z = state.design[plan.place[first + p + k]]
        for a in range(p + r + 1):
            known, out = _random_column(plan, first, p, r, a), products[k, a, begin:end]
            if 0 <= known < k:
                copy(products[known, p + k, begin:end], out)
            elif p <= a < p + r and plan.twin[first + a] >= 0:
                copy(products[k, plan.twin[first + a] - first, begin:end], out)
            else:
                x = _column(plan, state, e, first, p + r, a)
                _sum_clusters(plan.cluster_start[begin : end + 1], z, x, out)
    for a in range(p + r + 1):
        if _random_column(plan, first, p, r, a) < 0:
            x = _column(plan, state, e, first, p + r, a)
            for b in range(a + 1):
                if _random_column(plan, first, p, r, b) < 0:
                    y = _column(plan, state, e, first, p + r, b)
                    if plan.level[e] == 2:
                        for j in range(begin, end):
                            total[a, b] += x[plan.cluster_start[j]] * y[plan.cluster_start[j]]
                    else:
                        total[a, b] += sum_of_products(x[low:high], y[low:high])


@kernel
def _random_column(plan, first, p, r, a):
    """Return which random term is the same as column a of W, or -1."""
    if a < p:
        same = plan.twin[first + a]
        return same - first - p if same >= 0 else -1
    return a - p if a < p + r else -1


@kernel
def _column(plan, state, e, first, n_terms, a):
    """Return column a of W."""
    if a == n_terms:
        return state.columns[plan.outcome[e]]
    return state.design[plan.place[first + a]]


@kernel
def _sum_clusters(start, x, y, out):
    """Sum x times y over the rows of each cluster; ``start`` (n + 1,) says where they begin."""
    for j in range(out.size):
        value = 0.0
        for i in range(start[j], start[j + 1]):
            value += x[i] * y[i]
        out[j] = value


@kernel
def _sum(x):
    value = 0.0
    for j in range(x.size):
        value += x[j]
    return value


@step
def draw_coefficients(rng, plan, state, e):
    """Draw (beta, u) given the variances: beta with u integrated out, then u given beta.

    With Sigma = L L', K_j = L' Z_j'Z_j L + sigma2 I = C_j C_j' and Q_j = C_j^-1 L' Z_j' [X_j o_j],
    the precision of beta is (X'X - sum Q_X' Q_X) / sigma2 and u_j = L C_j^-T (Q_o - Q_X beta +
    sigma z): no inverse of Sigma, so a nearly singular one does no harm. Reads `fill_products`.
    Each loop over clusters runs on whole vectors.
    """
    first, middle = plan.term_start[e], plan.random_start[e]
    p, r = middle - first, plan.term_start[e + 1] - middle
    sigma2, total, reduced = state.sigma2[e], state.total[e], state.reduced
    chol = np.empty((r, r))
    copy_lower(state.tau[e], chol, r)
    cholesky(chol, r)
    _reduce_clusters(state, p, r, chol, sigma2)
    precision, mean = np.empty((p, p)), np.empty(p)
    for a in range(p):
        mean[a] = total[a, p + r]
        for k in range(r):
            mean[a] -= sum_of_products(reduced[k, a], reduced[k, p])
        mean[a] /= sigma2
        for b in range(a + 1):
            value = total[a, b]
            for k in range(r):
                value -= sum_of_products(reduced[k, a], reduced[k, b])
            precision[a, b] = value / sigma2
        precision[a, a] += plan.prior_precision[first + a]
    draw_from_precision(rng, precision, mean, p)
    for a in range(p):
        state.coefficient[first + a] = mean[a]
    if r > 0:
        _draw_effects(rng, state, middle, p, r, chol, math.sqrt(sigma2), mean)


@kernel
def _reduce_clusters(state, p, r, chol, sigma2):
    """Set ``state.factor`` to C_j and ``state.reduced`` to Q_j of `draw_coefficients`."""
    products, factor, reduced = state.products, state.factor, state.reduced
    n_clusters = factor.shape[2]
    for a in range(r):
        for b in range(a + 1):
            out = factor[a, b]
            for j in range(n_clusters):
                out[j] = sigma2 if a == b else 0.0
            for k in range(a, r):
                for m in range(b, r):
                    add(chol[k, a] * chol[m, b], products[k, p + m], out)
    for c in range(r):  # their Cholesky factors; the pivots are sigma2 at least
        pivot = factor[c, c]
        for k in range(c):
            add_product(-1.0, factor[c, k], factor[c, k], pivot)
        for j in range(n_clusters):
            pivot[j] = math.sqrt(max(pivot[j], 1e-15 * sigma2))
        for a in range(c + 1, r):
            out = factor[a, c]
            for k in range(c):
                add_product(-1.0, factor[a, k], factor[c, k], out)
            divide(pivot, out)
    for c in range(p + 1):
        source = c if c < p else p + r
        for a in range(r):  # forward substitution, row by row
            out, pivot = reduced[a, c], factor[a, a]
            for j in range(n_clusters):
                out[j] = 0.0
            for k in range(a, r):
                add(chol[k, a], products[k, source], out)
            for k in range(a):
                add_product(-1.0, factor[a, k], reduced[k, c], out)
            divide(pivot, out)


@kernel
def _draw_effects(rng, state, middle, p, r, chol, sigma, beta):
    """Draw each cluster's effects given the coefficients."""
    reduced, factor = state.reduced, state.factor
    n_clusters = factor.shape[2]
    for k in range(r):
        z = reduced[k, p]
        for a in range(p):
            add(-beta[a], reduced[k, a], z)
        for j in range(n_clusters):
            z[j] += sigma * rng.standard_normal()
    for k in range(r - 1, -1, -1):  # back substitution, row by row
        z, pivot = reduced[k, p], factor[k, k]
        for m in range(k + 1, r):
            add_product(-1.0, factor[m, k], reduced[m, p], z)
        divide(pivot, z)
    for a in range(r):
        for j in range(n_clusters):
            effect = 0.0
            for k in range(a + 1):
                effect += chol[a, k] * reduced[k, p, j]
            state.effect[j, middle + a] = effect


@step
def draw_residual_variance(rng, plan, state, e):
    """Draw sigma2 | residuals ~ InvGamma(shape + n/2, scale + sum of squares/2)."""
    residual = state.residual[e]
    squares = dot(plan, e, residual, residual)
    state.sigma2[e] = inverse_gamma(
        rng, plan.residual_shape[e] + 0.5 * n_rows(plan, e), plan.residual_scale[e] + 0.5 * squares
    )
