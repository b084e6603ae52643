"""A report as HTML for a notebook; colours and fonts are the notebook theme's.

Items that have an explanation show it to a pointer, and all of them stand in a list at the end,
for those who use none.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tutorkit.report.explanations import Explanation, explanation
from tutorkit.report.parts import Facts, Grid, Part, Section
from tutorkit.report.words import Kind

STYLE = """<style>
.tutorkit-report {max-width: 60em; line-height: 1.4; color: var(--jp-ui-font-color1, inherit);
  contain: inline-size; overflow-wrap: anywhere;}
.tutorkit-report h3 {font-size: 1.05em; font-weight: bold; margin: 1.2em 0 .3em;
  border-bottom: 1px solid var(--jp-border-color2, #bbb);}
.tutorkit-report h4 {font-size: 1em; font-weight: bold; margin: .8em 0 .2em;}
.tutorkit-report table {border-collapse: collapse; margin: .3em 0;}
.tutorkit-report th, .tutorkit-report td {padding: .1em .5em; text-align: right;
  font-variant-numeric: tabular-nums; border: 0; background: none;}
.tutorkit-report tr {background: none;}
.tutorkit-report div {overflow-x: auto;}
.tutorkit-report th[scope=row] {font-weight: normal;}
.tutorkit-report .grid {overflow-wrap: normal;}
.tutorkit-report .facts td {width: 60%;}
.tutorkit-report th[scope=rowgroup] {padding-top: .5em;}
.tutorkit-report thead th {border-bottom: 1px solid var(--jp-border-color2, #bbb);}
.tutorkit-report [title] {cursor: help; text-decoration: underline dotted 1px;
  text-underline-offset: .2em;}
.tutorkit-report summary {margin-top: 1.2em; font-weight: bold; cursor: pointer;}
.tutorkit-report dt {font-weight: bold;}
.tutorkit-report dd {margin: 0 0 .4em 1.5em;}
.tutorkit-report pre {margin: .3em 0; white-space: pre-wrap;}
.tutorkit-report > pre:first-child {white-space: pre; overflow: hidden; font-size: .8em;}
</style>"""
# contain: a view is as wide as the page allows, not as the report's widest table would have it;
# the first child is the banner, whose lines are drawn to be one width
# with the cell, as an untrusted notebook shows no style sheet of ours
LEFT = ' style="text-align: left"'


MEANINGS = "What the items mean"


def to_html(sections: Sequence[Section]) -> str:
    """Return the report as one HTML element, every text escaped."""
    body, found = "", Found()
    for section in sections:
        found.section = section.title
        if section.title:
            hover = found.hover(section.title, "section")
            heading = f"<h3>{escape(section.title)}</h3>"
            body += f"<div{hover}>{heading}</div>" if hover else heading
        body += "".join(_part(part, found) for part in section.parts)
    return f'{STYLE}<div class="tutorkit-report">{body}{found.meanings()}</div>'


class Found:
    """The explanations of the items met so far."""

    def __init__(self) -> None:
        self.section = ""
        self._items: dict[Explanation, None] = {}

    def hover(self, text: str, kind: Kind, group: str = "") -> str:
        """Return the attribute that shows what an item means, "" if nothing is known of it."""
        found = explanation(text, kind, self.section, group)
        if found is None:
            return ""
        self._items[found] = None
        return f' title="{escape(found.words)}"'

    def meanings(self) -> str:
        """Return the list of all explanations, folded up; "" if there are none."""
        if not self._items:
            return ""
        rows = "".join(
            f"<dt>{escape(item.term)}</dt><dd>{escape(item.words)}</dd>" for item in self._items
        )
        return f"<details><summary>{MEANINGS}</summary><dl>{rows}</dl></details>"


def _part(part: Part, found: Found) -> str:
    hover = found.hover(part.title, "title") if part.title else ""
    title = f"<h4{hover}>{escape(part.title)}</h4>" if part.title else ""
    if isinstance(part, Facts):
        return title + _facts(part, found)
    if isinstance(part, Grid):
        return title + _grid(part, found)
    if part.verbatim:
        return f"{title}<pre>{escape(chr(10).join(part.lines))}</pre>"
    return title + "".join(f"<p>{escape(line)}</p>" for line in part.lines)


def _facts(part: Facts, found: Found) -> str:
    rows = "".join(
        f'<tr><th scope="row"{found.hover(name, "row", part.title)}{LEFT}>{escape(name)}</th>'
        f"<td{LEFT}>{escape(value)}</td></tr>"
        for name, value in part.rows
    )
    return f'<div class="facts"><table><tbody>{rows}</tbody></table></div>'


def _grid(part: Grid, found: Found) -> str:
    sides = [LEFT if k == 0 or k in part.words else "" for k in range(len(part.head))]
    head = "".join(
        f'<th scope="col"{found.hover(name, "column")}{side}>{escape(name)}</th>'
        for name, side in zip(part.head, sides, strict=True)
    )
    body = ""
    for title, rows in part.groups:
        body += "<tbody>"
        if title:
            span = f'colspan="{len(part.head)}" scope="rowgroup"{found.hover(title, "group")}'
            body += f"<tr><th {span}{LEFT}>{escape(title)}</th></tr>"
        for label, *cells in rows:
            numbers = "".join(
                f"<td{side}>{escape(cell)}</td>"
                for cell, side in zip(cells, sides[1:], strict=True)
            )
            hover = found.hover(label, "row", title)
            body += f'<tr><th scope="row"{hover}{LEFT}>{escape(label)}</th>{numbers}</tr>'
        body += "</tbody>"
    return f'<div class="grid"><table><thead><tr>{head}</tr></thead>{body}</table></div>'
