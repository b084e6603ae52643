"""Draw the (co)variances of an equation's cluster effects."""

import math

import numpy as np

from tutorkit.kernels.distributions import inverse_wishart
from tutorkit.kernels.jit import kernel


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

    A slice step (Neal 2003, stepping out and shrinking) on log tau. Reads `fill_products`, and
    leaves the cluster effects to be drawn next, by `draw_coefficients`.
    """
    p = plan.random_start[e] - plan.term_start[e]
    first = plan.term_start[e]
    n_clusters = plan.cluster_start.size - 1
    score = np.empty(n_clusters)  # Z_j'(o_j - X_j beta)
    for j in range(n_clusters):
        score[j] = state.products[j, p, p + 1]
        for a in range(p):
            score[j] -= state.products[j, p, a] * state.coefficient[first + a]
    here = math.log(state.tau[e, 0, 0])
    level = _log_density(plan, state, e, here, score) - rng.standard_exponential()
    width = 2.0
    low = here - width * rng.random()
    high = low + width
    while _log_density(plan, state, e, low, score) > level:
        low -= width
    while _log_density(plan, state, e, high, score) > level:
        high += width
    while True:
        there = low + (high - low) * rng.random()
        if _log_density(plan, state, e, there, score) >= level:
            break
        if there < here:
            low = there
        else:
            high = there
    state.tau[e, 0, 0] = math.exp(there)


@kernel
def _log_density(plan, state, e, log_tau, score):
    """Return log p(log tau | beta, sigma2, outcome), cluster effects integrated out."""
    p = plan.random_start[e] - plan.term_start[e]
    sigma2, tau = state.sigma2[e], math.exp(log_tau)
    shape, scale = 0.5 * plan.random_df[e], 0.5 * plan.random_scale[e]
    value = -shape * log_tau - scale / tau
    product = 1.0
    for j in range(score.size):
        ratio = 1.0 + tau * state.products[j, p, p] / sigma2
        value += 0.5 * tau * (score[j] / sigma2) ** 2 / ratio
        product *= ratio
        if product > 1e200:  # one logarithm for many clusters
            value -= 0.5 * math.log(product)
            product = 1.0
    return value - 0.5 * math.log(product)
