"""What became of each student's work, and of each thing that was handed in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tutorkit.assignment.answers import Answers
from tutorkit.assignment.description import Assignment
from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.roster import Student
from tutorkit.marking.marks import Marked

MARKED, REFUSED, COPIED, UNREADABLE, MISSING = (
    "marked", "late, refused", "another student's work", "cannot be read", "missing",
)  # fmt: skip


SPARE = "Not read: only answers are."


@dataclass(frozen=True)
class Outcome:
    """What became of one student's work.

    ``share`` of the marks is left after lateness; ``notes`` are told to the student too, ``doubts``
    to the instructor alone.
    """

    issued: Issued
    status: str
    marked: Marked | None = None
    answers: Answers | None = None
    entry: str = ""
    share: float = 1.0
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def student(self) -> Student:
        """Whose work it is."""
        return self.issued.student

    @property
    def total(self) -> float | None:
        """The points, lateness taken off; None if there is nothing to mark."""
        return None if self.marked is None else round(self.marked.total * self.share, 2)

    @property
    def final(self) -> bool:
        """Whether these are marks to be entered: what cannot be read or is a copy has none yet."""
        marked = self.marked if self.status in (MARKED, REFUSED) else None
        return marked is not None and not marked.pending


@dataclass(frozen=True)
class Entry:
    """What became of one thing that was handed in: whose it is, "" if nobody's, and why."""

    place: str
    student: str
    what: str


@dataclass(frozen=True)
class Graded:
    """A marked class: one outcome for each student, one entry for each thing handed in."""

    assignment: Assignment
    outcomes: tuple[Outcome, ...]
    entries: tuple[Entry, ...]
    problems: tuple[str, ...]
    out: Path

    def of(self, student: str) -> Outcome:
        """Return a student's outcome.

        Raises
        ------
        KeyError
            If there is no such student.
        """
        return {outcome.student.student: outcome for outcome in self.outcomes}[student]
