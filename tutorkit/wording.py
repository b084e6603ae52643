"""Parts of sentences."""

from __future__ import annotations

from collections.abc import Iterable


def listed(items: Iterable[str]) -> str:
    """Return items as part of a sentence: "a, b and c"."""
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last
