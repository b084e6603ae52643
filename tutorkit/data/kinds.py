"""What variables of a certain kind may be part of: levels, ORDINAL, cluster and grand means."""

from __future__ import annotations

from collections.abc import Mapping

from tutorkit.data.implied import mean_factors, needs_means
from tutorkit.data.joint import Facts
from tutorkit.data.places import mistake, place_of
from tutorkit.errors import Place
from tutorkit.model.spec import Equation, ModelSpec
from tutorkit.model.tokens import MEAN_SUFFIX, variable_of

MOST_CATEGORIES = 12


def check_kinds(spec: ModelSpec, facts: Mapping[str, Facts]) -> None:
    """Refuse variables in a part of the model that their kind cannot have."""
    for name in spec.ordinal:
        n = len(facts[name].categories) if name in facts else 0
        if n > MOST_CATEGORIES:
            what = f"'{name}' is ORDINAL but has {n} different values"
            hint = f"Up to {MOST_CATEGORIES} categories are supported: take it out of ORDINAL."
            raise mistake(spec, what, hint, ("ordinal", name))
    outcomes = {equation.outcome for equation in spec.equations}
    for name in needs_means(spec):
        if name in outcomes:
            what = f"The means of '{name}' are wanted (CENTER or .mean), but it has an equation"
            hint = (
                f"Leave out the equation of '{name}': tutorkit then models it together with its "
                "means. Or list a complete variable under FIXED."
            )
            raise mistake(spec, what, hint, ("outcome", name))
    for name in (*spec.group_mean, *mean_factors(spec)):
        variable = variable_of(name)
        if facts[variable].level == 2:
            what = f"'{variable}' has one value per cluster, so it has no cluster means"
            place: Place = place_of(spec, variable)
            raise mistake(spec, what, f"Use '{variable}' itself, or its grand mean.", place)
    _check_simple(spec)
    for equation in spec.equations:
        if facts[equation.selects or equation.outcome].level == 2:
            _check_level_2(spec, equation, facts)


def _check_simple(spec: ModelSpec) -> None:
    """Refuse conditional effects of what has no single slope."""
    for simple in spec.simple:
        for term in spec.focal.predictors:
            if term.power(simple.focal) > 1:
                what = (
                    f"'{simple.focal}' has no single slope to be shown by SIMPLE: the equation of "
                    f"'{spec.focal.outcome}' holds '{term}'"
                )
                hint = f"Take '{term}' out of the equation, or the statement out of SIMPLE."
                raise mistake(spec, what, hint, ("simple", simple.focal, simple.moderator))


def _check_level_2(spec: ModelSpec, equation: Equation, facts: Mapping[str, Facts]) -> None:
    """Refuse predictors that vary within clusters for an outcome that does not."""
    outcome = equation.selects or equation.outcome
    for term in (*equation.predictors, *equation.slopes):
        for factor in term.factors:
            if facts[variable_of(factor)].level == 1 and not factor.endswith(MEAN_SUFFIX):
                what = f"'{outcome}' has one value per cluster, but '{factor}' varies within them"
                hint = f"Predict it with cluster means: '{factor}{MEAN_SUFFIX}'."
                raise mistake(spec, what, hint, ("predictor", equation.outcome, factor))
    for term in equation.slopes:
        what = f"'{outcome}' has one value per cluster and cannot have the random slope of '{term}'"
        place = ("slope", equation.outcome, str(term))
        raise mistake(spec, what, "Take it off the right of '|'.", place)
