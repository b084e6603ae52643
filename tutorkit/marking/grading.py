"""Mark a class: find what was handed in, by whom, mark it, and write all tables and pages."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tutorkit.assignment.answers import Answers
from tutorkit.assignment.description import Assignment
from tutorkit.assignment.ledger import Issued, Ledger, read_ledger
from tutorkit.assignment.manifest import FILE as MANIFEST
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
    SPARE,
    UNREADABLE,
    Entry,
    Graded,
    Outcome,
)
from tutorkit.marking.overview import write_overview
from tutorkit.marking.owners import Owners
from tutorkit.marking.submissions import NO_ANSWERS, ONLY_WORK, open_source
from tutorkit.marking.times import EARLY, lateness, time_of


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
    owners = Owners(book.issued)
    source = open_source(submissions, lambda name: owners.of(name) is not None)
    names = source.entries()
    _check_out(out, submissions)
    HandMarks(out / FILE, book.assignment)  # what is wrong with it is said at once
    examined: list[Examined] = []
    with (
        examiner(source, ledger, seconds) as examine,
        shown(progress, len(names), "Marking", "submission") as show,
    ):
        for k, name in enumerate(names, start=1):
            examined += examine(name)
            show(k)
    hand = HandMarks(out / FILE, book.assignment)  # as it is now
    graded = _graded(book, owners, examined, hand, out)
    _write(graded, hand)
    return graded


def _graded(
    book: Ledger, owners: Owners, examined: list[Examined], hand: HandMarks, out: Path
) -> Graded:
    by_handle = book.by_handle
    own: dict[str, list[Examined]] = {one.handle: [] for one in book.issued.values()}
    taken: dict[str, list[tuple[str, Examined, str]]] = {}  # by handle of the name's owner
    log: list[Entry] = []
    for seen in examined:
        owner = owners.of(seen.place)
        issued = by_handle.get(seen.answers.handle) if seen.answers else None
        if issued is not None and (owner is None or owner.handle == issued.handle):
            own[issued.handle].append(seen)
            continue
        if seen.answers is None:
            status, what = UNREADABLE, f"{seen.problem}."
        elif issued is None:
            status, what = UNREADABLE, _foreign(book, seen.answers)
        else:
            status = COPIED
            what = f"Holds the work of {issued.student.student}: its handle says so."
        log.append(Entry(seen.place, owner.student.student if owner else "", what))
        if owner is not None:
            taken.setdefault(owner.handle, []).append((status, seen, what))
    outcomes = []
    for issued in book.issued.values():
        name, others = issued.student.student, taken.get(issued.handle, [])
        best, earlier = _counted(book.assignment, issued, own[issued.handle], owners)
        if best is None:
            outcomes.append(_without(book.assignment, issued, others))
            continue
        spare = {seen.place for _, seen, what in others if what in SPARES}
        log = [replace(e, what=SPARE) if e.place in spare else e for e in log]
        log += [Entry(seen.place, name, EARLIER) for seen in earlier]
        doubts = [f"{seen.place}: {what}" for _, seen, what in others if seen.place not in spare]
        outcome = _outcome(book.assignment, issued, best, earlier, hand, doubts)
        if owners.of(best.place) is None and any(o.answers != best.answers for o in earlier):
            outcome = replace(outcome, doubts=(*outcome.doubts, SEVERAL))
        log.append(Entry(best.place, name, f"{outcome.status.capitalize()}."))
        outcomes.append(outcome)
    found = copies(book.assignment, {o.student.student: o.answers for o in outcomes if o.answers})
    outcomes = [replace(o, doubts=(*o.doubts, *found.get(o.student.student, ()))) for o in outcomes]
    outcomes.sort(key=lambda o: (_natural(o.student.shown), o.student.student))
    log.sort(key=lambda entry: entry.place)
    return Graded(book.assignment, tuple(outcomes), tuple(log), tuple(hand.problems), out)


SPARES = (f"{NO_ANSWERS}.", f"{ONLY_WORK}.")
EARLIER = "Not counted: another one is."
SEVERAL = "Different answers with this handle came under names that are nobody's: the last counts."


def _foreign(book: Ledger, answers: Answers) -> str:
    if answers.assignment != book.assignment.key:
        return f"Foreign: it is of the assignment '{answers.assignment}'."
    return "Foreign: its handle is nobody's in this class."


def _counted(
    assignment: Assignment, issued: Issued, found: list[Examined], owners: Owners
) -> tuple[Examined | None, list[Examined]]:
    """Return the one that counts, and the others.

    Those under the student's own name go before others; of them the last one counts, or, if late
    work is refused, the last one that was in time.
    """
    if not found:
        return None, []
    named = [seen for seen in found if owners.of(seen.place)] or found
    if assignment.late == "refuse":
        named = [s for s in named if not lateness(assignment, issued, s).late] or named
    best = max(named, key=lambda seen: (time_of(seen) or EARLY, seen.place))
    return best, [seen for seen in found if seen is not best]


def _outcome(
    assignment: Assignment,
    issued: Issued,
    seen: Examined,
    earlier: list[Examined],
    hand: HandMarks,
    doubts: list[str],
) -> Outcome:
    assert seen.answers is not None
    assert seen.marked is not None
    late = lateness(assignment, issued, seen)
    if late.late and any(not lateness(assignment, issued, other).late for other in earlier):
        doubts.append("Another one that was handed in was in time; the last one counts.")
    refused = late.late and assignment.late == "refuse"
    marks = hand.of(issued.student.student, seen.answers)
    return Outcome(
        issued,
        REFUSED if refused else MARKED,
        seen.marked.with_hand_marks(marks),
        seen.answers,
        seen.entry,
        late.share,
        late.notes,
        (*seen.marked.doubts, *late.doubts, *doubts),
    )


def _without(
    assignment: Assignment, issued: Issued, taken: list[tuple[str, Examined, str]]
) -> Outcome:
    """Return the outcome of a student of whom nothing counts."""
    if not taken:
        return Outcome(issued, MISSING)
    status, seen, what = next((t for t in taken if t[0] == COPIED), taken[0])
    why = "What was handed in under your name cannot be read."
    if status == COPIED:
        why = "What was handed in under your name are the answers of somebody else."
    elif seen.problem:
        why += f" {seen.problem}."
    else:
        why += " It is not of this assignment, or of nobody in this class."
    return Outcome(
        issued,
        status,
        no_marks(assignment, what),
        entry=seen.entry,
        notes=(why,),
        doubts=tuple(f"{seen.place}: {what}" for _, seen, what in taken),
    )


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
    """Refuse a folder that is for something else, or in which nothing can be written."""
    inside = submissions.is_dir() and out.resolve().is_relative_to(submissions.resolve())
    handed_out = any(out.glob(f"*/{MANIFEST}")) or (out / MANIFEST).exists()
    if inside or handed_out or (out.exists() and not out.is_dir()):
        what = f"The results cannot come into '{out}'"
        raise DataError(what, "Choose a folder of their own with --out.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=out)
        os.close(handle)
        os.unlink(name)
    except OSError as error:
        what = f"Nothing can be written in '{out}': {error.strerror}"
        raise DataError(what, "Choose another folder with --out.") from None
