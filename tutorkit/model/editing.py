"""Small changes of a model, each of which returns another model or raises a SpecError."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tutorkit.model.spec import Equation, ModelSpec, Term
from tutorkit.model.tokens import MISSING_SUFFIX, variable_of

FOCAL, AUXILIARY, SELECTION = "focal", "auxiliary", "selection"


def set_outcome(spec: ModelSpec, outcome: str) -> ModelSpec:
    """Let the focal model explain another variable.

    An auxiliary model of that variable is dropped, and the variable is taken off the right-hand
    sides of focal and auxiliary models, which would form a cycle with it. Selection models of
    variables that no other equation has any more are dropped as well.
    """
    focal, selected = spec.focal, _selected(spec)
    kept = [e for e in spec.equations if e.outcome != outcome or e == focal]
    equations = [e if e.outcome in selected else _without(e, outcome) for e in kept]
    changed = [replace(e, outcome=outcome) if e.outcome == focal.outcome else e for e in equations]
    used = {e.outcome: {e.outcome, *e.inputs} for e in changed}
    left = [
        e for e in changed
        if e.outcome not in selected
        or any(selected[e.outcome] in names for o, names in used.items() if o != e.outcome)
    ]  # fmt: skip
    fixed = tuple(name for name in spec.fixed if name != outcome)
    return _with(spec, left, fixed=fixed)


def set_term(spec: ModelSpec, outcome: str, term: Term, wanted: bool) -> ModelSpec:
    """Put a term into an equation, or take it out; a random slope of it stays as it is."""
    equation = spec.equation(outcome)
    terms = _set(equation.predictors, term, wanted)
    return _change(spec, replace(_unlabelled(equation, terms), predictors=terms))


def set_slope(spec: ModelSpec, outcome: str, term: Term, wanted: bool) -> ModelSpec:
    """Let the coefficient of a term vary over clusters, or not."""
    equation = spec.equation(outcome)
    return _change(spec, replace(equation, slopes=_set(equation.slopes, term, wanted)))


def add_equation(spec: ModelSpec, outcome: str) -> ModelSpec:
    """Add a model of a variable, or of ``v.missing``, with an intercept only."""
    block = SELECTION if outcome.endswith(MISSING_SUFFIX) else AUXILIARY
    fixed = tuple(name for name in spec.fixed if name != outcome)
    new = Equation(outcome, block=block if spec.equations[-1].block else "")
    if block == SELECTION:
        return _with(spec, [*spec.equations, new], fixed=fixed)
    last = max(k for k, e in enumerate(spec.equations) if not e.selects)
    before, after = spec.equations[: last + 1], spec.equations[last + 1 :]
    return _with(spec, [*before, new, *after], fixed=fixed)


def remove_equation(spec: ModelSpec, outcome: str) -> ModelSpec:
    """Take the equation of an outcome out of the model."""
    return _with(spec, [e for e in spec.equations if e.outcome != outcome])


def move(spec: ModelSpec, outcome: str, step: int) -> ModelSpec:
    """Exchange an auxiliary model with the one before it (step -1) or behind it (+1).

    Where one of the two predicts the other, the other predicts the one afterwards: a variable may
    be predicted only by those behind it.
    """
    order = chain(spec)
    at = order.index(outcome)
    to = at + step
    if not 0 <= to < len(order):
        return spec
    first, second = (spec.equation(order[k]) for k in sorted((at, to)))
    if second.outcome in first.inputs:
        first = _without(first, second.outcome)
        second = replace(second, predictors=(Term((first.outcome,)), *second.predictors))
    swapped = {first.outcome: second, second.outcome: first}
    return _with(spec, [swapped.get(e.outcome, e) for e in spec.equations])


def set_fixed(spec: ModelSpec, name: str, wanted: bool) -> ModelSpec:
    """Declare a complete predictor FIXED, or no longer."""
    others = tuple(other for other in spec.fixed if other != name)
    return replace(spec, fixed=(*others, name) if wanted else others, source=None)


def possible_predictors(spec: ModelSpec, outcome: str, variables: Iterable[str]) -> tuple[str, ...]:
    """Return the variables that may predict an outcome, those of its equation among them.

    Not the outcome itself, nor what depends on it; of the auxiliary models' outcomes only those
    behind it, for that is the factored order.
    """
    order, after = chain(spec), dependents(spec, outcome)
    before = set(order[: order.index(outcome)]) if outcome in order else set()
    if outcome in order:
        before.add(spec.focal.outcome)

    own = spec.equation(outcome).inputs
    return tuple(
        name for name in dict.fromkeys((*variables, *own))
        if name in own or name not in (outcome, *before, *after)
    )  # fmt: skip


def chain(spec: ModelSpec) -> list[str]:
    """Return the outcomes of auxiliary models in factored order, without missingness indicators."""
    selected = _selected(spec)
    return [e.outcome for e in spec.auxiliary if e.outcome not in selected]


def dependents(spec: ModelSpec, name: str) -> set[str]:
    """Return the outcomes that a variable predicts, or that are predicted by such outcomes."""
    inputs = {e.outcome: set(e.inputs) for e in spec.equations}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        at = waiting.pop()
        new = {outcome for outcome, names in inputs.items() if at in names} - found
        found |= new
        waiting += new
    return found


def _selected(spec: ModelSpec) -> dict[str, str]:
    """Return the variables whose missingness is modelled, by outcome, in short or long form."""
    short = {e.outcome: e.selects for e in spec.equations if e.selects}
    return short | dict(spec.indicators)


def _set(terms: tuple[Term, ...], term: Term, wanted: bool) -> tuple[Term, ...]:
    """Add a term, or take it away; products stand behind single variables."""
    others = tuple(other for other in terms if other.key != term.key)
    if not wanted:
        return others
    if len(others) < len(terms):
        return terms
    at = len(others) if len(term.factors) > 1 else sum(len(t.factors) == 1 for t in others)
    return (*others[:at], term, *others[at:])


def _without(equation: Equation, name: str) -> Equation:
    """Return the equation without the terms in which a variable stands."""

    def others(terms: tuple[Term, ...]) -> tuple[Term, ...]:
        return tuple(t for t in terms if name not in map(variable_of, t.factors))

    kept = others(equation.predictors)
    return replace(_unlabelled(equation, kept), predictors=kept, slopes=others(equation.slopes))


def _unlabelled(equation: Equation, terms: tuple[Term, ...]) -> Equation:
    """Drop the labels of coefficients that leave the equation."""
    kept = {"Intercept", *map(str, terms)}
    return replace(equation, labels=tuple(pair for pair in equation.labels if pair[1] in kept))


def _change(spec: ModelSpec, equation: Equation) -> ModelSpec:
    changed = [equation if e.outcome == equation.outcome else e for e in spec.equations]
    return _with(spec, changed)


def _with(
    spec: ModelSpec, equations: Iterable[Equation], fixed: tuple[str, ...] | None = None
) -> ModelSpec:
    fixed = spec.fixed if fixed is None else fixed
    return replace(spec, equations=tuple(equations), fixed=fixed, source=None)
