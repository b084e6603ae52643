"""Quantities computed from each draw: SDs and correlations, PARAMETERS, conditional effects."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats
from tutorkit.data.joint import JointEquation
from tutorkit.draws import Draws
from tutorkit.model.expressions import evaluate, names
from tutorkit.model.spec import Simple, Term
from tutorkit.model.statements import render_number
from tutorkit.parameters import COEFFICIENTS, EXPLAINED, MOMENTS, RESIDUAL_VARIANCE, VARIANCES
from tutorkit.summaries import demand_draws, statistics

DEVIATIONS = "Standard Deviations"
GENERATED = "Generated Parameters"
CONDITIONAL = "Conditional Effects"
_STEPS = (("-1 SD", -1.0), ("mean", 0.0), ("+1 SD", 1.0))


@dataclass(frozen=True, eq=False)
class Quantity:
    """One derived quantity and its draws, (chain, draw); nan where it has no value.

    ``outcome`` is empty for PARAMETERS. ``given`` of a conditional effect says at which value of
    the moderator it holds.
    """

    outcome: str
    group: str
    name: str
    values: Floats
    given: str = ""

    @property
    def label(self) -> str:
        """The name, unique in its group and outcome."""
        return f"{self.given}: {self.name}" if self.given else self.name


def derived(draws: Draws) -> pd.DataFrame:
    """Return a table like that of `tutorkit.summarize`, of quantities computed from the draws.

    In each draw, and then summarized: SDs and correlations of random effects (group "Standard
    Deviations"), what PARAMETERS defines ("Generated Parameters", without an outcome) and SIMPLE's
    intercepts and slopes ("Conditional Effects"). None has a number of the output. Draws without a
    value, as the logarithm of a negative number, are left out of median, sd, lower and upper.

    Raises
    ------
    TutorkitError
        If the run was stopped before it kept any draw.
    """
    demand_draws(draws)
    return table_of([*deviations(draws), *generated(draws), *conditional(draws)])


def table_of(quantities: list[Quantity]) -> pd.DataFrame:
    """Return the summaries of quantities, columns as those of `tutorkit.summarize`."""
    if not quantities:  # the same columns without a row
        return table_of([Quantity("", "", "", np.zeros((1, 1)))]).iloc[:0]
    values = np.stack([q.values for q in quantities], axis=2)
    return pd.DataFrame(
        {
            "number": pd.array([None] * len(quantities), dtype="Int64"),
            "outcome": [q.outcome for q in quantities],
            "group": [q.group for q in quantities],
            "name": [q.label for q in quantities],
            **statistics(values),
        }
    )


def deviations(draws: Draws) -> list[Quantity]:
    """Return SDs and correlations of every equation's random effects."""
    return [q for equation in draws.model.equations for q in _deviations_of(draws, equation)]


def _deviations_of(draws: Draws, equation: JointEquation) -> Iterator[Quantity]:
    own = equation.name
    sds: list[Floats] = []
    for a, effect in enumerate(equation.random_labels):
        sds.append(np.sqrt(draws.get(own, f"L2 : Var({effect})", VARIANCES)))
        for b, other in enumerate(equation.random_labels[:a]):
            covariance = draws.get(own, f"L2 : Cov({effect},{other})", VARIANCES)
            with np.errstate(divide="ignore", invalid="ignore"):
                correlation = np.clip(covariance / (sds[a] * sds[b]), -1.0, 1.0)
            yield Quantity(own, DEVIATIONS, f"L2 : Cor({effect},{other})", correlation)
        yield Quantity(own, DEVIATIONS, f"L2 : SD({effect})", sds[a])


def generated(draws: Draws) -> list[Quantity]:
    """Return what PARAMETERS defines."""
    spec = draws.spec
    known = {
        label: draws.get(equation.outcome, term, COEFFICIENTS)
        for equation in spec.equations
        for label, term in equation.labels
    }
    for statement in spec.parameters:
        for name in names(statement.expression):
            if name not in known:
                known[name] = _variance(draws, name)
        value = evaluate(statement.expression, known)
        known[statement.name] = np.array(np.broadcast_to(value, draws.values.shape[:2]))
    return [Quantity("", GENERATED, p.name, known[p.name]) for p in spec.parameters]


def _variance(draws: Draws, name: str) -> Floats:
    """Return ``y.residvar``, ``y.totalvar`` or ``y.coefvar`` from the recorded shares."""
    outcome, _, kind = name.rpartition(".")
    residual = draws.get(outcome, RESIDUAL_VARIANCE, VARIANCES)
    if kind == "residvar":
        return residual
    shares = [p.name for p in draws.parameters if (p.outcome, p.group) == (outcome, EXPLAINED)]
    total: Floats = residual / draws.get(outcome, shares[-1], EXPLAINED)
    return total if kind == "totalvar" else total * draws.get(outcome, shares[0], EXPLAINED)


def conditional(draws: Draws) -> list[Quantity]:
    """Return the intercept and the focal predictor's slope at values of each moderator.

    All other predictors are held at zero, as are the random effects.
    """
    return [q for simple in draws.spec.simple for q in _conditional(draws, simple)]


def _conditional(draws: Draws, simple: Simple) -> Iterator[Quantity]:
    equation = draws.spec.focal
    outcome, pair = equation.outcome, {simple.focal, simple.moderator}
    for shown, moderator in _moderator_values(draws, simple):
        given = f"{simple.focal} | {simple.moderator} {shown}"
        for name, power in (("Intercept", 0), ("Slope", 1)):
            terms = [
                t for t in equation.terms
                if t.power(simple.focal) == power and set(t.factors) <= pair
            ]  # fmt: skip
            total = sum(
                (
                    draws.get(outcome, str(t), COEFFICIENTS)
                    * moderator ** t.power(simple.moderator)
                    for t in terms
                ),
                np.zeros(draws.values.shape[:2]),
            )
            yield Quantity(outcome, CONDITIONAL, name, total, given)


def _moderator_values(draws: Draws, simple: Simple) -> Iterator[tuple[str, Floats]]:
    """Return how each value of the moderator is shown, and the value, in every draw."""
    shape = draws.values.shape[:2]
    fixed = simple.values
    if not fixed and simple.moderator in draws.spec.ordinal:
        column = draws.data.column(simple.moderator)
        fixed = tuple(np.unique(column[~np.isnan(column)]).tolist())
    if fixed:
        for value in fixed:
            yield f"= {render_number(value)}", np.full(shape, value)
        return
    column_name = moderator_column(draws, simple)
    mean, sd = (draws.get(column_name, name, MOMENTS) for name in ("Mean", "SD"))
    for shown, step in _STEPS:
        yield f"@ {shown}", mean + step * sd


def moderator_column(draws: Draws, simple: Simple) -> str:
    """Return the column of the joint model as which the moderator enters the focal equation."""
    spec = draws.spec
    joint = draws.model.equation(spec.focal.outcome)
    at = spec.focal.terms.index(Term((simple.moderator,)))
    return joint.terms[at].factors[0]


def without_value(quantities: list[Quantity]) -> dict[str, int]:
    """Return in how many draws each quantity has no value, where there are any."""
    counts = {q.label: int(np.isnan(q.values).sum()) for q in quantities}
    return {label: n for label, n in counts.items() if n}


def share(n: int, draws: Draws) -> str:
    """Say how many of all draws these are."""
    return f"{n} of {math.prod(draws.values.shape[:2])} draws"
