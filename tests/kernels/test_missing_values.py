"""Draws of missing values against the density of their row on a grid."""

from __future__ import annotations

import numpy as np
import pytest
import toy

from tutorkit.kernels import missing_values
from tutorkit.kernels.jit import entry_point

LINEAR = {
    "outcome": ("y ~ x z | z; x ~ z", "y"),
    "predictor": ("y ~ x z | x z; x ~ z | z", "x"),
    "product": ("y ~ x z x*z | x*z; x ~ z", "x"),
    "two equations": ("w ~ y x*y | x; y ~ x z x*z; x ~ z", "x"),
    "selection": ("y ~ x z; x ~ z; y.missing ~ x y x*z", "x"),
    "single level": ("y ~ x z x*z; x ~ z", "x"),
}
POLYNOMIAL = {
    "square": ("y ~ x x^2; x ~ z", "x"),
    "square, random": ("y ~ x x^2 | x x^2; x ~ z", "x"),
    "square times": ("y ~ x x^2*z; w ~ x x^2 y; x ~ z", "x"),
    "cube": ("y ~ x x^3*z; x ~ z", "x"),
    "its own selection": ("y ~ x; x ~ z; x.missing ~ x x^2", "x"),
}


@entry_point
def draw_values(rng, plan, state, v, start, steps, out):
    """Fill ``out`` (n_draws, n_rows) with v, each after ``steps`` draws from ``start`` on."""
    for k in range(out.shape[0]):
        for i in plan.missing_row[plan.missing_start[v] : plan.missing_start[v + 1]]:
            state.columns[v, i] = start
            for t in range(state.design.shape[1]):
                state.design[i, t] = 1.0
                for f in range(plan.factor_start[t], plan.factor_start[t + 1]):
                    state.design[i, t] *= state.columns[plan.factor[f], i]
        for _ in range(steps):
            missing_values.draw_missing_values(rng, plan, state, v)
        out[k] = state.columns[v]


def draws_of(model, name, *, start, steps, n_draws, clusters):
    plan, state = toy.toy(model, name, seed=31, clusters=clusters)
    v = int(np.flatnonzero(np.diff(plan.missing_start))[0])
    columns = state.columns.copy()
    out = np.empty((n_draws, columns.shape[1]))
    draw_values(np.random.default_rng(12), plan, state, v, start, steps, out)
    return plan, state, v, columns, out


def assert_distributed(plan, state, v, columns, out):
    """Compare with the product of all equations' densities, as a function of v's value."""
    grid = np.linspace(-15, 15, 3001)
    for i in toy.MISSING_ROWS[:3]:
        log_density = toy.log_densities(plan, state, *toy.row_at(plan, columns, v, i, grid))
        assert toy.ks_p_value(out[:, i], grid, log_density) > toy.LEAST_P
    observed = np.setdiff1d(np.arange(columns.shape[1]), toy.MISSING_ROWS)
    assert (out[:, observed] == columns[v, observed]).all()


@pytest.mark.parametrize("name", LINEAR)
def test_linear_draw_is_exact(name):
    """One draw from far away: were it not exact, it would show."""
    clusters = name != "single level"
    drawn = draws_of(*LINEAR[name], start=50.0, steps=1, n_draws=toy.MANY, clusters=clusters)
    assert_distributed(*drawn)


@pytest.mark.parametrize("name", POLYNOMIAL)
def test_slice_draws_converge_to_the_row_s_density(name):
    """Thirty steps forget the start, so the ends of the runs are independent exact draws."""
    drawn = draws_of(*POLYNOMIAL[name], start=4.0, steps=30, n_draws=toy.MANY // 4, clusters=True)
    assert_distributed(*drawn)


@pytest.mark.parametrize("name", [*LINEAR, *POLYNOMIAL])
def test_terms_follow_the_values_drawn(name):
    model, incomplete = (LINEAR | POLYNOMIAL)[name]
    plan, state, *_ = draws_of(model, incomplete, start=1.0, steps=1, n_draws=1, clusters=True)
    for e in range(len(plan.outcome)):
        terms = slice(plan.term_start[e], plan.term_start[e + 1])
        exact = toy.term_values(plan, state.columns, e)
        np.testing.assert_allclose(state.design[:, terms], exact, rtol=1e-14)
