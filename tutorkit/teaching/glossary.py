"""The terms that lessons use, found in their texts, and what they mean."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("glossary.toml")


@dataclass(frozen=True)
class Term:
    """A term, the ways it is written, and what it means."""

    name: str
    forms: tuple[str, ...]
    words: str


@functools.cache
def glossary() -> tuple[Term, ...]:
    """Return all terms."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))["term"]
    return tuple(Term(t["name"], tuple(t["forms"]), t["words"]) for t in found)


def terms_in(text: str) -> Iterator[tuple[int, int, Term]]:
    """Return where each term stands for the first time: from, to, and the term; in order."""
    seen = set()
    by_form = _by_form()
    for found in _pattern().finditer(text):
        term = by_form[found[0].lower()]
        if term.name not in seen:
            seen.add(term.name)
            yield found.start(), found.end(), term


def terms_of(texts: Iterable[str]) -> list[Term]:
    """Return the terms that stand in any of these texts, in the glossary's order."""
    names = {term.name for text in texts for _, _, term in terms_in(text)}
    return [term for term in glossary() if term.name in names]


@functools.cache
def _by_form() -> dict[str, Term]:
    return {form.lower(): term for term in glossary() for form in term.forms}


@functools.cache
def _pattern() -> re.Pattern[str]:
    """Match any form, the longest first; abbreviations only in capitals."""
    forms = sorted((form for term in glossary() for form in term.forms), key=len, reverse=True)
    return re.compile("|".join(rf"(?<![\w.])(?:{_written(form)})(?!\w|\.\w)" for form in forms))


def _written(form: str) -> str:
    """Return the pattern of a form; one that begins with a small letter may begin a sentence."""
    first, rest = form[0], re.escape(form[1:])
    return f"[{first}{first.upper()}]{rest}" if first.islower() else re.escape(form)
