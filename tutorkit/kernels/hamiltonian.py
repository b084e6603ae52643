"""Hamiltonian Monte Carlo for one selection block, and its adaptation during warm-up.

The mass matrix is the mean outer product of gradients, learnt in doubling windows of the warm-up:
that is the block's average precision given what is held, where the draws' own covariance would
also hold what the rest of a sweep moves. Step size by dual averaging (Hoffman & Gelman 2014,
section 3.2), jittered path length.
"""

import math

import numpy as np

from tutorkit.kernels.distributions import is_number
from tutorkit.kernels.effects import move_effects
from tutorkit.kernels.jit import kernel
from tutorkit.kernels.linalg import cholesky, solve_lower, solve_upper
from tutorkit.kernels.random_effects import LOG_BOUND
from tutorkit.kernels.selection import (
    block_size,
    fill_gradient,
    hold,
    log_density,
    read_theta,
    write_theta,
)

TARGET_ACCEPTANCE = 0.8
# on average, in the mass matrix's units; a quarter of a normal target's period would be 1.6, but
# the posterior of a selection model has wider directions than its average precision tells
PATH_LENGTH = 3.3
MOST_STEPS = 32


@kernel
def move(rng, plan, state, s):
    """Make one proposal for block s; return its acceptance probability."""
    n = block_size(plan, s)
    root = state.mass_root[s]  # L of the mass matrix L L'
    theta, gradient = np.empty(n), state.gradient[s]
    momentum, velocity, slope = np.empty(n), np.empty(n), np.empty(n)
    hold(plan, state, s)
    read_theta(plan, state, s, theta)
    fill_gradient(plan, state, s, theta, gradient)  # kept for `adapt`
    before = log_density(plan, state, s, theta)
    for k in range(n):
        velocity[k] = rng.standard_normal()
        before -= 0.5 * velocity[k] ** 2
        slope[k] = gradient[k]
    for k in range(n):
        momentum[k] = 0.0
        for m in range(k + 1):
            momentum[k] += root[k, m] * velocity[m]
    step = state.step_size[s] * (0.8 + 0.4 * rng.random())
    path = PATH_LENGTH * (0.5 + rng.random())
    n_steps = min(max(int(path / step + 0.5), 1), MOST_STEPS)
    inside = True
    for _ in range(n_steps):
        for k in range(n):
            momentum[k] += 0.5 * step * slope[k]
            velocity[k] = momentum[k]
        solve_lower(root, velocity, n)
        solve_upper(root, velocity, n)
        for k in range(n):
            theta[k] += step * velocity[k]
        inside = _is_inside(plan, s, theta, n)
        if not inside:  # a path that leaves is refused from both of its ends
            break
        fill_gradient(plan, state, s, theta, slope)
        for k in range(n):
            momentum[k] += 0.5 * step * slope[k]
    probability = 0.0
    if inside:
        solve_lower(root, momentum, n)
        after = log_density(plan, state, s, theta)
        for k in range(n):
            after -= 0.5 * momentum[k] ** 2
        if is_number(after):
            probability = math.exp(min(after - before, 0.0))
    if rng.random() < probability:
        write_theta(plan, state, s, theta)
    if plan.block_tau[s]:
        read_theta(plan, state, s, theta)
        fill_gradient(plan, state, s, theta, slope)
        move_effects(rng, plan, state, s)
    return probability


@kernel
def _is_inside(plan, s, theta, n):
    """Return whether coefficients are numbers and log variances can be taken exponentials of."""
    last = n - 1 if plan.block_tau[s] else n
    at_sigma2 = last - 1 if plan.block_variable[s] >= 0 else last
    for k in range(n):
        bound = LOG_BOUND if k >= at_sigma2 else 1e100
        if not -bound < theta[k] < bound:
            return False
    return True


@kernel
def restart_step_size(state, s):
    """Begin dual averaging anew from the present step size."""
    state.averaging[s, 0] = math.log(10.0 * state.step_size[s])
    state.averaging[s, 1] = 0.0  # mean error
    state.averaging[s, 2] = math.log(state.step_size[s])  # averaged log step size
    state.averaging[s, 3] = 0.0  # count


@kernel
def adapt(plan, state, s, probability, iteration):
    """Learn step size and mass matrix of block s from a warm-up iteration."""
    aim, count = state.averaging[s], state.averaging[s, 3] + 1.0
    aim[3] = count
    share = 1.0 / (count + 10.0)
    aim[1] = (1.0 - share) * aim[1] + share * (TARGET_ACCEPTANCE - probability)
    log_step = min(max(aim[0] - math.sqrt(count) / 0.05 * aim[1], -20.0), 20.0)
    decay = count**-0.75
    aim[2] = decay * log_step + (1.0 - decay) * aim[2]
    state.step_size[s] = math.exp(log_step)
    n_windows = state.window_end.size
    if n_windows == 0 or iteration > state.window_end[n_windows - 1]:
        return
    if iteration > state.window_end[0]:
        _collect(plan, state, s)
    for window in range(n_windows):
        if iteration == state.window_end[window]:
            if window > 0:
                _close_window(plan, state, s)
            state.step_size[s] = math.exp(aim[2])
            restart_step_size(state, s)


@kernel
def _collect(plan, state, s):
    """Add the outer product of the gradient where the last proposal began."""
    gradient, products = state.gradient[s], state.gradient_products[s]
    state.window_count[s] += 1.0
    for k in range(block_size(plan, s)):
        for m in range(k + 1):
            products[k, m] += gradient[k] * gradient[m]


@kernel
def _close_window(plan, state, s):
    """Make the window's mean product, shrunk a little to its diagonal, the mass matrix."""
    n, count = block_size(plan, s), state.window_count[s]
    root, products = state.mass_root[s], state.gradient_products[s]
    keep = count / (count + 5.0)
    for k in range(n):
        for m in range(k + 1):
            root[k, m] = products[k, m] / count * (1.0 if k == m else keep)
            products[k, m] = 0.0
    cholesky(root, n)
    state.window_count[s] = 0.0
