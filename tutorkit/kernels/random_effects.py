"""Draw the (co)variances of an equation's cluster effects."""

import math

import numpy as np

from tutorkit.kernels.distributions import inverse_wishart
from tutorkit.kernels.jit import kernel, step
from tutorkit.kernels.linalg import cholesky, copy_lower, draw_from_precision, solve_lower
from tutorkit.kernels.slices import VARIANCE, slice_step

LOG_BOUND = 600.0  # of a variance: exp(600) and its inverse are still numbers


@step
def draw_covariance(rng, plan, state, e):
    """Draw Sigma | u ~ IW(prior scale I + sum_j u_j u_j', prior df + J)."""
    middle = plan.random_start[e]
    r = plan.term_start[e + 1] - middle
    n_clusters = state.effect.shape[0]
    scale = np.zeros((r, r))
    for a in range(r):
        for b in range(a + 1):
            for j in range(n_clusters):
                scale[a, b] += state.effect[j, middle + a] * state.effect[j, middle + b]
        scale[a, a] += plan.random_scale[e]
    inverse_wishart(rng, scale, plan.random_df[e] + n_clusters, r, state.tau[e])


@step
def redraw_root(rng, plan, state, e):
    """Draw Sigma = L L' once more, given standardised effects z_j, u_j = L z_j, held fixed.

    Interweaving (Yu & Meng 2011, JCGS 20:531): what mixes slowly given u mixes well given z. The
    outcome is linear in L, so L is proposed from its normal likelihood and accepted by the ratio
    of priors; the density of L has |L_aa|^(-a - df - 1), a = 0, 1, ..., times
    exp(-scale trace(Sigma^-1) / 2), and does not mind the signs of its columns.
    """
    first, middle = plan.term_start[e], plan.random_start[e]
    p, r = middle - first, plan.term_start[e + 1] - middle
    n = r * (r + 1) // 2
    root, proposal, z = np.empty((r, r)), np.empty((r, r)), np.empty(r)
    copy_lower(state.tau[e], root, r)
    cholesky(root, r)
    precision, mean, products = np.zeros((n, n)), np.zeros(n), state.products
    for j in range(state.effect.shape[0]):
        for a in range(r):
            z[a] = state.effect[j, middle + a]
        solve_lower(root, z, r)
        for a in range(r):
            score = products[a, p + r, j]
            for k in range(p):
                score -= products[a, k, j] * state.coefficient[first + k]
            for b in range(a + 1):
                row = a * (a + 1) // 2 + b
                mean[row] += score * z[b] / state.sigma2[e]
                for c in range(a + 1):
                    for d in range(c + 1):
                        column = c * (c + 1) // 2 + d
                        value = z[b] * z[d] * products[a, p + c, j]
                        precision[row, column] += value / state.sigma2[e]
    draw_from_precision(rng, precision, mean, n)
    for a in range(r):
        for b in range(a + 1):
            proposal[a, b] = mean[a * (a + 1) // 2 + b]
    ratio = _log_prior(plan, e, proposal, r) - _log_prior(plan, e, root, r)
    if not -rng.standard_exponential() < ratio:
        return
    for j in range(state.effect.shape[0]):
        for a in range(r):
            z[a] = state.effect[j, middle + a]
        solve_lower(root, z, r)
        for a in range(r):
            effect = 0.0
            for b in range(a + 1):
                effect += proposal[a, b] * z[b]
            state.effect[j, middle + a] = effect
    for a in range(r):
        for b in range(r):
            value = 0.0
            for k in range(min(a, b) + 1):
                value += proposal[a, k] * proposal[b, k]
            state.tau[e, a, b] = value


@kernel
def _log_prior(plan, e, root, r):
    """Return the log prior density of L."""
    value = 0.0
    column = np.empty(r)
    for a in range(r):
        value -= (a + plan.random_df[e] + 1.0) * math.log(abs(root[a, a]))
        for k in range(r):
            column[k] = 1.0 if k == a else 0.0
        solve_lower(root, column, r)
        for k in range(r):
            value -= 0.5 * plan.random_scale[e] * column[k] ** 2
    return value


@step
def draw_variance(rng, plan, state, e):
    """Draw the variance tau of a single random effect given beta, the effects integrated out.

    A slice step on log tau. Reads `fill_products`, and leaves the cluster effects to be drawn
    next, by `draw_coefficients`.
    """
    first = plan.term_start[e]
    p = plan.random_start[e] - first
    score = state.score  # Z_j'(o_j - X_j beta)
    for j in range(score.size):
        score[j] = state.products[0, p + 1, j]
    for a in range(p):
        coefficient, x = state.coefficient[first + a], state.products[0, a]
        for j in range(score.size):
            score[j] -= coefficient * x[j]
    here = math.log(state.tau[e, 0, 0])
    there = slice_step(rng, plan, state, VARIANCE, e, here, 2.0, -LOG_BOUND, LOG_BOUND)
    state.tau[e, 0, 0] = math.exp(there)
