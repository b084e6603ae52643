"""The model a user wants, as immutable values that hold no data and check themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from itertools import groupby

from tutorkit.errors import SpecError
from tutorkit.model.checks import check_model
from tutorkit.model.tokens import MISSING_SUFFIX


@dataclass(frozen=True)
class Term:
    """A product of variables such as ``x2i*x3i``; the empty product is the intercept."""

    factors: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the term as it is written in a script."""
        powers = [(v, len(list(same))) for v, same in groupby(self.factors)]
        return "*".join(f"{v}^{p}" if p > 1 else v for v, p in powers) or "Intercept"

    @property
    def key(self) -> tuple[str, ...]:
        """The factors in sorted order: equal for ``a*b`` and ``b*a``."""
        return tuple(sorted(self.factors))

    def power(self, variable: str) -> int:
        """Return how often ``variable`` occurs in the product."""
        return self.factors.count(variable)


INTERCEPT = Term()


@dataclass(frozen=True)
class Equation:
    """One regression of the factored joint distribution.

    ``outcome`` is a variable (normal regression) or ``v.missing``, the missingness indicator of v
    (probit regression: the selection model). ``predictors`` leave out the intercept, which is
    always there; ``slopes`` are the terms whose coefficients vary over clusters, likewise without
    the random intercept, which every equation has as soon as the model has clusters.
    """

    outcome: str
    predictors: tuple[Term, ...] = ()
    slopes: tuple[Term, ...] = ()
    block: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """The fixed part: intercept, then predictors."""
        return (INTERCEPT, *self.predictors)

    @property
    def selects(self) -> str | None:
        """The variable whose missingness this equation models, or None."""
        if self.outcome.endswith(MISSING_SUFFIX):
            return self.outcome.removesuffix(MISSING_SUFFIX)
        return None

    @property
    def inputs(self) -> tuple[str, ...]:
        """The variables on the right-hand side, each once, in order of appearance."""
        terms = self.predictors + self.slopes
        return tuple(dict.fromkeys(v for term in terms for v in term.factors))

    def __str__(self) -> str:
        """Return the equation as it is written in a script."""
        right = " ".join(map(str, self.predictors)) or "Intercept"
        slopes = f" | {' '.join(map(str, self.slopes))}" if self.slopes else ""
        return f"{self.outcome} ~ {right}{slopes}"


@dataclass(frozen=True)
class Priors:
    """Prior distributions; the defaults are Blimp's (PRIOR2, and N(0, 5) in probit equations).

    Coefficients of normal equations: N(0, ``coefficient_variance``), flat if infinite. Coefficients
    of probit equations: N(0, ``probit_variance``). Residual variance: inverse gamma(shape, scale).
    Covariance matrix of p random effects: inverse Wishart(``random_scale`` * I, df) with
    df = ``random_df`` * (p + 1), density proportional to
    |S|^(-(df + p + 1)/2) exp(-trace(scale S^-1)/2).
    """

    coefficient_variance: float = math.inf
    probit_variance: float = 5.0
    residual_shape: float = -1.0
    residual_scale: float = 0.0
    random_df: float = -1.0
    random_scale: float = 0.0

    def __post_init__(self) -> None:
        """Refuse values that define no prior at all."""
        for name in ("coefficient_variance", "probit_variance"):
            if not getattr(self, name) > 0:
                raise SpecError(f"{name} must be positive", place=("options",))
        for item in fields(self):
            value = getattr(self, item.name)
            if math.isnan(value) or (math.isinf(value) and not item.name.endswith("_variance")):
                raise SpecError(f"{item.name} must be a finite number", place=("options",))
        for name in ("residual_scale", "random_scale"):
            if getattr(self, name) < 0:
                raise SpecError(f"{name} must not be negative", place=("options",))

    @property
    def name(self) -> str | None:
        """PRIOR1, PRIOR2 or PRIOR3 if the variance priors are one of these, else None."""
        for name, named in NAMED_PRIORS.items():
            if all(getattr(self, key) == value for key, value in named.items()):
                return name
        return None


NAMED_PRIORS: dict[str, dict[str, float]] = {
    "PRIOR1": {
        "residual_shape": 1.0, "residual_scale": 0.5, "random_df": 1.0, "random_scale": 1.0,
    },
    "PRIOR2": {
        "residual_shape": -1.0, "residual_scale": 0.0, "random_df": -1.0, "random_scale": 0.0,
    },
    "PRIOR3": {
        "residual_shape": 0.0, "residual_scale": 0.0, "random_df": 0.0, "random_scale": 0.0,
    },
}  # fmt: skip


@dataclass(frozen=True)
class ModelSpec:
    """A whole analysis: equations in factored order, clusters, priors and settings of the run.

    ``burn`` counts iterations per chain, ``iterations`` the kept ones of all chains together.
    ``source`` is the script the spec was read from; it is only used to show errors in place.
    """

    equations: tuple[Equation, ...]
    data: str | None = None
    cluster: str | None = None
    fixed: tuple[str, ...] = ()
    missing: tuple[float, ...] = ()
    priors: Priors = Priors()
    seed: int | None = None
    burn: int = 10_000
    iterations: int = 10_000
    chains: int = 2
    source: str | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a model that contradicts itself; see `SpecError`."""
        check_model(self)

    @property
    def focal(self) -> Equation:
        """The analysis wanted: the first equation of the block "focal", else the first of all."""
        normal = [e for e in self.equations if e.selects is None] or list(self.equations)
        return next((e for e in normal if e.block.casefold() == "focal"), normal[0])

    @property
    def auxiliary(self) -> tuple[Equation, ...]:
        """The models of incomplete predictors and auxiliary variables."""
        return tuple(e for e in self.equations if e.selects is None and e != self.focal)

    @property
    def selection(self) -> tuple[Equation, ...]:
        """The models of missingness indicators."""
        return tuple(e for e in self.equations if e.selects is not None)

    @property
    def variables(self) -> tuple[str, ...]:
        """The data columns the equations use, in order of appearance, cluster left out."""
        names = [v for e in self.equations for v in (e.selects or e.outcome, *e.inputs)]
        return tuple(dict.fromkeys(names))

    def equation(self, outcome: str) -> Equation:
        """Return the equation of ``outcome``; KeyError if there is none."""
        for equation in self.equations:
            if equation.outcome == outcome:
                return equation
        raise KeyError(outcome)

    @property
    def draws_per_chain(self) -> int:
        """Kept iterations of each chain."""
        return self.iterations // self.chains
