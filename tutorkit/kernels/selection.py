"""Selection models with the missing value and the latent propensity integrated out.

Selection model s explains the missingness of v by eta = h + b v + N(0, 1), v missing if and only
if eta > 0. In a row where v is missing, the equations that v predicts, other than this one, say
exp(info_b v - info_a v^2 / 2); with v's own equation, N(mu, sigma2), this completes the square to
v ~ N(m, V), V = 1 / (1/sigma2 + info_a), m = V (mu/sigma2 + info_b), with normalising constant Z,
and the row's density is Z Phi((h + b m) / sqrt(1 + b^2 V)). Where v is observed it is
N(v; mu, sigma2) Phi(-(h + b v)).

The block moves theta = (gamma; beta, log sigma2 of v's own equation; log tau of the random
intercept of eta), in this order, each part only if there is one.
"""

import math

from tutorkit.kernels.distributions import normal_tail, truncated_normal
from tutorkit.kernels.jit import kernel
from tutorkit.kernels.missing_values import fill_polynomial
from tutorkit.kernels.terms import predictor, random_part, set_value


@kernel
def hold(plan, state, s):
    """Set aside what stays fixed while the block moves.

    In rows where v is missing its value becomes 1, so that a term with v holds the product of the
    term's other factors. A random intercept of eta enters as sqrt(tau) times a held effect.
    """
    e, v = plan.select_equation[s], plan.select_variable[s]
    own = plan.own[v]
    scale = math.sqrt(state.tau[e, 0, 0]) if plan.select_tau[s] else 1.0
    for i in range(plan.cluster.size):
        state.offset_select[i] = random_part(plan, state, e, i) / scale
        if own >= 0:
            state.offset_own[i] = random_part(plan, state, own, i)
    for k in range(plan.missing_start[v], plan.missing_start[v + 1]):
        i = plan.missing_row[k]
        fill_polynomial(plan, state, v, i, e)
        state.info_a[i] = -2.0 * state.polynomial[2]
        state.info_b[i] = state.polynomial[1]
        set_value(plan, state, v, i, 1.0)


@kernel
def block_size(plan, s):
    """Return the length of theta."""
    e, own = plan.select_equation[s], plan.own[plan.select_variable[s]]
    size = plan.random_start[e] - plan.term_start[e] + plan.select_tau[s]
    if own >= 0:
        size += plan.random_start[own] - plan.term_start[own] + 1
    return size


@kernel
def exchange(plan, state, s, theta, write):
    """Copy theta from ``state``, or into it if ``write`` (a held effect follows its new tau)."""
    e, own = plan.select_equation[s], plan.own[plan.select_variable[s]]
    k = 0
    for equation in (e, own):
        if equation < 0:
            continue
        for t in range(plan.term_start[equation], plan.random_start[equation]):
            if write:
                state.coefficient[t] = theta[k]
            else:
                theta[k] = state.coefficient[t]
            k += 1
    if own >= 0:
        if write:
            state.sigma2[own] = math.exp(theta[k])
        else:
            theta[k] = math.log(state.sigma2[own])
        k += 1
    if plan.select_tau[s]:
        if write:
            tau, t = math.exp(theta[k]), plan.random_start[e]
            ratio = math.sqrt(tau / state.tau[e, 0, 0])
            for j in range(state.effect.shape[0]):
                state.effect[j, t] *= ratio
            state.tau[e, 0, 0] = tau
        else:
            theta[k] = math.log(state.tau[e, 0, 0])


@kernel
def log_density(plan, state, s, theta, gradient):
    """Return the block's log density at theta, up to a constant, and write its gradient."""
    e, v = plan.select_equation[s], plan.select_variable[s]
    own = plan.own[v]
    first, n_gamma = plan.term_start[e], plan.random_start[e] - plan.term_start[e]
    own_first, n_beta, at_sigma2 = 0, 0, -1
    sigma2, at_tau, scale = 1.0, -1, 1.0
    if own >= 0:
        own_first, n_beta = plan.term_start[own], plan.random_start[own] - plan.term_start[own]
        at_sigma2 = n_gamma + n_beta
        sigma2 = math.exp(theta[at_sigma2])
    if plan.select_tau[s]:
        at_tau = block_size(plan, s) - 1
        scale = math.exp(0.5 * theta[at_tau])
    gradient[: block_size(plan, s)] = 0.0
    value, d_precision, d_tau = 0.0, 0.0, 0.0
    precision = 1.0 / sigma2
    log_precision = math.log(precision)
    for i in range(plan.cluster.size):
        effect = scale * state.offset_select[i]
        h, b = effect, 0.0
        mu = state.offset_own[i]
        for k in range(n_beta):
            mu += theta[n_gamma + k] * state.design[i, own_first + k]
        if plan.is_missing[s, i]:
            for k in range(n_gamma):
                if plan.selected_term[first + k]:
                    b += theta[k] * state.design[i, first + k]
                else:
                    h += theta[k] * state.design[i, first + k]
            m, variance = 0.0, 0.0
            if own >= 0:
                variance = 1.0 / (precision + state.info_a[i])
                m = variance * (mu * precision + state.info_b[i])
                value += 0.5 * (log_precision + math.log(variance))
                value += 0.5 * (m * m / variance - mu * mu * precision)
            root = math.sqrt(1.0 + b * b * variance)
            total = h + b * m
            log_p, ratio = normal_tail(total / root)
            value += log_p
            d_h = ratio / root
            d_b = d_h * (m - total * b * variance / (root * root))
            for k in range(n_gamma):
                d = d_b if plan.selected_term[first + k] else d_h
                gradient[k] += d * state.design[i, first + k]
            d_m = d_h * b
            d_variance = -0.5 * d_h * total * b * b / (root * root)
            d_mu = precision * (m - mu + d_m * variance)
            d_precision += 0.5 * (1.0 / precision - variance - (m - mu) ** 2)
            d_precision += variance * (d_m * (mu - m) - d_variance * variance)
            d_tau += d_h * effect
        else:
            for k in range(n_gamma):
                h += theta[k] * state.design[i, first + k]
            log_p, ratio = normal_tail(-h)
            value += log_p
            for k in range(n_gamma):
                gradient[k] -= ratio * state.design[i, first + k]
            residual = state.columns[v, i] - mu if own >= 0 else 0.0
            value += 0.5 * (log_precision - precision * residual * residual)
            d_mu = precision * residual
            d_precision += 0.5 * (1.0 / precision - residual * residual)
            d_tau -= ratio * effect
        for k in range(n_beta):
            gradient[n_gamma + k] += d_mu * state.design[i, own_first + k]
    for k in range(n_gamma + n_beta):
        t = first + k if k < n_gamma else own_first + k - n_gamma
        value -= 0.5 * plan.prior_precision[t] * theta[k] ** 2
        gradient[k] -= plan.prior_precision[t] * theta[k]
    if own >= 0:
        shape, prior = plan.residual_shape[own], plan.residual_scale[own]
        value -= shape * theta[at_sigma2] + prior * precision
        gradient[at_sigma2] = -precision * d_precision - shape + prior * precision
    if at_tau >= 0:
        shape, prior = 0.5 * plan.random_df[e], 0.5 * plan.random_scale[e] / scale**2
        value -= shape * theta[at_tau] + prior
        gradient[at_tau] = 0.5 * d_tau - shape + prior
    return value


@kernel
def draw_selected(rng, plan, state, s):
    """Draw (propensity, v) jointly where v is missing, the propensity alone where it is observed.

    Reads what `hold` set aside; afterwards every value and term is complete again.
    """
    e, v = plan.select_equation[s], plan.select_variable[s]
    own, propensity = plan.own[v], plan.outcome[plan.select_equation[s]]
    for i in range(plan.cluster.size):
        if not plan.is_missing[s, i]:
            eta = predictor(plan, state, e, i)
            state.columns[propensity, i] = eta - truncated_normal(rng, eta)
            continue
        h, b = random_part(plan, state, e, i), 0.0
        for t in range(plan.term_start[e], plan.random_start[e]):
            if plan.selected_term[t]:
                b += state.coefficient[t] * state.design[i, t]
            else:
                h += state.coefficient[t] * state.design[i, t]
        m, variance = 0.0, 0.0
        if own >= 0:
            variance = 1.0 / (1.0 / state.sigma2[own] + state.info_a[i])
            m = variance * (predictor(plan, state, own, i) / state.sigma2[own] + state.info_b[i])
        root = math.sqrt(1.0 + b * b * variance)
        eta = h + b * m
        eta += root * truncated_normal(rng, -eta / root)
        state.columns[propensity, i] = eta
        if own >= 0:
            spread = variance / (root * root)
            x = spread * (m / variance + b * (eta - h)) + math.sqrt(spread) * rng.standard_normal()
            set_value(plan, state, v, i, x)


@kernel
def draw_propensity(rng, plan, state, s):
    """Draw every propensity given v: N(eta, 1), positive where v is missing, else negative."""
    e = plan.select_equation[s]
    for i in range(plan.cluster.size):
        eta = predictor(plan, state, e, i)
        if plan.is_missing[s, i]:
            draw = eta + truncated_normal(rng, -eta)
        else:
            draw = eta - truncated_normal(rng, eta)
        state.columns[plan.outcome[e], i] = draw
