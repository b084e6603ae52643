"""One page on the whole class: who did how well, what went wrong, who is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import mean, median

from tutorkit.charts.marks import marks_picture
from tutorkit.marking.feedback import FOLDER
from tutorkit.marking.marks import NAMES
from tutorkit.marking.outcomes import MARKED, MISSING, SPARE, Graded, Outcome
from tutorkit.marking.pages import items, page, table, text
from tutorkit.marking.tables import number, write_text

FILE = "overview.html"
COMMON = 12


def write_overview(graded: Graded) -> None:
    """Write the page."""
    title = f"{graded.assignment.title}: the class"
    write_text(graded.out / FILE, page(title, "".join(_sections(graded))))


def _sections(graded: Graded) -> Iterator[str]:
    assignment, outcomes = graded.assignment, graded.outcomes
    yield f"<h1>{text(assignment.title)}: the class</h1>"
    yield f"<p>{text(summary(graded))}</p>"
    totals = [o.total for o in outcomes if o.status == MARKED and o.total is not None]
    if totals:
        yield "<h2>Points</h2>"
        yield marks_picture(totals, assignment.out_of).static_html()
        yield table(("Part", "Mean", "Full marks", "None"), _parts(graded), (1, 2, 3))
    common = _common(outcomes)
    if common:
        yield "<h2>Common mistakes in the models</h2>"
        yield table(("Mistake", "Students"), common, (1,))
    yield from _predicted(graded)
    missing = [o.student.shown for o in outcomes if o.status == MISSING]
    if missing:
        yield f"<h2>Missing ({len(missing)})</h2>{items(missing)}"
    odd = [
        (e.place, e.student or "nobody's", e.what) for e in graded.entries if not is_fine(e.what)
    ]
    if odd:
        yield "<h2>Handed in, and not simply marked</h2>"
        yield table(("What", "Student", "What became of it"), odd, ())
    doubts = [(o.student.shown, tuple(o.doubts)) for o in outcomes if o.doubts]
    if doubts:
        yield "<h2>For you to look at</h2>"
        yield "<p>None of this has cost marks by itself, unless it says so.</p>"
        yield table(("Student", "What"), doubts, ())
    if graded.problems:
        yield f"<h2>Marks by hand that do not count</h2>{items(graded.problems)}"
    rows = [
        (o.student.shown, o.student.student, o.status, number(o.total),
         ", ".join(o.marked.pending) if o.marked else "", " ".join(o.notes))
        for o in outcomes
    ]  # fmt: skip
    yield "<h2>Everybody</h2>"
    yield f"<p>A page for each is in the folder '{FOLDER}'.</p>"
    yield table(("Name", "Student", "Status", "Points", "To be marked", "Notes"), rows, (3,))


def summary(graded: Graded) -> str:
    """Return the class in a sentence or three."""
    outcomes = graded.outcomes
    counts = Counter(o.status for o in outcomes)
    pending = sum(len(o.marked.pending) for o in outcomes if o.marked)
    totals = [o.total for o in outcomes if o.status == MARKED and o.total is not None]
    words = [f"{len(outcomes)} students: " + ", ".join(f"{n} {s}" for s, n in counts.items()) + "."]
    if totals:
        so_far = " so far" if pending else ""
        words.append(
            f"Of {number(graded.assignment.out_of)} points those marked have {mean(totals):.1f} on "
            f"average{so_far} (median {median(totals):.1f}, from {min(totals):g} to "
            f"{max(totals):g})."
        )
    if pending == 1:
        words.append("1 written answer is still to be marked.")
    elif pending:
        words.append(f"{pending} written answers are still to be marked.")
    return " ".join(words)


def is_fine(what: str) -> bool:
    """Tell whether what became of something handed in needs nobody's attention."""
    return what in (f"{MARKED.capitalize()}.", SPARE)


def _parts(graded: Graded) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for key, out_of in graded.assignment.marked.items():
        found = [
            part.points
            for o in graded.outcomes
            if o.marked and o.status == MARKED
            for part in o.marked.parts
            if part.key == key and part.points is not None
        ]
        item = graded.assignment.item(key)
        name = NAMES.get(key) or (item.text if item else key)
        if found:
            full, none = (sum(p == end for p in found) for end in (out_of, 0))
            rows.append((name, f"{mean(found):.2f} of {number(out_of)}", full, none))
        else:
            rows.append((name, f"– of {number(out_of)}", "–", "–"))
    return rows


def _common(outcomes: tuple[Outcome, ...]) -> list[tuple[object, ...]]:
    counts = Counter(
        mistake for o in outcomes if o.marked for mistake in dict.fromkeys(o.marked.mistakes)
    )
    return [(mistake, n) for mistake, n in counts.most_common(COMMON)]


def _predicted(graded: Graded) -> Iterator[str]:
    """Yield, for each question with choices, how many chose what."""
    for item in graded.assignment.items:
        if not item.choices:
            continue
        given = [o.answers.given.get(item.key) for o in graded.outcomes if o.answers]
        rows = [
            (choice + (" (right)" if k == item.right else ""), given.count(k))
            for k, choice in enumerate(item.choices)
        ]
        yield f"<h2>{text(item.text)}</h2>" + table(("Answer", "Students"), rows, (1,))
