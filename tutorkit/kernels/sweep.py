"""One sweep over all full conditionals, and iterations of sweeps."""

import math

from tutorkit.kernels.hamiltonian import learns
from tutorkit.kernels.jit import entry_point, inlined, kernel
from tutorkit.kernels.references import PlanRef, StateRef

# covariance matrices of effects mix worst of all, and a round costs little: products are at hand
COVARIANCE_ROUNDS = 2


@inlined
def sweep(rng, plan, state, steps, learn):
    """Draw everything once from its full conditional, some of it integrated out on the way.

    ``steps`` are those of `tutorkit.kernels.steps`. ``learn``: also collect what the mass matrices
    are learnt from.
    """
    for s in range(plan.block_equation.size):
        if plan.category_column[s] >= 0:
            steps.draw_categories(rng, plan, state, s)
        steps.draw_thresholds(rng, plan, state, s)
        if plan.block_hamiltonian[s]:
            steps.hold(plan, state, s)
            if learn:
                steps.add_information(plan, state, s)
            state.accepted[s] = steps.move(rng, plan, state, s)
        steps.draw_responses(rng, plan, state, s)
    for v in plan.impute:
        steps.draw_missing_values(rng, plan, state, v)
    for e in range(plan.outcome.size):
        draw_equation(rng, plan, state, steps, e)


@inlined
def draw_equation(rng, plan, state, steps, e):
    """Draw equation e's coefficients, cluster effects, their (co)variances, residual variance."""
    n_random = plan.term_start[e + 1] - plan.random_start[e]
    steps.fill_products(plan, state, e)
    if n_random == 1:
        steps.draw_variance(rng, plan, state, e)
    steps.draw_coefficients(rng, plan, state, e)
    if n_random > 1:
        for _ in range(COVARIANCE_ROUNDS):
            steps.draw_covariance(rng, plan, state, e)
            steps.redraw_root(rng, plan, state, e)
            steps.draw_coefficients(rng, plan, state, e)
    steps.fill_residual(plan, state, e)
    if not plan.probit[e]:
        steps.draw_residual_variance(rng, plan, state, e)


@entry_point
def run_iterations(rng, plan, state, steps, out, start, stop, burn):
    """Run iterations ``start`` to ``stop`` - 1, the first ``burn`` of all being warm-up.

    Row k of ``out`` receives iteration k. Where a run is cut into blocks changes no draw.
    """
    plan, state = PlanRef(*plan), StateRef(*state)
    for iteration in range(start, stop):
        sweep(rng, plan, state, steps, learns(state, iteration))
        for s in range(plan.block_equation.size):
            if plan.block_hamiltonian[s]:
                if iteration < burn:
                    steps.adapt(plan, state, s, state.accepted[s], iteration)
                else:
                    state.acceptance[s] += state.accepted[s]
        if iteration == burn - 1:
            for s in range(plan.block_equation.size):
                state.step_size[s] = _final_step_size(state, s)
        steps.fill_residual_sums(plan, state)
        if iteration >= burn:
            steps.add_fit(plan, state)
            steps.keep_imputation(plan, state, iteration)
        steps.record(rng, plan, state, out[iteration])


@kernel
def _final_step_size(state, s):
    """Return the averaged step size of the last warm-up window."""
    if state.averaging[s, 3] < 10.0:
        return state.step_size[s]
    return math.exp(state.averaging[s, 2])
