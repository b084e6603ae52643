"""Work that is the same in several hands: for the instructor to look at, never marked down."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from tutorkit.assignment.answers import Answers
from tutorkit.assignment.description import Assignment

SHORTEST = 60  # letters of an answer that two people do not write alike by chance
DIGITS = 6


def copies(assignment: Assignment, answers: Mapping[str, Answers]) -> dict[str, list[str]]:
    """Return, by student, sentences on what is the same in the work of others."""
    found: dict[str, list[str]] = {}
    for what, sign in _signs(assignment, answers).items():
        for students in sign.values():
            for student in students if len(students) > 1 else ():
                others = [other for other in students if other != student]
                more = f" and {len(others) - 3} more" if len(others) > 3 else ""
                named = ", ".join(others[:3])
                found.setdefault(student, []).append(f"{what} as {named}{more}.")
    return found


def _signs(
    assignment: Assignment, answers: Mapping[str, Answers]
) -> dict[str, dict[object, list[str]]]:
    """Return who shares what, by what it is."""
    out: dict[str, dict[object, list[str]]] = {}
    for student, given in answers.items():
        for item in assignment.written:
            text = _letters(given.given.get(item.key))
            if len(text) >= SHORTEST:
                same = out.setdefault(f"The same answer to '{item.key}'", {})
                same.setdefault(text, []).append(student)
        if given.run is not None and given.run.estimates:
            rows = given.run.estimates.items()
            figures = tuple((name, f"{row['estimate']:.{DIGITS}g}") for name, row in rows)
            out.setdefault("The same figures", {}).setdefault(figures, []).append(student)
    return out


def _letters(answer: object) -> str:
    if not isinstance(answer, str):
        return ""
    plain = unicodedata.normalize("NFKC", answer).casefold()
    return "".join(c for c in plain if c.isalnum())
