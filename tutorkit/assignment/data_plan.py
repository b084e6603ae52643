"""The data of an assignment: a template of the chapter, varied, and the model that fits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from tutorkit.errors import SpecError, did_you_mean
from tutorkit.model.script import parse
from tutorkit.model.spec import ModelSpec
from tutorkit.study import Deletion, Scenario
from tutorkit.truth import Truth

CLUSTER, OUTCOME = "j", "y"
PREDICTORS = ("x1i", "x2i", "x3i")  # the last one is complete in all templates
CAN_MISS = (OUTCOME, *PREDICTORS[:2])
PRODUCT = "x2i*x3i"
MAR_STRENGTH = 1.0  # probits per SD of the cause

TEMPLATES: dict[str, dict[str, Any]] = {
    # the chapter's example: y missing by itself, x1i by x2i, x2i by chance; effects as there
    "chapter": {
        "mnar": "y", "strength": 1.15, "also": {},
        "rates": {"y": 0.235, "x1i": 0.13, "x2i": 0.085}, "mar": {"x1i": "x2i"},
        "random_slope": "x1i", "interaction": True,
    },
    # exercise 7.4: x1i missing by itself and by y, x2i by x3i
    "exercise": {
        "mnar": "x1i", "strength": 1.0, "also": {"y": 1.56},
        "rates": {"x1i": 0.22, "x2i": 0.12}, "mar": {"x2i": "x3i"},
        "random_slope": "x3i", "interaction": False,
    },
}  # fmt: skip
TRUTH = {
    ("x1i", "Intercept"): 0.0, ("x1i", "x2i"): 0.3, ("x1i", "x3i"): 0.3,
    ("x1i", "Residual Var."): 0.757, ("x1i", "L2 : Var(Intercept)"): 0.0,
    ("x2i", "Intercept"): 0.0, ("x2i", "x3i"): 0.35,
    ("x2i", "Residual Var."): 0.8775, ("x2i", "L2 : Var(Intercept)"): 0.0,
}  # fmt: skip


@dataclass(frozen=True)
class DataPlan:
    """How each student's data are made.

    ``mnar`` is the variable that is missing not at random, with the ``strength`` of its own effect
    and ``also`` those of further causes, in probits per SD. ``rates`` are the shares of values that
    go missing, in expectation; variables without one are complete. ``mar`` names the cause of
    those that are missing at random; the others are missing completely at random.
    """

    template: str
    mnar: str
    strength: float
    rates: Mapping[str, float]
    random_slope: str
    also: Mapping[str, float] = field(default_factory=dict)
    mar: Mapping[str, str] = field(default_factory=dict)
    interaction: bool = False
    clusters: int = 30
    cluster_size: int = 20

    def scenario(self) -> Scenario:
        """Return what draws the data."""
        return Scenario(
            parse(f"CLUSTERID: {CLUSTER}; MODEL: {self._focal}; x1i ~ x2i x3i; x2i ~ x3i;"),
            self.truth,
            tuple(self._deletions()),
            self.clusters,
            self.cluster_size,
        )

    @property
    def truth(self) -> Truth:
        """The values that all coefficients, variances and covariances have."""
        slope = self.random_slope
        ones = [*PREDICTORS, *([PRODUCT] if self.interaction else [])]
        return {
            (OUTCOME, "Intercept"): 0.0,
            **{(OUTCOME, name): 1.0 for name in ones},
            (OUTCOME, "Residual Var."): 1.0,
            (OUTCOME, "L2 : Var(Intercept)"): 0.2,
            (OUTCOME, f"L2 : Var({slope})"): 0.2,
            (OUTCOME, f"L2 : Cov({slope},Intercept)"): 0.1,
            **TRUTH,
        }

    def keys(self) -> tuple[ModelSpec, ...]:
        """Return the models that are right, the one that the reference is fitted with first.

        They differ in the order of the auxiliary models: x1i given x2i, or x2i given x1i.
        """
        gaps = [name for name in PREDICTORS if self.rates.get(name)]
        gaps.sort(key=lambda name: -self.rates[name])
        fixed = [name for name in PREDICTORS if name not in gaps]
        orders = [gaps, gaps[::-1]] if len(gaps) > 1 else [gaps]
        return tuple(parse(self._key(order, fixed)) for order in orders)

    def _key(self, order: list[str], fixed: list[str]) -> str:
        auxiliary = "".join(
            f"{name} ~ {' '.join([*order[k + 1 :], *fixed])}; " for k, name in enumerate(order)
        )
        causes = [self.mnar, *self.also]
        rest = [name for name in (OUTCOME, *PREDICTORS) if name not in causes]
        return (
            f"CLUSTERID: {CLUSTER}; FIXED: {' '.join(fixed)}; MODEL: focal: {self._focal}; "
            + (f"auxiliary: {auxiliary}" if auxiliary else "")
            + f"selection: {self.mnar}.missing ~ {' '.join([*causes, *rest])};"
        )

    @property
    def causes(self) -> tuple[str, ...]:
        """What the selection model must have as predictors."""
        return (self.mnar, *self.also)

    @property
    def _focal(self) -> str:
        product = f" {PRODUCT}" * self.interaction
        return f"{OUTCOME} ~ {' '.join(PREDICTORS)}{product} | {self.random_slope}"

    def _deletions(self) -> list[Deletion]:
        """Return the deletions: what is missing not at random first, as it sees all values.

        A cause of others loses its values before them: they depend on those that are seen.
        """
        after = {name: {self.mar[name]} & {*self.rates} for name in self.mar}
        order = [name for name in TopologicalSorter(after).static_order() if name != self.mnar]
        order += [name for name in self.rates if name not in (*order, self.mnar)]
        found = [
            Deletion(self.mnar, self.rates[self.mnar], {self.mnar: self.strength, **self.also})
        ]
        for name in order:
            cause = {self.mar[name]: MAR_STRENGTH} if name in self.mar else {}
            found.append(Deletion(name, self.rates[name], cause))
        return found


def data_plan(given: Mapping[str, Any]) -> DataPlan:
    """Return the plan of a template with what is given in place of its own.

    Raises
    ------
    SpecError
        If there is no such template, or what is asked for cannot be.
    """
    template = given.get("template", "exercise")
    if template not in TEMPLATES:
        raise SpecError(
            f"There is no template {template!r}", did_you_mean(str(template), TEMPLATES)
        )
    base = TEMPLATES[template]
    parts = {**base, **given, "template": template}
    if parts["mnar"] != base["mnar"] and "also" not in given:
        parts["also"] = {}  # causes of another variable's missingness
    if "mar" not in given:
        parts["mar"] = _causes(base, parts["mnar"], parts["rates"])
    plan = DataPlan(**parts)
    _check(plan)
    return plan


def _causes(base: Mapping[str, Any], mnar: str, rates: Mapping[str, float]) -> dict[str, str]:
    """Return the template's causes of what is missing at random; x3i where they no longer do."""
    found = {name: base["mar"].get(name, "x3i") for name in (*base["mar"], base["mnar"])}
    return {
        name: "x3i" if cause == mnar else cause
        for name, cause in found.items()
        if name in rates and name != mnar
    }


def _check(plan: DataPlan) -> None:
    _demand(plan.mnar, CAN_MISS, "mnar")
    _demand(plan.random_slope, PREDICTORS, "random_slope")
    for name, rate in plan.rates.items():
        _demand(name, CAN_MISS, "rates")
        if not 0 < rate <= 0.6:
            what = f"The rate of '{name}' is {rate}, and must lie above 0 and at most at 0.6"
            raise SpecError(what, "Write 0.2 for a fifth; leave a complete variable out.")
    if plan.mnar not in plan.rates:
        hint = f"Add one to 'rates', for example {plan.mnar} = 0.2."
        raise SpecError(f"'{plan.mnar}' is to be missing not at random but has no rate", hint)
    for name in plan.also:
        _demand(name, (OUTCOME, *PREDICTORS), "also")
        if name == plan.mnar:
            raise SpecError(f"'also' names '{name}', which is 'mnar'", "Its effect is 'strength'.")
    for name, cause in plan.mar.items():
        _demand(name, tuple(plan.rates), "mar")
        _demand(cause, (OUTCOME, *PREDICTORS), "mar")
        if name == plan.mnar:
            raise SpecError(f"'{name}' is 'mnar' and cannot be under 'mar' as well")
        if name == cause or cause == plan.mnar:
            why = "itself" if name == cause else f"'{cause}', which is missing not at random"
            raise SpecError(f"'{name}' depends on {why}: that is not missing at random")
    for name, strength in {plan.mnar: plan.strength, **plan.also}.items():
        if not 0 < abs(strength) <= 5:
            what = f"The strength of '{name}' is {strength}"
            raise SpecError(what, "Give probits per SD, from -5 to 5 and not 0.")
    for what, number, least, most in (
        ("clusters", plan.clusters, 8, 1000), ("cluster_size", plan.cluster_size, 4, 1000),
    ):  # fmt: skip
        if not least <= number <= most:
            raise SpecError(f"'{what}' is {number}, and must be from {least} to {most}")
    try:
        plan._deletions()
    except CycleError:
        raise SpecError("Under 'mar' two variables depend on each other") from None


def _demand(name: str, known: tuple[str, ...], where: str) -> None:
    if name not in known:
        raise SpecError(f"'{where}' names '{name}'", did_you_mean(name, known))
