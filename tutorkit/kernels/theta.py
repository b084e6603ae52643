"""What a block of Hamiltonian Monte Carlo moves, as one vector theta.

The *natural* parameters are: gamma, the coefficients of the block's equation; if a variable is
integrated out beta and log sigma2 of that variable's own equation; log tau of the random
intercepts, if these are all the equation's cluster effects. Where the variable itself predicts its
missingness, with coefficient b, these are strongly and not linearly correlated, and the *head* of
theta is in their place

    w = asinh(b sqrt(V)),  g = (gamma + b beta) / S,  log tau - 2 log S,  S = cosh(w),

V being the variable's conditional variance in a typical row where it is missing and beta the
coefficient of the same term in its own equation (0 if there is none): g are nearly the
coefficients of a probit model in which the variable is integrated out.

The *tail* has one value for each cluster in turn: the intercepts over sqrt(tau); the standardised
cluster effects of the variable's own equation, z with u = L z, where L is the Cholesky factor of
their covariance matrix, which is held.
"""

import math

import numpy as np

from tutorkit.kernels.jit import kernel
from tutorkit.kernels.linalg import cholesky, copy_lower, solve_lower


@kernel
def own_equation(plan, s):
    """Return the equation of the variable that block s integrates out, or -1."""
    return plan.own[plan.block_variable[s]] if plan.block_variable[s] >= 0 else -1


@kernel
def head_size(plan, s):
    """Return the length of theta's head."""
    e, own = plan.block_equation[s], own_equation(plan, s)
    size = plan.random_start[e] - plan.term_start[e] + plan.block_tau[s]
    if own >= 0:
        size += plan.random_start[own] - plan.term_start[own] + 1
    return size


@kernel
def tail_width(plan, s):
    """Return how many values of theta's tail each cluster has."""
    own = own_equation(plan, s)
    width = plan.block_tau[s]
    if own >= 0:
        width += plan.term_start[own + 1] - plan.random_start[own]
    return width


@kernel
def fill_natural(plan, state, s, theta):
    """Compute natural parameters from theta, and ``state.jacobian``, their derivatives.

    ``jacobian[k, m]`` is that of natural parameter k with respect to theta m. Return the logarithm
    of its determinant; ``state.d_determinant`` receives the derivatives of that.
    """
    e, own, n_head = plan.block_equation[s], own_equation(plan, s), head_size(plan, s)
    natural, jacobian, slope = state.natural, state.jacobian, state.d_determinant
    for k in range(n_head):
        natural[k] = theta[k]
        slope[k] = 0.0
        for m in range(n_head):
            jacobian[k, m] = 1.0 if k == m else 0.0
    at = plan.block_main[s]
    if at < 0:
        return 0.0
    first, n_gamma = plan.term_start[e], plan.random_start[e] - plan.term_start[e]
    at_sigma2 = n_gamma + plan.random_start[own] - plan.term_start[own]
    precision = math.exp(-theta[at_sigma2])
    variance = 1.0 / (precision + state.typical_info[0])
    root, share = math.sqrt(variance), 0.5 * variance * precision
    c, size = math.sinh(theta[at]), math.cosh(theta[at])
    b = c / root
    for k in range(n_gamma):
        if k != at:
            natural[k] = size * theta[k]
            jacobian[k, k] = size
            jacobian[k, at] = c * theta[k]
            same = plan.same_term[first + k]
            if same >= 0:
                m = n_gamma + same - plan.term_start[own]
                natural[k] -= b * theta[m]
                jacobian[k, at] -= size / root * theta[m]
                jacobian[k, m] = -b
                jacobian[k, at_sigma2] = share * b * theta[m]
    natural[at] = b
    jacobian[at, at] = size / root
    jacobian[at, at_sigma2] = -share * b
    slope[at] = n_gamma * c / size
    slope[at_sigma2] = -share
    if plan.block_tau[s]:
        natural[n_head - 1] += 2.0 * math.log(size)
        jacobian[n_head - 1, at] = 2.0 * c / size
    return n_gamma * math.log(size) - math.log(root)


@kernel
def _standardise(plan, state, s, theta):
    """Turn the natural parameters in theta's head into what moves: `fill_natural` undone."""
    at = plan.block_main[s]
    if at < 0:
        return
    e, own = plan.block_equation[s], own_equation(plan, s)
    first, n_gamma = plan.term_start[e], plan.random_start[e] - plan.term_start[e]
    at_sigma2 = n_gamma + plan.random_start[own] - plan.term_start[own]
    b = theta[at]
    scaled = b / math.sqrt(math.exp(-theta[at_sigma2]) + state.typical_info[0])
    size = math.sqrt(1.0 + scaled * scaled)
    for k in range(n_gamma):
        same = plan.same_term[first + k]
        if k != at and same >= 0:
            theta[k] += b * theta[n_gamma + same - plan.term_start[own]]
        theta[k] /= size
    theta[at] = math.asinh(scaled)
    if plan.block_tau[s]:
        theta[head_size(plan, s) - 1] -= 2.0 * math.log(size)


@kernel
def read_theta(plan, state, s, theta):
    """Make theta from ``state``; keep L in ``state.own_root``. Reads what `hold` set aside."""
    e, own = plan.block_equation[s], own_equation(plan, s)
    n_clusters = state.effect.shape[0]
    k = 0
    for t in range(plan.term_start[e], plan.random_start[e]):
        theta[k] = state.coefficient[t]
        k += 1
    if own >= 0:
        for t in range(plan.term_start[own], plan.random_start[own]):
            theta[k] = state.coefficient[t]
            k += 1
        theta[k] = math.log(state.sigma2[own])
        k += 1
    if plan.block_tau[s]:
        theta[k] = math.log(state.tau[e, 0, 0])
        k += 1
        root = math.sqrt(state.tau[e, 0, 0])
        for j in range(n_clusters):
            theta[k + j] = state.effect[j, plan.random_start[e]] / root
        k += n_clusters
    if own >= 0:
        first = plan.random_start[own]
        r = plan.term_start[own + 1] - first
        copy_lower(state.tau[own], state.own_root, r)
        cholesky(state.own_root, r)
        z = np.empty(r)
        for j in range(n_clusters):
            for a in range(r):
                z[a] = state.effect[j, first + a]
            solve_lower(state.own_root, z, r)
            for a in range(r):
                theta[k + a * n_clusters + j] = z[a]
    _standardise(plan, state, s, theta)


@kernel
def write_theta(plan, state, s, theta):
    """Copy theta into ``state``."""
    e, own = plan.block_equation[s], own_equation(plan, s)
    fill_natural(plan, state, s, theta)
    natural = state.natural
    n_clusters = state.effect.shape[0]
    k = 0
    for t in range(plan.term_start[e], plan.random_start[e]):
        state.coefficient[t] = natural[k]
        k += 1
    if own >= 0:
        for t in range(plan.term_start[own], plan.random_start[own]):
            state.coefficient[t] = natural[k]
            k += 1
        state.sigma2[own] = math.exp(natural[k])
        k += 1
    if plan.block_tau[s]:
        state.tau[e, 0, 0] = math.exp(natural[k])
        k += 1
        root = math.sqrt(state.tau[e, 0, 0])
        for j in range(n_clusters):
            state.effect[j, plan.random_start[e]] = root * theta[k + j]
        k += n_clusters
    if own >= 0:
        first = plan.random_start[own]
        for a in range(plan.term_start[own + 1] - first):
            for j in range(n_clusters):
                effect = 0.0
                for b in range(a + 1):
                    effect += state.own_root[a, b] * theta[k + b * n_clusters + j]
                state.effect[j, first + a] = effect
