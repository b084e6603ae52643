"""Joint-distribution tests (Geweke 2004): each step, and whole sweeps, leave prior times data be.

Parameters are drawn from the prior; then new data given the parameters and a step of the sampler
given the data take turns. Whatever the step does, each iteration's parameters must keep the prior's
distribution, whose moments are known exactly, and standardised residuals (imputed values included)
must keep mean 0, variance 1 and no correlation with the terms of their equation.

Tolerance: chains are independent and in equilibrium from their first iteration, so with C chains
z = mean / (sd of the C chain means / sqrt(C)) is t distributed with C - 1 degrees of freedom.
For C = 400, P(|t| > 5) = 8.6e-7; the 782 statistics of all cases together exceed 5 by chance with
probability below 1e-3.
"""

from __future__ import annotations

import joint
import pytest
from joint_model import JointModel, z_scores

LIMIT = 5.0
CHAINS = 400

# name: (equations, variables missing completely at random, step)
STEPS = {
    "coefficients": ("y ~ x z | z; x ~ z", "", joint.COEFFICIENTS),
    "coefficients of a probit equation": ("y ~ x; y.missing ~ x | x", "", joint.COEFFICIENTS),
    "residual variance": ("y ~ x z | z; x ~ z", "", joint.RESIDUAL_VARIANCE),
    "variance of a random intercept": ("y ~ x; x ~ z", "", joint.EQUATION),
    "covariance matrix, one slope": ("y ~ x | x", "", joint.COVARIANCE),
    "covariance matrix, two slopes": ("y ~ x z | x z", "", joint.COVARIANCE),
    "missing value": ("y ~ x z | x; x ~ z", "y x", joint.MISSING_VALUES),
    "missing value in a product": ("y ~ x z x*z | z; x ~ z", "x", joint.MISSING_VALUES),
    "missing values of a product": ("y ~ x w x*w; x ~ w z; w ~ z", "x w", joint.MISSING_VALUES),
    "missing value in a random product": ("y ~ x w | x*w; x ~ w", "x w", joint.MISSING_VALUES),
    "missing value squared": ("y ~ x x^2; x ~ z", "x", joint.MISSING_VALUES),
    "missing value cubed": ("y ~ x x^2*z x^3 | x^2; x ~ z", "x", joint.MISSING_VALUES),
    "missing value that selects": ("y ~ x; x ~ z; y.missing ~ y x", "x", joint.MISSING_VALUES),
    "selected outcome": ("y ~ x z; y.missing ~ y x y*x", "", joint.SELECTED_VALUES),
    "selected predictor": ("y ~ x z x*z | x; x ~ z; x.missing ~ x y", "", joint.SELECTED_VALUES),
    "propensity": ("y ~ x x^2; x ~ z; x.missing ~ x | x", "", joint.PROPENSITY),
    "proposal, selected outcome": ("y ~ x | x; y.missing ~ y x y*x", "", joint.PROPOSAL),
    "proposal, selected predictor": ("y ~ x z x*z | x; x ~ z; x.missing ~ x y", "", joint.PROPOSAL),
    "proposal, missing at random": ("y ~ x; y.missing ~ x", "", joint.PROPOSAL),
    "proposal, no equation for the variable": ("y ~ x; w.missing ~ x y", "", joint.PROPOSAL),
    "proposal, random slope": ("y ~ x; y.missing ~ y x | x", "", joint.PROPOSAL),
}  # fmt: skip

# name: (equations, variables missing completely at random, clusters)
MODELS = {
    "chapter": (
        "y ~ x1 x2 x3 x2*x3 | x1; x1 ~ x2 x3; x2 ~ x3; y.missing ~ y x1 x2 x3 x2*x3",
        "x1 x2",
        True,
    ),
    "exercise": ("y ~ x1 x2 x3 | x3; x1 ~ x2 x3; x2 ~ x3; x1.missing ~ x1 y x2 x3", "y x2", True),
    "single-level": ("y ~ x1 x2 x1*x2; x1 ~ x2; y.missing ~ y x1 x2", "x1", False),
    "two random slopes": ("y ~ x1 x2 | x1 x2; x1 ~ x2 | x2; x2 ~ z", "y x1 x2", True),
    "two selection models": (
        "y ~ x1 x3 | x3; x1 ~ x3; y.missing ~ y x1; x1.missing ~ x1 x3", "", True
    ),
    "not integrated": ("y ~ x x^2; x ~ z; x.missing ~ x z", "y", True),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_step_leaves_the_joint_distribution_invariant(name):
    equations, incomplete, step = STEPS[name]
    # a large step size, so that the acceptance probability matters
    model = JointModel(equations, incomplete, seed=101, step_size=0.6)
    check(model, step, length=100 if step == joint.PROPOSAL else 50)


@pytest.mark.parametrize("name", MODELS)
def test_sweep_leaves_the_joint_distribution_invariant(name):
    equations, incomplete, clusters = MODELS[name]
    check(JointModel(equations, incomplete, seed=202, clusters=clusters), joint.SWEEP, length=100)


def check(model: JointModel, step: int, length: int) -> None:
    z, acceptance = z_scores(model, step, chains=CHAINS, length=length)
    worst = sorted(z, key=lambda name: abs(z[name]), reverse=True)
    shown = "\n".join(f"{z[name]:8.2f}  {name}" for name in worst[:12])
    within = all(abs(value) < LIMIT for value in z.values())  # nan is not
    assert within, f"z of {len(z)} statistics, the largest first:\n{shown}"
    if step in (joint.SWEEP, joint.PROPOSAL):
        # often enough to move, seldom enough for a wrong log density to show
        moved = acceptance[model.plan.select_integrated == 1]
        assert ((moved > 0.5) & (moved < 0.95)).all(), f"acceptance {acceptance}"
