"""What a model must satisfy to exist: names, equations, factored order and settings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from numbers import Integral
from typing import TYPE_CHECKING

from tutorkit.errors import Place, SpecError
from tutorkit.model.statement_checks import check_labels, check_statements
from tutorkit.model.tokens import MEAN_SUFFIX, factor_problem, is_command, is_label, name_problem

if TYPE_CHECKING:
    from tutorkit.model.spec import Equation, ModelSpec, Term

MAX_TERMS = 100_000
MAX_DEGREE = 9
_LIMITS = (
    ("seed", "SEED", 0, 2**63 - 1),
    ("burn", "BURN", 0, 10**9),
    ("chains", "CHAINS", 1, 10**9),
    ("iterations", "ITERATIONS", None, 10**9),  # its least is CHAINS
    ("imputations", "NIMPS", 0, 10**9),
)


def check_model(spec: ModelSpec) -> None:
    """Refuse a model that contradicts itself or could not be written as a script."""
    if not spec.equations:
        hint = "Write for example 'MODEL: y ~ x;'."
        raise SpecError("The model has no equation", hint, place=("model",))
    check_size(sum(len(e.predictors) + len(e.slopes) for e in spec.equations))
    _check_outcomes(spec)
    _check_blocks(spec)
    for equation in spec.equations:
        _check_terms(spec, equation)
        _check_inputs(spec, equation)
    check_labels(spec)
    _check_names(spec)
    _check_order(spec)
    _check_settings(spec)
    check_statements(spec)


def check_size(n_terms: int) -> None:
    """Refuse a model too large to be worked with."""
    if n_terms > MAX_TERMS:
        raise SpecError(f"The model has {n_terms:,} terms, more than {MAX_TERMS:,}")


def _check_outcomes(spec: ModelSpec) -> None:
    seen: set[str] = set()
    for equation in spec.equations:
        if equation.outcome in seen:
            raise SpecError(
                f"'{equation.outcome}' is the outcome of two equations",
                "Each variable has one equation: put all its predictors into one.",
                place=("outcome again", equation.outcome),
            )
        seen.add(equation.outcome)
    for name in spec.fixed:
        if name in seen:
            raise SpecError(
                f"'{name}' is declared FIXED but is the outcome of an equation",
                "A fixed variable is not modelled: drop it from FIXED or remove its equation.",
                place=("fixed", name),
            )


def _check_blocks(spec: ModelSpec) -> None:
    for before, after in pairwise(spec.equations):
        if before.block and not after.block:
            raise SpecError(
                f"The equation of '{after.outcome}' has no block, but follows block "
                f"'{before.block}'",
                "A label holds until the next one: give the equation a block as well.",
                place=("outcome", after.outcome),
            )
    for equation in spec.equations:
        if equation.block and not is_label(equation.block):
            why = "the name of a command" if is_command(equation.block) else "not a name"
            raise SpecError(
                f"'{equation.block}' cannot label a block: it is {why}",
                "Choose one word such as 'focal', 'auxiliary' or 'selection'.",
                place=("outcome", equation.outcome),
            )


def _check_terms(spec: ModelSpec, equation: Equation) -> None:
    outcome = equation.outcome
    for part, terms in (("predictor", equation.predictors), ("slope", equation.slopes)):
        seen: set[tuple[str, ...]] = set()
        for term in terms:
            _check_degree(term, outcome)
            if term.key in seen:
                raise SpecError(
                    f"'{term}' stands twice in the equation of '{outcome}'",
                    "Write it once.",
                    place=(f"{part} again", outcome, str(term)),
                )
            seen.add(term.key)
    if equation.slopes and not equation.random_intercept:
        raise SpecError(
            f"The equation of '{outcome}' has random slopes, but no random intercept",
            "Drop the slopes, or the '0': '| x' is a random intercept and a random slope.",
            place=("slope", outcome, equation.slopes[0].factors[0]),
        )
    if equation.slopes and spec.cluster is None:
        raise SpecError(
            f"The random slope of '{equation.slopes[0]}' needs clusters",
            "Name the cluster variable, for example 'CLUSTERID: j;'.",
            place=("slope", outcome, equation.slopes[0].factors[0]),
        )


def _check_degree(term: Term, outcome: str) -> None:
    if not term.factors:
        raise SpecError(f"The intercept of '{outcome}' is always there; leave it out")
    if len(term.factors) > MAX_DEGREE:
        raise SpecError(
            f"'{term}' multiplies more than {MAX_DEGREE} variables",
            place=("predictor", outcome, term.factors[0]),
        )


def _check_inputs(spec: ModelSpec, equation: Equation) -> None:
    outcome = equation.outcome
    for name in equation.inputs:
        if name == outcome:
            raise SpecError(
                f"'{name}' predicts itself",
                "Take it off the right-hand side.",
                place=("predictor", outcome, name),
            )
        if name == spec.cluster:
            raise SpecError(
                f"'{name}' cannot be both the cluster variable and a predictor of '{outcome}'",
                "Clusters enter through the random effects.",
                place=("predictor", outcome, name),
            )
    means = [name for name in equation.factors if name.endswith(MEAN_SUFFIX)]
    if means and spec.cluster is None:
        raise SpecError(
            f"'{means[0]}' is a cluster mean and needs clusters",
            "Name the cluster variable, for example 'CLUSTERID: j;'.",
            place=("predictor", outcome, means[0]),
        )
    if spec.cluster is not None and spec.cluster in (outcome, equation.selects):
        raise SpecError(
            f"'{spec.cluster}' cannot be both the cluster variable and an outcome",
            "Choose another cluster variable, or leave its equation out.",
            place=("outcome", outcome),
        )


def _check_names(spec: ModelSpec) -> None:
    for problem, place in _name_problems(spec):
        if problem:
            raise SpecError(*problem, place=place)


def _name_problems(spec: ModelSpec) -> Iterator[tuple[tuple[str, str] | None, Place]]:
    if spec.cluster is not None:
        yield name_problem(spec.cluster), ("cluster",)
    for part in ("columns", "ordinal", "fixed"):
        for name in getattr(spec, part):
            yield name_problem(name), (part, name)
    for equation in spec.equations:
        outcome = equation.outcome
        yield name_problem(equation.selects or outcome), ("outcome", outcome)
        for name in equation.factors:
            yield factor_problem(name), ("predictor", outcome, name)


def _check_order(spec: ModelSpec) -> None:
    """Refuse a cycle: the equations must factor a joint distribution."""
    inputs = {e.outcome: e.inputs for e in spec.equations}
    done: set[str] = set()
    for first in inputs:
        path = {first: iter(inputs[first])} if first not in done else {}
        while path:
            name, others = next(reversed(path.items()))
            other = next(others, None)
            if other is None:
                done.add(name)
                del path[name]
            elif other in path:
                raise _cycle([*list(path)[list(path).index(other) :], other])
            elif other in inputs and other not in done:
                path[other] = iter(inputs[other])


def _cycle(loop: list[str]) -> SpecError:
    shown = loop if len(loop) < 8 else [*loop[:3], "…", *loop[-3:]]
    return SpecError(
        f"The equations form a cycle: {' ~ '.join(shown)}",
        "Order the variables so that each is predicted only by later ones, "
        "for example 'x1i x2i ~ x3i;'.",
        place=("predictor", loop[-2], loop[-1]),
    )


def _check_settings(spec: ModelSpec) -> None:
    for name, command, least, most in _LIMITS:
        value = getattr(spec, name)
        if name == "seed" and value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise SpecError(f"{command} must be a whole number", place=(name,))
        if least is not None and int(value) < least:
            wanted = f"at least {least}" if least else "zero or more"
            raise SpecError(f"{command} must be {wanted}", place=(name,))
        if int(value) > most:
            raise SpecError(f"{command} must not be larger than {most}", place=(name,))
    if spec.draws_per_chain < 1:
        raise SpecError(
            f"ITERATIONS is the total over chains and must be at least CHAINS ({spec.chains})",
            place=("iterations",),
        )
    if spec.imputations > spec.draws_per_chain * spec.chains:
        raise SpecError(
            f"NIMPS must not be larger than ITERATIONS ({spec.iterations})",
            "Each imputed data set is taken from another iteration.",
            place=("imputations",),
        )
    if not all(map(math.isfinite, spec.missing)):
        raise SpecError(
            "A code under MISSING must be a number",
            "NA and empty cells always count as missing.",
            place=("missing",),
        )
    if spec.data is not None and (not spec.data.strip() or set(spec.data) & set('"\r\n\0')):
        raise SpecError(
            "DATA must name a file, on one line and without quotation marks in the name",
            place=("data",),
        )
