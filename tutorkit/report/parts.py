"""What a report is made of, whether it ends as text or as HTML."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """Labels with their values, one below the other."""

    rows: tuple[tuple[str, str], ...]
    title: str = ""


@dataclass(frozen=True)
class Lines:
    """Sentences, or lines to be kept as they are if ``verbatim``."""

    lines: tuple[str, ...]
    title: str = ""
    verbatim: bool = False


@dataclass(frozen=True)
class Grid:
    """A table of numbers already formatted, its rows in named groups."""

    head: tuple[str, ...]
    """Head of the row labels, then of each column."""
    groups: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    """Group title and rows; the first cell of a row is its label."""
    title: str = ""
    words: tuple[int, ...] = ()
    """Columns that hold words, not numbers."""


Part = Facts | Lines | Grid


@dataclass(frozen=True)
class Section:
    """One item of the report."""

    title: str
    parts: tuple[Part, ...]


def figures(*values: float, digits: int = 3) -> tuple[str, ...]:
    """Format one row's numbers: fixed decimals, or four digits where these would show nothing."""
    finite = [abs(v) for v in values if v == v and v != 0]
    plain = not finite or 0.5 * 10**-digits <= max(finite) < 1e7
    return tuple("nan" if v != v else f"{v:z.{digits}f}" if plain else f"{v:.3e}" for v in values)
