"""A page for each student: marks for each part, and why."""

from __future__ import annotations

from tutorkit.marking.marks import Part
from tutorkit.marking.outcomes import Graded, Outcome
from tutorkit.marking.pages import page, table, text
from tutorkit.marking.tables import number, write_text

FOLDER = "feedback"


def write_feedback(graded: Graded) -> None:
    """Write a page for each student of whom something was handed in, named as their folder is."""
    for outcome in graded.outcomes:
        file = graded.out / FOLDER / f"{outcome.student.folder}.html"
        if outcome.marked is not None:
            write_text(file, feedback_page(graded, outcome))
        else:  # of something that has been taken away
            file.unlink(missing_ok=True)


def feedback_page(graded: Graded, outcome: Outcome) -> str:
    """Return the page of one student; nothing in it is about others, or for the instructor."""
    assert outcome.marked is not None
    assignment = graded.assignment
    pending = outcome.marked.pending
    total = f"{number(outcome.total)} of {number(assignment.out_of)} points"
    body = f"<h1>{text(assignment.title)}</h1><p>{text(outcome.student.shown)}</p>"
    body += f'<p class="total"><b>{text(total)}</b>{" so far" if pending else ""}</p>'
    body += "".join(f"<p>{text(note)}</p>" for note in outcome.notes)
    if pending:
        body += "<p>Written answers are still to be marked.</p>"
    rows = [_row(part) for part in outcome.marked.parts]
    body += table(("Part", "Points", "Why"), rows, (1,))
    return page(f"{assignment.title}: {outcome.student.shown}", body + _given(graded, outcome))


def _row(part: Part) -> tuple[object, ...]:
    points = "–" if part.points is None else number(part.points)
    return part.name, f"{points} of {number(part.out_of)}", part.words


def _given(graded: Graded, outcome: Outcome) -> str:
    """Return what the student has handed in: answers, predictions and the model."""
    if outcome.answers is None:
        return ""
    body = ""
    for item in graded.assignment.items:
        given = outcome.answers.given.get(item.key)
        if item.choices and isinstance(given, int) and given < len(item.choices):
            given = item.choices[given]
        if given is not None and given != "":
            kind = "You predicted" if item.kind == "prediction" else "You answered"
            body += f"<h2>{text(item.text)}</h2><p>{kind}:</p><pre>{text(given)}</pre>"
    run = outcome.answers.run
    script = run.script if run else outcome.answers.script
    if script:
        body += f"<h2>Your model</h2><pre>{text(script)}</pre>"
    return body
