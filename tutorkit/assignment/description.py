"""What an assignment asks, on which data, and how it is marked."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Literal

from tutorkit.assignment.data_plan import DataPlan
from tutorkit.formulas import Role

Kind = Literal["prediction", "choice", "written"]
Late = Literal["mark", "refuse"]


@dataclass(frozen=True)
class Item:
    """One thing that is asked beside the model.

    A prediction is made before the model can be run, and is not marked. A question with
    ``choices`` is marked by ``right``, the index of the right one; one without is written, and
    marked by hand by its ``rubric``, which students do not see.
    """

    key: str
    text: str
    kind: Kind
    choices: tuple[str, ...] = ()
    points: float = 0.0
    right: int | None = None
    rubric: str = ""


@dataclass(frozen=True)
class Points:
    """Points for each part that is marked without a hand; 0 leaves a part out."""

    focal: float = 4.0
    auxiliary: float = 3.0
    selection: float = 3.0
    convergence: float = 2.0
    estimates: float = 4.0

    @property
    def parts(self) -> dict[str, float]:
        """The parts that count, with their points."""
        found = {part.name: float(getattr(self, part.name)) for part in fields(self)}
        return {name: points for name, points in found.items() if points}


@dataclass(frozen=True)
class Criteria:
    """When a run has converged, and when an estimate is that of the reference posterior.

    Full marks for a split-chain PSR of at most ``psr`` and at least ``ess`` effective draws, worst
    of the focal parameters. An estimate gets full marks within ``full`` posterior SDs of the
    reference, half within ``half``, Monte Carlo errors allowed for on top of both. ``parameters``
    are coefficients of the focal model; empty for all.
    """

    psr: float = 1.05
    ess: float = 400.0
    full: float = 0.25
    half: float = 0.5
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """An assignment as its file describes it.

    ``key`` is its short name, part of every seed: another key gives everybody other data.
    ``visible`` are the parts of the model that students may check term by term while they work;
    nothing of the others is in what they get. ``late`` says what becomes of what comes after
    ``due``: it is marked, with ``late_penalty`` (a share from 0 to 1) taken off for each day
    begun, or refused.
    """

    key: str
    title: str
    text: str
    data: DataPlan
    due: datetime | None = None
    late: Late = "mark"
    late_penalty: float = 0.0
    visible: tuple[Role, ...] = ()
    points: Points = field(default_factory=Points)
    criteria: Criteria = field(default_factory=Criteria)
    items: tuple[Item, ...] = ()
    iterations: int = 8000
    """Of the reference run, in all chains together."""

    @property
    def marked(self) -> dict[str, float]:
        """Points for each part and question that counts, by its name."""
        asked = {item.key: item.points for item in self.items if item.points}
        return {**self.points.parts, **asked}

    @property
    def out_of(self) -> float:
        """All points together."""
        return sum(self.marked.values())

    @property
    def written(self) -> tuple[Item, ...]:
        """The questions that are marked by hand."""
        return tuple(item for item in self.items if item.kind == "written" and item.points)

    def kept_of(self, delay: timedelta) -> float:
        """Return the share of the marks that is left after a delay, 1 if there is none."""
        if delay <= timedelta(0):
            return 1.0
        if self.late == "refuse":
            return 0.0
        days = -(-delay // timedelta(days=1))
        return max(0.0, 1.0 - days * self.late_penalty)

    def item(self, key: str) -> Item | None:
        """Return what is asked under a key, None if nothing is."""
        return next((item for item in self.items if item.key == key), None)
