"""What must hold in a state after every step of the sampler, written down a second time."""

from __future__ import annotations

import numpy as np

from tutorkit.plan import Plan
from tutorkit.state import State


def term_values(plan: Plan, columns: np.ndarray) -> np.ndarray:
    """Return all terms, (n_terms, ..., n_rows), computed from columns (n_columns, ..., n_rows)."""
    terms = np.ones((len(plan.term_equation), *columns.shape[1:]))
    for t, value in enumerate(terms):
        for column in plan.factor[plan.factor_start[t] : plan.factor_start[t + 1]]:
            value *= columns[column]
    return terms


def predictors(plan: Plan, state: State, columns: np.ndarray) -> np.ndarray:
    """Return all linear predictors, (n_equations, ..., n_rows)."""
    terms = term_values(plan, columns)
    found = np.zeros((len(plan.outcome), *columns.shape[1:]))
    for t, e in enumerate(plan.term_equation):
        is_fixed = t < plan.random_start[e]
        found[e] += terms[t] * (state.coefficient[t] if is_fixed else state.effect[plan.cluster, t])
    return found


def assert_complete(plan: Plan, state: State) -> None:
    """Check everything that a step must leave in order; residuals are exact to rounding."""
    columns = state.columns
    assert np.isfinite(columns).all()
    given = ~np.isnan(plan.columns)
    for v in plan.grand_mean:
        assert np.ptp(columns[v]) == 0
    assert (columns[given] == plan.columns[given]).all(), "observed data have changed"
    centred = plan.plus >= 0
    difference = columns[plan.plus[centred]] - columns[plan.minus[centred]]
    np.testing.assert_allclose(columns[centred], difference, rtol=0, atol=1e-12)
    for v in range(len(columns)):
        for k in range(plan.missing_start[v], plan.missing_start[v + 1]):
            assert np.ptp(columns[v, plan.missing_first[k] : plan.missing_last[k]]) == 0
    for e, outcome in enumerate(plan.outcome):
        if plan.level[e] == 2:
            first = plan.cluster_start[plan.cluster]
            assert (columns[outcome] == columns[outcome, first]).all()
    values = term_values(plan, columns)
    np.testing.assert_allclose(state.design[plan.place], values, rtol=1e-12, atol=1e-12)
    residual = columns[plan.outcome] - predictors(plan, state, columns)
    np.testing.assert_allclose(state.residual, residual, rtol=1e-9, atol=1e-9)
    for s, e in enumerate(plan.block_equation):
        grade = state.category[s]
        response = columns[plan.outcome[e]]
        assert (state.cut[s, grade] < response).all()
        assert (response < state.cut[s, grade + 1]).all()
        assert (np.diff(state.cut[s, : plan.n_categories[s] + 1]) > 0).all()
        assert state.cut[s, 1] == 0
        if plan.category_column[s] >= 0:
            assert (columns[plan.category_column[s]] == plan.code[s, grade]).all()
        known = plan.category[s] >= 0
        assert (grade[known] == plan.category[s, known]).all()
