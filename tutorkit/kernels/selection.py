"""Probit equations with the latent propensity integrated out, and with it a variable.

Block s is an equation of a binary outcome: eta = h + b v + N(0, 1), its sign known. In a selection
model the outcome is the missingness of v, and v itself may be among its predictors. In a row where
v is missing, the equations that v predicts, other than this one, say
exp(info_b v - info_a v^2 / 2); with v's own equation, N(mu, sigma2), this completes the square to
v ~ N(m, V), V = 1 / (1/sigma2 + info_a), m = V (mu/sigma2 + info_b), with normalising constant Z,
and the row's density is Z Phi(t), t = sign (h + b m) / sqrt(1 + b^2 V). Where v is observed the
same formulas hold with m = v and V = 0, and Z becomes N(v; mu, sigma2).

The block moves theta = (gamma; beta, log sigma2 of v's own equation; log tau of the random
intercept of eta), in this order, each part only if there is one.
"""

import math

from tutorkit.kernels.distributions import inverse_mills, log_normal_cdfs
from tutorkit.kernels.jit import kernel
from tutorkit.kernels.missing_values import fill_line
from tutorkit.kernels.terms import add_random_part


@kernel
def hold(plan, state, s):
    """Set aside what stays fixed while the block moves.

    A random intercept of eta enters as sqrt(tau) times a held effect.
    """
    e, v = plan.block_equation[s], plan.block_variable[s]
    scale = math.sqrt(state.tau[e, 0, 0]) if plan.block_tau[s] else 1.0
    state.offset[:] = 0.0
    add_random_part(plan, state, e, 1.0 / scale, state.offset)
    for i in range(plan.cluster.size):
        state.sign[i] = 2.0 * state.category[s, i] - 1.0
    if v < 0:
        return
    state.offset_own[:] = 0.0
    add_random_part(plan, state, plan.own[v], 1.0, state.offset_own)
    first = plan.term_start[e]
    for t in range(first, plan.random_start[e]):
        if plan.selected_term[t]:
            for i in range(plan.cluster.size):
                state.others[t - first, i] = _other_factors(plan, state, t, v, i)
    for i in range(plan.cluster.size):
        state.known[i] = state.columns[v, i]
    for k in range(plan.missing_start[v], plan.missing_start[v + 1]):
        i = plan.missing_first[k]
        state.known[i] = 0.0
        state.info_a[i] = 0.0
        state.info_b[i] = 0.0
        for q in range(plan.see_start[v], plan.see_start[v + 1]):
            f = plan.see[q]
            if f != e and f != plan.own[v]:
                fill_line(plan, state, v, q, i)
                slope = state.line[1]
                scaled = slope / state.sigma2[f]
                state.info_a[i] += slope * scaled
                state.info_b[i] += scaled * (state.residual[f, i] + slope * state.columns[v, i])


@kernel
def _other_factors(plan, state, t, v, i):
    """Return the product of the factors of term t in row i that are not v."""
    value = 1.0
    for f in range(plan.factor_start[t], plan.factor_start[t + 1]):
        if plan.factor[f] != v:
            value *= state.columns[plan.factor[f], i]
    return value


@kernel
def own_equation(plan, s):
    """Return the equation of the variable that block s integrates out, or -1."""
    return plan.own[plan.block_variable[s]] if plan.block_variable[s] >= 0 else -1


@kernel
def block_size(plan, s):
    """Return the length of theta."""
    e, own = plan.block_equation[s], own_equation(plan, s)
    size = plan.random_start[e] - plan.term_start[e] + plan.block_tau[s]
    if own >= 0:
        size += plan.random_start[own] - plan.term_start[own] + 1
    return size


@kernel
def read_theta(plan, state, s, theta):
    """Copy theta from ``state``."""
    e, own = plan.block_equation[s], own_equation(plan, s)
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


@kernel
def write_theta(plan, state, s, theta):
    """Copy theta into ``state``; a held effect follows its new tau."""
    e, own = plan.block_equation[s], own_equation(plan, s)
    k = 0
    for t in range(plan.term_start[e], plan.random_start[e]):
        state.coefficient[t] = theta[k]
        k += 1
    if own >= 0:
        for t in range(plan.term_start[own], plan.random_start[own]):
            state.coefficient[t] = theta[k]
            k += 1
        state.sigma2[own] = math.exp(theta[k])
        k += 1
    if plan.block_tau[s]:
        tau = math.exp(theta[k])
        ratio = math.sqrt(tau / state.tau[e, 0, 0])
        for j in range(state.effect.shape[0]):
            state.effect[j, plan.random_start[e]] *= ratio
        state.tau[e, 0, 0] = tau


@kernel
def fill_gradient(plan, state, s, theta, gradient):
    """Write the gradient of the block's log density at theta.

    Leaves t, phi(t)/Phi(t) and mu of every row for `log_density`. Fisher's identity gives the
    derivatives with respect to h, b and mu; each loop over rows runs on whole vectors.
    """
    e, own = plan.block_equation[s], own_equation(plan, s)
    first, n_gamma = plan.term_start[e], plan.random_start[e] - plan.term_start[e]
    d_h, d_b, d_mu, mu = state.d_h, state.d_b, state.d_mu, state.mu
    sign, offset, known, info_a, info_b = (
        state.sign, state.offset, state.known, state.info_a, state.info_b,
    )  # fmt: skip
    argument, ratios, integrated = state.argument, state.ratio, state.integrated[s]
    slopes = state.slope
    n = d_h.size
    n_beta, own_first, at_sigma2, precision = 0, 0, 0, 1.0
    if own >= 0:
        own_first, n_beta = plan.term_start[own], plan.random_start[own] - plan.term_start[own]
        at_sigma2 = n_gamma + n_beta
        precision = math.exp(-theta[at_sigma2])
    at_tau = block_size(plan, s) - 1
    scale = math.exp(0.5 * theta[at_tau]) if plan.block_tau[s] else 1.0
    for i in range(n):  # first h, b and mu themselves
        d_h[i] = scale * offset[i]
        d_b[i] = 0.0
        mu[i] = state.offset_own[i]
    for k in range(n_gamma):
        coefficient = theta[k]
        if plan.selected_term[first + k]:
            x = state.others[k]
            for i in range(n):
                d_b[i] += coefficient * x[i]
        else:
            x = state.design[first + k]
            for i in range(n):
                d_h[i] += coefficient * x[i]
    for k in range(n_beta):
        coefficient, x = theta[n_gamma + k], state.design[own_first + k]
        for i in range(n):
            mu[i] += coefficient * x[i]
    d_precision, d_scale = 0.0, 0.0
    for i in range(n):
        h, b = d_h[i], d_b[i]
        variance = integrated[i] / (precision + info_a[i])
        m = variance * (mu[i] * precision + info_b[i]) + known[i]
        square = 1.0 + b * b * variance
        root = math.sqrt(square)
        total = h + b * m
        t = sign[i] * total / root
        ratio = inverse_mills(t)
        slopes[i] = sign[i] / root
        slope = sign[i] * ratio / root  # derivative with respect to h
        d_m = slope * b
        argument[i] = t
        ratios[i] = ratio
        d_h[i] = slope
        d_b[i] = slope * (m - total * b * variance / square)
        off = m - mu[i]
        d_mu[i] = precision * (off + d_m * variance)
        d_precision += 0.5 * (1.0 / precision - variance - off * off)
        d_precision += variance * d_m * (0.5 * total * b * variance / square - off)
        d_scale += slope * offset[i]
    for k in range(n_gamma):
        x = state.others[k] if plan.selected_term[first + k] else state.design[first + k]
        d = d_b if plan.selected_term[first + k] else d_h
        value = 0.0
        for i in range(n):
            value += d[i] * x[i]
        gradient[k] = value - plan.prior_precision[first + k] * theta[k]
    for k in range(n_beta):
        x = state.design[own_first + k]
        value = 0.0
        for i in range(n):
            value += d_mu[i] * x[i]
        prior = plan.prior_precision[own_first + k] * theta[n_gamma + k]
        gradient[n_gamma + k] = value - prior
    if own >= 0:
        shape, prior = plan.residual_shape[own], plan.residual_scale[own] * precision
        gradient[at_sigma2] = prior - shape - precision * d_precision
    if plan.block_tau[s]:
        shape, prior = 0.5 * plan.random_df[e], 0.5 * plan.random_scale[e] / scale**2
        gradient[at_tau] = 0.5 * scale * d_scale - shape + prior


@kernel
def log_density(plan, state, s, theta):
    """Return the block's log density, up to a constant, where `fill_gradient` just was."""
    e, own = plan.block_equation[s], own_equation(plan, s)
    first, n_gamma = plan.term_start[e], plan.random_start[e] - plan.term_start[e]
    n_rows = state.ratio.size
    value = log_normal_cdfs(state.argument, state.ratio, plan.level_start[0], n_rows)
    for k in range(n_gamma):
        value -= 0.5 * plan.prior_precision[first + k] * theta[k] ** 2
    if own >= 0:
        own_first, n_beta = plan.term_start[own], plan.random_start[own] - plan.term_start[own]
        log_precision = -theta[n_gamma + n_beta]
        precision = math.exp(log_precision)
        for i in range(state.mu.size):
            mu = state.mu[i]
            value += 0.5 * log_precision
            if state.integrated[s, i] > 0.0:
                variance = 1.0 / (precision + state.info_a[i])
                m = variance * (mu * precision + state.info_b[i])
                value += 0.5 * (math.log(variance) + m * m / variance - mu * mu * precision)
            else:
                value -= 0.5 * precision * (state.known[i] - mu) ** 2
        for k in range(n_beta):
            value -= 0.5 * plan.prior_precision[own_first + k] * theta[n_gamma + k] ** 2
        value += plan.residual_shape[own] * log_precision - plan.residual_scale[own] * precision
    if plan.block_tau[s]:
        log_tau = theta[block_size(plan, s) - 1]
        value -= 0.5 * plan.random_df[e] * log_tau
        value -= 0.5 * plan.random_scale[e] * math.exp(-log_tau)
    return value
