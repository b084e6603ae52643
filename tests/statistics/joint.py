"""The compiled half of the joint-distribution tests: draw from the prior, simulate, make a step.

Nothing here calls the kernels' own arithmetic (`tutorkit.kernels.terms`, `linalg`,
`distributions`): prior and data are written down a second time, from the model's definition.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tutorkit.kernels.coefficients import (
    draw_coefficients,
    draw_residual_variance,
    fill_products,
)
from tutorkit.kernels.hamiltonian import move
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.missing_values import draw_missing_values
from tutorkit.kernels.random_effects import draw_covariance
from tutorkit.kernels.record import fill_residuals
from tutorkit.kernels.selection import draw_propensity, draw_selected, hold
from tutorkit.kernels.sweep import draw_equation, sweep

SWEEP, COEFFICIENTS, RESIDUAL_VARIANCE, EQUATION, COVARIANCE = 0, 1, 2, 3, 4
MISSING_VALUES, PROPOSAL, SELECTED_VALUES, PROPENSITY = 5, 6, 7, 8


class Trace(NamedTuple):
    """The state after each iteration of one chain, and which values were missing by then."""

    coefficient: np.ndarray  # (length, n_terms)
    sigma2: np.ndarray  # (length, n_equations)
    tau: np.ndarray  # (length, n_equations, n_random, n_random)
    effect: np.ndarray  # (length, n_clusters or 1, n_terms)
    columns: np.ndarray  # (length, n_columns, n_rows)
    is_missing: np.ndarray  # (length, n_selections, n_rows)
    accepted: np.ndarray  # (length, n_selections)


@entry_point
def run_chain(rng, plan, state, order, incomplete, step, trace):
    """Start from the prior, then alternate new data with one step of the sampler under test.

    The start is an exact draw from the joint distribution of parameters and data, which the step
    must leave invariant, so every iteration has that distribution: there is no warm-up. A single
    step (not the sweep) meets new cluster effects at each iteration, so that it may integrate
    them out. ``order`` lists the equations, each after those of its predictors.
    """
    draw_parameters(rng, plan, state)
    draw_effects(rng, plan, state)
    for k in range(trace.sigma2.shape[0]):
        if step != SWEEP:
            draw_effects(rng, plan, state)
        simulate(rng, plan, state, order, incomplete)
        make_step(rng, plan, state, step)
        trace.coefficient[k] = state.coefficient
        trace.sigma2[k] = state.sigma2
        trace.tau[k] = state.tau
        trace.effect[k] = state.effect
        trace.columns[k] = state.columns
        trace.is_missing[k] = plan.is_missing
        trace.accepted[k] = state.accepted


@entry_point
def make_step(rng, plan, state, step):
    """Make the step under test in every equation, variable or selection model it applies to."""
    if step == SWEEP:
        sweep(rng, plan, state)
    elif step == COEFFICIENTS:
        for e in range(plan.outcome.size):
            fill_products(plan, state, e)
            draw_coefficients(rng, plan, state, e)
    elif step == RESIDUAL_VARIANCE:
        fill_residuals(plan, state)
        for e in range(plan.outcome.size):
            if not plan.probit[e]:
                draw_residual_variance(rng, plan, state, e, state.residual_products[e, e])
    elif step == EQUATION:
        for e in range(plan.outcome.size):
            draw_equation(rng, plan, state, e)
    elif step == COVARIANCE:
        for e in range(plan.outcome.size):
            draw_covariance(rng, plan, state, e)
    elif step == MISSING_VALUES:
        for v in plan.impute:
            draw_missing_values(rng, plan, state, v)
    else:
        for s in range(plan.select_equation.size):
            if step == PROPENSITY:
                draw_propensity(rng, plan, state, s)
                continue
            if step == PROPOSAL:
                state.accepted[s] = move(rng, plan, state, s)
            else:
                hold(plan, state, s)
            draw_selected(rng, plan, state, s)


@entry_point
def draw_parameters(rng, plan, state):
    """Draw every parameter from its prior; ``random_df`` must be whole numbers."""
    for t in range(plan.term_equation.size):
        if t < plan.random_start[plan.term_equation[t]]:
            sd = 1.0 / math.sqrt(plan.prior_precision[t])
            state.coefficient[t] = sd * rng.standard_normal()
    for e in range(plan.outcome.size):
        if not plan.probit[e]:
            precision = rng.standard_gamma(plan.residual_shape[e]) / plan.residual_scale[e]
            state.sigma2[e] = 1.0 / precision
        n = plan.term_start[e + 1] - plan.random_start[e]
        if n > 0:  # the inverse of a sum of df squares of vectors from N(0, I / scale)
            wishart = np.zeros((n, n))
            z = np.empty(n)
            for _ in range(int(plan.random_df[e])):
                for a in range(n):
                    z[a] = rng.standard_normal()
                for a in range(n):
                    for b in range(n):
                        wishart[a, b] += z[a] * z[b] / plan.random_scale[e]
            state.tau[e, :n, :n] = np.linalg.inv(wishart)


@entry_point
def draw_effects(rng, plan, state):
    """Draw every cluster's effects given their covariance matrices."""
    for e in range(plan.outcome.size):
        start = plan.random_start[e]
        n = plan.term_start[e + 1] - start
        if n > 0:
            root = np.linalg.cholesky(state.tau[e, :n, :n].copy())
            for j in range(state.effect.shape[0]):
                state.effect[j, start : start + n] = 0.0
                for b in range(n):
                    z = rng.standard_normal()
                    for a in range(b, n):
                        state.effect[j, start + a] += root[a, b] * z


@entry_point
def simulate(rng, plan, state, order, incomplete):
    """Draw all outcomes given parameters and effects, then write down which values are missing.

    ``incomplete`` (n_columns, n_rows) holds the fixed pattern of the variables missing completely
    at random. The simulated values stay in the state as its imputations and propensities.
    """
    incomplete = incomplete.copy()
    for e in order:
        for i in range(plan.cluster.size):
            value = math.sqrt(state.sigma2[e]) * rng.standard_normal()
            for t in range(plan.term_start[e], plan.term_start[e + 1]):
                product = 1.0
                for f in range(plan.factor_start[t], plan.factor_start[t + 1]):
                    product *= state.columns[plan.factor[f], i]
                if t < plan.random_start[e]:
                    value += product * state.coefficient[t]
                else:
                    value += product * state.effect[plan.cluster[i], t]
            state.columns[plan.outcome[e], i] = value
            for s in range(plan.select_equation.size):
                if plan.select_equation[s] == e:
                    plan.is_missing[s, i] = value > 0.0
                    incomplete[plan.select_variable[s], i] = value > 0.0
    for t in range(plan.term_equation.size):
        for i in range(plan.cluster.size):
            state.design[i, t] = 1.0
            for f in range(plan.factor_start[t], plan.factor_start[t + 1]):
                state.design[i, t] *= state.columns[plan.factor[f], i]
    count = 0
    for v in range(plan.missing_start.size - 1):
        plan.missing_start[v] = count
        for i in range(plan.cluster.size):
            if incomplete[v, i]:
                plan.missing_row[count] = i
                count += 1
    plan.missing_start[plan.missing_start.size - 1] = count
