"""Tidy tables as Altair charts, and charts as pictures that need no network."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from tutorkit.comparison import TRUTH

if TYPE_CHECKING:
    import altair as alt

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"]  # Okabe & Ito (2008)
SHAPES = ["square", "triangle-up", "circle", "diamond"]
INK = "currentColor"  # the notebook theme's text colour
WIDTH = 400  # pixels of plot; with its labels it fits the narrowest notebook, 560
ROW_HEIGHT = 16


@dataclass(frozen=True)
class Picture:
    """A chart drawn as SVG, with a text that says the same; a notebook shows both."""

    chart: alt.LayerChart
    text: str

    def svg(self) -> str:
        """Return the chart as SVG; text and axes take the colour of the page's text."""
        import vl_convert

        return str(vl_convert.vegalite_to_svg(self.chart.to_json()))

    def save(self, path: str | Path) -> None:
        """Write the chart to an SVG file, dark on white."""
        chart = self.svg().replace(f'"{INK}"', '"#222"')
        white = '<rect width="100%" height="100%" fill="white"/>'
        end = chart.index(">") + 1
        Path(path).write_text(chart[:end] + white + chart[end:], encoding="utf-8")

    def __str__(self) -> str:
        """Return the text."""
        return self.text

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.text.splitlines())
        return (
            '<figure style="margin:0;color:var(--jp-ui-font-color1,#222)">'
            f'<div role="img" aria-label="{escape(self.text)}">{self.svg()}</div>'
            f"<details><summary>The same in words</summary><ul>{lines}</ul></details></figure>"
        )


def show(chart: alt.LayerChart, text: str) -> Picture:
    """Return a chart as a picture with its text twin."""
    return Picture(chart, text)


def interval_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Chart the table of `tutorkit.compare`: estimates and 95 % intervals against the truth.

    One band for each parameter and in it one line for each method, told apart by shape as well as
    colour; the truth is an upright line across the band.
    """
    import altair as alt

    fits = table[table["method"] != TRUTH]
    methods = list(dict.fromkeys(fits["method"]))
    parameters = list(dict.fromkeys(table["parameter"]))
    band = ROW_HEIGHT * (len(methods) + 1)
    y = alt.Y("parameter:N", sort=parameters, title=None, axis=alt.Axis(ticks=False, domain=False))
    x_scale = alt.Scale(zero=False, nice=True)
    offset = alt.YOffset("method:N", sort=methods, scale=alt.Scale(paddingOuter=0.5))
    legend = alt.Legend(title=None, orient="top", symbolOpacity=1)
    colour = alt.Color(
        "method:N", sort=methods, scale=alt.Scale(domain=methods, range=COLOURS), legend=legend
    )
    shape = alt.Shape(
        "method:N", sort=methods, scale=alt.Scale(domain=methods, range=SHAPES), legend=legend
    )
    base = alt.Chart(fits).encode(y=y, yOffset=offset, color=colour)
    intervals = (
        base.transform_filter("isValid(datum.lower)")
        .mark_rule(strokeWidth=2)
        .encode(
            x=alt.X("lower:Q", title="estimate and 95% interval  (│ truth)", scale=x_scale),
            x2="upper:Q",
        )
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("estimate:Q", scale=x_scale), shape=shape
    )
    truth = (
        alt.Chart(table[table["method"] == TRUTH])
        .mark_tick(size=band - 6, thickness=2, color=INK)
        .encode(y=y, x=alt.X("estimate:Q", scale=x_scale))
    )
    chart: alt.LayerChart = (
        alt.layer(truth, intervals, points)
        .properties(width=WIDTH, height=band * len(parameters))
        .configure(background="transparent")
        .configure_axis(
            labelColor=INK, titleColor=INK, domainColor=INK, tickColor=INK, gridOpacity=0.3
        )
        .configure_legend(labelColor=INK)
        .configure_view(stroke=None)
    )
    return chart


def describe(table: pd.DataFrame) -> str:
    """Say in words what `interval_chart` shows, a line for each parameter."""
    return "\n".join(
        _sentence(str(parameter), rows)
        for parameter, rows in table.groupby("parameter", sort=False)
    )


def _sentence(parameter: str, rows: pd.DataFrame) -> str:
    fits = rows[rows["method"] != TRUTH]
    true = rows["truth"].iloc[0]
    parts = [f"truth {true:.2f}"] if true == true else []
    for row in fits.to_dict("records"):
        part = f"{row['method']} {row['estimate']:.2f}"
        if row["lower"] == row["lower"]:
            part += f" ({row['lower']:.2f} to {row['upper']:.2f})"
        if row["bias_in_sds"] == row["bias_in_sds"]:
            side = "above" if row["bias_in_sds"] > 0 else "below"
            part += f", {abs(row['bias_in_sds']):.1f} SDs {side} the truth"
        parts.append(part)
    return f"{parameter}: {'; '.join(parts)}."
