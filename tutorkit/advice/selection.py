"""Advice on models of missingness."""

from __future__ import annotations

from collections.abc import Iterator

from tutorkit.advice.advice import Advice, quoted, selection_models
from tutorkit.advice.known import Known
from tutorkit.model.spec import ModelSpec
from tutorkit.model.tokens import MISSING_SUFFIX

MANY = 6  # predictors; the chapter's selection model has 5


def self_left_out(spec: ModelSpec) -> Iterator[Advice]:
    """Advise on selection models without the variable itself."""
    for name, equation in selection_models(spec).items():
        if name not in equation.inputs:
            yield Advice(
                "selection",
                equation.outcome,
                f"'{name}' does not predict '{equation.outcome}', so this equation can only model "
                f"MAR: it corrects nothing if '{name}' itself decides whether it is missing.",
                f"If there is reason to expect MNAR, add '{name}' to its predictors.",
            )


def no_selection_model(spec: ModelSpec, known: Known) -> Iterator[Advice]:
    """Advise on an incomplete outcome of the focal model that is taken to be MAR."""
    name = spec.focal.outcome
    if known.gaps(name) > 0 and name not in selection_models(spec):
        right = " ".join((name, *spec.focal.inputs))
        yield Advice(
            "selection",
            "",
            f"{100 * known.gaps(name):.0f}% of the values of '{name}' are missing, and nothing "
            "models why. The estimates hold under MAR: if missingness depends only on what is "
            "observed of the model's variables.",
            f"If there is reason to expect MNAR, add '{name}{MISSING_SUFFIX} ~ {right};' and "
            "compare the estimates.",
        )


def many_predictors(spec: ModelSpec) -> Iterator[Advice]:
    """Advise on selection models so large that they converge slowly."""
    for equation in selection_models(spec).values():
        if len(equation.predictors) > MANY:
            yield Advice(
                "selection",
                equation.outcome,
                f"'{equation.outcome}' has {len(equation.predictors)} predictors. That does not "
                "bias the estimates, but such chains may need many iterations to converge.",
                "Leave out what is unlikely to matter for missingness, or run longer.",
            )


def several(spec: ModelSpec) -> Iterator[Advice]:
    """Advise on several MNAR mechanisms at once."""
    models = selection_models(spec)
    own = [name for name, equation in models.items() if name in equation.inputs]
    if len(own) > 1:
        yield Advice(
            "selection",
            "",
            f"{quoted(own)} each predict whether they are missing. The data say little about one "
            "such effect and less about several (weak identification): estimates lean on the "
            "priors, and chains converge slowly.",
            "Look at PSR and ESS of these effects, and compare with one selection model at a time.",
        )
