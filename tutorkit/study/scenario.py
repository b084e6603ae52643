"""How the data of a simulation study are made: a model that is true, and how values go missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from tutorkit.datasets import truth as truth_of
from tutorkit.errors import SpecError, did_you_mean
from tutorkit.model.script import parse
from tutorkit.model.spec import ModelSpec
from tutorkit.simulation import Simulated, delete_mar, delete_mcar, delete_mnar, simulate
from tutorkit.truth import Truth

MECHANISMS = ("MCAR", "MAR", "MNAR")
X3_SD = {"04_multilevel": 0.95**0.5, "exercise_04": 1.0}


@dataclass(frozen=True)
class Deletion:
    """How the values of one variable go missing.

    ``rate`` is the share that goes missing, in expectation. ``causes`` are variables with the
    strengths of their effects, in probits per SD: without any the values are missing completely
    at random, with others than the variable at random, with the variable itself not at random.
    """

    variable: str
    rate: float
    causes: Mapping[str, float] = field(default_factory=dict)

    @property
    def mechanism(self) -> str:
        """MCAR, MAR or MNAR."""
        return MECHANISMS[bool(self.causes) + (self.variable in self.causes)]

    def apply(self, data: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        """Delete values."""
        causes = dict(self.causes)
        if not causes:
            return delete_mcar(data, self.variable, self.rate, rng)
        if self.variable in causes:
            own = causes.pop(self.variable)
            return delete_mnar(data, self.variable, self.rate, rng, strength=own, also=causes)
        (on, strength), *more = causes.items()
        if more:
            raise SpecError(f"'{self.variable}' can be missing at random by one variable only")
        return delete_mar(data, self.variable, on, self.rate, rng, strength=strength)


@dataclass(frozen=True)
class Scenario:
    """How each data set of a study is made.

    ``spec`` and ``truth`` draw complete data as `simulate` does, given one complete normal
    predictor ``given`` with mean 0 and SD ``given_sd``, in ``n_clusters`` clusters of
    ``cluster_size`` rows; ``skewness`` is that of the focal residuals. Then ``deletions`` are
    applied in their order: those of values that others depend on come later if these are to see
    complete ones.
    """

    spec: ModelSpec
    truth: Truth
    deletions: tuple[Deletion, ...] = ()
    n_clusters: int = 30
    cluster_size: int = 20
    skewness: float = 0.0
    given: str = "x3i"
    given_sd: float = 1.0

    def draw(self, rng: np.random.Generator) -> Simulated:
        """Make one data set.

        Raises
        ------
        SpecError, DataError
            As `simulate` and the deletions do.
        """
        n = self.n_clusters * self.cluster_size
        if n < 1:
            raise SpecError(f"{self.n_clusters} clusters of {self.cluster_size} hold no rows")
        given = pd.DataFrame({self.given: self.given_sd * rng.standard_normal(n)})
        if self.spec.cluster is not None:
            given[self.spec.cluster] = np.repeat(
                np.arange(1, self.n_clusters + 1), self.cluster_size
            )
        drawn = simulate(self.spec, self.truth, given, rng, skewness=self.skewness)
        data = drawn.data
        for deletion in self.deletions:
            data = deletion.apply(data, rng)
        return Simulated(data, drawn.complete)


def chapter_scenario(
    mechanism: str = "MNAR",
    strength: float = 1.15,
    rate: float = 0.235,
    *,
    skewness: float = 0.0,
    n_clusters: int = 30,
    cluster_size: int = 20,
) -> Scenario:
    """Return the chapter's situation: y missing by ``mechanism``, x1i MAR by x2i, x2i MCAR.

    Parameters
    ----------
    mechanism
        How y goes missing: "MCAR", "MAR" (the larger x3i, the more often) or "MNAR" (the larger y).
    strength
        Of that effect, in probits per SD of the cause; 1.15 per SD of y is the chapter data's 0.4
        per point.
    rate
        Share of y that is missing.
    skewness, n_clusters, cluster_size
        As in `Scenario`.

    Raises
    ------
    SpecError
        For an unknown mechanism.
    """
    if mechanism not in MECHANISMS:
        raise SpecError(f"There is no mechanism '{mechanism}'", did_you_mean(mechanism, MECHANISMS))
    causes = {"MCAR": {}, "MAR": {"x3i": strength}, "MNAR": {"y": strength}}[mechanism]
    return Scenario(
        parse("CLUSTERID: j; MODEL: y ~ x1i x2i x3i x2i*x3i | x1i; x1i ~ x2i x3i; x2i ~ x3i;"),
        _truth("04_multilevel"),
        (
            Deletion("y", rate, causes),
            Deletion("x2i", 0.085),
            Deletion("x1i", 79 / 600, {"x2i": 1.0}),
        ),
        n_clusters,
        cluster_size,
        skewness,
        given_sd=X3_SD["04_multilevel"],
    )


def exercise_scenario(*, n_clusters: int = 30, cluster_size: int = 20) -> Scenario:
    """Return the exercise's situation: x1i MNAR (it and y are large), x2i MAR by x3i."""
    return Scenario(
        parse("CLUSTERID: j; MODEL: y ~ x1i x2i x3i | x3i; x1i ~ x2i x3i; x2i ~ x3i;"),
        _truth("exercise_04"),
        (
            Deletion("x1i", 0.22, {"x1i": 1.0, "y": 1.56}),
            Deletion("x2i", 0.12, {"x3i": 1.0}),
        ),
        n_clusters,
        cluster_size,
    )


def _truth(name: str) -> Truth:
    """Return a data set's truth without what is about missingness."""
    return {key: v for key, v in truth_of(name).items() if not key[0].endswith(".missing")}
