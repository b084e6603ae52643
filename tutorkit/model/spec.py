"""The model a user wants, as immutable values that hold no data and check themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from itertools import groupby

from tutorkit.errors import SpecError
from tutorkit.model.checks import check_model
from tutorkit.model.expressions import indicated, names
from tutorkit.model.statements import Assignment, Save, Simple
from tutorkit.model.tokens import MISSING_SUFFIX, variable_of

__all__ = [
    "INTERCEPT", "NAMED_PRIORS",
    "Assignment", "Equation", "ModelSpec", "Priors", "Save", "Simple", "Term",
]  # fmt: skip


@dataclass(frozen=True)
class Term:
    """A product of variables such as ``x2i*x3i``; the empty product is the intercept.

    A factor is a variable, or ``x.mean``: the cluster means of the variable x.
    """

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

    ``outcome`` is a variable (normal regression, or probit if it is ORDINAL) or ``v.missing``, the
    missingness indicator of v (probit regression: the selection model). ``predictors`` leave out
    the intercept, which is always there; ``slopes`` are the terms whose coefficients vary over
    clusters, likewise without the random intercept. That comes as soon as the model has clusters,
    unless ``random_intercept`` is False. ``labels`` names coefficients for PARAMETERS: pairs of a
    label and ``str(term)``, in the order of ``terms``.
    """

    outcome: str
    predictors: tuple[Term, ...] = ()
    slopes: tuple[Term, ...] = ()
    block: str = ""
    random_intercept: bool = True
    labels: tuple[tuple[str, str], ...] = ()

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
    def factors(self) -> tuple[str, ...]:
        """What the right-hand side multiplies, ``x.mean`` as such, in order of appearance."""
        terms = self.predictors + self.slopes
        return tuple(dict.fromkeys(v for term in terms for v in term.factors))

    @property
    def inputs(self) -> tuple[str, ...]:
        """The variables on the right-hand side, ``x.mean`` as x, in order of appearance."""
        return tuple(dict.fromkeys(map(variable_of, self.factors)))

    def __str__(self) -> str:
        """Return the equation as it is written in a script."""
        label_of = {term: label for label, term in self.labels}
        written = [str(term) for term in self.terms if term.factors or "Intercept" in label_of]
        labelled = [f"{t}@{label_of[t]}" if t in label_of else t for t in written]
        right = " ".join(labelled) or "Intercept"
        slopes = " ".join(map(str, self.slopes)) if self.random_intercept else "0"
        return f"{self.outcome} ~ {right}{' | ' if slopes else ''}{slopes}"


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
        for name, what in (("coefficient_variance", "the"), ("probit_variance", "the probit")):
            if not getattr(self, name) > 0:
                raise SpecError(
                    f"The variance of {what} coefficients' prior ({name}) must be positive",
                    "The smaller it is, the closer to 0 the prior holds them.",
                    place=("options",),
                )
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
    ``columns`` names the columns of a file without a header; ``grand_mean`` and ``group_mean`` are
    what CENTER centres; ``imputations`` is the number of imputed data sets that ``save`` writes.
    ``source`` is the script the spec was read from; it is only used to show errors in place.
    """

    equations: tuple[Equation, ...]
    data: str | None = None
    cluster: str | None = None
    fixed: tuple[str, ...] = ()
    missing: tuple[float, ...] = ()
    columns: tuple[str, ...] = ()
    ordinal: tuple[str, ...] = ()
    grand_mean: tuple[str, ...] = ()
    group_mean: tuple[str, ...] = ()
    transforms: tuple[Assignment, ...] = ()
    parameters: tuple[Assignment, ...] = ()
    simple: tuple[Simple, ...] = ()
    imputations: int = 0
    save: tuple[Save, ...] = ()
    print_parameters: bool = False
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
        """The analysis wanted: the first equation of the block "focal", else the first of all.

        Models of missingness indicators are passed over.
        """
        indicators = dict(self.indicators)
        normal = [e for e in self.equations if not e.selects and e.outcome not in indicators]
        normal = normal or list(self.equations)
        return next((e for e in normal if e.block.casefold() == "focal"), normal[0])

    @property
    def auxiliary(self) -> tuple[Equation, ...]:
        """The models of incomplete predictors and auxiliary variables."""
        return tuple(e for e in self.equations if e.selects is None and e != self.focal)

    @property
    def selection(self) -> tuple[Equation, ...]:
        """The models of missingness indicators written ``v.missing``; see also `indicators`."""
        return tuple(e for e in self.equations if e.selects is not None)

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns the equations use, in order of appearance, cluster left out."""
        used = [v for e in self.equations for v in (e.selects or e.outcome, *e.inputs)]
        return tuple(dict.fromkeys(used))

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns the data must have: those of equations and of TRANSFORM not made there."""
        made = {transform.name for transform in self.transforms}
        used = [*self.variables, *(v for t in self.transforms for v in names(t.expression))]
        return tuple(dict.fromkeys(v for v in used if v not in made))

    @property
    def indicators(self) -> tuple[tuple[str, str], ...]:
        """Pairs (m, v) of ORDINAL outcomes m = ismissing(v): the long form of ``v.missing``."""
        return tuple(pair for pair in self._made_indicators() if pair[0] in self.ordinal)

    @property
    def undeclared_indicators(self) -> tuple[str, ...]:
        """Outcomes m = ismissing(v) that are not ORDINAL, so fitted as if they were normal."""
        return tuple(m for m, _ in self._made_indicators() if m not in self.ordinal)

    def _made_indicators(self) -> list[tuple[str, str]]:
        outcomes = {equation.outcome for equation in self.equations}
        pairs = ((t.name, indicated(t.expression)) for t in self.transforms if t.name in outcomes)
        return [(name, v) for name, v in pairs if v is not None]

    def is_probit(self, equation: Equation) -> bool:
        """Tell whether the outcome of ``equation`` is a missingness indicator or ORDINAL."""
        return equation.selects is not None or equation.outcome in self.ordinal

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
