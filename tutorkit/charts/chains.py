"""Charts of chains: burn-in PSR, traces, ranks, autocorrelations, prior and posterior."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tutorkit.charts.theme import COLOURS, DASHES, INK, WIDTH, themed
from tutorkit.diagnostics import TARGET_PSR

if TYPE_CHECKING:
    import altair as alt

HEIGHT = 220
PANEL = (190, 120)
N_NAMED = 3
LOW_PSR = 1.2  # the axis reaches this far at least, so that small differences look small


def psr_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Chart the table of `tutorkit.chains.psr_table`: the highest PSR, window by window.

    Lines at 1 and at the target; the highest windows above it carry their parameter's name.
    """
    from tutorkit.charts.library import alt

    table = table[table["psr"].notna()]
    top = max(LOW_PSR, 1.06 * float(table["psr"].max()))
    scale = alt.Scale(domain=[0.98, top], nice=False, zero=False)
    y = alt.Y("psr:Q", title="highest PSR", scale=scale)
    title = "iterations of the burn-in (each point: their second half)"
    x = alt.X("last:Q", title=title, axis=alt.Axis(tickCount=5))
    base = alt.Chart(table).encode(x=x, y=y)
    line = base.mark_line(color=COLOURS[0], strokeWidth=2)
    points = base.mark_point(color=COLOURS[0], filled=True, size=40, opacity=1)
    levels = pd.DataFrame({"psr": [1.0, TARGET_PSR], "label": ["", f"target {TARGET_PSR}"]})
    level = alt.Chart(levels).encode(y=y)
    rules = level.mark_rule(color=INK, strokeDash=[4, 3], opacity=0.7)
    text = level.mark_text(color=INK, align="left", dx=4)
    target = text.encode(x=alt.value(WIDTH), text="label:N")
    named = _highest(table)
    late = named["last"] > table["last"].median()
    texts = [
        _text(named[~late], align="left", dx=7, dy=-7).encode(x=x, y=y, text="parameter:N"),
        _text(named[late], align="right", dx=-7, dy=-7).encode(x=x, y=y, text="parameter:N"),
    ]
    layers = alt.layer(rules, target, line, points, *texts)
    chart: alt.LayerChart = themed(layers.properties(width=WIDTH, height=HEIGHT))
    return chart


def _highest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the highest windows above the target, not two next to each other."""
    found: list[int] = []
    above = table[table["psr"] > TARGET_PSR]
    for place in above["psr"].sort_values(ascending=False).index:
        if len(found) < N_NAMED and all(abs(place - other) > 2 for other in found):
            found.append(place)
    return table.loc[found]


def trace_chart(table: pd.DataFrame, label: str) -> alt.LayerChart:
    """Chart the table of `tutorkit.chains.trace_table`: each chain's path, the burn-in shaded.

    ``label`` names the parameter.
    """
    from tutorkit.charts.library import alt

    layers = []
    burn = table[table["phase"] == "burn-in"]
    if len(burn):
        span = pd.DataFrame({"from": [0], "to": [burn["iteration"].max()], "label": ["burn-in"]})
        base = alt.Chart(span)
        layers.append(base.mark_rect(color=INK, opacity=0.12).encode(x="from:Q", x2="to:Q"))
        text = base.mark_text(color=INK, align="left", baseline="bottom", dx=2, dy=-2)
        layers.append(text.encode(x="from:Q", y=alt.value(0), text="label:N"))
    lines = (
        alt.Chart(table)
        .mark_line(strokeWidth=1)
        .encode(
            x=alt.X(
                "iteration:Q",
                title="iteration",
                scale=alt.Scale(nice=False),
                axis=alt.Axis(tickCount=5),
            ),
            y=alt.Y("value:Q", title=label, scale=alt.Scale(zero=False)),
            **_by_chain(table),
        )
    )
    chart: alt.LayerChart = themed(alt.layer(*layers, lines).properties(width=WIDTH, height=HEIGHT))
    return chart


def rank_chart(table: pd.DataFrame) -> alt.FacetChart:
    """Chart the table of `tutorkit.chains.rank_table`: a small panel for each chain.

    Bars are counts, the line is what is expected, and the pale band its 95 % range.
    """
    from tutorkit.charts.library import alt

    n = int(table["bin"].max())
    x = alt.X(
        "from:Q",
        title="rank of the value, lowest to highest",
        axis=alt.Axis(labels=False, ticks=False, grid=False),
        scale=alt.Scale(domain=[0, n], nice=False),
    )
    top = float(table[["count", "upper"]].max().max())
    scale = alt.Scale(domain=[0, top], nice=True)
    edges = table.assign(**{"from": table["bin"] - 1, "to": table["bin"]})
    base = alt.Chart(edges).encode(x=x, x2="to:Q")
    bars = base.mark_rect(color=COLOURS[0], opacity=0.75, stroke=None, xOffset=0.5).encode(
        y=alt.Y("count:Q", title="draws", scale=scale), y2=alt.datum(0)
    )
    band = base.mark_rect(color=INK, opacity=0.18).encode(
        y=alt.Y("lower:Q", title="draws", scale=scale), y2="upper:Q"
    )
    line = base.mark_rule(color=INK, strokeDash=[4, 3]).encode(y=alt.Y("expected:Q", scale=scale))
    panel = alt.layer(bars, band, line).properties(width=PANEL[0], height=PANEL[1])
    header = alt.Header(title=None, labelExpr="'chain ' + datum.value")
    chart: alt.FacetChart = themed(
        panel.facet(facet=alt.Facet("chain:N", header=header), columns=2)
    )
    return chart


def autocorrelation_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Chart the table of `tutorkit.chains.autocorrelation_table`: a line for each chain."""
    from tutorkit.charts.library import alt

    low = min(-0.1, float(table["autocorrelation"].min()))
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK, opacity=0.7).encode(y="y:Q")
    lines = (
        alt.Chart(table)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("lag:Q", title="iterations apart", scale=alt.Scale(nice=False)),
            y=alt.Y(
                "autocorrelation:Q",
                title="correlation of draws",
                scale=alt.Scale(domain=[low, 1], nice=False),
            ),
            **_by_chain(table),
        )
    )
    chart: alt.LayerChart = themed(alt.layer(zero, lines).properties(width=WIDTH, height=HEIGHT))
    return chart


def prior_posterior_chart(table: pd.DataFrame, label: str) -> alt.LayerChart:
    """Chart two densities of one parameter, told apart by dash and by a name beside the line.

    Parameters
    ----------
    table
        Columns ``which`` ("posterior", or for the dashed line another name such as "prior"),
        ``value``, ``density``.
    label
        Names the parameter.
    """
    from tutorkit.charts.library import alt

    names = list(dict.fromkeys(table["which"]))
    which: dict[str, Any] = {
        "color": alt.Color(
            "which:N", scale=alt.Scale(domain=names, range=COLOURS), sort=names, legend=None
        ),
        "strokeDash": alt.StrokeDash(
            "which:N", scale=alt.Scale(domain=names, range=DASHES), sort=names, legend=None
        ),
    }
    x = alt.X("value:Q", title=label, scale=alt.Scale(zero=False, nice=False))
    y = alt.Y("density:Q", title="density", axis=alt.Axis(labels=False, ticks=False))
    lines = alt.Chart(table).mark_line(strokeWidth=2).encode(x=x, y=y, **which)
    peak = table[table["which"] == names[0]].nlargest(1, "density")
    ends = table[table["which"] != names[0]].groupby("which").tail(1)
    texts = [
        _text(peak, align="left", dx=6, dy=-9).encode(x=x, y=y, text="which:N"),
        _text(ends, align="right", dx=-2, dy=-9).encode(x=x, y=y, text="which:N"),
    ]
    chart: alt.LayerChart = themed(alt.layer(lines, *texts).properties(width=WIDTH, height=HEIGHT))
    return chart


def _text(rows: pd.DataFrame, **mark: Any) -> alt.Chart:
    from tutorkit.charts.library import alt

    text: alt.Chart = alt.Chart(rows).mark_text(color=INK, **mark)
    return text


def _by_chain(table: pd.DataFrame) -> dict[str, Any]:
    """Return colour and dash that tell chains apart."""
    from tutorkit.charts.library import alt

    chains = sorted(table["chain"].unique().tolist())
    legend = alt.Legend(title="chain", orient="top", symbolSize=300)
    return {
        "color": alt.Color("chain:N", scale=alt.Scale(domain=chains, range=COLOURS), legend=legend),
        "strokeDash": alt.StrokeDash(
            "chain:N", scale=alt.Scale(domain=chains, range=DASHES), legend=legend
        ),
    }
