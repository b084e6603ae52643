"""Work that is the same in several hands: for the instructor to look at, never marked down."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import permutations

from tutorkit.assignment.answers import Answers
from tutorkit.assignment.description import Assignment

SHORTEST = 60  # letters of an answer that two people do not write alike by chance
DIGITS = 6
FEWEST = 2  # estimates that agree: a single one may do so by chance in a large class
MOST = 3  # students who are named


def copies(assignment: Assignment, answers: Mapping[str, Answers]) -> dict[str, list[str]]:
    """Return, by student, sentences on what is the same in the work of others."""
    found: dict[str, list[str]] = {}
    for item in assignment.written:
        texts = {name: _letters(given.given.get(item.key)) for name, given in answers.items()}
        long = {name: [text] for name, text in texts.items() if len(text) >= SHORTEST}
        for student, others in _shared(long, 1):
            found.setdefault(student, []).append(_words(f"The same answer to '{item.key}'", others))
    figures = {
        name: [f"{key} {row['estimate']:.{DIGITS}g}" for key, row in given.run.estimates.items()]
        for name, given in answers.items()
        if given.run is not None
    }
    for student, others in _shared(figures, FEWEST):
        found.setdefault(student, []).append(_words("The same figures", others))
    return found


def _shared(signs: Mapping[str, list[str]], fewest: int) -> Iterator[tuple[str, list[str]]]:
    """Yield students with those who share at least so many signs with them."""
    holders: dict[str, list[str]] = {}
    for student, own in signs.items():
        for sign in dict.fromkeys(own):
            holders.setdefault(sign, []).append(student)
    pairs = Counter(pair for shared in holders.values() for pair in permutations(shared, 2))
    for student in signs:
        others = [two for (one, two), n in pairs.items() if one == student and n >= fewest]
        if others:
            yield student, others


def _words(what: str, others: list[str]) -> str:
    more = f" and {len(others) - MOST} more" if len(others) > MOST else ""
    return f"{what} as {', '.join(others[:MOST])}{more}."


def _letters(answer: object) -> str:
    if not isinstance(answer, str):
        return ""
    plain = unicodedata.normalize("NFKC", answer).casefold()
    return "".join(c for c in plain if c.isalnum())
