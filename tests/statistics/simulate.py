"""Draw parameters from their prior and data from the model, for the joint-distribution tests.

Nothing here calls the kernels' own arithmetic (`tutorkit.kernels.terms`, `linalg`,
`distributions`): prior and model are written down a second time.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tutorkit.kernels.jit import kernel


class World(NamedTuple):
    """What the simulation needs beside plan and state."""

    order: np.ndarray  # (n_equations,) each after those of its predictors
    incomplete: np.ndarray  # (n_columns, n_rows) 1 where missing completely at random
    cluster_wide: np.ndarray  # (n_columns,) 1 if a missing value fills a whole cluster
    selects: np.ndarray  # (n_blocks,) column whose missingness a block models, or -1
    ceiling: float  # the last threshold of an ordinal variable, if that is not 0


@kernel
def draw_parameters(rng, plan, state, world):
    """Draw every parameter from its prior; ``random_df`` must be whole numbers.

    The sampler's prior of thresholds is flat. It is proper, that of ordered uniform numbers, as
    soon as they lie below a fixed one: a block's highest category, of those seen, begins at
    ``ceiling``, but the plan counts one category less, so that the sampler leaves this one alone.
    """
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
    for s in range(plan.block_equation.size):
        last = plan.n_categories[s]
        state.cut[s, 1:] = 1e30
        state.cut[s, 1] = 0.0
        if last > 2:
            free = np.empty(last - 2)
            for k in range(last - 2):
                free[k] = world.ceiling * rng.random()
            state.cut[s, 2:last] = np.sort(free)
            state.cut[s, last] = world.ceiling


@kernel
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


@kernel
def simulate(rng, plan, state, world):
    """Draw all outcomes given parameters and effects, then write down which values are missing.

    The simulated values stay in the state as its imputations and responses.
    """
    missing = world.incomplete.copy()
    for e in world.order:
        _simulate_outcome(rng, plan, state, e)
        for s in range(plan.block_equation.size):
            if plan.block_equation[s] == e:
                _categorise(plan, state, world, s, missing)
        for d in range(plan.plus.size):
            if plan.plus[d] >= 0:
                state.columns[d] = state.columns[plan.plus[d]] - state.columns[plan.minus[d]]
    for e in range(plan.outcome.size):
        state.residual[e] = state.columns[plan.outcome[e]]
        for t in range(plan.term_start[e], plan.term_start[e + 1]):
            for i in range(plan.cluster.size):
                state.design[plan.place[t], i] = _product(plan, state, t, i)
                state.residual[e, i] -= (
                    _weight(plan, state, e, t, i) * state.design[plan.place[t], i]
                )
    _list_missing(plan, state, world, missing)


@kernel
def _simulate_outcome(rng, plan, state, e):
    o = plan.outcome[e]
    noise = 0.0
    for i in range(plan.cluster.size):
        is_new = i == 0 or plan.cluster[i] != plan.cluster[i - 1]
        if plan.level[e] == 1 or is_new:
            noise = math.sqrt(state.sigma2[e]) * rng.standard_normal()
        value = noise
        for t in range(plan.term_start[e], plan.term_start[e + 1]):
            value += _weight(plan, state, e, t, i) * _product(plan, state, t, i)
        if plan.plus[o] >= 0:  # the equation is of a deviation from a mean, which is known by now
            state.columns[plan.plus[o], i] = state.columns[plan.minus[o], i] + value
        else:
            state.columns[o, i] = value


@kernel
def _product(plan, state, t, i):
    product = 1.0
    for f in range(plan.factor_start[t], plan.factor_start[t + 1]):
        product *= state.columns[plan.factor[f], i]
    return product


@kernel
def _weight(plan, state, e, t, i):
    if t < plan.random_start[e]:
        return state.coefficient[t]
    return state.effect[plan.cluster[i], t]


@kernel
def _categorise(plan, state, world, s, missing):
    """Read categories off the responses; an indicator says what is missing.

    The highest category, which the plan does not count, is never missing.
    """
    response = state.columns[plan.outcome[plan.block_equation[s]]]
    v, selected = plan.category_column[s], world.selects[s]
    for i in range(response.size):
        grade = 0
        for g in range(1, state.cut.shape[1]):
            grade += response[i] > state.cut[s, g]
        state.category[s, i] = grade
        if v >= 0:
            state.columns[v, i] = plan.code[s, grade]
            if grade >= plan.n_categories[s]:
                missing[v, i] = 0
        else:
            missing[selected, i] = grade


@kernel
def _list_missing(plan, state, world, missing):
    count = 0
    for v in range(plan.missing_start.size - 1):
        plan.missing_start[v] = count
        for i in range(plan.cluster.size):
            first, last = i, i + 1
            if world.cluster_wide[v]:
                first, last = (
                    plan.cluster_start[plan.cluster[i]],
                    plan.cluster_start[plan.cluster[i] + 1],
                )
            if missing[v, i] and i == first:
                plan.missing_first[count] = first
                plan.missing_last[count] = last
                count += 1
    plan.missing_start[plan.missing_start.size - 1] = count
    for s in range(plan.block_equation.size):
        if plan.block_variable[s] >= 0:
            for i in range(plan.cluster.size):
                state.integrated[s, i] = 1.0 * missing[plan.block_variable[s], i]
