"""Joint-distribution tests (Geweke 2004): each step, and whole sweeps, leave prior times data be.

Parameters are drawn from the prior; then new data given the parameters and a step of the sampler
given the data take turns. Whatever the step does, each iteration's parameters must keep the prior's
distribution, whose moments are known exactly, and standardised residuals (imputed values included)
must keep mean 0, variance 1 and no correlation with the terms of their equation.

Tolerance: chains are independent and in equilibrium from their first iteration, so with C chains
z = mean / (sd of the C chain means / sqrt(C)) is t distributed with C - 1 degrees of freedom.
For C = 400, P(|t| > 5) = 8.6e-7; the 1,700 statistics of all cases together exceed 5 by chance with
probability below 2e-3.
"""

from __future__ import annotations

import joint
import numba
import pytest
from joint_model import Toy, z_scores

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="millions of iterations")

LIMIT = 5.0
CHAINS = 400
MEANS = "y ~ x x.mean | x"

# an ordinal variable whose name ends in k has k categories, of which k - 1 are ever missing
# name: (equations, variables missing completely at random, step)
STEPS = {
    "coefficients": ("y ~ x z | z; x ~ z", "", joint.COEFFICIENTS),
    "coefficients of a probit equation": ("y ~ x; y.missing ~ x | x", "", joint.COEFFICIENTS),
    "coefficients at level 2": ("b ~ c; y ~ b x | x", "", joint.COEFFICIENTS),
    "residual variance": ("y ~ x z | z; x ~ z", "", joint.RESIDUAL_VARIANCE),
    "residual variance at level 2": ("b ~ c; y ~ b", "", joint.RESIDUAL_VARIANCE),
    "variance of a random intercept": ("y ~ x; x ~ z", "", joint.EQUATION),
    "equation, one slope": ("y ~ x | x", "", joint.EQUATION),
    "covariance matrix, intercept": ("y ~ x", "", joint.COVARIANCE),
    "covariance matrix, one slope": ("y ~ x | x", "", joint.COVARIANCE),
    "covariance matrix, two slopes": ("y ~ x z | x z", "", joint.COVARIANCE),
    "root, intercept": ("y ~ x", "", joint.ROOT),
    "root, one slope": ("y ~ x | x", "", joint.ROOT),
    "root, two slopes": ("y ~ x z | x z", "", joint.ROOT),
    "root of a probit equation": ("y ~ x; o4 ~ x y | x", "", joint.ROOT),
    "missing value": ("y ~ x z | x; x ~ z", "y x", joint.MISSING_VALUES),
    "missing value in a product": ("y ~ x z x*z | z; x ~ z", "x", joint.MISSING_VALUES),
    "missing values of a product": ("y ~ x w x*w; x ~ w z; w ~ z", "x w", joint.MISSING_VALUES),
    "missing value in a random product": ("y ~ x w | x*w; x ~ w", "x w", joint.MISSING_VALUES),
    "missing value squared": ("y ~ x x^2; x ~ z", "x", joint.MISSING_VALUES),
    "missing value cubed": ("y ~ x x^2*z x^3 | x^2; x ~ z", "x", joint.MISSING_VALUES),
    "missing value that selects": ("y ~ x; x ~ z; y.missing ~ y x", "x", joint.MISSING_VALUES),
    "missing value at level 2": ("y ~ b x x*b; b ~ c", "b", joint.MISSING_VALUES),
    "missing value without an equation": ("y ~ x w z", "x w", joint.MISSING_VALUES),
    "latent means": (f"{MEANS}; CENTER: groupmean = x", "x", joint.MISSING_VALUES),
    "latent means in a product": ("y ~ x x.mean x.mean*x z", "x z", joint.MISSING_VALUES),
    "grand-mean centred": ("y ~ x z x*z; CENTER: x z", "x", joint.MISSING_VALUES),
    "responses": ("y ~ x x^2; x ~ z; x.missing ~ x | x", "", joint.RESPONSES),
    "responses of ordinal variables": ("o ~ z | z; p4 ~ z o; bo ~ c", "", joint.RESPONSES),
    "selected outcome": ("y ~ x z; y.missing ~ y x y*x", "", joint.RESPONSES),
    "selected predictor": ("y ~ x z x*z | x; x ~ z; x.missing ~ x y", "", joint.RESPONSES),
    "selected, latent means": ("y ~ x x.mean; y.missing ~ y x.mean", "", joint.RESPONSES),
    "proposal, selected outcome": ("y ~ x | x; y.missing ~ y x y*x", "", joint.PROPOSAL),
    "proposal, selected predictor": ("y ~ x z x*z | x; x ~ z; x.missing ~ x y", "", joint.PROPOSAL),
    "proposal, missing at random": ("y ~ x; y.missing ~ x", "", joint.PROPOSAL),
    "proposal, no equation for the variable": ("y ~ x; w.missing ~ x y", "", joint.PROPOSAL),
    "proposal, random slope": ("y ~ x; y.missing ~ y x | x", "", joint.PROPOSAL),
    "proposal, two slopes": ("y ~ x z | x z; y.missing ~ y x z", "", joint.PROPOSAL),
    "proposal, product only": ("y ~ x z; y.missing ~ y*x x", "", joint.PROPOSAL),
    "proposal, binary outcome": ("o ~ x z x*z", "", joint.PROPOSAL),
    "categories": ("y ~ o z o*z; o ~ z", "o", joint.CATEGORIES),
    "categories, more than two": ("y ~ o4 z | o4; o4 ~ z | z", "o4", joint.CATEGORIES),
    "categories, squared": ("y ~ o4 o4^2; o4 ~ z", "o4", joint.CATEGORIES),
    "categories at level 2": ("y ~ bo4 z bo4*z; bo4 ~ c", "bo4", joint.CATEGORIES),
    "thresholds": ("o4 ~ x z | z", "", joint.THRESHOLDS),
    "thresholds at level 2": ("bo4 ~ c", "", joint.THRESHOLDS),
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
    "ordinal outcome": ("o5 ~ x w x*w | x; x ~ w", "x w", True),
    "incomplete ordinal outcome": ("o4 ~ x b; b ~ c", "o4 x b", True),
    "ordinal predictors": ("y ~ o p4 o*p4 | p4; o ~ p4; p4 ~ z", "y o p4", True),
    "implied equations": ("y ~ x o4 b b*x; b ~ c bo", "x o4 b bo", True),
    "single-level ordinal": ("o ~ x p4; x ~ z", "o x p4", False),
    "latent means": ("y ~ x z.mean x.mean*z b | x; CENTER: groupmean = x", "y x z b", True),
    "latent means that select": ("y ~ x x.mean; y.missing ~ y x x.mean", "x", True),
    "grand-mean centred": (
        "y ~ x x.mean z b f; FIXED: f; CENTER: groupmean = x; grandmean = x.mean z b f", "x b", True
    ),
    "grand-mean centred, single-level": ("y ~ x z x*z; CENTER: x z", "y x", False),
    "selection at level 2": ("y ~ x b; b ~ c; b.missing ~ b c", "x", True),
}  # fmt: skip

# where the usual one is accepted too often or too seldom
STEP_SIZES = {
    "chapter": 0.35, "latent means that select": 0.3, "ordinal predictors": 0.8,
    "single-level": 0.6, "single-level ordinal": 0.8,
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_step_leaves_the_joint_distribution_invariant(name):
    equations, incomplete, step = STEPS[name]
    # a large step size, so that the acceptance probability matters
    toy = Toy(equations, incomplete, seed=101, step_size=0.6)
    check(toy, step, length=100 if step == joint.PROPOSAL else 50)


@pytest.mark.parametrize("name", MODELS)
def test_sweep_leaves_the_joint_distribution_invariant(name):
    equations, incomplete, clusters = MODELS[name]
    step_size = STEP_SIZES.get(name, 0.4)
    toy = Toy(equations, incomplete, seed=202, clusters=clusters, step_size=step_size)
    check(toy, joint.SWEEP, length=100)


def check(toy: Toy, step: int, length: int) -> None:
    z, acceptance = z_scores(toy, step, chains=CHAINS, length=length)
    worst = sorted(z, key=lambda name: abs(z[name]), reverse=True)
    shown = "\n".join(f"{z[name]:8.2f}  {name}" for name in worst[:12])
    within = all(abs(value) < LIMIT for value in z.values())  # nan is not
    assert z, "the step moved nothing"
    assert within, f"z of {len(z)} statistics, the largest first:\n{shown}"
    if step in (joint.SWEEP, joint.PROPOSAL):
        # often enough to move, seldom enough for a wrong log density to show
        moved = acceptance[toy.plan.block_hamiltonian == 1]
        assert ((moved > 0.4) & (moved < 0.95)).all(), f"acceptance {acceptance}"
