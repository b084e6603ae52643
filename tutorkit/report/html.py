"""A report as HTML for a notebook; colours and fonts are the notebook theme's."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tutorkit.report.parts import Facts, Grid, Part, Section

STYLE = """<style>
.tutorkit-report {max-width: 60em; color: var(--jp-ui-font-color1, #222);}
.tutorkit-report h3 {font-size: 1.05em; margin: 1.2em 0 .3em; border-bottom: 1px solid
  var(--jp-border-color2, #bbb);}
.tutorkit-report h4 {font-size: 1em; margin: .8em 0 .2em;}
.tutorkit-report table {border-collapse: collapse; margin: .3em 0;}
.tutorkit-report th, .tutorkit-report td {padding: .1em .7em; text-align: right;
  font-variant-numeric: tabular-nums; border: 0; background: none;}
.tutorkit-report th[scope=row], .tutorkit-report td.fact, .tutorkit-report th.group,
  .tutorkit-report th.label {text-align: left; font-weight: normal;}
.tutorkit-report th.group {font-weight: bold; padding-top: .5em;}
.tutorkit-report thead th {border-bottom: 1px solid var(--jp-border-color2, #bbb);}
.tutorkit-report pre {margin: .3em 0; white-space: pre-wrap;}
</style>"""


def to_html(sections: Sequence[Section]) -> str:
    """Return the report as one HTML element, every text escaped."""
    body = "".join(
        (f"<h3>{escape(section.title)}</h3>" if section.title else "")
        + "".join(map(_part, section.parts))
        for section in sections
    )
    return f'{STYLE}<div class="tutorkit-report">{body}</div>'


def _part(part: Part) -> str:
    title = f"<h4>{escape(part.title)}</h4>" if part.title else ""
    if isinstance(part, Facts):
        return title + _facts(part)
    if isinstance(part, Grid):
        return title + _grid(part)
    if part.verbatim:
        return f"{title}<pre>{escape(chr(10).join(part.lines))}</pre>"
    return title + "".join(f"<p>{escape(line)}</p>" for line in part.lines)


def _facts(part: Facts) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td class="fact">{escape(value)}</td></tr>'
        for name, value in part.rows
    )
    return f"<table><tbody>{rows}</tbody></table>"


def _grid(part: Grid) -> str:
    first, *rest = part.head
    head = f'<th class="label">{escape(first)}</th>'
    head += "".join(f'<th scope="col">{escape(name)}</th>' for name in rest)
    body = ""
    for title, rows in part.groups:
        if title:
            body += f'<tr><th class="group" colspan="{len(part.head)}">{escape(title)}</th></tr>'
        for label, *cells in rows:
            numbers = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            body += f'<tr><th scope="row">{escape(label)}</th>{numbers}</tr>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
