"""After every step of a sweep the state is complete: terms, residuals, centred columns, sides."""

from __future__ import annotations

import numpy as np
import pytest
import toy
from invariants import assert_complete

from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef
from tutorkit.kernels.steps import compiled_steps
from tutorkit.kernels.sweep import draw_equation, sweep

MODELS = {
    "chapter": (
        "y ~ x z w z*w | x; x ~ z w; z ~ w; y.missing ~ y x z w z*w", "y x z",
    ),
    "two selection models": ("y ~ x z | z; x ~ z; y.missing ~ y x; x.missing ~ x z", "y x"),
    "powers": ("y ~ x x^2*z x^3 | x^2; x ~ z; x.missing ~ x z", "y x"),
    "levels": ("y ~ x b x*b c | x; b ~ c; c ~ x.mean; b.missing ~ b c", "y x b c"),
    "means": (
        "y ~ x x.mean z b f x*b; FIXED: f; CENTER: groupmean = x; grandmean = x.mean z b f",
        "y x b",
    ),
    "latent means that select": ("y ~ x x.mean; y.missing ~ y x x.mean", "y x"),
    "ordinal": ("o4 ~ x b | x; y ~ o4 p o4*p bo3; p ~ x; bo3 ~ b", "o4 x b p bo3"),
    "single level": ("y ~ x z x*z o3; CENTER: x z", "y x o3"),
}  # fmt: skip
CATEGORIES, THRESHOLDS, MOVE, RESPONSES, VALUES, EQUATION, SWEEP = range(7)


@entry_point
def make_step(rng, plan, state, steps, step, k):
    """Make one step of a sweep, for block, column or equation k."""
    plan, state = PlanRef(*plan), StateRef(*state)
    if step == CATEGORIES:
        steps.draw_categories(rng, plan, state, k)
    elif step == THRESHOLDS:
        steps.draw_thresholds(rng, plan, state, k)
    elif step == MOVE:
        steps.hold(plan, state, k)
        steps.move(rng, plan, state, k)
    elif step == RESPONSES:
        steps.draw_responses(rng, plan, state, k)
    elif step == VALUES:
        steps.draw_missing_values(rng, plan, state, k)
    elif step == EQUATION:
        draw_equation(rng, plan, state, steps, k)
    else:
        sweep(rng, plan, state, steps, True)


def in_order(plan):
    """List the steps of a sweep, in groups after which the state is complete."""
    groups = []
    for s in range(len(plan.block_equation)):
        groups.append([])
        if plan.category_column[s] >= 0:
            groups[-1].append((CATEGORIES, s))
        groups[-1].append((THRESHOLDS, s))
        if plan.block_hamiltonian[s]:
            groups[-1].append((MOVE, s))
        groups[-1].append((RESPONSES, s))
    groups += [[(VALUES, int(v))] for v in plan.impute]
    return groups + [[(EQUATION, e)] for e in range(len(plan.outcome))] + [[(SWEEP, 0)]]


@pytest.mark.parametrize("name", MODELS)
def test_every_step_leaves_the_state_complete(name):
    plan, state = toy.toy(*MODELS[name], seed=71, clusters=name != "single level")
    state.step_size[:] = 0.02  # on so few rows longer ones would often diverge
    rng = np.random.default_rng(23)
    steps = compiled_steps(rng, plan, state)
    for s in range(len(plan.block_equation)):  # the toy's responses were never drawn
        make_step(rng, plan, state, steps, RESPONSES, s)
    assert_complete(plan, state)
    for _ in range(5):
        for group in in_order(plan):
            for step, k in group:
                make_step(rng, plan, state, steps, step, k)
            assert_complete(plan, state)
