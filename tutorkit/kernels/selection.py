"""Probit equations with the latent propensity integrated out, and with it a variable.

Block s is an equation of a binary outcome: eta = h + b v + N(0, 1), its sign known. In a selection
model the outcome is the missingness of v, and v itself may be among its predictors. In a row where
v is missing, the equations that v predicts, other than this one, say
exp(info_b v - info_a v^2 / 2); with v's own equation, N(mu, sigma2), this completes the square to
v ~ N(m, V), V = 1 / (1/sigma2 + info_a), m = V (mu/sigma2 + info_b), with normalising constant Z,
and the row's density is Z Phi(t), t = sign (h + b m) / sqrt(1 + b^2 V). Where v is observed the
same formulas hold with m = v and V = 0, and Z becomes N(v; mu, sigma2).

What moves is theta (`tutorkit.kernels.theta`).
"""

import math

import numpy as np

from tutorkit.kernels.distributions import inverse_mills, log_normal_cdfs
from tutorkit.kernels.jit import kernel, step
from tutorkit.kernels.missing_values import fill_lines
from tutorkit.kernels.terms import add_random_part
from tutorkit.kernels.theta import fill_natural, head_size, own_equation, tail_width
from tutorkit.kernels.vectors import sum_of_products

# what `evaluate` returns; numpy's booleans, for numba would compile a copy for each Python one
GRADIENT, DENSITY = np.array([False, True])


@step
def hold(plan, state, s):
    """Set aside what stays fixed while the block moves."""
    e, v = plan.block_equation[s], plan.block_variable[s]
    if not plan.block_tau[s]:
        for i in range(state.offset.size):
            state.offset[i] = 0.0
        add_random_part(plan, state, e, 1.0, state.offset)
    for i in range(plan.cluster.size):
        state.sign[i] = 2.0 * state.category[s, i] - 1.0
    if v < 0:
        return
    first = plan.term_start[e]
    for t in range(first, plan.random_start[e]):
        if plan.selected_term[t]:
            _fill_other_factors(plan, state, t, v, state.others[t - first])
    known, column, info_a, info_b = state.known, state.columns[v], state.info_a, state.info_b
    for i in range(known.size):
        known[i] = column[i]
    info = 0.0
    start, stop = plan.missing_start[v], plan.missing_start[v + 1]
    for begin in range(start, stop, state.values.size):
        rows = plan.missing_first[begin : min(begin + state.values.size, stop)]
        for r in range(rows.size):
            known[rows[r]] = info_a[rows[r]] = info_b[rows[r]] = 0.0
        for q in range(plan.see_start[v], plan.see_start[v + 1]):
            f = plan.see[q]
            if f != e and f != plan.own[v]:
                fill_lines(plan, state, v, q, rows)
                slope, residual = state.line[1], state.residual[f]
                precision = 1.0 / state.sigma2[f]
                for r in range(rows.size):
                    i = rows[r]
                    info_a[i] += precision * slope[r] * slope[r]
                    info_b[i] += precision * slope[r] * (residual[i] + slope[r] * column[i])
        for r in range(rows.size):
            info += info_a[rows[r]]
    state.typical_info[0] = info / max(stop - start, 1)


@kernel
def _fill_other_factors(plan, state, t, v, out):
    """Write the product of the factors of term t that are not v."""
    for i in range(out.size):
        out[i] = 1.0
    for f in range(plan.factor_start[t], plan.factor_start[t + 1]):
        if plan.factor[f] != v:
            column = state.columns[plan.factor[f]]
            for i in range(out.size):
                out[i] *= column[i]


@kernel
def evaluate(plan, state, s, theta, gradient, density):
    """Write the gradient of the block's log density at theta.

    Return the log density, up to a constant, if ``density`` is DENSITY: it costs a third more.
    """
    e, own = plan.block_equation[s], own_equation(plan, s)
    first, n_gamma = plan.term_start[e], plan.random_start[e] - plan.term_start[e]
    n_head, n_clusters = head_size(plan, s), plan.cluster_start.size - 1
    for k in range(n_head + tail_width(plan, s) * n_clusters):
        gradient[k] = 0.0
    value = fill_natural(plan, state, s, theta)
    natural = state.natural
    fill_effects(plan, state, s, theta)
    n_rows = plan.cluster.size
    for begin in range(0, n_rows, state.values.size):
        end = min(begin + state.values.size, n_rows)
        value += evaluate_rows(plan, state, s, theta, gradient, density, begin, end)
    for k in range(n_gamma):
        gradient[k] -= plan.prior_precision[first + k] * natural[k]
        value -= 0.5 * plan.prior_precision[first + k] * natural[k] ** 2
    if own >= 0:
        n_beta = plan.random_start[own] - plan.term_start[own]
        for k in range(n_gamma, n_gamma + n_beta):
            prior = plan.prior_precision[plan.term_start[own] + k - n_gamma]
            gradient[k] -= prior * natural[k]
            value -= 0.5 * prior * natural[k] ** 2
        log_sigma2 = natural[n_gamma + n_beta]
        prior = plan.residual_scale[own] * math.exp(-log_sigma2)
        gradient[n_gamma + n_beta] += prior - plan.residual_shape[own]
        value -= plan.residual_shape[own] * log_sigma2 + prior
    tail = n_head
    if plan.block_tau[s]:
        log_tau = natural[n_head - 1]
        scale = math.exp(0.5 * log_tau)
        d_scale = 0.0
        for j in range(tail, tail + n_clusters):
            d_scale += theta[j] * gradient[j]
            gradient[j] = scale * gradient[j] - theta[j]
            value -= 0.5 * theta[j] ** 2
        prior = 0.5 * plan.random_scale[e] / scale**2
        gradient[n_head - 1] = 0.5 * scale * d_scale - 0.5 * plan.random_df[e] + prior
        value -= 0.5 * plan.random_df[e] * log_tau + prior
        tail += n_clusters
    if own >= 0:
        r = plan.term_start[own + 1] - plan.random_start[own]
        for b in range(r):
            for j in range(n_clusters):
                z = theta[tail + b * n_clusters + j]
                slope = -z
                for a in range(b, r):
                    slope += state.own_root[a, b] * gradient[tail + a * n_clusters + j]
                gradient[tail + b * n_clusters + j] = slope
                value -= 0.5 * z * z
    _pull_back(state, gradient, n_head)
    return value


@kernel
def _pull_back(state, gradient, n_head):
    """Turn derivatives with respect to natural parameters into those with respect to theta."""
    natural, jacobian = state.d_natural, state.jacobian
    for k in range(n_head):
        natural[k] = gradient[k]
    for m in range(n_head):
        gradient[m] = state.d_determinant[m]
        for k in range(n_head):
            gradient[m] += jacobian[k, m] * natural[k]


@kernel
def fill_effects(plan, state, s, theta):
    """Compute the cluster effects that theta's tail stands for."""
    own, n_clusters = own_equation(plan, s), plan.cluster_start.size - 1
    n_head = head_size(plan, s)
    tail = n_head
    if plan.block_tau[s]:
        scale = math.exp(0.5 * state.natural[n_head - 1])
        for j in range(n_clusters):
            state.intercept[j] = scale * theta[tail + j]
        tail += n_clusters
    if own >= 0:
        for a in range(plan.term_start[own + 1] - plan.random_start[own]):
            effect = state.own_effect[a]
            for j in range(n_clusters):
                effect[j] = 0.0
            for b in range(a + 1):
                weight = state.own_root[a, b]
                for j in range(n_clusters):
                    effect[j] += weight * theta[tail + b * n_clusters + j]


@kernel
def evaluate_rows(plan, state, s, theta, gradient, density, begin, end):
    """Add what the rows ``begin`` to ``end`` - 1 say to the gradient; return log density or 0.

    Fisher's identity gives the derivatives with respect to h, b and mu; each loop over rows runs
    on whole vectors. The tail receives derivatives with respect to the effects themselves.
    """
    e, own = plan.block_equation[s], own_equation(plan, s)
    first, n_gamma = plan.term_start[e], plan.random_start[e] - plan.term_start[e]
    n_head, n, n_clusters = head_size(plan, s), end - begin, plan.cluster_start.size - 1
    d_h, d_b, d_mu, d_log_sigma2 = (
        state.d_h, state.d_b, state.d_mu, state.d_log_sigma2,
    )  # fmt: skip
    natural = state.natural
    mu, argument, ratios, means, variances = (
        state.mu, state.argument, state.ratio, state.mean, state.variance,
    )  # fmt: skip
    sign, known = state.sign[begin:end], state.known[begin:end]
    info_a, info_b = state.info_a[begin:end], state.info_b[begin:end]
    integrated, offset = state.integrated[s, begin:end], state.offset[begin:end]
    n_beta, own_first, at_sigma2, precision = 0, 0, 0, 1.0
    if own >= 0:
        own_first, n_beta = plan.term_start[own], plan.random_start[own] - plan.term_start[own]
        at_sigma2 = n_gamma + n_beta
        precision = math.exp(-natural[at_sigma2])
    for i in range(n):  # first h, b and mu themselves
        d_h[i] = offset[i]
        d_b[i] = 0.0
        mu[i] = 0.0
    clusters = range(plan.cluster[begin], plan.cluster[end - 1] + 1)
    if plan.block_tau[s]:
        for j in clusters:
            low, high = max(plan.cluster_start[j], begin), min(plan.cluster_start[j + 1], end)
            here, intercept = d_h[low - begin : high - begin], state.intercept[j]
            for i in range(here.size):
                here[i] = intercept
    for k in range(n_gamma):
        coefficient = natural[k]
        if plan.selected_term[first + k]:
            x = state.others[k, begin:end]
            for i in range(n):
                d_b[i] += coefficient * x[i]
        else:
            x = state.design[plan.place[first + k], begin:end]
            for i in range(n):
                d_h[i] += coefficient * x[i]
    for k in range(n_beta):
        coefficient, x = natural[n_gamma + k], state.design[plan.place[own_first + k], begin:end]
        for i in range(n):
            mu[i] += coefficient * x[i]
    if own >= 0:
        for t in range(plan.random_start[own], plan.term_start[own + 1]):
            for j in clusters:
                low, high = max(plan.cluster_start[j], begin), min(plan.cluster_start[j + 1], end)
                here, x = mu[low - begin : high - begin], state.design[plan.place[t], low:high]
                effect = state.own_effect[t - plan.random_start[own], j]
                for i in range(here.size):
                    here[i] += effect * x[i]
    total_d = 0.0
    for i in range(n):
        h, b = d_h[i], d_b[i]
        v = integrated[i] / (precision + info_a[i])
        m = v * (mu[i] * precision + info_b[i]) + known[i]
        inverse_root = 1.0 / math.sqrt(1.0 + b * b * v)
        signed = sign[i] * inverse_root
        total = h + b * m
        t = signed * total
        ratio = inverse_mills(t)
        slope = signed * ratio  # derivative with respect to h
        share = total * b * v * inverse_root * inverse_root
        d_m = slope * b
        off = m - mu[i]
        change = 0.5 * (1.0 / precision - v - off * off) + v * d_m * (0.5 * share - off)
        argument[i] = t
        ratios[i] = ratio
        means[i] = m
        variances[i] = v
        d_h[i] = slope
        d_b[i] = slope * (m - share)
        d_mu[i] = precision * (off + d_m * v)
        d_log_sigma2[i] = -precision * change
        total_d -= precision * change
    for k in range(n_gamma):
        if plan.selected_term[first + k]:
            gradient[k] += sum_of_products(d_b, state.others[k, begin:end])
        else:
            gradient[k] += sum_of_products(d_h, state.design[plan.place[first + k], begin:end])
    for k in range(n_beta):
        gradient[n_gamma + k] += sum_of_products(
            d_mu, state.design[plan.place[own_first + k], begin:end]
        )
    tail = n_head
    if plan.block_tau[s]:
        for j in clusters:
            low, high = max(plan.cluster_start[j], begin), min(plan.cluster_start[j + 1], end)
            here, value = d_h[low - begin : high - begin], 0.0
            for i in range(here.size):
                value += here[i]
            gradient[tail + j] += value
        tail += n_clusters
    if own >= 0:
        gradient[at_sigma2] += total_d
        for t in range(plan.random_start[own], plan.term_start[own + 1]):
            for j in clusters:
                low, high = max(plan.cluster_start[j], begin), min(plan.cluster_start[j + 1], end)
                here, x = d_mu[low - begin : high - begin], state.design[plan.place[t], low:high]
                gradient[tail + j] += sum_of_products(here, x)
            tail += n_clusters
    if not density:
        return 0.0
    value = log_normal_cdfs(argument, ratios, 0, n)
    if own < 0:
        return value
    quadratic, product = 0.0, 1.0
    for i in range(n):
        m, away = means[i], mu[i] - means[i]
        whole = (mu[i] * precision + info_b[i]) * m - mu[i] * mu[i] * precision
        quadratic += integrated[i] * whole - (1.0 - integrated[i]) * precision * away * away
    for i in range(n):
        if integrated[i] > 0.0:
            product *= variances[i]
            if not 1e-100 < product < 1e100:
                value += 0.5 * math.log(product)
                product = 1.0
    return value + 0.5 * (math.log(product) + quadratic - n * natural[at_sigma2])
