"""A report as HTML for a notebook; colours and fonts are the notebook theme's."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tutorkit.report.parts import Facts, Grid, Part, Section

STYLE = """<style>
.tutorkit-report {max-width: 60em; color: var(--jp-ui-font-color1, inherit);}
.tutorkit-report h3 {font-size: 1.05em; font-weight: bold; margin: 1.2em 0 .3em;
  border-bottom: 1px solid var(--jp-border-color2, #bbb);}
.tutorkit-report h4 {font-size: 1em; font-weight: bold; margin: .8em 0 .2em;}
.tutorkit-report table {border-collapse: collapse; margin: .3em 0;}
.tutorkit-report th, .tutorkit-report td {padding: .1em .7em; text-align: right;
  font-variant-numeric: tabular-nums; border: 0; background: none;}
.tutorkit-report tr {background: none;}
.tutorkit-report div {overflow-x: auto;}
.tutorkit-report th[scope=row] {font-weight: normal; white-space: nowrap;}
.tutorkit-report th[scope=rowgroup] {padding-top: .5em;}
.tutorkit-report thead th {border-bottom: 1px solid var(--jp-border-color2, #bbb);}
.tutorkit-report pre {margin: .3em 0; white-space: pre-wrap;}
</style>"""
# with the cell, as an untrusted notebook shows no style sheet of ours
LEFT = ' style="text-align: left"'


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
        f'<tr><th scope="row"{LEFT}>{escape(name)}</th><td{LEFT}>{escape(value)}</td></tr>'
        for name, value in part.rows
    )
    return f"<div><table><tbody>{rows}</tbody></table></div>"


def _grid(part: Grid) -> str:
    sides = [LEFT if k == 0 or k in part.words else "" for k in range(len(part.head))]
    head = "".join(
        f'<th scope="col"{side}>{escape(name)}</th>'
        for name, side in zip(part.head, sides, strict=True)
    )
    body = ""
    for title, rows in part.groups:
        body += "<tbody>"
        if title:
            span = f'colspan="{len(part.head)}" scope="rowgroup"'
            body += f"<tr><th {span}{LEFT}>{escape(title)}</th></tr>"
        for label, *cells in rows:
            numbers = "".join(
                f"<td{side}>{escape(cell)}</td>"
                for cell, side in zip(cells, sides[1:], strict=True)
            )
            body += f'<tr><th scope="row"{LEFT}>{escape(label)}</th>{numbers}</tr>'
        body += "</tbody>"
    return f"<div><table><thead><tr>{head}</tr></thead>{body}</table></div>"
