"""Paths of Hamiltonian Monte Carlo keep their energy the better, the shorter their steps."""

from __future__ import annotations

import numpy as np
import pytest
from test_selection import CASES, prepared

from tutorkit.kernels import hamiltonian, selection
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef


@entry_point
def move(rng, plan, state, s):
    """Call `hold` and `move`."""
    plan, state = PlanRef(*plan), StateRef(*state)
    selection.hold(plan, state, s)
    return hamiltonian.move(rng, plan, state, s)


@pytest.mark.parametrize("name", CASES)
def test_short_steps_are_accepted(name):
    """Energy errs by the square of the step; by the step itself if kicks or moves are wrong.

    A path that is not one may leave the joint distribution invariant: the rest of the tests would
    not see that it is refused too often.
    """
    plan, state, s = prepared(name)
    rng = np.random.default_rng(51)
    state.step_size[s] = 1e-4
    assert min(move(rng, plan, state, s) for _ in range(60)) > 1 - 1e-5
