"""Advice on models of predictors, and on FIXED."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutorkit.advice.advice import Advice, Missing, factored, is_incomplete, listed
from tutorkit.advice.terms import names_clusters
from tutorkit.data.implied import free_predictors, needs_means
from tutorkit.formulas import role_of
from tutorkit.model.spec import Equation, ModelSpec


def no_model(spec: ModelSpec, missing: Missing) -> Iterator[Advice]:
    """Advise on incomplete predictors without an equation."""
    free = [v for v in free_predictors(spec) if missing.get(v, 0) > 0]
    if free:
        chain = sorted((*free, *_chain(spec, missing)), key=lambda v: -missing[v])
        complete = [v for v in _unmodelled(spec) if missing.get(v) == 0]
        yield Advice(
            "auxiliary",
            "",
            f"MODEL has no equation for {listed(free)}, of which values are missing. tutorkit adds "
            "one, in which other predictors explain it, so no row is lost; but the script does not "
            "say what it assumes.",
            f"Write it as the chapter does: '{factored(chain, complete)}'.",
        )


def unrelated(spec: ModelSpec, missing: Missing) -> Iterator[Advice]:
    """Advise on pairs of predictors neither of which predicts the other."""
    chain = _chain(spec, missing)
    inputs = {e.outcome: e.inputs for e in spec.equations}
    for k, name in enumerate(chain):
        others = [v for v in spec.focal.inputs if v in chain[k + 1 :] or missing.get(v) == 0]
        left_out = [v for v in others if v not in inputs[name] and name not in inputs.get(v, ())]
        if left_out:
            level = f" (unless '{name}' has one value a cluster)" if spec.cluster else ""
            yield Advice(
                "auxiliary",
                name,
                f"The model of '{name}' leaves out {listed(left_out)}: given its predictors, "
                f"'{name}' is taken to be unrelated to {'them' if len(left_out) > 1 else 'it'}. If "
                "that is wrong, or if missingness depends on it, imputed values and estimates are "
                "biased.",
                f"Add {listed(left_out)} to the model of '{name}'{level}.",
            )


def order(spec: ModelSpec, missing: Missing) -> Iterator[Advice]:
    """Advise on the order of a factored regression."""
    chain = _chain(spec, missing)
    if any(missing[b] > missing[a] for a in chain for b in spec.equation(a).inputs if b in chain):
        wanted = sorted(chain, key=lambda v: -missing[v])
        right = [v for v in spec.focal.inputs if v in _unmodelled(spec)]
        yield Advice(
            "auxiliary",
            wanted[0],
            "In a factored regression each predictor is predicted by those behind it. The chapter "
            f"puts the one with most missing values first, here '{wanted[0]}'. Another order is "
            "another model, though estimates seldom differ much.",
            f"Write '{factored(wanted, right)}'.",
        )


def predicted_by_focal_outcome(spec: ModelSpec) -> Iterator[Advice]:
    """Advise on auxiliary models that turn a predictor into an auxiliary variable."""
    focal = spec.focal.outcome
    for equation in _auxiliary(spec):
        if focal in equation.inputs:
            name = equation.outcome
            yield Advice(
                "auxiliary",
                name,
                f"'{focal}' predicts '{name}': '{name}' is then an auxiliary variable, which helps "
                f"to impute '{focal}' but has no effect on it.",
                f"If it ought to explain '{focal}', take '{focal}' out of its equation and add "
                f"'{name}' to the focal model.",
            )


def outside(spec: ModelSpec, missing: Missing, columns: Sequence[str]) -> Iterator[Advice]:
    """Advise on columns that missingness may depend on and that are not in the model."""
    used = {*spec.sources, *spec.variables, spec.cluster}
    others = [v for v in columns if v not in used and not _is_identifier(v)]
    if others and is_incomplete(spec, missing):
        right = (spec.focal.outcome, *spec.focal.inputs)
        yield Advice(
            "auxiliary",
            "",
            f"The data also hold {listed(others)}. If missingness depends on "
            f"{'them' if len(others) > 1 else 'it'}, values are MAR only in a model that has "
            f"{'them' if len(others) > 1 else 'it'}.",
            f"If so, add an auxiliary variable: '{factored(others[:1], right)}'.",
        )


def needless(spec: ModelSpec, missing: Missing) -> Iterator[Advice]:
    """Advise on models of complete predictors."""
    predictors = {v for e in spec.equations for v in e.inputs}
    for equation in _auxiliary(spec):
        name = equation.outcome
        if name in predictors and missing.get(name) == 0 and is_incomplete(spec, missing):
            yield Advice(
                "data",
                name,
                f"No value of '{name}' is missing, so it needs no model: that changes nothing in "
                "the focal model.",
                f"Take its equation out and write 'FIXED: {' '.join((*spec.fixed, name))};'.",
            )


def not_fixed(spec: ModelSpec, missing: Missing) -> Iterator[Advice]:
    """Advise on complete predictors that could be declared FIXED."""
    free = [v for v in free_predictors(spec) if missing.get(v) == 0]
    if free and is_incomplete(spec, missing) and not needs_means(spec):
        yield Advice(
            "data",
            "",
            f"No values of {listed(free)} are missing. FIXED tells readers of the script that such "
            "a predictor is taken as it is, without a model; the estimates are the same.",
            f"Add 'FIXED: {' '.join((*spec.fixed, *free))};'.",
        )


def _auxiliary(spec: ModelSpec) -> list[Equation]:
    return [e for e in spec.equations if role_of(spec, e) == "auxiliary"]


def _chain(spec: ModelSpec, missing: Missing) -> list[str]:
    """Return the focal model's incomplete predictors that have a model, in factored order."""
    names = [e.outcome for e in _auxiliary(spec)]
    return [v for v in names if v in spec.focal.inputs and missing.get(v, 0) > 0]


def _unmodelled(spec: ModelSpec) -> list[str]:
    """Return the predictors that are no outcomes."""
    outcomes = {e.outcome for e in spec.equations}
    names = dict.fromkeys(v for e in spec.equations for v in e.inputs)
    return [v for v in names if v not in outcomes]


def _is_identifier(column: str) -> bool:
    return names_clusters(column) or column.casefold() in ("id", "row") or column.endswith("_id")
