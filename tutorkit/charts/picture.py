"""Charts as pictures that need no network, each with the words that say the same."""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from tutorkit.charts.theme import INK

if TYPE_CHECKING:
    import altair as alt

SUMMARY = "The same in words"


@dataclass(frozen=True, eq=False)
class Picture:
    """A chart drawn as SVG, with a text that says the same; a notebook shows both.

    ``chart`` is an Altair chart, or SVG. ``text`` is a sentence or a few, one a line; ``table``
    holds the figures behind the chart.
    """

    chart: alt.TopLevelMixin | str
    text: str
    table: pd.DataFrame | None = None

    def svg(self) -> str:
        """Return the chart as SVG; text and axes take the colour of the page's text."""
        return self._drawn

    @cached_property
    def _drawn(self) -> str:
        if isinstance(self.chart, str):
            return self.chart
        import vl_convert

        return str(vl_convert.vegalite_to_svg(self.chart.to_json()))

    def paper_svg(self) -> str:
        """Return the chart as SVG, dark on white, that stands for itself."""
        chart = self.svg().replace(f'"{INK}"', '"#222"')
        white = '<rect width="100%" height="100%" fill="white"/>'
        end = chart.index(">") + 1
        return chart[:end] + white + chart[end:]

    def save(self, path: str | Path) -> None:
        """Write the chart to an SVG file, dark on white."""
        Path(path).write_text(self.paper_svg(), encoding="utf-8")

    def __str__(self) -> str:
        """Return the text."""
        return self.text

    def _repr_html_(self) -> str:
        label = escape(self.text.split("\n")[0] if self.table is not None else self.text)
        return self._figure(f'<div role="img" aria-label="{label}">{self.svg()}</div>')

    def static_html(self) -> str:
        """Return the same with the chart as an image, which untrusted notebooks show as well."""
        code = base64.b64encode(self.paper_svg().encode()).decode()
        label = escape(self.text.split("\n")[0])
        return self._figure(f'<img alt="{label}" src="data:image/svg+xml;base64,{code}">')

    def _figure(self, picture: str) -> str:
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.text.splitlines())
        return (
            '<figure style="margin:0;color:var(--jp-ui-font-color1,#222)">'
            f"{picture}<details><summary>{SUMMARY}</summary><ul>{lines}</ul>{self._table()}"
            "</details></figure>"
        )

    def _table(self) -> str:
        if self.table is None:
            return ""
        html = self.table.to_html(index=False, border=0, na_rep="", float_format="{:.3g}".format)
        return f'<div style="overflow-x:auto">{html}</div>'


def draw_in_background() -> None:
    """Begin to load what draws charts: three seconds' work, done while somebody reads."""
    threading.Thread(target=_draw_nothing, daemon=True).start()


def _draw_nothing() -> None:
    from tutorkit.charts.library import alt

    Picture(alt.Chart(pd.DataFrame({"x": [0]})).mark_point().encode(x="x:Q"), "").svg()


def show(chart: alt.TopLevelMixin | str, text: str, table: pd.DataFrame | None = None) -> Picture:
    """Return a chart as a picture with its text twin."""
    return Picture(chart, text, table)
