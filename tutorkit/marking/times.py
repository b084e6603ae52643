"""When something was handed in, how late that is, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tutorkit.assignment.answers import Answers
from tutorkit.assignment.description import Assignment
from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.roster import due_of
from tutorkit.marking.examiner import Examined
from tutorkit.marking.owners import marked_late

EARLY = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # of this machine's clock: more is no difference between clocks
SITE = "The course site says that it came late."


@dataclass(frozen=True)
class Lateness:
    """The share of the marks that is left, words for the student, and for the instructor alone."""

    late: bool
    share: float = 1.0
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def time_of(seen: Examined) -> datetime | None:
    """Return when something was handed in: what stands beside it goes before what it says."""
    claimed = seen.answers.submitted if seen.answers else ""
    return next(filter(None, map(_read, (seen.time, claimed))), None)


def lateness(assignment: Assignment, issued: Issued, seen: Examined) -> Lateness:
    """Return how late something is, and what that costs.

    Where a course site marks it as late and its time does not say so, it is taken to be a day late
    at most; a student with a time of their own is then left to the instructor.
    """
    due, time = due_of(issued.student, assignment.due), time_of(seen)
    doubts = _odd_times(seen.answers, time) if seen.answers else []
    if due is None:
        return Lateness(False, doubts=tuple(doubts))
    if time is None:
        doubts.append("It does not say when it was handed in.")
    if time is not None and time > due:
        share = assignment.kept_of(time - due)
        return Lateness(True, share, (_late_words(time - due, share),), tuple(doubts))
    if marked_late(seen.entry):
        if issued.student.due:
            doubts.append(f"{SITE} The student has a time of their own: nothing was taken off.")
            return Lateness(False, doubts=tuple(doubts))
        share = assignment.kept_of(timedelta(seconds=1))
        return Lateness(True, share, (f"{SITE}{_left(share)}",), tuple(doubts))
    return Lateness(False, doubts=tuple(doubts))


def _odd_times(answers: Answers, time: datetime | None) -> list[str]:
    """Name times that cannot be."""
    claimed = _read(answers.submitted)
    made = _read(answers.run.made) if answers.run else None
    found = []
    if claimed is not None and made is not None and claimed < made:
        found.append("It says that it was handed in before its run was made.")
    if time is not None and time > datetime.now(UTC) + AHEAD:
        found.append("It says that it was handed in at a time that is still to come.")
    return found


def _read(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text.removesuffix(" UTC").strip())
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _late_words(delay: timedelta, share: float) -> str:
    hours = delay / timedelta(hours=1)
    how = "less than an hour"
    if hours >= 1:
        how = f"{hours:.1f} hours" if hours < 24 else f"{hours / 24:.1f} days"
    return f"Handed in {how} after it was due.{_left(share)}"


def _left(share: float) -> str:
    return "" if share == 1 else f" {share:.0%} of the marks are left."
