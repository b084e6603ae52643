"""Advice on models of predictors, and on FIXED."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from tutorkit.advice.advice import Advice, factored, quoted
from tutorkit.advice.known import Known
from tutorkit.data.implied import free_predictors, needs_means
from tutorkit.data.inspect import names_clusters
from tutorkit.errors import SpecError
from tutorkit.formulas import role_of
from tutorkit.model.editing import dependents, move
from tutorkit.model.spec import Equation, ModelSpec


def no_model(spec: ModelSpec, known: Known) -> Iterator[Advice]:
    """Advise on incomplete predictors without an equation."""
    free = [v for v in free_predictors(spec) if known.gaps(v) > 0]
    if free:
        yield Advice(
            "auxiliary",
            "",
            f"MODEL has no equation for {quoted(free)}, of which values are missing. tutorkit adds "
            "one, in which other predictors explain it, so no row is lost; but the script does not "
            "say what it assumes.",
            f"Add {quoted(_equations_for(spec, known, free))}.",
        )


def unrelated(spec: ModelSpec, known: Known) -> Iterator[Advice]:
    """Advise on pairs of predictors neither of which predicts the other."""
    chain = _chain(spec, known)
    complete = [v for v in spec.focal.inputs if known.is_complete(v)]
    # what has one value a cluster is predicted only by its like, so it stands behind the others
    names = sorted((*chain, *complete), key=lambda v: v in known.between)
    after = {name: dependents(spec, name) for name in names}
    left_out: dict[str, list[str]] = {}
    for first, second in combinations(names, 2):
        name, other = (second, first) if second in after[first] else (first, second)
        related = other in _inputs(spec, name) or name in _inputs(spec, other)
        if name in chain and not related:
            left_out.setdefault(name, []).append(other)
    for name, others in left_out.items():
        yield Advice(
            "auxiliary",
            name,
            f"The model of '{name}' leaves out {quoted(others)}: given its predictors, '{name}' is "
            f"taken to be unrelated to {'them' if len(others) > 1 else 'it'}. If that is wrong, or "
            "if missingness depends on it, imputed values and estimates are biased.",
            f"Add {quoted(others)} to the model of '{name}'.",
        )


def order(spec: ModelSpec, known: Known) -> Iterator[Advice]:
    """Advise on the order of a factored regression."""
    chain = _chain(spec, known)
    pairs = [
        (behind, before)
        for before in chain for behind in spec.equation(before).inputs
        if behind in chain and known.gaps(behind) > known.gaps(before)
        and (behind in known.between) == (before in known.between)
    ]  # fmt: skip
    if pairs:
        first, second = max(pairs, key=lambda pair: known.gaps(pair[0]))
        action = _exchange(spec, first, second)
        if action:
            yield Advice(
                "auxiliary",
                first,
                "In a factored regression each predictor is predicted by those behind it. The "
                f"chapter puts the one with most missing values first, here '{first}'. Another "
                "order is another model, though estimates seldom differ much.",
                action,
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


def outside(spec: ModelSpec, known: Known) -> Iterator[Advice]:
    """Advise on columns that missingness may depend on and that are not in the model."""
    used = {*spec.sources, *spec.variables, spec.cluster}
    others = [v for v in known.columns if v not in used and not _is_identifier(v)]
    if others and known.is_incomplete(spec):
        right = (spec.focal.outcome, *spec.focal.inputs)
        yield Advice(
            "auxiliary",
            "",
            f"The data also hold {quoted(others)}. If missingness depends on "
            f"{'them' if len(others) > 1 else 'it'}, values are MAR only in a model that has "
            f"{'them' if len(others) > 1 else 'it'}.",
            f"If so, add an auxiliary variable: '{factored(others[:1], right)}'.",
        )


def needless(spec: ModelSpec, known: Known) -> Iterator[Advice]:
    """Advise on models of complete predictors."""
    predictors = {v for e in spec.equations for v in e.inputs}
    for equation in _auxiliary(spec):
        name = equation.outcome
        if name in predictors and known.is_complete(name) and known.is_incomplete(spec):
            yield Advice(
                "auxiliary",
                name,
                f"No value of '{name}' is missing, so it needs no model: that changes nothing in "
                "the focal model.",
                f"Take its equation out and write 'FIXED: {' '.join((*spec.fixed, name))};'.",
            )


def not_fixed(spec: ModelSpec, known: Known) -> Iterator[Advice]:
    """Advise on complete predictors that could be declared FIXED."""
    free = [v for v in free_predictors(spec) if known.is_complete(v)]
    if free and known.is_incomplete(spec) and not needs_means(spec):
        yield Advice(
            "auxiliary",
            "",
            f"No values of {quoted(free)} are missing. FIXED tells readers of the script that such "
            "a predictor is taken as it is, without a model; the estimates are the same.",
            f"Add 'FIXED: {' '.join((*spec.fixed, *free))};'.",
        )


def _auxiliary(spec: ModelSpec) -> list[Equation]:
    return [e for e in spec.equations if role_of(spec, e) == "auxiliary"]


def _chain(spec: ModelSpec, known: Known) -> list[str]:
    """Return the focal model's incomplete predictors that have a model, in the model's order."""
    names = [e.outcome for e in _auxiliary(spec)]
    return [v for v in names if v in spec.focal.inputs and known.gaps(v) > 0]


def _equations_for(spec: ModelSpec, known: Known, free: list[str]) -> list[str]:
    """Return equations that the model lacks, such that they fit those it has."""
    outcomes = {e.outcome for e in spec.equations}
    inputs = dict.fromkeys(v for e in spec.equations for v in e.inputs)
    after = {v for name in free for v in dependents(spec, name)}
    right = [v for v in _chain(spec, known) if v not in after]
    right += [v for v in inputs if v not in outcomes and known.is_complete(v)]
    most_first = sorted(free, key=lambda v: -known.gaps(v))
    between = [v for v in most_first if v in known.between]
    within = [v for v in most_first if v not in known.between]
    written = [factored(within, [*between, *right])] if within else []
    right = [v for v in right if v in known.between]
    return written + ([factored(between, right)] if between else [])


def _exchange(spec: ModelSpec, first: str, second: str) -> str:
    """Say how ``first``, which predicts ``second``, comes to be predicted by it; "" if it cannot.

    The editor's buttons exchange neighbours.
    """
    names = [e.outcome for e in _auxiliary(spec)]
    steps = names.index(first) - names.index(second)
    if steps < 0:  # the equations stand in the right order, but not their arrows
        return (
            f"Take '{first}' out of the model of '{second}' and add '{second}' to that of "
            f"'{first}'."
        )
    try:
        for _ in range(steps):
            spec = move(spec, first, -1)
    except SpecError:
        return ""
    reads = "; ".join(str(spec.equation(name)) for name in (first, second))
    return (
        f"Move '{first}' before '{second}' (step 3 has buttons for that). The script then reads "
        f"'{reads};'."
    )


def _inputs(spec: ModelSpec, name: str) -> tuple[str, ...]:
    return next((e.inputs for e in spec.equations if e.outcome == name), ())


def _is_identifier(column: str) -> bool:
    return names_clusters(column) or column.casefold() == "row"
