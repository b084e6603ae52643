"""A copy of a view that needs no kernel: script, last charts and last report."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ipywidgets import Widget

from tutorkit.charts import Picture
from tutorkit.report import report
from tutorkit.widgets.parts import INK, Display, View, heading_html, note_html

NOTE = "A saved copy of the workbench. Run this cell again to work with it."


def snapshot_html(view: View) -> str:
    """Return what a view shows as HTML without controls, pictures as images."""
    session = view.session
    parts = [heading_html(f"Workbench: {session.name}"), note_html(NOTE)]
    if session.spec is not None:
        parts.append(f'<pre style="{INK}">{escape(session.script)}</pre>')
    parts += [picture.static_html() for picture in _pictures(view)]
    if session.draws is not None and session.draws.n_kept:
        shown = report(session.draws)._repr_html_()
        parts.append(f"<details open><summary>Report of the last run</summary>{shown}</details>")
    return "".join(parts)


def _pictures(widget: Widget) -> Iterator[Picture]:
    if isinstance(widget, Display) and widget.picture is not None:
        yield widget.picture
    for child in getattr(widget, "children", ()):
        yield from _pictures(child)
