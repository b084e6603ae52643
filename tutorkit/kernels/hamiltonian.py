"""Hamiltonian Monte Carlo for one selection block, and its adaptation during warm-up.

Dense mass matrix from the warm-up's own draws in doubling windows, step size by dual averaging
(Hoffman & Gelman 2014, section 3.2), jittered path length.
"""

import math

import numpy as np

from tutorkit.kernels.distributions import is_number
from tutorkit.kernels.effects import move_effects
from tutorkit.kernels.jit import kernel
from tutorkit.kernels.linalg import cholesky, copy_lower, quadratic, solve_upper
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
# in posterior SDs, on average; a quarter of a normal target's period would be 1.6
PATH_LENGTH = 2.0
MOST_STEPS = 32


@kernel
def move(rng, plan, state, s):
    """Make one proposal for block s; return its acceptance probability."""
    n = block_size(plan, s)
    metric = state.metric[s]  # covariance of theta = inverse mass matrix
    theta, gradient = np.empty(n), np.empty(n)
    momentum, velocity = np.empty(n), np.empty(n)
    hold(plan, state, s)
    read_theta(plan, state, s, theta)
    fill_gradient(plan, state, s, theta, gradient)
    before = log_density(plan, state, s, theta)
    for k in range(n):
        momentum[k] = rng.standard_normal()
    solve_upper(state.metric_factor[s], momentum, n)  # momentum ~ N(0, metric^-1)
    before -= 0.5 * quadratic(metric, momentum, n)
    step = state.step_size[s] * (0.8 + 0.4 * rng.random())
    path = PATH_LENGTH * (0.5 + rng.random())
    n_steps = min(max(int(path / step + 0.5), 1), MOST_STEPS)
    inside = True
    for _ in range(n_steps):
        for k in range(n):
            momentum[k] += 0.5 * step * gradient[k]
        for k in range(n):
            velocity[k] = 0.0
            for m in range(n):
                velocity[k] += metric[k, m] * momentum[m]
            theta[k] += step * velocity[k]
        inside = _is_inside(plan, s, theta, n)
        if not inside:  # a path that leaves is refused from both of its ends
            break
        fill_gradient(plan, state, s, theta, gradient)
        for k in range(n):
            momentum[k] += 0.5 * step * gradient[k]
    probability = 0.0
    if inside:
        after = log_density(plan, state, s, theta) - 0.5 * quadratic(metric, momentum, n)
        if is_number(after):
            probability = math.exp(min(after - before, 0.0))
    if rng.random() < probability:
        write_theta(plan, state, s, theta)
    if plan.block_tau[s]:
        read_theta(plan, state, s, theta)
        fill_gradient(plan, state, s, theta, gradient)
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
    """Add the present theta to the window's running mean and co-moments (Welford 1962)."""
    n = block_size(plan, s)
    theta = np.empty(n)
    read_theta(plan, state, s, theta)
    state.window_count[s] += 1.0
    mean, moments = state.window_mean[s], state.window_moments[s]
    for k in range(n):
        before = theta[k] - mean[k]
        mean[k] += before / state.window_count[s]
        for m in range(k + 1):
            moments[k, m] += before * (theta[m] - mean[m])


@kernel
def _close_window(plan, state, s):
    """Make the window's covariance, shrunk a little to its diagonal, the metric."""
    n, count = block_size(plan, s), state.window_count[s]
    metric, moments = state.metric[s], state.window_moments[s]
    keep = count / (count + 5.0)
    for k in range(n):
        for m in range(k + 1):
            value = moments[k, m] / (count - 1.0)
            metric[k, m] = value if k == m else keep * value
            metric[m, k] = metric[k, m]
    copy_lower(metric, state.metric_factor[s], n)
    cholesky(state.metric_factor[s], n)
    state.window_count[s] = 0.0
    state.window_mean[s, :] = 0.0
    state.window_moments[s, :, :] = 0.0
