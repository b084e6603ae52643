"""Draw the (co)variances of an equation's cluster effects."""

import math

import numpy as np

from tutorkit.kernels.distributions import inverse_wishart
from tutorkit.kernels.jit import kernel
from tutorkit.kernels.slices import VARIANCE, slice_step

LOG_BOUND = 600.0  # of a variance: exp(600) and its inverse are still numbers


@kernel
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


@kernel
def draw_variance(rng, plan, state, e):
    """Draw the variance tau of a single random effect given beta, the effects integrated out.

    A slice step on log tau. Reads `fill_products`, and leaves the cluster effects to be drawn
    next, by `draw_coefficients`.
    """
    first = plan.term_start[e]
    p = plan.random_start[e] - first
    for j in range(state.score.size):  # Z_j'(o_j - X_j beta)
        products = state.products[j, 0]
        score = products[p + 1]
        for a in range(p):
            score -= products[a] * state.coefficient[first + a]
        state.score[j] = score
    here = math.log(state.tau[e, 0, 0])
    there = slice_step(rng, plan, state, VARIANCE, e, here, 2.0, -LOG_BOUND, LOG_BOUND)
    state.tau[e, 0, 0] = math.exp(there)
