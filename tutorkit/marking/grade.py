"""Mark a class: find what was handed in, by whom, mark it, and write all tables and pages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tutorkit.assignment.answers import Answers
from tutorkit.assignment.description import Assignment
from tutorkit.assignment.ledger import Issued, Ledger, read_ledger
from tutorkit.assignment.roster import due_of
from tutorkit.errors import DataError
from tutorkit.jobs import Progress, shown
from tutorkit.marking.copies import copies
from tutorkit.marking.examiner import SECONDS, Examined, examiner
from tutorkit.marking.feedback import write_feedback
from tutorkit.marking.gradebook import write_gradebooks
from tutorkit.marking.hand_marks import FILE, HandMarks
from tutorkit.marking.marks import no_marks
from tutorkit.marking.outcomes import (
    COPIED,
    MARKED,
    MISSING,
    REFUSED,
    UNREADABLE,
    Entry,
    Graded,
    Outcome,
)
from tutorkit.marking.overview import write_overview
from tutorkit.marking.owners import Owners, marked_late
from tutorkit.marking.submissions import entries
from tutorkit.marking.times import EARLY, late_words, time_of


def grade(
    submissions: Path,
    ledger: Path,
    out: Path,
    *,
    progress: bool | Progress = True,
    seconds: float = SECONDS,
) -> Graded:
    """Mark all that was handed in, and write tables and pages.

    Nothing that was handed in is run. Each thing is read in another process, within ``seconds``;
    what is wrong with it is said, and is its own affair alone. Marked again, marks that were given
    by hand in the meantime are added.

    Parameters
    ----------
    submissions
        A folder with a file, zip file or folder for each student, or such a folder as a zip file:
        as downloaded from Canvas or Moodle.
    ledger
        The private record that the release wrote.
    out
        Where the results come.
    progress
        As for `tutorkit.study`.

    Raises
    ------
    DataError
        If submissions or ledger cannot be read, or the results cannot be written.
    """
    book = read_ledger(ledger)
    names = entries(submissions)
    _check_out(out, submissions)
    hand = HandMarks(out / FILE, book.assignment)
    examined: list[Examined] = []
    with (
        examiner(submissions, ledger, seconds) as examine,
        shown(progress, len(names), "Marking", "submission") as show,
    ):
        for k, name in enumerate(names, start=1):
            examined += examine(name)
            show(k)
    graded = _graded(book, examined, hand, out)
    _write(graded, hand)
    return graded


def _graded(book: Ledger, examined: list[Examined], hand: HandMarks, out: Path) -> Graded:
    owners = Owners(book.issued)
    by_handle = book.by_handle
    own: dict[str, list[Examined]] = {one.handle: [] for one in book.issued.values()}
    taken: dict[str, tuple[str, Examined]] = {}  # handle -> status and what it is about
    log: list[Entry] = []
    for seen in examined:
        owner = owners.of(seen.entry)
        name = owner.student.student if owner else ""
        if seen.answers is None:
            log.append(Entry(seen.place, name, f"{seen.problem}."))
            if owner:
                taken.setdefault(owner.handle, (UNREADABLE, seen))
            continue
        issued = by_handle.get(seen.answers.handle)
        if issued is None:
            log.append(Entry(seen.place, name, _foreign(book, seen.answers)))
            if owner:
                taken.setdefault(owner.handle, (UNREADABLE, replace(seen, problem=FOREIGN)))
        elif owner is not None and owner.handle != issued.handle:
            what = f"Holds the work of {issued.student.student}: its handle says so."
            log.append(Entry(seen.place, name, what))
            taken[owner.handle] = (COPIED, seen)
        else:
            own[issued.handle].append(seen)
    outcomes = []
    for issued in book.issued.values():
        best, others = _latest(own[issued.handle], owners)
        log += [
            Entry(other.place, issued.student.student, "An earlier one: a later one counts.")
            for other in others
        ]
        if best is None:
            outcomes.append(_without(book.assignment, issued, taken.get(issued.handle)))
            continue
        outcome = _outcome(book.assignment, issued, best, hand)
        if owners.of(best.entry) is None and any(o.answers != best.answers for o in others):
            outcome = replace(outcome, doubts=(*outcome.doubts, SEVERAL))
        if issued.handle in taken:
            what = f"Also handed in under this name: {taken[issued.handle][1].place}."
            outcome = replace(outcome, doubts=(*outcome.doubts, what))
        log.append(Entry(best.place, issued.student.student, f"{outcome.status.capitalize()}."))
        outcomes.append(outcome)
    found = copies(book.assignment, {o.student.student: o.answers for o in outcomes if o.answers})
    outcomes = [replace(o, doubts=(*o.doubts, *found.get(o.student.student, ()))) for o in outcomes]
    outcomes.sort(key=lambda o: (_natural(o.student.shown), o.student.student))
    log.sort(key=lambda entry: entry.name)
    return Graded(book.assignment, tuple(outcomes), tuple(log), tuple(hand.problems), out)


SEVERAL = "Different answers with this handle came under names that are nobody's: the last counts."
FOREIGN = "It is not of this assignment, or of nobody in this class"


def _foreign(book: Ledger, answers: Answers) -> str:
    if answers.assignment != book.assignment.key:
        return f"Foreign: it is of the assignment '{answers.assignment}'."
    return "Foreign: its handle is nobody's in this class."


def _latest(found: list[Examined], owners: Owners) -> tuple[Examined | None, list[Examined]]:
    """Return the last one handed in, and the others; those under the student's own name first."""
    if not found:
        return None, []
    # copies of one file, as course sites make them, are one
    named = [seen for seen in found if owners.of(seen.entry)] or found
    best = max(named, key=lambda seen: (time_of(seen) or EARLY, seen.place))
    return best, [seen for seen in found if seen is not best]


def _outcome(assignment: Assignment, issued: Issued, seen: Examined, hand: HandMarks) -> Outcome:
    assert seen.answers is not None
    assert seen.marked is not None
    due, time = due_of(issued.student, assignment.due), time_of(seen)
    delay = timedelta(0)
    notes: list[str] = []
    doubts = list(seen.marked.doubts)
    if due is not None and time is not None and time > due:
        delay = time - due
    elif due is not None and marked_late(seen.entry):
        delay = timedelta(seconds=1)
        notes.append("The course site says that it came late.")
    elif due is not None and time is None:
        doubts.append("It does not say when it was handed in.")
    share = assignment.kept_of(delay)
    if delay > timedelta(0):
        notes.append(late_words(delay, share))
    refused = share == 0 and delay > timedelta(0) and assignment.late == "refuse"
    marks = hand.of(issued.student.student, seen.answers)
    marked = seen.marked.with_hand_marks(marks)
    return Outcome(
        issued, REFUSED if refused else MARKED, marked, seen.answers, seen.entry, share,
        tuple(notes), tuple(doubts),
    )  # fmt: skip


def _without(assignment: Assignment, issued: Issued, taken: tuple[str, Examined] | None) -> Outcome:
    """Return the outcome of a student of whom nothing counts."""
    if taken is None:
        return Outcome(issued, MISSING)
    status, seen = taken
    if status == COPIED:
        why = "What was handed in under your name are the answers of somebody else."
    else:
        why = f"What was handed in under your name cannot be read. {seen.problem}."
    return Outcome(
        issued, status, no_marks(assignment, seen.problem), entry=seen.entry, notes=(why,),
        doubts=(f"{seen.place}: {seen.problem or status}.",),
    )  # fmt: skip


def _write(graded: Graded, hand: HandMarks) -> None:
    if graded.assignment.written:
        hand.write(_answers(graded.outcomes))
    write_gradebooks(graded)
    write_feedback(graded)
    write_overview(graded)


def _answers(outcomes: Iterable[Outcome]) -> Iterable[tuple[str, str, Answers]]:
    for outcome in outcomes:
        if outcome.answers is not None:
            yield outcome.student.student, outcome.student.name, outcome.answers


def _natural(name: str) -> list[tuple[int, str]]:
    """Return what sorts names as people do: 'Student 2' before 'Student 10'."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return [(int(p), "") if p.isdigit() and p.isascii() else (-1, p) for p in parts]


def _check_out(out: Path, submissions: Path) -> None:
    inside = submissions.is_dir() and out.resolve().is_relative_to(submissions.resolve())
    if inside or (out.exists() and not out.is_dir()):
        what = f"The results cannot come into '{out}'"
        raise DataError(what, "Choose a folder of their own with --out.")
