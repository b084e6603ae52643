"""Estimates and intervals of several methods against the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tutorkit.charts.theme import COLOURS, INK, ROW_HEIGHT, SHAPES, WIDTH, themed
from tutorkit.comparison import TRUTH

if TYPE_CHECKING:
    import altair as alt


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
    layers = alt.layer(truth, intervals, points)
    chart: alt.LayerChart = themed(layers.properties(width=WIDTH, height=band * len(parameters)))
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
