"""A report as plain text, laid out like the chapter's output."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from tutorkit.report.parts import Facts, Grid, Lines, Part, Section

WIDTH = 100
CELL = 11


def to_text(sections: Sequence[Section]) -> str:
    """Return the report as text, about 100 characters wide."""
    blocks = []
    for section in sections:
        body = "\n\n".join("\n".join(_lines(part)) for part in section.parts)
        blocks.append(f"{section.title.upper()}:\n\n{body}" if section.title else body)
    return "\n\n\n".join(blocks) + "\n"


def _lines(part: Part) -> Iterator[str]:
    if part.title:
        yield f"  {part.title}"
        if not (isinstance(part, Lines) and not part.lines):
            yield ""
    if isinstance(part, Facts):
        yield from _facts(part)
    elif isinstance(part, Grid):
        yield from _grid(part)
    elif part.verbatim:
        yield from part.lines
    else:
        yield from _sentences(part)


def _facts(part: Facts) -> Iterator[str]:
    label = max(len(name) for name, _ in part.rows) + 2
    for name, value in part.rows:
        first = f"  {name + ':' if name else '':{label}}"
        yield from textwrap.wrap(
            value, WIDTH, initial_indent=first, subsequent_indent=" " * len(first)
        ) or [first.rstrip()]


def _sentences(part: Lines) -> Iterator[str]:
    for line in part.lines:
        yield from textwrap.wrap(line, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _grid(part: Grid) -> Iterator[str]:
    rows = [row for _, group in part.groups for row in group]
    label = max([32, len(part.head[0]) + 1, *(len(row[0]) + 4 for row in rows)])
    cells = [
        max([CELL, len(part.head[k]) + 2, *(len(row[k]) + 2 for row in rows)])
        for k in range(1, len(part.head))
    ]
    rule = " " * label + "-" * sum(cells)

    def line(first: str, rest: Sequence[str]) -> str:
        columns = "".join(
            f"  {cell:<{width - 2}}" if k in part.words else f"{cell:>{width}}"
            for k, (cell, width) in enumerate(zip(rest, cells, strict=True), start=1)
        )
        return f"{first:<{label}}{columns}".rstrip()

    yield line(part.head[0], part.head[1:])
    yield rule
    for k, (title, group) in enumerate(part.groups):
        if title:
            yield f"{title}:"
        for row in group:
            yield line(f"  {row[0]}", row[1:])
        if k < len(part.groups) - 1:
            yield ""
    yield rule
