"""The mass matrix of a block of Hamiltonian Monte Carlo: an estimate of its posterior precision.

The sum of the rows' outer products of scores (Berndt et al. 1974), averaged over a window of the
warm-up, plus the prior's precision. A row knows the effects of its own cluster only, so the tail's
part is D = diag(D_1, ..., D_J), and with tail before head M = [[D, C'], [C, A]] = R R' for

    R = [[T, 0], [B, L]],  T_j T_j' = D_j,  B_j = C_j T_j'^-1,  L L' = A - sum_j B_j B_j'.
"""

import math

import numpy as np

from tutorkit.kernels.jit import kernel, step
from tutorkit.kernels.linalg import cholesky, solve_lower, solve_upper
from tutorkit.kernels.selection import GRADIENT, evaluate_rows, fill_effects
from tutorkit.kernels.theta import (
    fill_natural,
    head_size,
    own_equation,
    read_theta,
    tail_width,
)
from tutorkit.kernels.vectors import add, add_product, divide, multiply, sum_of_products


@step
def add_information(plan, state, s):
    """Add the rows' information about theta, as it stands, to the window of block s.

    See `tutorkit.kernels.selection.hold`.
    """
    n = head_size(plan, s) + tail_width(plan, s) * state.effect.shape[0]
    theta, unused = np.empty(n), np.zeros(n)
    read_theta(plan, state, s, theta)
    fill_natural(plan, state, s, theta)
    fill_effects(plan, state, s, theta)
    n_rows, few = plan.cluster.size, state.values.size
    for begin in range(0, n_rows, few):
        end = min(begin + few, n_rows)
        evaluate_rows(plan, state, s, theta, unused, GRADIENT, begin, end)
        _add_rows(plan, state, s, theta, begin, end)
    state.window_count[s] += 1.0


@kernel
def _add_rows(plan, state, s, theta, begin, end):
    """Add the rows ``begin`` to ``end`` - 1, whose derivatives have just been computed."""
    n_head, width, n = head_size(plan, s), tail_width(plan, s), end - begin
    _fill_scores(plan, state, s, theta, begin, end)
    scores = state.scores
    for k in range(n_head):
        for m in range(k + 1):
            state.head_information[s, k, m] += sum_of_products(scores[k], scores[m, :n])
    for j in range(plan.cluster[begin], plan.cluster[end - 1] + 1 if width > 0 else 0):
        low = max(plan.cluster_start[j], begin) - begin
        high = min(plan.cluster_start[j + 1], end) - begin
        for c in range(width):
            x = scores[n_head + c, low:high]
            for d in range(c + 1):
                value = sum_of_products(x, scores[n_head + d, low:high])
                state.tail_information[s, c, d, j] += value
            for k in range(n_head):
                state.cross_information[s, k, c, j] += sum_of_products(x, scores[k, low:high])


@kernel
def _fill_scores(plan, state, s, theta, begin, end):
    """Write each row's derivatives with respect to theta, the tail being its own cluster's."""
    _fill_natural_scores(plan, state, s, theta, begin, end)
    n_head, n = head_size(plan, s), end - begin
    for m in range(n_head):
        out = state.scores[m, :n]
        for i in range(n):
            out[i] = 0.0
        for k in range(n_head):
            weight, x = state.jacobian[k, m], state.natural_scores[k]
            if weight != 0.0:
                add(weight, x, out)


@kernel
def _fill_natural_scores(plan, state, s, theta, begin, end):
    """Write the derivatives with respect to natural parameters, and those for the tail."""
    e, own = plan.block_equation[s], own_equation(plan, s)
    scores, natural, d_h, d_mu, n = (
        state.scores,
        state.natural_scores,
        state.d_h,
        state.d_mu,
        end - begin,
    )
    at, n_head = 0, head_size(plan, s)
    for t in range(plan.term_start[e], plan.random_start[e]):
        if plan.selected_term[t]:
            _fill(natural[at], state.d_b, state.others[t - plan.term_start[e], begin:end])
        else:
            _fill(natural[at], d_h, state.design[plan.place[t], begin:end])
        at += 1
    if own >= 0:
        for t in range(plan.term_start[own], plan.random_start[own]):
            _fill(natural[at], d_mu, state.design[plan.place[t], begin:end])
            at += 1
        for i in range(n):
            natural[at, i] = state.d_log_sigma2[i]
    at = n_head
    if plan.block_tau[s]:
        scale = math.exp(0.5 * state.natural[n_head - 1])
        for i in range(n):
            scores[at, i] = scale * d_h[i]
            z = theta[n_head + plan.cluster[begin + i]]
            natural[n_head - 1, i] = 0.5 * z * scores[at, i]
        at += 1
    if own >= 0:
        first, r = plan.random_start[own], plan.term_start[own + 1] - plan.random_start[own]
        for b in range(r):
            for i in range(n):
                value = 0.0
                for a in range(b, r):
                    value += state.own_root[a, b] * state.design[plan.place[first + a], begin + i]
                scores[at + b, i] = d_mu[i] * value


@kernel
def _fill(out, x, y):
    """Write x times y to ``out``."""
    for i in range(y.size):
        out[i] = x[i] * y[i]


@kernel
def close_window(plan, state, s):
    """Make the window's mean information, its correlations shrunk a little, the mass matrix."""
    e, own = plan.block_equation[s], own_equation(plan, s)
    n_head, width = head_size(plan, s), tail_width(plan, s)
    count = state.window_count[s]
    keep = count / (count + 5.0)
    head, cross, tail = state.mass_head[s], state.mass_cross[s], state.mass_tail[s]
    for k in range(n_head):
        for m in range(k + 1):
            head[k, m] = state.head_information[s, k, m] / count * (1.0 if k == m else keep)
            state.head_information[s, k, m] = 0.0
        head[k, k] += 1.0  # of a log variance: the prior leaves it open
    at = 0
    for t in range(plan.term_start[e], plan.random_start[e]):
        head[at, at] += plan.prior_precision[t] - 1.0
        at += 1
    if own >= 0:
        for t in range(plan.term_start[own], plan.random_start[own]):
            head[at, at] += plan.prior_precision[t] - 1.0
            at += 1
    root, x = np.empty((width, width)), np.empty(width)
    for j in range(plan.cluster_start.size - 1):
        for c in range(width):
            for d in range(c + 1):
                value = state.tail_information[s, c, d, j] / count
                root[c, d] = value + 1.0 if c == d else keep * value
                state.tail_information[s, c, d, j] = 0.0
        cholesky(root, width)
        for c in range(width):
            for d in range(c + 1):
                tail[c, d, j] = root[c, d]
        for k in range(n_head):
            for c in range(width):
                x[c] = keep * state.cross_information[s, k, c, j] / count
                state.cross_information[s, k, c, j] = 0.0
            solve_lower(root, x, width)
            for c in range(width):
                cross[k, c, j] = x[c]
            for m in range(k + 1):
                for c in range(width):
                    head[k, m] -= x[c] * cross[m, c, j]
    cholesky(head, n_head)
    state.window_count[s] = 0.0


@kernel
def colour(plan, state, s, x):
    """Overwrite x by R x, head before tail."""
    root, cross, tail = state.mass_head[s], state.mass_cross[s], state.mass_tail[s]
    n_head, width, n_clusters = head_size(plan, s), tail_width(plan, s), tail.shape[2]
    for k in range(n_head - 1, -1, -1):
        value = 0.0
        for m in range(k + 1):
            value += root[k, m] * x[m]
        for c in range(width):
            value += sum_of_products(cross[k, c], x[n_head + c * n_clusters :][:n_clusters])
        x[k] = value
    for c in range(width - 1, -1, -1):
        there = x[n_head + c * n_clusters :][:n_clusters]
        multiply(tail[c, c], there)
        for d in range(c):
            add_product(1.0, tail[c, d], x[n_head + d * n_clusters :], there)


@kernel
def whiten(plan, state, s, x):
    """Overwrite x by R^-1 x."""
    cross, tail = state.mass_cross[s], state.mass_tail[s]
    n_head, width, n_clusters = head_size(plan, s), tail_width(plan, s), tail.shape[2]
    for c in range(width):
        there = x[n_head + c * n_clusters :][:n_clusters]
        for d in range(c):
            add_product(-1.0, tail[c, d], x[n_head + d * n_clusters :], there)
        divide(tail[c, c], there)
        for k in range(n_head):
            x[k] -= sum_of_products(cross[k, c], there)
    solve_lower(state.mass_head[s], x, n_head)


@kernel
def solve_root_transposed(plan, state, s, x):
    """Overwrite x by R'^-1 x."""
    cross, tail = state.mass_cross[s], state.mass_tail[s]
    n_head, width, n_clusters = head_size(plan, s), tail_width(plan, s), tail.shape[2]
    solve_upper(state.mass_head[s], x, n_head)
    for c in range(width - 1, -1, -1):
        there = x[n_head + c * n_clusters :][:n_clusters]
        for k in range(n_head):
            add(-x[k], cross[k, c], there)
        for d in range(c + 1, width):
            add_product(-1.0, tail[d, c], x[n_head + d * n_clusters :], there)
        divide(tail[c, c], there)
