"""Names of everything a run monitors, spelled and numbered as in the chapter's output."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from tutorkit.model.spec import Equation, ModelSpec

VARIANCES = "Variances"
COEFFICIENTS = "Coefficients"
STANDARDIZED = "Standardized Coefficients"
EXPLAINED = "Proportion Variance Explained"
RESIDUAL_VARIANCE = "Residual Var."
RESIDUAL_CORRELATIONS = "Correlations"


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


def random_names(spec: ModelSpec, equation: Equation) -> tuple[str, ...]:
    """Return the names of an equation's random effects, the intercept first."""
    if spec.cluster is None:
        return ()
    return ("Intercept", *map(str, equation.slopes))


def covariance_labels(random: tuple[str, ...]) -> dict[tuple[int, int], str]:
    """Return the short names of variances and correlations of random effects, as in table 7.1.

    τ00, τ11, ρ01 by position (i, j), variances first; with several slopes their names follow, as
    in τ22.x3i.
    """
    name = ["", *(f".{v}" if len(random) > 2 else "" for v in random[1:])]
    labels = {(k, k): f"τ{k}{k}{name[k]}" for k in range(len(random))}
    pairs = combinations(range(len(random)), 2)
    return labels | {(i, j): f"ρ{i}{j}{name[i]}{name[j]}" for i, j in pairs}


def monitored(spec: ModelSpec) -> tuple[Parameter, ...]:
    """Return the numbered parameters, equation by equation: the kernels record them so."""
    return tuple(p for equation in spec.equations for p in _of_equation(spec, equation))


def residual_correlations(spec: ModelSpec) -> tuple[Parameter, ...]:
    """Return the pairs of outcomes whose residual correlation is recorded after the parameters."""
    outcomes = [equation.outcome for equation in spec.equations]
    return tuple(
        Parameter(f"{a}, {b}", RESIDUAL_CORRELATIONS, f"{a}, {b}", free=False)
        for a, b in combinations(outcomes, 2)
    )


def recorded(spec: ModelSpec) -> tuple[Parameter, ...]:
    """Return every column of the draws: the numbered parameters, then residual correlations."""
    return monitored(spec) + residual_correlations(spec)


def _of_equation(spec: ModelSpec, equation: Equation) -> list[Parameter]:
    outcome, random = equation.outcome, random_names(spec, equation)
    rows = []
    for a, name in enumerate(random):
        rows += [Parameter(outcome, VARIANCES, f"L2 : Cov({name},{random[b]})") for b in range(a)]
        rows.append(Parameter(outcome, VARIANCES, f"L2 : Var({name})"))
    rows.append(Parameter(outcome, VARIANCES, RESIDUAL_VARIANCE, free=equation.selects is None))
    rows += [Parameter(outcome, COEFFICIENTS, str(term)) for term in equation.terms]
    rows += [Parameter(outcome, STANDARDIZED, str(t), free=False) for t in equation.predictors]
    shares = ["by Coefficients"]
    if random:
        shares.append("by Level-2 Random Intercepts")
    if len(random) > 1:
        shares.append("by Level-2 Random Slopes")
    shares.append("by Level-1 Residual Variation" if random else "by Residual Variation")
    return rows + [Parameter(outcome, EXPLAINED, name, free=False) for name in shares]
