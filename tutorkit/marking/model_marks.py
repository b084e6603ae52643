"""Marks for a model: by term, whatever is right about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tutorkit.assignment.data_plan import DataPlan
from tutorkit.formulas import Role, role_of
from tutorkit.model.spec import Equation, ModelSpec
from tutorkit.teaching.checking import Finding, findings

Element = tuple[object, ...]


def model_credit(spec: ModelSpec | None, plan: DataPlan, role: Role) -> tuple[float, list[Finding]]:
    """Return how much of one part of the model is right, from 0 to 1, and what differs.

    Each element that is asked for counts the same: a term, a random slope, the cluster variable,
    the model of an incomplete predictor. Each one too many takes away as much. Of the models that
    are right the nearest one counts. In a selection model only what drives missingness is asked
    for; further predictors cost nothing.
    """
    if spec is None:
        return 0.0, []
    spec = _plain_indicators(spec)
    best = max(plan.keys(), key=lambda key: _credit(spec, key, plan, role))
    return _credit(spec, best, plan, role), _found(spec, best, plan, role)


def _credit(spec: ModelSpec, key: ModelSpec, plan: DataPlan, role: Role) -> float:
    wanted, own = {*_elements(key, role, plan)}, {*_elements(spec, role, plan)}
    right, too_many = len(wanted & own), len(own - wanted)
    return max(0.0, (right - too_many) / len(wanted)) if wanted else float(not own)


def _elements(spec: ModelSpec, role: Role, plan: DataPlan) -> Iterator[Element]:
    for equation in spec.equations:
        if role_of(spec, equation) != role:
            continue
        yield "model", equation.outcome
        terms = [(equation.outcome, *term.key) for term in equation.predictors]
        if role == "selection":  # only what is asked for counts
            free = equation.outcome in plan.indicators
            asked = [(f"{plan.mnar}.missing", cause) for cause in plan.causes]
            yield from (term for term in terms if term in asked or not free)
            continue
        yield from terms
        yield from ((equation.outcome, "varies", *term.key) for term in equation.slopes)
        if role == "focal":
            if spec.cluster is not None:
                yield "cluster", spec.cluster
                if equation.random_intercept:
                    yield "random intercept", equation.outcome
            centred = {*spec.grand_mean, *spec.group_mean} & {*equation.inputs}
            yield from (("centred", name) for name in centred)


def _found(spec: ModelSpec, key: ModelSpec, plan: DataPlan, role: Role) -> list[Finding]:
    """Say what differs; without the causes of another part, such as clusters, and FIXED."""
    free = plan.indicators if role == "selection" else ()
    if role != "focal":
        spec = replace(spec, cluster=key.cluster, source=None) if not spec.cluster else spec
    found = [f for f in findings(spec, key, (role,), free) if not f.what.startswith("FIXED")]
    if role == "selection":
        found += _missing_causes(spec, plan)
    return found


def _missing_causes(spec: ModelSpec, plan: DataPlan) -> Iterator[Finding]:
    """Name the causes beside the variable itself that a selection model lacks."""
    name = f"{plan.mnar}.missing"
    own = next((e for e in spec.equations if e.outcome == name), None)
    if own is None:
        return
    for cause in plan.also:
        if cause not in own.inputs:
            yield Finding(
                f"{cause} is missing in the selection model of {name}.",
                "The task says that it plays a part in what is missing: left out, its part is "
                f"given to {plan.mnar}, and the estimates move.",
            )


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
