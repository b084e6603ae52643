"""Advice on the terms of equations."""

from __future__ import annotations

from collections.abc import Iterator

from tutorkit.advice.advice import Advice, quoted
from tutorkit.formulas import role_of
from tutorkit.model.spec import ModelSpec


def no_main_effect(spec: ModelSpec) -> Iterator[Advice]:
    """Advise on products of variables that are not predictors by themselves."""
    for equation in spec.equations:
        single = {t.factors[0] for t in equation.predictors if len(t.factors) == 1}
        for term in equation.predictors:
            lacking = [f for f in dict.fromkeys(term.factors) if f not in single]
            if len(term.factors) < 2 or not lacking:
                continue
            others = dict.fromkeys(f for f in term.factors if f != lacking[0]) or lacking
            zero = " and ".join(f"{f} = 0" for f in others)
            yield Advice(
                role_of(spec, equation),
                equation.outcome,
                f"The equation of '{equation.outcome}' has '{term}' without {quoted(lacking)}. "
                f"The effect of '{lacking[0]}' is then taken to be 0 where {zero}, and if it is "
                "not, other estimates are biased.",
                f"Add {quoted(lacking)} to its predictors.",
            )


def no_fixed_slope(spec: ModelSpec) -> Iterator[Advice]:
    """Advise on random slopes around a mean that is not estimated."""
    for equation in spec.equations:
        fixed = {term.key for term in equation.predictors}
        for term in equation.slopes:
            if term.key not in fixed:
                yield Advice(
                    role_of(spec, equation),
                    equation.outcome,
                    f"In the equation of '{equation.outcome}' the slopes of '{term}' vary over "
                    "clusters around 0. If their mean is not 0, their variance is "
                    "overestimated.",
                    f"Write '{term}' left of '|' as well.",
                )
