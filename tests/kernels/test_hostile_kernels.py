"""Kernels end, whatever numbers they are given."""

from __future__ import annotations

import itertools
import math

import numba
import numpy as np
import pytest
from test_compilation import read

from tutorkit.data import prepare
from tutorkit.kernels import distributions, slices
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef
from tutorkit.layout import compile_plan
from tutorkit.model.script import parse
from tutorkit.plan import Plan
from tutorkit.start import initial_state
from tutorkit.state import State

EXTREMES = [0.0, 1e-320, 1.0, 37.5, 1e5, 1e8, 1e12, 1e30, 1e140]
BROKEN = [math.nan, math.inf, -math.inf]


@entry_point
def truncated_normal(rng, low, high):
    return distributions.truncated_normal(rng, low, high)


@entry_point
def move_variance(rng, plan, state, e, here, width):
    plan, state = PlanRef(*plan), StateRef(*state)
    return slices.slice_step(rng, plan, state, slices.VARIANCE, e, here, width, -600.0, 600.0)


def example() -> tuple[Plan, State]:
    spec = parse("CLUSTERID: j; MODEL: y ~ x3i;")
    data = prepare(spec, read())
    plan = compile_plan(data.model, data, spec.priors)
    return plan, initial_state(plan, np.random.default_rng(1), 0)


@pytest.mark.parametrize("low", [*EXTREMES, *(-x for x in EXTREMES)])
def test_a_truncated_normal_lies_between_its_bounds(low):
    rng = np.random.default_rng(1)
    bounds = [high for high in (*EXTREMES, *(-x for x in EXTREMES)) if high > low]
    bounds += [np.nextafter(low, math.inf), low + 1e-9 * (1 + abs(low))]
    for high in bounds:
        for _ in range(20):
            assert low <= truncated_normal(rng, low, high) <= high


def test_a_far_tail_is_exponential():
    """Beyond 1e8 the excess over the bound has mean 1 / bound (to 1 / bound^3)."""
    rng = np.random.default_rng(1)
    for low in (0.9e6, 1.1e8):
        excess = [truncated_normal(rng, low, 1e30) - low for _ in range(4000)]
        # rounding of low + excess to multiples of eps low is 1e-16 low^2 excess means: below 1.3
        assert np.mean(excess) * low == pytest.approx(1, abs=5 / math.sqrt(4000) + 0.05)


def test_bounds_that_are_not_numbers_give_nan():
    rng = np.random.default_rng(1)
    for low, high in itertools.product([*BROKEN, 0.0], BROKEN):
        assert math.isnan(truncated_normal(rng, low, high))
        assert math.isnan(truncated_normal(rng, high, low))


@pytest.mark.parametrize("value", BROKEN)
@pytest.mark.parametrize("array", ["score", "products", "sigma2"])
def test_a_slice_step_stays_where_its_density_is_not_finite(array, value):
    plan, state = example()
    rng = np.random.default_rng(1)
    state.products[:] = 1.0
    getattr(state, array)[...] = value
    with np.errstate(all="ignore"):
        there = move_variance(rng, plan, state, 0, 0.5, 2.0)
    assert -600 <= there <= 600


@pytest.mark.parametrize("here", BROKEN)
def test_a_slice_step_from_nowhere_goes_nowhere(here):
    plan, state = example()
    state.products[:] = 1.0
    if numba.config.DISABLE_JIT and here == math.inf:
        pytest.skip("plain Python raises OverflowError")
    there = move_variance(np.random.default_rng(1), plan, state, 0, here, 2.0)
    np.testing.assert_equal(there, here)
