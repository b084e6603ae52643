"""How near a model is to the one that is asked for: by term, as a share and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tutorkit.assignment.data_plan import DataPlan
from tutorkit.formulas import Role, role_of
from tutorkit.model.spec import Equation, ModelSpec
from tutorkit.teaching.checking import Finding, findings

Element = tuple[object, ...]


@dataclass(frozen=True)
class Target:
    """What a model is held against.

    ``models`` are those that are right. In the selection model ``indicator`` what is asked for is
    ``causes``, and further predictors cost nothing; the other indicators in ``free`` may have
    models or not.
    """

    models: tuple[ModelSpec, ...]
    indicator: str = ""
    causes: tuple[str, ...] = ()
    free: tuple[str, ...] = ()


def target_of(plan: DataPlan) -> Target:
    """Return the target of an assignment's data."""
    free = tuple(f"{name}.missing" for name in plan.rates)
    return Target(plan.keys(), f"{plan.mnar}.missing", plan.causes, free)


def nearness(spec: ModelSpec | None, target: Target, role: Role) -> tuple[float, list[Finding]]:
    """Return how much of one part of the model is right, from 0 to 1, and what differs.

    Each element that is asked for counts the same: a term, a random slope, the cluster variable,
    the model of an incomplete predictor. Each one too many takes away as much. Of the models that
    are right the nearest one counts. The share is 1 if and only if nothing differs.
    """
    if spec is None:
        return 0.0, [Finding("There is no model.", "")]
    spec = _plain_indicators(spec)
    best = max(target.models, key=lambda key: _share(spec, key, target, role))
    share = _share(spec, best, target, role)
    found = _found(spec, best, target, role)
    if share == 1:
        return 1.0, []
    return share, found or [Finding(f"The {role} model is not the one asked for.", "")]


def same_model(one: ModelSpec | None, two: ModelSpec | None) -> bool:
    """Tell whether two models are one, whatever the settings and priors of their runs."""
    if one is None or two is None:
        return one is two
    return _signature(one) == _signature(two)


def _signature(spec: ModelSpec) -> tuple[object, ...]:
    equations = {
        (e.outcome, e.random_intercept, frozenset(t.key for t in e.predictors),
         frozenset(t.key for t in e.slopes))
        for e in spec.equations
    }  # fmt: skip
    centred = (frozenset(spec.grand_mean), frozenset(spec.group_mean))
    return spec.cluster, equations, centred, frozenset(spec.ordinal), spec.transforms


def _share(spec: ModelSpec, key: ModelSpec, target: Target, role: Role) -> float:
    wanted, own = {*_elements(key, role, target)}, {*_elements(spec, role, target)}
    right, too_many = len(wanted & own), len(own - wanted)
    return max(0.0, (right - too_many) / len(wanted)) if wanted else float(not own)


def _elements(spec: ModelSpec, role: Role, target: Target) -> Iterator[Element]:
    for equation in spec.equations:
        name = equation.outcome
        if role_of(spec, equation) != role:
            continue
        if role == "selection" and name in target.free and name != target.indicator:
            continue
        yield "model", name
        terms = [(name, *term.key) for term in equation.predictors]
        if role == "selection" and name == target.indicator:
            yield from (term for term in terms if term in [(name, c) for c in target.causes])
            continue
        yield from terms
        yield from ((name, "varies", *term.key) for term in equation.slopes)
        yield from _commands(spec, equation)
        if role == "focal" and spec.cluster is not None:
            yield "cluster", spec.cluster
            if equation.random_intercept:
                yield "random intercept", name


def _commands(spec: ModelSpec, equation: Equation) -> Iterator[Element]:
    """Yield what is done to the variables of an equation: it makes another model of it."""
    used = {equation.outcome, *equation.inputs}
    for name in sorted({*spec.grand_mean, *spec.group_mean} & used):
        yield equation.outcome, "centred", name
    if equation.outcome in spec.ordinal:
        yield equation.outcome, "ordinal"


def _found(spec: ModelSpec, key: ModelSpec, target: Target, role: Role) -> list[Finding]:
    """Say what differs; clusters are the focal model's affair, and FIXED costs nothing."""
    free = target.free if role == "selection" else ()
    compared = replace(spec, cluster=key.cluster, source=None) if _lacks_clusters(spec, role) else (
        spec
    )  # fmt: skip
    found = [f for f in findings(compared, key, (role,), free) if not f.what.startswith("FIXED")]
    if role == "selection":
        return [*found, *_missing_causes(spec, target)]
    for equation in spec.equations:
        if role_of(spec, equation) == role:
            found += [_told(element) for element in _commands(spec, equation)]
    return found


def _lacks_clusters(spec: ModelSpec, role: Role) -> bool:
    return role != "focal" and not spec.cluster


def _told(element: Element) -> Finding:
    outcome, what, *names = element
    if what == "ordinal":
        why = "It is measured in steps nowhere: a probit model has other coefficients."
        return Finding(f"{outcome} is taken to be ordinal.", why)
    why = "Then the intercept, and what is multiplied with it, have other values."
    return Finding(f"{names[0]} is centred in the model of {outcome}.", why)


def _missing_causes(spec: ModelSpec, target: Target) -> Iterator[Finding]:
    """Name the causes beside the variable itself that a selection model lacks."""
    own = next((e for e in spec.equations if e.outcome == target.indicator), None)
    if own is None:
        return
    terms = {term.key for term in own.predictors}
    itself = target.indicator.removesuffix(".missing")
    for cause in target.causes:
        if (cause,) not in terms and (cause != itself or cause in own.inputs):
            why = "" if cause == itself else (
                "The task says that it plays a part in what is missing: left out, its part is "
                f"given to {itself}, and the estimates move."
            )  # fmt: skip
            yield Finding(f"{cause} is missing in the selection model of {own.outcome}.", why)


def _plain_indicators(spec: ModelSpec) -> ModelSpec:
    """Return the model with ``v.missing`` in place of an indicator made by TRANSFORM."""
    made = dict(spec.indicators)
    if not made:
        return spec

    def plain(equation: Equation) -> Equation:
        variable = made.get(equation.outcome)
        return replace(equation, outcome=f"{variable}.missing") if variable else equation

    return replace(
        spec,
        equations=tuple(map(plain, spec.equations)),
        transforms=tuple(t for t in spec.transforms if t.name not in made),
        ordinal=tuple(name for name in spec.ordinal if name not in made),
        source=None,
    )
