"""Categories, thresholds and responses of ordinal variables, against their probabilities."""

from __future__ import annotations

import numpy as np
import pytest
import toy
from invariants import assert_complete, predictors
from scipy import special, stats

from tutorkit.kernels import responses
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef

# model, incomplete ordinal variable
CATEGORIES = {
    "binary": ("y ~ o z o*z; o ~ z", "o"),
    "three": ("y ~ o3 z | o3; o3 ~ z | z", "o3"),
    "four, squared": ("y ~ o4 o4^2*z; w ~ o4 y; o4 ~ z", "o4"),
    "outcome only": ("o4 ~ z x", "o4"),
    "no equation of its own": ("y ~ o3 z", "o3"),
    "level 2": ("y ~ bo3 z bo3*z; bo3 ~ c", "bo3"),
    "predictor of an ordinal variable": ("p4 ~ o z; o ~ z", "o"),
}


@entry_point
def draw_categories(rng, plan, state, s, out):
    """Fill ``out`` (n_draws, n_rows) with categories, drawn one after the other."""
    plan, state = PlanRef(*plan), StateRef(*state)
    for k in range(out.shape[0]):
        responses.draw_categories(rng, plan, state, s)
        out[k] = state.category[s]


@entry_point
def draw_thresholds(rng, plan, state, s, start, steps, out):
    """Fill ``out`` (n_draws, n_thresholds) with thresholds, each after ``steps`` draws."""
    plan, state = PlanRef(*plan), StateRef(*state)
    for k in range(out.shape[0]):
        state.cut[s] = start
        for _ in range(steps):
            responses.draw_thresholds(rng, plan, state, s)
        out[k] = state.cut[s]


@entry_point
def draw_responses(rng, plan, state, s, out):
    """Fill ``out`` (n_draws, n_rows) with responses."""
    plan, state = PlanRef(*plan), StateRef(*state)
    for k in range(out.shape[0]):
        responses.draw_responses(rng, plan, state, s)
        out[k] = state.columns[plan.outcome[plan.block_equation[s]]]


def interval(state, s, grade, eta):
    """Return the probability of a category."""
    return special.ndtr(state.cut[s, grade + 1] - eta) - special.ndtr(state.cut[s, grade] - eta)


@pytest.mark.parametrize("name", CATEGORIES)
def test_missing_category_has_its_probabilities(name):
    """Draws are independent: a missing value's probabilities do not depend on another one's."""
    model, incomplete = CATEGORIES[name]
    plan, state = toy.toy(model, incomplete, seed=61)
    s = int(np.flatnonzero([(plan.category[k] < 0).any() for k in range(len(plan.category))])[0])
    e, v = plan.block_equation[s], plan.category_column[s]
    columns = state.columns.copy()
    out = np.empty((toy.MANY, columns.shape[1]), dtype=np.int64)
    draw_categories(np.random.default_rng(17), plan, state, s, out)
    eta = predictors(plan, state, columns)[e]
    n = plan.n_categories[s]
    for k in range(plan.missing_start[v], plan.missing_start[v + 1]):
        rows = slice(plan.missing_first[k], plan.missing_last[k])
        copies = toy.with_values(plan, columns, v, rows, plan.code[s, :n])
        weight = np.exp(toy.log_density(plan, state, copies, without=e))
        weight *= [interval(state, s, g, eta[rows.start]) for g in range(n)]
        counts = np.bincount(out[:, rows.start], minlength=n)
        assert_counts(counts, toy.MANY * weight / weight.sum())
        assert (out[:, rows] == out[:, [rows.start]]).all()
    known = plan.category[s] >= 0
    assert (out[:, known] == plan.category[s, known]).all()
    draw_all(plan, state)
    assert_complete(plan, state)


def assert_counts(counts, expected):
    """Compare each count with its binomial distribution (four categories at most)."""
    for count, mean in zip(counts, expected, strict=True):
        p = stats.binomtest(int(count), int(counts.sum()), mean / expected.sum()).pvalue
        assert p > toy.LEAST_P


def draw_all(plan, state):
    """Draw every block's responses."""
    for s in range(len(plan.block_equation)):
        draw_responses(np.random.default_rng(1), plan, state, s, np.empty((1, plan.cluster.size)))


@pytest.mark.parametrize("model", ["o3 ~ x z | z", "bo3 ~ c"])
def test_one_threshold_converges_to_its_density(model):
    """Thirty steps forget the start, so the ends of the runs are independent exact draws."""
    plan, state = toy.toy(model, seed=62)
    grid = np.linspace(1e-9, 60, 60001)
    rows = toy.rows_of(plan, 0)
    eta = predictors(plan, state, state.columns)[0, rows]
    grade = state.category[0, rows]
    log_density = special.log_ndtr(-eta[grade == 0]).sum() * np.ones(grid.size)
    for mean, g in zip(eta, grade, strict=True):
        if g == 1:
            log_density += np.log(special.ndtr(grid - mean) - special.ndtr(-mean))
        elif g == 2:
            log_density += special.log_ndtr(mean - grid)
    out = np.empty((toy.MANY // 4, state.cut.shape[1]))
    start = state.cut[0].copy()
    start[2] = 2.0
    draw_thresholds(np.random.default_rng(18), plan, state, 0, start, 30, out)
    assert toy.ks_p_value(out[:, 2], grid, log_density) > toy.LEAST_P


def test_two_thresholds_converge_to_their_joint_density():
    """Marginal distributions, and that of their distance, by sums over a grid of both."""
    plan, state = toy.toy("o4 ~ x", seed=63)
    eta, grade = predictors(plan, state, state.columns)[0], state.category[0]
    axis = np.linspace(0.0, 24, 1201)[1:]
    low, high = axis[:, None], axis[None, :]
    log_density = np.where(low < high, 0.0, -np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        for mean, g in zip(eta, grade, strict=True):
            if g == 1:
                log_density = log_density + np.log(special.ndtr(low - mean) - special.ndtr(-mean))
            elif g == 2:
                between = special.ndtr(high - mean) - special.ndtr(low - mean)
                log_density = log_density + np.where(between > 0, np.log(between), -np.inf)
            elif g == 3:
                log_density = log_density + special.log_ndtr(mean - high)
    weight = np.exp(log_density - log_density.max())
    out = np.empty((toy.MANY, state.cut.shape[1]))
    start = state.cut[0].copy()
    start[2:4] = 1.0, 3.0
    draw_thresholds(np.random.default_rng(19), plan, state, 0, start, 40, out)
    weight /= weight.sum()
    for draws, value in (
        (out[:, 2], low), (out[:, 3], high), (out[:, 2] ** 2, low**2), (out[:, 3] ** 2, high**2),
        (out[:, 2] * out[:, 3], low * high),
    ):  # fmt: skip
        toy.assert_mean(draws, (weight * value).sum())
    assert (out[:, 1] == 0).all()


@pytest.mark.parametrize("model", ["o4 ~ x z | z", "o ~ x | x", "bo3 ~ c; y ~ bo3"])
def test_responses_are_truncated_at_their_thresholds(model):
    plan, state = toy.toy(model, seed=64)
    mean = predictors(plan, state, state.columns)[plan.block_equation[0]]
    out = np.empty((toy.MANY, plan.cluster.size))
    draw_responses(np.random.default_rng(20), plan, state, 0, out)
    for i in toy.rows_of(plan, plan.block_equation[0]):
        bounds = state.cut[0, state.category[0, i] : state.category[0, i] + 2] - mean[i]
        exact = stats.truncnorm(*np.where(abs(bounds) < 1e9, bounds, np.sign(bounds) * np.inf))
        assert stats.kstest(out[:, i] - mean[i], exact.cdf).pvalue > toy.LEAST_P
    assert_complete(plan, state)
