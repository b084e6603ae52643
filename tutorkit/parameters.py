"""Names of everything a run monitors, spelled and numbered as in the chapter's output."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from tutorkit.data.joint import JointEquation, JointModel

VARIANCES = "Variances"
COEFFICIENTS = "Coefficients"
STANDARDIZED = "Standardized Coefficients"
EXPLAINED = "Proportion Variance Explained"
RESIDUAL_VARIANCE = "Residual Var."
THRESHOLDS = "Thresholds"
GRAND_MEANS = "Grand Means"
RESIDUAL_CORRELATIONS = ("Level-1 Correlations", "Level-2 Correlations")
MOMENTS = "Moments"


@dataclass(frozen=True)
class Parameter:
    """One monitored quantity.

    ``free`` is False for what is fixed (a probit equation's residual variance) or derived from
    other parameters, so that the free ones are what the chapter calls the number of parameters.
    """

    outcome: str
    group: str
    name: str
    free: bool = True

    @property
    def label(self) -> str:
        """The full name, unique within a model, for example ``y: x2i*x3i``."""
        suffix = {STANDARDIZED: " (standardized)", EXPLAINED: " (explained)"}.get(self.group, "")
        return f"{self.outcome}: {self.name}{suffix}"


def covariance_labels(random: tuple[str, ...]) -> dict[tuple[int, int], str]:
    """Return the short names of variances and correlations of random effects, as in table 7.1.

    τ00, τ11, ρ01 by position (i, j), variances first; with several slopes their names follow, as
    in τ22.x3i.
    """
    name = ["", *(f".{v}" if len(random) > 2 else "" for v in random[1:])]
    labels = {(k, k): f"τ{k}{k}{name[k]}" for k in range(len(random))}
    pairs = combinations(range(len(random)), 2)
    return labels | {(i, j): f"ρ{i}{j}{name[i]}{name[j]}" for i, j in pairs}


def monitored(model: JointModel) -> tuple[Parameter, ...]:
    """Return the numbered parameters: written equations, implied ones, grand means.

    The kernels record them in this order.
    """
    rows = [p for equation in model.equations for p in _of_equation(equation)]
    rows += [Parameter(name, GRAND_MEANS, "Grand Mean") for name in model.grand_means]
    return tuple(rows)


def residual_correlations(model: JointModel) -> tuple[Parameter, ...]:
    """Return the pairs of outcomes whose residual correlation is recorded after the parameters."""
    rows = []
    for level, group in enumerate(RESIDUAL_CORRELATIONS, start=1):
        names = [e.name for e in model.written if e.level == level]
        for a, b in combinations(names, 2):
            rows.append(Parameter(f"{a}, {b}", group, f"{a}, {b}", free=False))
    return tuple(rows)


def moments(model: JointModel) -> tuple[Parameter, ...]:
    """Return the means and standard deviations of columns that are recorded last."""
    names = [(column, name) for column in model.described for name in ("Mean", "SD")]
    return tuple(Parameter(column, MOMENTS, name, free=False) for column, name in names)


def recorded(model: JointModel) -> tuple[Parameter, ...]:
    """Return every column of the draws."""
    return monitored(model) + residual_correlations(model) + moments(model)


def _of_equation(equation: JointEquation) -> list[Parameter]:
    outcome, random = equation.name, equation.random_labels
    probit = bool(equation.categories)
    rows = []
    for a, name in enumerate(random):
        rows += [Parameter(outcome, VARIANCES, f"L2 : Cov({name},{random[b]})") for b in range(a)]
        rows.append(Parameter(outcome, VARIANCES, f"L2 : Var({name})"))
    rows.append(Parameter(outcome, VARIANCES, RESIDUAL_VARIANCE, free=not probit))
    rows += [Parameter(outcome, COEFFICIENTS, label) for label in equation.labels]
    if equation.is_ordinal:
        rows += [
            Parameter(outcome, THRESHOLDS, f"Tau {k}", free=k > 1)
            for k in range(1, len(equation.categories))
        ]
    if equation.implicit:
        return rows
    rows += [Parameter(outcome, STANDARDIZED, label, free=False) for label in equation.labels[1:]]
    shares = ["by Coefficients"]
    if random:
        shares.append("by Level-2 Random Intercepts")
    if len(random) > 1:
        shares.append("by Level-2 Random Slopes")
    shares.append("by Level-1 Residual Variation" if random else "by Residual Variation")
    return rows + [Parameter(outcome, EXPLAINED, name, free=False) for name in shares]
