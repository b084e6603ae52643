"""True values of a model's parameters, to simulate from, and what is wrong with them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from tutorkit.data.implied import join
from tutorkit.data.joint import Facts
from tutorkit.errors import SpecError, did_you_mean
from tutorkit.model.spec import ModelSpec
from tutorkit.model.tokens import MEAN_SUFFIX
from tutorkit.parameters import RESIDUAL_VARIANCE, monitored

Truth = Mapping[tuple[str, str], float]
"""(outcome, parameter name) -> value, names as in `Draws.get` and `datasets.truth`."""


def check_truth(spec: ModelSpec, truth: Truth) -> None:
    """Demand a possible value for each free parameter of a model that can be simulated."""
    _check_supported(spec)
    model = join(spec, {name: Facts(level=1, missing=0.0) for name in spec.variables})
    free = [(p.outcome, p.name) for p in monitored(model) if p.free]
    fixed = [(e.outcome, RESIDUAL_VARIANCE) for e in spec.selection]
    for key, value in truth.items():
        if key not in free and key not in fixed:
            raise _unknown(key, free)
        what = f"The true value of {_shown(key)}"
        if not isinstance(value, float | int | np.number) or not math.isfinite(value):
            raise SpecError(f"{what} must be a finite number, not {value!r}")
        if key in fixed and value != 1:
            hint = "It sets the scale of the propensity: leave it out."
            raise SpecError(f"{what} is fixed at 1 and cannot be {value}", hint)
        if value < 0 and (key[1] == RESIDUAL_VARIANCE or key[1].startswith("L2 : Var(")):
            raise SpecError(f"{what} is negative: {value}", "A variance is zero or more.")
    lacking = [key for key in free if key not in truth]
    if lacking:
        more = f" and for {len(lacking) - 1} more parameters" * (len(lacking) > 1)
        raise SpecError(
            f"The truth lacks a value for {_shown(lacking[0])}{more}",
            f"Give it one: truth[{lacking[0][0]!r}, {lacking[0][1]!r}] = ...",
        )


def _unknown(key: object, known: list[tuple[str, str]]) -> SpecError:
    """Return the error for a key of the truth that is no parameter of the model."""
    if not isinstance(key, tuple) or len(key) != 2:
        hint = "Write outcome and parameter, for example truth['y', 'Intercept']."
        return SpecError(f"The truth has the key {key!r}, which is not a pair of names", hint)
    outcome, name = map(str, key)
    names = {o: [n for other, n in known if other == o] for o, _ in known}
    if outcome not in names:
        what = f"The truth names the outcome '{outcome}', which has no equation"
        return SpecError(what, did_you_mean(outcome, names))
    what = f"The truth names '{name}', which is not a parameter of '{outcome}'"
    return SpecError(what, did_you_mean(name, names[outcome]))


def _shown(key: tuple[str, str]) -> str:
    return f"'{key[1]}' of '{key[0]}'"


def _check_supported(spec: ModelSpec) -> None:
    """Refuse what would be simulated as something else."""
    hint = "Simulate from a model of the plain columns, and make the others afterwards."
    made = {transform.name for transform in spec.transforms}
    for equation in spec.equations:
        if equation.outcome in spec.ordinal:
            what = f"tutorkit does not simulate the ORDINAL outcome '{equation.outcome}'"
            raise SpecError(what, hint, place=("outcome", equation.outcome))
        for name in (equation.outcome, *equation.factors):
            if name in made:
                what = f"tutorkit does not simulate '{name}', which TRANSFORM makes"
                raise SpecError(what, hint, place=("transform", name))
            if name.endswith(MEAN_SUFFIX):
                what = f"tutorkit does not simulate from latent cluster means such as '{name}'"
                raise SpecError(what, hint, place=("predictor", equation.outcome, name))
    for name in (*spec.grand_mean, *spec.group_mean):
        what = f"tutorkit does not simulate from the centred predictor '{name}'"
        raise SpecError(what, "Leave CENTER out.", place=("center", name))
