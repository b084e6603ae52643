"""The compiled half of the joint-distribution tests: new data and a step take turns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from simulate import draw_effects, draw_parameters, simulate

from tutorkit.kernels.information import close_window
from tutorkit.kernels.jit import entry_point, kernel
from tutorkit.kernels.references import PlanRef, StateRef
from tutorkit.kernels.sweep import draw_equation, sweep

SWEEP, COEFFICIENTS, RESIDUAL_VARIANCE, EQUATION, COVARIANCE, ROOT = 0, 1, 2, 3, 4, 5
MISSING_VALUES, PROPOSAL, RESPONSES, CATEGORIES, THRESHOLDS = 6, 7, 8, 9, 10


class Trace(NamedTuple):
    """The state after each iteration of one chain."""

    coefficient: np.ndarray  # (length, n_terms)
    sigma2: np.ndarray  # (length, n_equations)
    tau: np.ndarray  # (length, n_equations, n_random, n_random)
    effect: np.ndarray  # (length, n_clusters or 1, n_terms)
    columns: np.ndarray  # (length, n_columns, n_rows)
    category: np.ndarray  # (length, n_blocks, n_rows)
    cut: np.ndarray  # (length, n_blocks, n_most_categories + 1)
    accepted: np.ndarray  # (length, n_blocks)


@entry_point
def run_chain(rng, plan, state, steps, world, step, trace):
    """Start from the prior, then alternate new data with one step of the sampler under test.

    The start is an exact draw from the joint distribution of parameters and data, which the step
    must leave invariant, so every iteration has that distribution: there is no warm-up. A single
    step (not the sweep) meets new cluster effects at each iteration, so that it may integrate
    them out.
    """
    plan, state = PlanRef(*plan), StateRef(*state)
    draw_parameters(rng, plan, state, world)
    draw_effects(rng, plan, state)
    for k in range(trace.sigma2.shape[0]):
        if step != SWEEP:
            draw_effects(rng, plan, state)
        simulate(rng, plan, state, world)
        if step == SWEEP:
            sweep(rng, plan, state, steps, False)
        elif step <= ROOT:
            step_in_equations(rng, plan, state, steps, step)
        elif step == MISSING_VALUES:
            for v in plan.impute:
                steps.draw_missing_values(rng, plan, state, v)
        else:
            step_in_blocks(rng, plan, state, steps, step)
        trace.coefficient[k] = state.coefficient
        trace.sigma2[k] = state.sigma2
        trace.tau[k] = state.tau
        trace.effect[k] = state.effect
        trace.columns[k] = state.columns
        trace.category[k] = state.category
        trace.cut[k] = state.cut
        trace.accepted[k] = state.accepted


@entry_point
def learn_masses(rng, plan, state, steps, world, n_draws):
    """Make mass matrices from the information in data drawn from the prior, and forget the rest."""
    plan, state = PlanRef(*plan), StateRef(*state)
    for _ in range(n_draws):
        draw_parameters(rng, plan, state, world)
        draw_effects(rng, plan, state)
        simulate(rng, plan, state, world)
        for s in range(plan.block_equation.size):
            if plan.block_hamiltonian[s]:
                steps.hold(plan, state, s)
                steps.add_information(plan, state, s)
    for s in range(plan.block_equation.size):
        if plan.block_hamiltonian[s]:
            close_window(plan, state, s)


@kernel
def step_in_equations(rng, plan, state, steps, step):
    """Make a step in every equation that it applies to."""
    for e in range(plan.outcome.size):
        random = plan.term_start[e + 1] > plan.random_start[e]
        if step == COEFFICIENTS:
            steps.fill_products(plan, state, e)
            steps.draw_coefficients(rng, plan, state, e)
        elif step == RESIDUAL_VARIANCE and not plan.probit[e]:
            steps.draw_residual_variance(rng, plan, state, e)
        elif step == EQUATION:
            draw_equation(rng, plan, state, steps, e)
        elif step == COVARIANCE and random:
            steps.draw_covariance(rng, plan, state, e)
        elif step == ROOT and random:
            steps.fill_products(plan, state, e)
            steps.redraw_root(rng, plan, state, e)


@kernel
def step_in_blocks(rng, plan, state, steps, step):
    """Make a step in every probit equation, and draw anew what it has integrated out."""
    for s in range(plan.block_equation.size):
        if step == CATEGORIES and plan.category_column[s] >= 0:
            steps.draw_categories(rng, plan, state, s)
        if step == THRESHOLDS:
            steps.draw_thresholds(rng, plan, state, s)
        if plan.block_hamiltonian[s]:
            steps.hold(plan, state, s)
            if step == PROPOSAL:
                state.accepted[s] = steps.move(rng, plan, state, s)
        steps.draw_responses(rng, plan, state, s)
