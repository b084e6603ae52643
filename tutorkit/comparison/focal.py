"""What makes two focal models one: terms, random effects, and what is done to the variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import numpy as np

from tutorkit.arrays import Floats
from tutorkit.draws import Draws
from tutorkit.model.expressions import names
from tutorkit.model.spec import Assignment, ModelSpec
from tutorkit.parameters import RESIDUAL_VARIANCE, covariance_labels
from tutorkit.reml import RemlFit
from tutorkit.truth import Truth

Fit = Draws | RemlFit
Value = TypeVar("Value", float, Floats)


def comparable(fits: Mapping[str, Fit]) -> tuple[dict[str, Fit], dict[str, Fit]]:
    """Return the fits that have the focal model of the first one, and the other fits.

    Two fits have one focal model if outcome, predictors (in any order) and random effects agree,
    and so do CENTER, ORDINAL and TRANSFORM as far as they concern these. A REML fit does not know
    its TRANSFORM: it agrees with any.
    """
    alike: dict[str, Fit] = {}
    others: dict[str, Fit] = {}
    for name, fit in fits.items():
        same = all(_same_model(fit, other) for other in alike.values())
        (alike if same else others)[name] = fit
    return alike, others


def focal_formula(fit: Fit) -> str:
    """Return the focal model of a fit as a script has it, for example ``y ~ x1i x2i | x1i``.

    A model without a random intercept is followed by ", no random effects".
    """
    outcome, random = focal_names(fit)
    return _formula(outcome, _coefficients(fit), random)


def truth_fits(fit: Fit, truth: Truth) -> bool:
    """Tell whether the truth is that of the fit's focal model.

    It is if both have the same terms and random effects (in any order, and with the factors of a
    product in any order) and the fit takes the variables as they are: the coefficients of another
    model have other true values.
    """
    outcome, random = focal_names(fit)
    coefficients, effects = _true_terms(truth, outcome)
    same = _keys(coefficients) == _keys(_coefficients(fit)) and _keys(effects) == _keys(random)
    return same and not any(_commands(fit))


def true_formula(truth: Truth) -> str:
    """Return the model of the truth's first outcome as a script has it; see `focal_formula`."""
    outcome = next(iter(truth))[0]
    return _formula(outcome, *_true_terms(truth, outcome))


def true_values(fit: Fit, truth: Truth) -> dict[str, float]:
    """Return the true values of a fit's parameters by short name, as far as they are known."""
    outcome, random = focal_names(fit)
    spelled = {_key(name): name for name in (*_coefficients(fit), *random)}
    own: dict[str, float] = {}
    for (of, name), value in truth.items():
        if of == outcome:
            kind, terms = _inner(name)
            own[kind.format(*(spelled.get(_key(term), term) for term in terms))] = value
    return short_names(own, random)


def focal_names(fit: Fit) -> tuple[str, tuple[str, ...]]:
    """Return the focal model's outcome and the names of its random effects."""
    if isinstance(fit, RemlFit):
        return fit.outcome, fit.random_names
    equation = fit.model.equation(fit.spec.focal.outcome)
    return equation.name, equation.random_labels


def short_names(values: Mapping[str, Value], random: tuple[str, ...]) -> dict[str, Value]:
    """Return coefficients under their names, then σ², variances and correlations by short name."""
    out = {n: v for n, v in values.items() if not n.startswith("L2 : ") and n != RESIDUAL_VARIANCE}
    if RESIDUAL_VARIANCE in values:
        out["σ²"] = values[RESIDUAL_VARIANCE]
    for (i, j), label in covariance_labels(random).items():
        first, second = (values.get(f"L2 : Var({random[k]})") for k in (i, j))
        shared = values.get(f"L2 : Cov({random[j]},{random[i]})")
        if i == j and first is not None:
            out[label] = first
        elif first is not None and second is not None and shared is not None:
            out[label] = shared / np.sqrt(first * second)
    return out


def _coefficients(fit: Fit) -> tuple[str, ...]:
    if isinstance(fit, RemlFit):
        return fit.names
    return fit.model.equation(fit.spec.focal.outcome).labels


def _formula(outcome: str, coefficients: Iterable[str], random: tuple[str, ...]) -> str:
    predictors = " ".join(n for n in coefficients if n != "Intercept") or "Intercept"
    if not random:
        return f"{outcome} ~ {predictors}, no random effects"
    return f"{outcome} ~ {predictors}" + (f" | {' '.join(random[1:])}" if random[1:] else "")


def _same_model(one: Fit, two: Fit) -> bool:
    keys = [(*focal_names(fit), frozenset(_coefficients(fit))) for fit in (one, two)]
    if keys[0] != keys[1]:
        return False
    (*commands, made), (*others, also_made) = _commands(one), _commands(two)
    known = isinstance(one, Draws) and isinstance(two, Draws)
    return commands == others and (not known or made == also_made)


def _commands(fit: Fit) -> tuple[object, ...]:
    """Return what CENTER, ORDINAL and, last, TRANSFORM do to the variables of the focal model.

    REML takes no centred or ordinal variables, and a REML fit does not say what it transforms.
    """
    if isinstance(fit, RemlFit):
        return frozenset(), frozenset(), False, ()
    spec = fit.spec
    used = {spec.focal.outcome, *spec.focal.inputs, *spec.focal.factors}
    grand, group = (used & {*centred} for centred in (spec.grand_mean, spec.group_mean))
    return grand, group, spec.focal.outcome in spec.ordinal, _made(spec)


def _made(spec: ModelSpec) -> tuple[Assignment, ...]:
    """Return the statements of TRANSFORM that the focal model's variables need."""
    needed = {spec.focal.outcome, *spec.focal.inputs}
    found = []
    for transform in reversed(spec.transforms):
        if transform.name in needed:
            needed |= {*names(transform.expression)}
            found.append(transform)
    return tuple(reversed(found))


def _true_terms(truth: Truth, outcome: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of an outcome's true coefficients, and of its random effects."""
    own = [_inner(name) for of, name in truth if of == outcome]
    coefficients = [
        terms[0] for kind, terms in own if kind == "{}" and terms != (RESIDUAL_VARIANCE,)
    ]
    effects = [terms[0] for kind, terms in own if kind == "L2 : Var({})"]
    return tuple(coefficients), tuple(effects)


def _inner(name: str) -> tuple[str, tuple[str, ...]]:
    """Take a parameter's name apart: ``L2 : Cov(a,b)`` is ("L2 : Cov({},{})", ("a", "b"))."""
    if not name.startswith("L2 : "):
        return "{}", (name,)
    head, _, rest = name.partition("(")
    terms = tuple(rest.removesuffix(")").split(","))
    return f"{head}({','.join(['{}'] * len(terms))})", terms


def _keys(terms: Iterable[str]) -> set[tuple[str, ...]]:
    return {_key(term) for term in terms}


def _key(term: str) -> tuple[str, ...]:
    """Return the parts of a product in sorted order, as `Term.key` does."""
    return tuple(sorted(term.split("*")))
