"""Draws of missing values against the density of all they touch, on a grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import toy
from invariants import assert_complete
from scipy import stats

from tutorkit.kernels import missing_values
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef

# says as much of coefficients as the data, so that it matters
TIGHT = replace(toy.PRIORS, coefficient_variance=0.05)
CENTRED = "CENTER: groupmean = x; grandmean = x.mean b"
# model, incomplete variables, the column to draw: its position among those imputed
LINEAR = {
    "outcome": ("y ~ x z | z; x ~ z", "y", 0),
    "predictor": ("y ~ x z | x z; x ~ z | z", "x", 0),
    "product": ("y ~ x z x*z | x*z; x ~ z", "x", 0),
    "two equations": ("w ~ y x*y | x; y ~ x z x*z; x ~ z", "x", 0),
    "selection": ("y ~ x z; x ~ z; y.missing ~ x y x*z", "y x", 0),
    "single level": ("y ~ x z x*z; x ~ z", "x", 0),
    "no equation of its own": ("y ~ x z w", "x w", 0),
    "ordinal outcome": ("o3 ~ x | x; x ~ z", "x", 0),
    "level 2": ("y ~ b x x*b; b ~ c", "b", 0),
    "level 2, predictor of level 2": ("y ~ b x; bo3 ~ b c; b ~ c", "b", 0),
    "value with latent mean": ("y ~ x x.mean x*z.mean | x", "x", 0),
    "latent mean": ("y ~ x x.mean x.mean*z.mean | z", "x", 1),
    "latent mean of a complete variable": ("y ~ x x.mean x.mean*z", "", 0),
    "value around latent mean": (f"y ~ x x.mean b x*b | x; {CENTRED}", "x b", 0),
    "level 2 around grand mean": (f"y ~ x x.mean b x*b | x; {CENTRED}", "x b", 1),
    "latent mean that centres": (f"y ~ x x.mean z x*z b | x; {CENTRED}", "x b", 2),
    "grand mean": (f"y ~ x x.mean b x*b b*x.mean; {CENTRED}", "x", 1),
    "grand mean that centres": ("y ~ x z w x*w; CENTER: x z", "x z", 2),
}
POLYNOMIAL = {
    "square": ("y ~ x x^2; x ~ z", "x", 0),
    "square, random": ("y ~ x x^2 | x x^2; x ~ z", "x", 0),
    "square times": ("y ~ x x^2*z; w ~ x x^2 y; x ~ z", "x", 0),
    "cube": ("y ~ x x^3*z; x ~ z", "x", 0),
    "its own selection": ("y ~ x; x ~ z; x.missing ~ x x^2", "x", 0),
    "square around latent mean": ("y ~ x x^2 x*x.mean; CENTER: groupmean = x", "x", 0),
    "latent mean, twice in a product": ("y ~ x x*x.mean; CENTER: groupmean = x", "x", 1),
    "square at level 2": ("y ~ b b^2*x; b ~ c", "b", 0),
}


@entry_point
def draw_values(rng, plan, state, v, start, steps, out, coefficients):
    """Fill ``out`` (n_draws, n_rows) with v, each after ``steps`` draws from ``start`` on.

    ``coefficients`` (n_draws, n_terms) receives those that go with it.
    """
    plan, state = PlanRef(*plan), StateRef(*state)
    for k in range(out.shape[0]):
        for m in range(plan.missing_start[v], plan.missing_start[v + 1]):
            first, last = plan.missing_first[m], plan.missing_last[m]
            missing_values.set_value(plan, state, v, first, last, start)
        for _ in range(steps):
            missing_values.draw_missing_values(rng, plan, state, v)
        out[k] = state.columns[v]
        coefficients[k] = state.coefficient


def check(case, *, start, steps, n_draws, clusters=True):
    """Compare with the product of all equations' densities, as a function of v's value.

    Values of other spans of rows, which a step changes as well, must not matter: the equations of
    one span do not see another.
    """
    model, incomplete, position = case
    # the four missing values of a variable are not all taken at once
    plan, state = toy.toy(model, incomplete, seed=31, clusters=clusters, priors=TIGHT, few=3)
    v = int(plan.impute[position])
    columns = state.columns.copy()
    out = np.empty((n_draws, columns.shape[1]))
    coefficients = np.empty((n_draws, state.coefficient.size))
    before = state.coefficient.copy()
    draw_values(np.random.default_rng(12), plan, state, v, start, steps, out, coefficients)
    known = ~np.isnan(plan.columns[v])
    assert (out[:, known] == columns[v, known]).all()
    toy_is_complete(plan, state)
    own = plan.own[v]
    moved = own >= 0 and plan.degree[v] == 1 and not plan.wide[v]
    of_own = (plan.term_equation == own) & moved
    of_own &= np.arange(of_own.size) < plan.random_start[plan.term_equation]
    assert (coefficients[:, ~of_own] == before[~of_own]).all()
    if moved:
        state.coefficient[:] = before
        state.columns[:] = columns
        draws = np.column_stack([coefficients[:, of_own], out[:, toy.MISSING_ROWS]])
        assert_jointly_normal(draws, plan, state, v, np.flatnonzero(of_own))
        return
    grid = np.linspace(-15, 15, 3001)
    spans = range(plan.missing_start[v], plan.missing_start[v + 1])
    for k in spans[:3]:
        rows = slice(plan.missing_first[k], plan.missing_last[k])
        log_density = toy.log_density(plan, state, toy.with_values(plan, columns, v, rows, grid))
        assert toy.ks_p_value(out[:, rows.start], grid, log_density) > toy.LEAST_P
        assert (out[:, rows] == out[:, [rows.start]]).all()


def assert_jointly_normal(draws, plan, state, v, terms):
    """Compare draws of coefficients and values of v with their joint normal distribution.

    Its log density is a polynomial of degree 2, so that second differences are its derivatives.
    """
    columns, n = state.columns.copy(), draws.shape[1]

    def log_density(x):
        state.coefficient[terms] = x[: len(terms)]
        values = columns.copy()
        values[v, toy.MISSING_ROWS] = x[len(terms) :]
        toy.derive(plan, values)
        prior = plan.prior_precision[terms] * state.coefficient[terms] ** 2
        return float(toy.log_density(plan, state, values) - 0.5 * prior.sum())

    unit = np.eye(n)
    zero = log_density(np.zeros(n))
    alone = np.array([[log_density(x), log_density(-x)] for x in unit])
    slope = (alone[:, 0] - alone[:, 1]) / 2
    precision = np.diag(2 * zero - alone.sum(axis=1))
    for a in range(n):
        for b in range(a):
            both = log_density(unit[a] + unit[b])
            precision[a, b] = precision[b, a] = alone[a, 0] + alone[b, 0] - both - zero
    root = np.linalg.cholesky(precision)
    z = (draws - np.linalg.solve(precision, slope)) @ root
    for a in range(n):
        assert stats.kstest(z[:, a], "norm").pvalue > toy.LEAST_P
        for b in range(a):
            toy.assert_mean(z[:, a] * z[:, b], 0.0)


def toy_is_complete(plan, state):
    """Check the state, but for the responses' sides: they were scattered, not drawn."""
    plan = plan._replace(block_equation=plan.block_equation[:0])
    assert_complete(plan, state)


@pytest.mark.parametrize("name", LINEAR)
def test_linear_draw_is_exact(name):
    """One draw from far away: were it not exact, it would show."""
    clusters = name not in ("single level", "grand mean that centres")
    check(LINEAR[name], start=50.0, steps=1, n_draws=toy.MANY, clusters=clusters)


@pytest.mark.parametrize("name", POLYNOMIAL)
def test_slice_draws_converge_to_the_density(name):
    """Thirty steps forget the start, so the ends of the runs are independent exact draws."""
    check(POLYNOMIAL[name], start=4.0, steps=30, n_draws=toy.MANY // 4)
