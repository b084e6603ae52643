"""What every item of a report means, in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from tutorkit.report.row_words import ROWS
from tutorkit.report.words import COLUMNS, GROUPS, SECTIONS, TITLES, Kind, Rule

RULES: dict[Kind, tuple[Rule, ...]] = {
    "section": SECTIONS,
    "title": TITLES,
    "column": COLUMNS,
    "group": GROUPS,
    "row": ROWS,
}


@dataclass(frozen=True)
class Explanation:
    """The name of an item or of a family of items, and what it means."""

    term: str
    words: str


def explain(text: str, kind: Kind, section: str = "", group: str = "") -> str:
    """Return what an item of a report means, "" if there is nothing to explain.

    Parameters
    ----------
    text
        The item as it is shown.
    kind
        "section" or "title" (of a part of a section), "column", "group" (of rows) or "row".
    section
        The title of the section it stands in.
    group
        The group of a row, or the title of the part where rows have no group.
    """
    found = explanation(text, kind, section, group)
    return found.words if found else ""


@cache
def explanation(text: str, kind: Kind, section: str = "", group: str = "") -> Explanation | None:
    """Return the same with the item's name: the first rule that fits; None if there is none."""
    for rule in RULES[kind]:
        if _fits(rule, text, section, group):
            return Explanation(rule.term or text, rule.words)
    return None


def _fits(rule: Rule, text: str, section: str, group: str) -> bool:
    return all(
        re.fullmatch(pattern, found) is not None
        for pattern, found in (
            (rule.pattern, text),
            (rule.section, section),
            (rule.group, group),
        )
    )
