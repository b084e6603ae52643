"""What one chain carries from sweep to sweep, and its random starting values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from tutorkit.arrays import Floats, Integers
from tutorkit.plan import Plan


class State(NamedTuple):
    """Arrays of fixed type that the kernels change in place.

    ``n_widest`` is the largest number of an equation's terms plus one (its outcome).
    """

    columns: Floats  # (n_columns, n_rows) data with the present imputations and propensities
    design: Floats  # (n_rows, n_terms) values of the terms
    coefficient: Floats  # (n_terms,) of the fixed terms
    effect: Floats  # (n_clusters or 1, n_terms) of the random terms
    sigma2: Floats  # (n_equations,)
    tau: Floats  # (n_equations, n_random, n_random) covariance matrices of the effects
    # working space
    total: Floats  # (n_equations, n_widest, n_widest) sums of products over all rows
    products: Floats  # (n_clusters or 1, n_widest, n_widest) and over clusters
    reduced: Floats  # (n_clusters or 1, n_random, n_widest)
    factor: Floats  # (n_clusters or 1, n_random, n_random)
    polynomial: Floats  # (2 highest degree + 1,)
    line: Floats  # (highest degree + 1,)
    offset_select: Floats  # (n_rows,)
    offset_own: Floats  # (n_rows,)
    info_a: Floats  # (n_rows,)
    info_b: Floats  # (n_rows,)
    residual_products: Floats  # (n_equations, n_equations)
    unit_squares: Floats  # (n_units, n_equations)
    # selection blocks
    metric: Floats  # (n_selections, n_terms + 2, n_terms + 2)
    metric_factor: Floats  # its Cholesky factors
    step_size: Floats  # (n_selections,)
    averaging: Floats  # (n_selections, 4)
    window_mean: Floats  # (n_selections, n_terms + 2)
    window_moments: Floats  # (n_selections, n_terms + 2, n_terms + 2)
    window_count: Floats  # (n_selections,)
    window_end: Integers  # (n_windows,) warm-up iterations at which a window closes
    accepted: Floats  # (n_selections,) acceptance probability of the last proposal
    acceptance: Floats  # (n_selections,) sum over the kept iterations
    # fit
    fit: Floats  # (n_units, 4) log likelihood: maximum, sum of exp, mean, squared deviations
    fit_count: Floats  # (1,)


def initial_state(plan: Plan, rng: np.random.Generator, burn: int) -> State:
    """Return a chain's random starting point.

    Missing values are drawn from the observed ones of their variable; coefficients, variances and
    propensities are scattered widely on the scale of their variables.
    """
    n_rows = plan.columns.shape[1]
    n_terms, n_equations = len(plan.term_equation), len(plan.outcome)
    n_selections, n_clusters = len(plan.select_equation), len(plan.cluster_start) - 1
    widest = int(np.diff(plan.term_start).max()) + 1
    random = max(1, int((plan.term_start[1:] - plan.random_start).max()))
    highest = max(1, int(plan.degree.max()))
    n_units = len(plan.unit_rows)
    block = n_terms + 2
    state = State(
        columns=_filled_columns(plan, rng),
        design=np.zeros((n_rows, n_terms)),
        coefficient=np.zeros(n_terms),
        effect=np.zeros((n_clusters, n_terms)),
        sigma2=np.ones(n_equations),
        tau=np.zeros((n_equations, random, random)),
        total=np.zeros((n_equations, widest, widest)),
        products=np.zeros((n_clusters, widest, widest)),
        reduced=np.zeros((n_clusters, random, widest)),
        factor=np.zeros((n_clusters, random, random)),
        polynomial=np.zeros(2 * highest + 1),
        line=np.zeros(highest + 1),
        offset_select=np.zeros(n_rows),
        offset_own=np.zeros(n_rows),
        info_a=np.zeros(n_rows),
        info_b=np.zeros(n_rows),
        residual_products=np.zeros((n_equations, n_equations)),
        unit_squares=np.zeros((n_units, n_equations)),
        metric=np.zeros((n_selections, block, block)),
        metric_factor=np.zeros((n_selections, block, block)),
        step_size=np.full(n_selections, 0.5),
        averaging=np.tile([np.log(5.0), 0.0, np.log(0.5), 0.0], (n_selections, 1)),
        window_mean=np.zeros((n_selections, block)),
        window_moments=np.zeros((n_selections, block, block)),
        window_count=np.zeros(n_selections),
        window_end=_window_ends(burn),
        accepted=np.zeros(n_selections),
        acceptance=np.zeros(n_selections),
        fit=np.tile([-np.inf, 0.0, 0.0, 0.0], (n_units, 1)),
        fit_count=np.zeros(1),
    )
    for t in range(n_terms):
        factors = plan.factor[plan.factor_start[t] : plan.factor_start[t + 1]]
        state.design[:, t] = state.columns[factors].prod(axis=0)
    for e in range(n_equations):
        _scatter_equation(plan, state, e, rng)
    for s in range(n_selections):
        _first_metric(plan, state, s)
    return state


def _filled_columns(plan: Plan, rng: np.random.Generator) -> Floats:
    columns = plan.columns.copy()
    for row in columns[: len(columns) - len(plan.select_equation)]:
        missing = np.isnan(row)
        row[missing] = rng.choice(row[~missing], missing.sum())
    for s, e in enumerate(plan.select_equation):
        size = np.abs(rng.standard_normal(columns.shape[1]))
        columns[plan.outcome[e]] = np.where(plan.is_missing[s], size, -size)
    return columns


def _scatter_equation(plan: Plan, state: State, e: int, rng: np.random.Generator) -> None:
    outcome = state.columns[plan.outcome[e]]
    variance = 1.0 if plan.probit[e] else outcome.var()
    fixed = slice(plan.term_start[e], plan.random_start[e])
    random = slice(plan.random_start[e], plan.term_start[e + 1])
    if not plan.probit[e]:
        state.sigma2[e] = variance * rng.uniform(0.3, 1.0)
    scale = np.sqrt(variance / _mean_square(state.design[:, fixed]))
    state.coefficient[fixed] = 0.5 * scale * rng.standard_normal(scale.size)
    if plan.probit[e]:
        state.coefficient[fixed.start] += ndtri((outcome > 0).mean())
    else:
        state.coefficient[fixed.start] += outcome.mean()
    scatter = 0.2 * variance / _mean_square(state.design[:, random])
    size = scatter.size
    state.tau[e, :size, :size] = np.diag(scatter * rng.uniform(0.3, 1.0, size))


def _mean_square(design: Floats) -> Floats:
    mean: Floats = np.maximum((design**2).mean(axis=0), np.finfo(float).tiny)
    return mean


def _first_metric(plan: Plan, state: State, s: int) -> None:
    """Guess posterior variances: coefficients 1 / information, log variances 2 / n."""
    e, own = plan.select_equation[s], plan.own[plan.select_variable[s]]
    n_rows = len(plan.cluster)
    guess: list[Floats] = []
    for equation in [e, own] if own >= 0 else [e]:
        fixed = slice(plan.term_start[equation], plan.random_start[equation])
        variance = 4.0 if equation == e else 2.0 * state.sigma2[equation]
        guess.append(variance / (n_rows * _mean_square(state.design[:, fixed])))
    guess += [np.full(1, 4.0 / n_rows)] if own >= 0 else []
    guess += [np.full(1, 0.5)] if plan.select_tau[s] else []
    diagonal = np.concatenate(guess)
    where = np.arange(diagonal.size)
    state.metric[s, where, where] = diagonal
    state.metric_factor[s, where, where] = np.sqrt(diagonal)


def _window_ends(burn: int) -> Integers:
    """Return the warm-up iterations at which a mass matrix is ready: windows double in length."""
    last, ends, length = int(0.85 * burn), [0], 100
    while ends[-1] + 3 * length <= last:
        ends.append(ends[-1] + length)
        length *= 2
    return np.array([*ends[1:], last] if burn >= 50 else [], dtype=np.int64)
