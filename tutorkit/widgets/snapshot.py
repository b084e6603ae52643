"""A copy of a view that needs no kernel: script, last charts and last report."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tutorkit.charts import Picture
from tutorkit.datasets import names
from tutorkit.widgets.parts import INK, Display, View, heading_html, note_html, widgets_in
from tutorkit.widgets.session import Session

NOTE = "A saved copy of the workbench. Run this cell again to work with it."


def snapshot_html(view: View, report: str) -> str:
    """Return what a view shows as HTML without controls, pictures as images, and a report."""
    session = view.session
    parts = [title_html(session), note_html(NOTE)]
    if session.spec is not None:
        parts.append(f'<pre style="{INK}">{escape(session.script)}</pre>')
    parts += [picture.static_html() for picture in _pictures(view)]
    if report:
        parts.append(f"<details open><summary>Report of the last run</summary>{report}</details>")
    return "".join(parts)


def title_html(session: Session) -> str:
    """Return the workbench's title, which says whether the data are a reconstruction."""
    kind = " (simulated: a reconstruction)" if session.name in names() else ""
    return heading_html(f"Workbench: {session.name}{kind}")


def _pictures(view: View) -> Iterator[Picture]:
    for widget in widgets_in(view):
        if isinstance(widget, Display) and widget.picture is not None:
            yield widget.picture
