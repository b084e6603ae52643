"""The joint model as values: its columns, and its equations in terms of columns."""

from __future__ import annotations

from dataclasses import dataclass

from tutorkit.model.spec import Priors, Term

DATA, RESPONSE, MEAN, GRAND_MEAN, CENTRED = "data", "response", "mean", "grand mean", "centred"
BINARY = (0.0, 1.0)
XPRIOR1 = Priors(residual_shape=1.0, residual_scale=0.5, random_df=1.0, random_scale=1.0)
"""Variances of the equations that are implied: unit sum of squares, 2 degrees of freedom."""


@dataclass(frozen=True)
class Column:
    """One column of the sampler: data, a latent response, a mean, or a centred variable.

    A centred column is ``plus`` minus ``minus``. ``level`` 1 varies over rows, 2 over clusters
    only, 3 is one number.
    """

    name: str
    kind: str = DATA
    level: int = 1
    plus: str = ""
    minus: str = ""


@dataclass(frozen=True)
class JointEquation:
    """One equation of the joint model, in terms of columns.

    ``name`` is what the report calls its outcome, ``labels`` what it calls its terms. A probit
    equation has ``categories``, the values of its outcome in ascending order, and a latent response
    as its ``outcome``. ``selects`` is the variable whose missingness it models.
    """

    name: str
    outcome: str
    terms: tuple[Term, ...]
    labels: tuple[str, ...]
    random: tuple[Term, ...] = ()
    random_labels: tuple[str, ...] = ()
    level: int = 1
    categories: tuple[float, ...] = ()
    selects: str | None = None
    block: str = ""
    implicit: bool = False

    @property
    def is_ordinal(self) -> bool:
        """Whether the outcome is an ordinal variable, not the indicator ``v.missing``."""
        return bool(self.categories) and self.name != f"{self.selects}.missing"


@dataclass(frozen=True)
class JointModel:
    """All columns and equations; those as written come first, in the order of the script."""

    columns: tuple[Column, ...]
    equations: tuple[JointEquation, ...]
    described: tuple[str, ...] = ()
    """Columns whose mean and SD are recorded: moderators of SIMPLE, as they enter the equation."""

    @property
    def written(self) -> tuple[JointEquation, ...]:
        """The equations of the script."""
        return tuple(e for e in self.equations if not e.implicit)

    @property
    def implied(self) -> tuple[JointEquation, ...]:
        """The equations that were added for predictors."""
        return tuple(e for e in self.equations if e.implicit)

    @property
    def blocks(self) -> tuple[JointEquation, ...]:
        """The probit equations."""
        return tuple(e for e in self.equations if e.categories)

    def equation(self, name: str) -> JointEquation:
        """Return the equation whose outcome the report calls ``name``."""
        return next(e for e in self.equations if e.name == name)

    @property
    def grand_means(self) -> tuple[str, ...]:
        """The variables whose grand mean is a parameter."""
        return tuple(c.plus for c in self.columns if c.kind == GRAND_MEAN)

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return next(c for c in self.columns if c.name == name)


@dataclass(frozen=True)
class Facts:
    """What the data say about a variable: its level, its share of missing values, its values."""

    level: int
    missing: float
    categories: tuple[float, ...] = ()
