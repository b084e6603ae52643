"""One sweep over all full conditionals, and blocks of sweeps."""

import math

from tutorkit.kernels.coefficients import (
    draw_coefficients,
    draw_residual_variance,
    fill_products,
)
from tutorkit.kernels.hamiltonian import adapt, learns, move
from tutorkit.kernels.information import add_information
from tutorkit.kernels.jit import entry_point, inlined, kernel
from tutorkit.kernels.missing_values import draw_missing_values
from tutorkit.kernels.random_effects import draw_covariance, draw_variance, redraw_root
from tutorkit.kernels.record import add_fit, fill_residual_sums, keep_imputation, record
from tutorkit.kernels.references import PlanRef, StateRef
from tutorkit.kernels.responses import draw_categories, draw_responses, draw_thresholds
from tutorkit.kernels.selection import hold
from tutorkit.kernels.terms import fill_residual

# covariance matrices of effects mix worst of all, and a round costs little: products are at hand
COVARIANCE_ROUNDS = 2


@inlined
def sweep(rng, plan, state, learn):
    """Draw everything once from its full conditional, some of it integrated out on the way.

    ``learn``: also collect what the mass matrices are learnt from.
    """
    for s in range(plan.block_equation.size):
        if plan.category_column[s] >= 0:
            draw_categories(rng, plan, state, s)
        draw_thresholds(rng, plan, state, s)
        if plan.block_hamiltonian[s]:
            hold(plan, state, s)
            if learn:
                add_information(plan, state, s)
            state.accepted[s] = move(rng, plan, state, s)
        draw_responses(rng, plan, state, s)
    for v in plan.impute:
        draw_missing_values(rng, plan, state, v)
    for e in range(plan.outcome.size):
        draw_equation(rng, plan, state, e)


@inlined
def draw_equation(rng, plan, state, e):
    """Draw equation e's coefficients, cluster effects, their (co)variances, residual variance."""
    n_random = plan.term_start[e + 1] - plan.random_start[e]
    fill_products(plan, state, e)
    if n_random == 1:
        draw_variance(rng, plan, state, e)
    draw_coefficients(rng, plan, state, e)
    if n_random > 1:
        for _ in range(COVARIANCE_ROUNDS):
            draw_covariance(rng, plan, state, e)
            redraw_root(rng, plan, state, e)
            draw_coefficients(rng, plan, state, e)
    fill_residual(plan, state, e)
    if not plan.probit[e]:
        draw_residual_variance(rng, plan, state, e)


@entry_point
def run_block(rng, plan, state, out, start, stop, burn):
    """Run iterations ``start`` to ``stop`` - 1, the first ``burn`` of all being warm-up.

    Row k of ``out`` receives iteration k. Where a run is cut into blocks changes no draw.
    """
    plan, state = PlanRef(*plan), StateRef(*state)
    for iteration in range(start, stop):
        sweep(rng, plan, state, learns(state, iteration))
        for s in range(plan.block_equation.size):
            if plan.block_hamiltonian[s]:
                if iteration < burn:
                    adapt(plan, state, s, state.accepted[s], iteration)
                else:
                    state.acceptance[s] += state.accepted[s]
        if iteration == burn - 1:
            for s in range(plan.block_equation.size):
                state.step_size[s] = _final_step_size(state, s)
        fill_residual_sums(plan, state)
        if iteration >= burn:
            add_fit(plan, state)
            keep_imputation(plan, state, iteration)
        record(rng, plan, state, out[iteration])


@kernel
def _final_step_size(state, s):
    """Return the averaged step size of the last warm-up window."""
    if state.averaging[s, 3] < 10.0:
        return state.step_size[s]
    return math.exp(state.averaging[s, 2])
