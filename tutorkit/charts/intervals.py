"""Estimates and intervals of several methods against the truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from tutorkit.charts.names import shortened
from tutorkit.charts.theme import COLOURS, INK, ROW_HEIGHT, SHAPES, WIDTH, themed
from tutorkit.comparison import TRUTH, figure

if TYPE_CHECKING:
    import altair as alt

FEW = 4  # fits that get roomy rows
SMALL_ROW_HEIGHT = 11
LABEL_LIMIT = 130  # pixels for a parameter's name
MOST_LETTERS = 20  # of it
LETTER = 5.5  # pixels, on average
LEGEND_WIDTH = 420  # it begins where the plot begins
HOLLOW = "transparent"


def interval_chart(
    table: pd.DataFrame, names: Sequence[str] = (), title: str = "estimate and 95% interval"
) -> alt.LayerChart:
    """Chart the table of `tutorkit.compare`: estimates and 95 % intervals against the truth.

    One band for each parameter and in it one line for each method, told apart by shape as well as
    colour (from the ninth method on the shapes are hollow). The truth, where the table has it, is
    an upright line across the band. ``names`` are all fits there may be: a fit looks the same
    whichever of them are in the table. ``title`` says what the marks are.
    """
    from tutorkit.charts.library import alt

    table = table.assign(
        parameter=table["parameter"].map(shortened(table["parameter"], MOST_LETTERS))
    )
    fits = table[table["method"] != TRUTH]
    true = table[table["method"] == TRUTH]
    known = list(dict.fromkeys([*names, *fits["method"]]))
    columns, room = _legend_columns(list(dict.fromkeys(fits["method"])))
    short = shortened(known, int(room / LETTER))
    fits = fits.assign(method=fits["method"].map(short))
    methods = list(dict.fromkeys(fits["method"]))
    parameters = list(dict.fromkeys(table["parameter"]))
    row = ROW_HEIGHT if len(methods) <= FEW else SMALL_ROW_HEIGHT
    band = row * (len(methods) + 1)
    axis = alt.Axis(ticks=False, domain=False, labelLimit=LABEL_LIMIT)
    y = alt.Y("parameter:N", sort=parameters, title=None, axis=axis)
    x_scale = alt.Scale(zero=False, nice=True)
    x_title = title + ("" if true.empty else "  (│ truth)")
    offset = alt.YOffset("method:N", sort=methods, scale=alt.Scale(paddingOuter=0.5))
    legend = alt.Legend(
        title=None, orient="top", symbolOpacity=1, columns=columns, labelLimit=room, values=methods
    )

    def look(channel: Any, looks: list[str]) -> Any:
        scale = alt.Scale(domain=list(short.values()), range=looks)
        return channel("method:N", sort=methods, scale=scale, legend=legend)

    stroke = look(alt.Stroke, [COLOURS[k % len(COLOURS)] for k in range(len(known))])
    fill = look(alt.Fill, [_fill(k) for k in range(len(known))])
    shape = look(alt.Shape, [SHAPES[k % len(SHAPES)] for k in range(len(known))])
    base = alt.Chart(fits).encode(y=y, yOffset=offset, stroke=stroke)
    intervals = (
        base.transform_filter("isValid(datum.lower)")
        .mark_rule(strokeWidth=2)
        .encode(x=alt.X("lower:Q", title=x_title, scale=x_scale), x2="upper:Q")
    )
    points = base.mark_point(size=4.4 * row, opacity=1).encode(
        x=alt.X("estimate:Q", scale=x_scale), shape=shape, fill=fill
    )
    truth = (
        alt.Chart(true)
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
    parts = [f"truth {figure(true)}"] if true == true else []
    for row in fits.to_dict("records"):
        if row["estimate"] != row["estimate"]:
            parts.append(f"{row['method']} has no estimate")
            continue
        part = f"{row['method']} {figure(row['estimate'])}"
        if row["lower"] == row["lower"]:
            part += f" ({figure(row['lower'])} to {figure(row['upper'])})"
        if row["bias_in_sds"] == row["bias_in_sds"]:
            part += f", {_distance(row['bias_in_sds'])} the truth"
        parts.append(part)
    return f"{parameter}: {'; '.join(parts)}."


def _distance(in_sds: float) -> str:
    away = f"{abs(in_sds):.1f}"
    return "at" if away == "0.0" else f"{away} SDs {'above' if in_sds > 0 else 'below'}"


def _fill(k: int) -> str:
    return COLOURS[k % len(COLOURS)] if k < len(SHAPES) else HOLLOW


def _legend_columns(methods: list[str]) -> tuple[int, int]:
    """Return how many columns of names have room, and the pixels of one; longer names are cut."""
    widest = 6 * max(map(len, methods)) + 30  # 6 pixels a letter, 30 for symbol and gap
    columns = min(4, max(2, LEGEND_WIDTH // widest))
    return columns, LEGEND_WIDTH // columns - 30
