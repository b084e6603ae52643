"""What several fits say about one parameter, one curve over the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from tutorkit.charts.picture import Picture
from tutorkit.charts.theme import COLOURS, DASHES, INK, ROW_HEIGHT, WIDTH, themed
from tutorkit.comparison import TRUTH, Fit, compare, difference
from tutorkit.densities import density_table, overlap
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError
from tutorkit.truth import Truth

if TYPE_CHECKING:
    import altair as alt

HEIGHT = 150
KEY = 24  # pixels of its line beside a fit's name
LABEL_LIMIT = 100  # pixels for the name
SHOWN = ["method", "estimate", "sd", "lower", "upper", "mcse"]


def density_chart(
    densities: pd.DataFrame,
    parameter: str,
    truth: float | None = None,
    methods: Sequence[str] = (),
) -> alt.LayerChart:
    """Chart the table of `density_table`: one curve for each fit.

    The curves are told apart by dash and colour, and each has its name, with a piece of its line,
    above its peak; the truth, where it is given, is an upright line. ``methods`` are those of an
    `interval_chart` beside it: the fits keep their colours.
    """
    import altair as alt

    fits = list(dict.fromkeys([*methods, *densities["fit"]]))
    labels = _labels(densities, truth)
    top = float(labels["height"].max())
    scale = alt.Scale(zero=False, nice=False)
    x = alt.X("value:Q", title=parameter, scale=scale, axis=alt.Axis(grid=False))
    axis = alt.Axis(labels=False, ticks=False, domain=False, grid=False)
    y = alt.Y("density:Q", title="density", axis=axis, scale=alt.Scale(domain=[0, 1.05 * top]))
    colours = [COLOURS[k % len(COLOURS)] for k in range(len(fits))]
    colour = alt.Color("fit:N", scale=alt.Scale(domain=fits, range=colours), legend=None)
    dashes = [DASHES[k % len(DASHES)] for k in range(len(fits))]
    dash = alt.StrokeDash("fit:N", scale=alt.Scale(domain=fits, range=dashes), legend=None)
    curves = alt.Chart(densities).encode(x=x, y=y, color=colour)
    areas = curves.mark_area(opacity=0.12)
    lines = curves.mark_line(strokeWidth=2).encode(strokeDash=dash)
    named = alt.Chart(labels[labels["fit"] != TRUTH]).encode(x=x)
    heads = named.mark_rule(color=INK, opacity=0.6).encode(y=y, y2="height:Q")
    keys = named.mark_rule(strokeWidth=2, xOffset=4, x2Offset=4 + KEY, yOffset=6, y2Offset=6)
    text: dict[str, Any] = {"align": "left", "baseline": "top", "color": INK}
    names = named.mark_text(dx=8 + KEY, limit=LABEL_LIMIT, **text).encode(text="fit:N")
    layers = [
        areas,
        lines,
        heads,
        keys.encode(x2="value", y="height:Q", color=colour, strokeDash=dash),
        names.encode(y="height:Q"),
    ]
    if truth is not None:
        true = alt.Chart(labels[labels["fit"] == TRUTH]).encode(x=x)
        layers += [
            true.mark_rule(strokeWidth=2, color=INK).encode(y=y, y2="height:Q"),
            true.mark_text(dx=4, **text).encode(y="height:Q", text="fit:N"),
        ]
    height = HEIGHT + ROW_HEIGHT * len(labels)
    chart: alt.LayerChart = themed(alt.layer(*layers).properties(width=WIDTH, height=height))
    return chart


def density_picture(
    fits: Mapping[str, Fit],
    parameter: str,
    truth: Truth | None = None,
    methods: Sequence[str] = (),
) -> Picture:
    """Return the densities of one parameter under two fits or more, with the words and figures.

    Parameters
    ----------
    fits
        Fits of one focal model by name; all are compared with the first.
    parameter
        A name as in `tutorkit.compare`.
    truth
        True values, as for `tutorkit.compare`.
    methods
        Those of an `interval_chart` beside it: the fits keep their colours.

    Raises
    ------
    TutorkitError
        If the fits cannot be compared, have no such parameter, or none of them has a curve.
    """
    table = compare(fits, truth)
    densities = density_table(fits, parameter)
    if densities.empty:
        raise TutorkitError(
            f"None of these fits has a curve for {parameter}",
            "REML gives standard errors to coefficients only, and a fixed value has no curve.",
        )
    rows = table[table["parameter"] == parameter]
    value = float(rows["truth"].iloc[0])
    chart = density_chart(densities, parameter, None if value != value else value, methods)
    return Picture(chart, _words(fits, densities, rows), rows[SHOWN].reset_index(drop=True))


def _labels(densities: pd.DataFrame, truth: float | None) -> pd.DataFrame:
    """Return where the names stand: each at its peak, the leftmost in the highest row.

    A name extends to the right of its line, so that no line crosses another's name.
    """
    peaks = densities.loc[densities.groupby("fit", sort=False)["density"].idxmax()]
    if truth is not None:
        upright = pd.DataFrame({"fit": [TRUTH], "value": [truth], "density": [0.0]})
        peaks = pd.concat([peaks, upright], ignore_index=True)
    peaks = peaks.sort_values("value", ascending=False, ignore_index=True)
    highest = densities["density"].max()
    rows = pd.Series(range(1, len(peaks) + 1))
    return peaks.assign(height=highest * (1 + ROW_HEIGHT / HEIGHT * rows))


def _words(fits: Mapping[str, Fit], densities: pd.DataFrame, rows: pd.DataFrame) -> str:
    parameter, (first, *others) = rows["parameter"].iloc[0], fits
    drawn = set(densities["fit"])
    lines = [_differs(parameter, rows, first, other) for other in others]
    for name in others:
        if {first, name} <= drawn:
            share = overlap(densities, first, name)
            lines.append(f"The curves of {first} and {name} share {share:.0%} of their area.")
    for name, fit in fits.items():
        if name not in drawn and isinstance(fit, Draws):
            lines.append(f"{name} has no curve: its draws of {parameter} hardly differ.")
        elif name not in drawn:
            lines.append(f"{name} has no curve: REML gives {parameter} no standard error.")
        elif not isinstance(fit, Draws):
            lines.append(
                f"The curve of {name} is the normal curve of its estimate and standard error."
            )
    truth = rows["truth"].iloc[0]
    return "\n".join(lines + ([f"The truth is {truth:.2f}."] if truth == truth else []))


def _differs(parameter: str, rows: pd.DataFrame, first: str, second: str) -> str:
    row = difference(rows, first, second).iloc[0]
    by, sds, mcse = (float(row[name]) for name in ("difference", "in_sds", "mcse"))
    text = f"{parameter}: {second} ({row['second']:.2f}) is {abs(by):.2f} "
    text += f"{'above' if by > 0 else 'below'} {first} ({row['first']:.2f})"
    if sds == sds:
        text += f" = {abs(sds):.1f} SDs of {first}"
    if mcse > 0:
        text += f", give or take {mcse:.2g} of Monte Carlo error"
    return text + "."
