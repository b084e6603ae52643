"""One piece of advice, and what the rules that give it have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from tutorkit.formulas import role_of
from tutorkit.model.spec import Equation, ModelSpec
from tutorkit.wording import listed

Step = Literal["data", "focal", "auxiliary", "selection", "run"]
STEPS: tuple[Step, ...] = get_args(Step)


@dataclass(frozen=True)
class Advice:
    """What to know about a model, and what to do about it.

    ``outcome`` is the equation it is about, empty if it is about none. ``message`` says what the
    model as it stands means for the estimates, ``action`` what to do; both are sentences.
    """

    step: Step
    outcome: str
    message: str
    action: str


def selection_models(spec: ModelSpec) -> dict[str, Equation]:
    """Return the models of missingness, in short or long form, by the variable they are about."""
    indicators = dict(spec.indicators)
    found = [e for e in spec.equations if role_of(spec, e) == "selection"]
    return {e.selects or indicators[e.outcome]: e for e in found}


def quoted(names: Sequence[str]) -> str:
    """Return names in quotation marks, as part of a sentence."""
    return listed(f"'{name}'" for name in names)


def factored(outcomes: Sequence[str], predictors: Sequence[str]) -> str:
    """Return a statement of MODEL."""
    return f"{' '.join(outcomes)} ~ {' '.join(predictors) or 'intercept'};"
