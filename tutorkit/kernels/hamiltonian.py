"""Hamiltonian Monte Carlo for one selection block, and its adaptation during warm-up.

The mass matrix (`tutorkit.kernels.information`) is learnt in doubling windows of the warm-up; it is
the block's average precision given what is held, where the draws' own covariance would also hold
what the rest of a sweep moves. Paths are integrated in pairs of steps, which err less than leapfrog
steps (Blanes, Casas & Sanz-Serna 2014, SIAM J. Sci. Comput. 36:A1556, equation 6.4), with a random
length. Step size by dual averaging (Hoffman & Gelman 2014, section 3.2).
"""

import math

import numpy as np

from tutorkit.kernels.distributions import inverse_gamma, is_number
from tutorkit.kernels.information import close_window, colour, solve_root_transposed, whiten
from tutorkit.kernels.jit import kernel, step
from tutorkit.kernels.random_effects import LOG_BOUND
from tutorkit.kernels.selection import DENSITY, GRADIENT, evaluate
from tutorkit.kernels.theta import head_size, read_theta, tail_width, write_theta

TARGET_ACCEPTANCE = 0.7
# on average, in the mass matrix's units; a quarter of a normal target's period would be 1.6, but
# the posterior of a selection model has wider directions than its average precision tells
PATH_LENGTH = 4.5
MOST_STEPS = 14
END_KICK = 2.0 * 0.21178  # of the momentum, in steps: at both ends of a pair
NO_SIZE = 50.0  # of log tau and w: effects of 1e-11 or 1e11 residual SDs mean nothing


@step
def move(rng, plan, state, s):
    """Make one proposal for block s, see `hold`; return its acceptance probability.

    Then draw tau given the intercepts, where they move with the block: what mixes slowly given
    intercepts over sqrt(tau) mixes well given the intercepts (Yu & Meng 2011, JCGS 20:531).
    """
    n_clusters = state.effect.shape[0]
    n = head_size(plan, s) + tail_width(plan, s) * n_clusters
    theta, momentum, velocity, slope = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    read_theta(plan, state, s, theta)
    before = evaluate(plan, state, s, theta, slope, DENSITY)
    for k in range(n):
        momentum[k] = rng.standard_normal()
        before -= 0.5 * momentum[k] ** 2
    colour(plan, state, s, momentum)
    step = state.step_size[s] * (0.8 + 0.4 * rng.random())
    path = PATH_LENGTH * (0.5 + rng.random())
    n_pairs = min(max(int(0.5 * path / step + 0.5), 1), MOST_STEPS // 2)
    after = 0.0
    inside = True
    kick = END_KICK * step
    for left in range(2 * n_pairs - 1, -1, -1):
        for k in range(n):
            momentum[k] += kick * slope[k]
            velocity[k] = momentum[k]
        whiten(plan, state, s, velocity)
        solve_root_transposed(plan, state, s, velocity)
        for k in range(n):
            theta[k] += step * velocity[k]
        inside = _is_inside(plan, s, theta)
        if not inside:  # a path that leaves is refused from both of its ends
            break
        after = evaluate(plan, state, s, theta, slope, GRADIENT if left > 0 else DENSITY)
        kick = step * (2.0 * (1.0 - END_KICK) if left % 2 else 2.0 * END_KICK)
    for k in range(n):
        momentum[k] += END_KICK * step * slope[k]
    probability = 0.0
    if inside:
        whiten(plan, state, s, momentum)
        for k in range(n):
            after -= 0.5 * momentum[k] ** 2
        if is_number(after):
            probability = math.exp(min(after - before, 0.0))
    if rng.random() < probability:
        write_theta(plan, state, s, theta)
    if plan.block_tau[s]:
        e = plan.block_equation[s]
        shape, scale = plan.random_df[e] + n_clusters, plan.random_scale[e]
        for j in range(n_clusters):
            scale += state.effect[j, plan.random_start[e]] ** 2
        state.tau[e, 0, 0] = inverse_gamma(rng, 0.5 * shape, 0.5 * scale)
    return probability


@kernel
def _is_inside(plan, s, theta):
    """Return whether theta is made of numbers and its variances of sensible ones."""
    n_head = head_size(plan, s)
    at_tau = n_head - 1 if plan.block_tau[s] else n_head
    at_sigma2 = at_tau - 1 if plan.block_variable[s] >= 0 else at_tau
    for k in range(theta.size):
        bound = 1e100
        if k == at_sigma2 and k < at_tau:
            bound = LOG_BOUND
        elif k == plan.block_main[s] or (k == at_tau and k < n_head):
            bound = NO_SIZE
        if not -bound < theta[k] < bound:
            return False
    return True


@kernel
def restart_step_size(state, s):
    """Begin dual averaging anew from the present step size."""
    state.averaging[s, 0] = math.log(state.step_size[s])
    state.averaging[s, 1] = 0.0  # mean error
    state.averaging[s, 2] = math.log(state.step_size[s])  # averaged log step size
    state.averaging[s, 3] = 0.0  # count


@step
def adapt(plan, state, s, probability, iteration):
    """Learn step size and mass matrix of block s from a warm-up iteration."""
    aim, count = state.averaging[s], state.averaging[s, 3] + 1.0
    aim[3] = count
    share = 1.0 / (count + 10.0)
    aim[1] = (1.0 - share) * aim[1] + share * (TARGET_ACCEPTANCE - probability)
    log_step = min(max(aim[0] - math.sqrt(count) / 0.2 * aim[1], -20.0), 20.0)
    decay = count**-0.75
    aim[2] = decay * log_step + (1.0 - decay) * aim[2]
    state.step_size[s] = math.exp(log_step)
    n_windows = state.window_end.size
    if n_windows == 0 or iteration > state.window_end[n_windows - 1]:
        return
    for window in range(n_windows):
        if iteration == state.window_end[window]:
            if window > 0:
                close_window(plan, state, s)
            state.step_size[s] = math.exp(aim[2])
            restart_step_size(state, s)


@kernel
def learns(state, iteration):
    """Return whether an iteration of the warm-up belongs to a window that informs."""
    n_windows = state.window_end.size
    return n_windows > 0 and state.window_end[0] < iteration <= state.window_end[n_windows - 1]
