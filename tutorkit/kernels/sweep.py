"""One sweep over all full conditionals, and blocks of sweeps."""

import math

from tutorkit.kernels.coefficients import (
    draw_coefficients,
    draw_residual_variance,
    fill_products,
)
from tutorkit.kernels.hamiltonian import adapt, move
from tutorkit.kernels.jit import entry_point, kernel
from tutorkit.kernels.missing_values import draw_missing_values
from tutorkit.kernels.random_effects import draw_covariance, draw_variance
from tutorkit.kernels.record import add_fit, fill_residuals, record
from tutorkit.kernels.selection import draw_propensity, draw_selected


@kernel
def sweep(rng, plan, state):
    """Draw everything once from its full conditional, some of it integrated out on the way."""
    for s in range(plan.select_equation.size):
        if plan.select_integrated[s]:
            state.accepted[s] = move(rng, plan, state, s)
            draw_selected(rng, plan, state, s)
        else:
            draw_propensity(rng, plan, state, s)
    for v in plan.impute:
        draw_missing_values(rng, plan, state, v)
    for e in range(plan.outcome.size):
        draw_equation(rng, plan, state, e)
    fill_residuals(plan, state)
    for e in range(plan.outcome.size):
        if not plan.probit[e]:
            draw_residual_variance(rng, plan, state, e, state.residual_products[e, e])


@kernel
def draw_equation(rng, plan, state, e):
    """Draw equation e's coefficients, cluster effects and their (co)variances."""
    n_random = plan.term_start[e + 1] - plan.random_start[e]
    fill_products(plan, state, e)
    if n_random == 1:
        draw_variance(rng, plan, state, e)
    draw_coefficients(rng, plan, state, e)
    if n_random > 1:
        draw_covariance(rng, plan, state, e)


@entry_point
def run_block(rng, plan, state, out, start, stop, burn):
    """Run iterations ``start`` to ``stop`` - 1, the first ``burn`` of all being warm-up.

    Row k of ``out`` receives iteration k. Where a run is cut into blocks changes no draw.
    """
    for iteration in range(start, stop):
        sweep(rng, plan, state)
        for s in range(plan.select_equation.size):
            if plan.select_integrated[s]:
                if iteration < burn:
                    adapt(plan, state, s, state.accepted[s], iteration)
                else:
                    state.acceptance[s] += state.accepted[s]
        if iteration == burn - 1:
            for s in range(plan.select_equation.size):
                state.step_size[s] = _final_step_size(state, s)
        if iteration >= burn:
            add_fit(plan, state)
        record(rng, plan, state, out[iteration])


@kernel
def _final_step_size(state, s):
    """Return the averaged step size of the last warm-up window."""
    if state.averaging[s, 3] < 10.0:
        return state.step_size[s]
    return math.exp(state.averaging[s, 2])
