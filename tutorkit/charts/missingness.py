"""Pictures of data before a model: what is missing, on what that depends, how clusters differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tutorkit.charts.missingness_words import (
    clusters_words,
    mechanism_words,
    observed_and_complete_words,
    patterns_words,
)
from tutorkit.charts.picture import Picture
from tutorkit.charts.theme import COLOURS, DASHES, INK, WIDTH, themed
from tutorkit.exploration import (
    COMPLETE,
    OBSERVED,
    clusters_of,
    intraclass,
    mean_difference,
    mechanism,
    observed_and_complete,
    patterns_of,
)

if TYPE_CHECKING:
    import altair as alt

MOST_VARIABLES, MOST_PATTERNS, MOST_CLUSTERS = 20, 12, 100
HEIGHT = 240
_CELL, _BARS = 22, 90  # pixels: height of a pattern, width of the bars of counts


def patterns_picture(data: pd.DataFrame, variables: Sequence[str]) -> Picture:
    """Show which values are missing together; see `tutorkit.exploration.patterns_of`.

    Of more than 20 incomplete variables those with the most missing values are shown.
    """
    gaps = data[list(variables)].isna().sum()
    most = set(gaps[gaps > 0].nlargest(MOST_VARIABLES).index)
    table = patterns_of(data, [name for name in variables if name in most])
    shown = table.astype({name: object for name in table.columns[:-2]})
    shown = shown.replace({True: "missing", False: "seen"})
    n_left_out = int((gaps > 0).sum()) - len(most)
    text = patterns_words(table, MOST_PATTERNS, n_left_out)
    return Picture(patterns_chart(table), text, shown)


def patterns_chart(table: pd.DataFrame) -> alt.HConcatChart:
    """Chart the table of `patterns_of`: a row a pattern, missing values marked ×, and its count.

    The 12 most frequent patterns are drawn.
    """
    from tutorkit.charts.library import alt

    names = list(table.columns[:-2])
    table = table.head(MOST_PATTERNS)
    numbers = np.arange(1, len(table) + 1)
    gaps = table[names].to_numpy(bool)  # (pattern, variable)
    # built by hand: a variable may have the name of one of these columns
    cells = pd.DataFrame(
        {
            "pattern": np.repeat(numbers, len(names)),
            "variable": names * len(table),
            "missing": gaps.ravel(),
            "sign": np.where(gaps, "×", "").ravel(),
        }
    )
    frequencies = table[["rows", "percent"]].assign(pattern=numbers)
    width = min(44, 300 // max(len(names), 1))
    longest = max((len(name) for name in names), default=0)
    y = alt.Y("pattern:O", axis=None)
    head = alt.Axis(
        orient="top", labelAngle=0 if 7 * longest <= width else -45, labelLimit=100,
        ticks=False, domain=False, labelOverlap=False,
    )  # fmt: skip
    x = alt.X("variable:N", sort=names, title="× missing" if names else None, axis=head)
    base = alt.Chart(cells).encode(x=x, y=y)
    tile = base.mark_rect(stroke=INK, strokeOpacity=0.2).encode(
        fill=alt.condition("datum.missing", alt.value(COLOURS[1]), alt.value("transparent"))
    )
    sign = base.mark_text(size=16, color="white", fontWeight="bold").encode(text="sign:N")
    size = {"height": _CELL * len(table)}
    grid = alt.layer(tile, sign).properties(width=max(width * len(names), 44), **size)
    quiet = alt.Axis(orient="top", labels=False, ticks=False, domain=False, grid=False)
    label = "datum.rows + ' (' + format(datum.percent, '.1f') + '%)'"
    counts = alt.Chart(frequencies).encode(y=y, x=alt.X("rows:Q", title="rows", axis=quiet))
    bars = counts.mark_bar(color=COLOURS[0], height={"band": 0.7})
    words = counts.transform_calculate(label=label).mark_text(align="left", dx=4, color=INK)
    side = alt.layer(bars, words.encode(text="label:N")).properties(width=_BARS, **size)
    chart: alt.HConcatChart = themed(alt.hconcat(grid, side, spacing=8))
    return chart


def mechanism_picture(
    data: pd.DataFrame, variable: str, by: str, complete: pd.DataFrame | None = None
) -> Picture:
    """Show how the missingness of a variable depends on ``by``; see `mechanism`."""
    table = mechanism(data, variable, by, complete)
    difference = mean_difference(data, variable, by, complete)
    text = mechanism_words(table, difference, variable, by, complete is not None)
    return Picture(mechanism_chart(table, variable, by), text, table)


def mechanism_chart(table: pd.DataFrame, variable: str, by: str) -> alt.LayerChart:
    """Chart the table of `mechanism`: the share of missing values in groups of rows.

    Each group has a point at its median, a line along its range, and a 95 % interval.
    """
    from tutorkit.charts.library import alt

    x_scale = alt.Scale(zero=False, nice=True)
    title = f"{by}  (● median and ── range of a group)"
    y_title = f"rows with {variable} missing  (– – all)"
    y = alt.Y("share:Q", title=y_title, axis=alt.Axis(format="%"), scale=alt.Scale(domainMin=0))
    axis = alt.Axis(labelFlush=False, tickCount=8)
    base = alt.Chart(table).encode(x=alt.X("middle:Q", title=title, scale=x_scale, axis=axis))
    overall = pd.DataFrame({"share": [table["missing"].sum() / table["n"].sum()]})
    line = alt.Chart(overall).mark_rule(color=INK, strokeDash=DASHES[1]).encode(y=y)
    ranges = base.mark_rule(color=COLOURS[0], strokeWidth=2).encode(
        x=alt.X("lower:Q", title=title, scale=x_scale, axis=axis), x2="upper:Q", y=y
    )
    intervals = base.mark_rule(color=COLOURS[0]).encode(
        y=alt.Y("share_lower:Q", title=y_title), y2="share_upper:Q"
    )
    points = base.mark_point(color=COLOURS[0], filled=True, size=70, opacity=1).encode(y=y)
    layers = alt.layer(line, ranges, intervals, points)
    chart: alt.LayerChart = themed(layers.properties(width=WIDTH, height=HEIGHT))
    return chart


def observed_and_complete_picture(
    data: pd.DataFrame, complete: pd.DataFrame, variable: str
) -> Picture:
    """Show a variable's observed values beside all values before deletion."""
    table = observed_and_complete(data, complete, variable)
    gaps = data[variable].isna().any()
    difference = mean_difference(data, variable, variable, complete) if gaps else None
    text = observed_and_complete_words(table, difference, variable)
    return Picture(observed_and_complete_chart(table, variable), text, table)


def observed_and_complete_chart(table: pd.DataFrame, variable: str) -> alt.LayerChart:
    """Chart the table of `observed_and_complete`: two outlines, and a line at each mean."""
    from tutorkit.charts.library import alt

    kinds = [OBSERVED, COMPLETE]
    corners = pd.concat([_outline(rows) for _, rows in table.groupby("values", sort=False)])
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolSize=400)
    colour = alt.Color("values:N", scale=alt.Scale(domain=kinds, range=COLOURS[:2]), legend=legend)
    dash = alt.StrokeDash(
        "values:N", scale=alt.Scale(domain=kinds, range=DASHES[:2]), legend=legend
    )
    x_scale = alt.Scale(zero=False, nice=False)
    x = alt.X("value:Q", title=f"{variable}  (│ means)", scale=x_scale)
    y = alt.Y("share:Q", title="share of the values", axis=alt.Axis(format="%"))
    outline = (
        alt.Chart(corners)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(x=x, y=y, order="corner:Q", color=colour, strokeDash=dash)
    )
    means = table.drop_duplicates("values")[["values", "mean"]].rename(columns={"mean": "value"})
    rules = alt.Chart(means).mark_rule(strokeWidth=2).encode(x=x, color=colour, strokeDash=dash)
    layers = alt.layer(outline, rules)
    chart: alt.LayerChart = themed(layers.properties(width=WIDTH, height=HEIGHT))
    return chart


def clusters_picture(data: pd.DataFrame, cluster: str, variable: str) -> Picture:
    """Show how the means of a variable's observed values differ between clusters."""
    table = clusters_of(data, cluster, variable)
    text = clusters_words(table, intraclass(data, cluster, variable), cluster, variable)
    if len(table) > MOST_CLUSTERS:
        text += f"\nThe chart draws {MOST_CLUSTERS} of the clusters, evenly chosen by their means."
    return Picture(clusters_chart(table, cluster, variable), text, table)


def clusters_chart(table: pd.DataFrame, cluster: str, variable: str) -> alt.LayerChart:
    """Chart the table of `clusters_of`: means and 95 % intervals, the lowest mean first.

    Of more than 100 clusters 100 are drawn, evenly chosen by their means.
    """
    from tutorkit.charts.library import alt

    known = table.dropna(subset="mean")
    typical = pd.DataFrame({"mean": [known["mean"].mean()]})
    if len(known) > MOST_CLUSTERS:
        known = known.iloc[np.linspace(0, len(known) - 1, MOST_CLUSTERS).round().astype(int)]
    axis = alt.Axis(labelAngle=0, labelOverlap=True, ticks=False)
    x = alt.X(
        "cluster:N",
        sort=list(known["cluster"]),
        title=f"clusters ({cluster}), lowest mean first",
        axis=axis,
    )
    title = f"mean of {variable} and 95% interval  (– – all)"
    scale = alt.Scale(zero=False, nice=True)
    y = alt.Y("mean:Q", title=title, scale=scale)
    base = alt.Chart(known).encode(x=x)
    line = alt.Chart(typical).mark_rule(color=INK, strokeDash=DASHES[1]).encode(y=y)
    intervals = (
        base.transform_filter("isValid(datum.lower)")
        .mark_rule(color=COLOURS[0])
        .encode(y=alt.Y("lower:Q", title=title, scale=scale), y2="upper:Q")
    )
    points = base.mark_point(color=COLOURS[0], filled=True, size=40, opacity=1).encode(y=y)
    layers = alt.layer(line, intervals, points)
    chart: alt.LayerChart = themed(layers.properties(width=WIDTH, height=HEIGHT))
    return chart


def _outline(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the corners of one histogram, from the ground up and back to it."""
    value = [rows["lower"].iloc[0], *rows["lower"], rows["upper"].iloc[-1]]
    corners = pd.DataFrame({"value": value, "share": [0.0, *rows["share"], 0.0]})
    return corners.assign(values=rows["values"].iloc[0], corner=range(len(corners)))
