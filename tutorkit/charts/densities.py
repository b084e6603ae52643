"""What several fits say about one parameter, one curve over the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tutorkit.charts.names import shortened
from tutorkit.charts.picture import Picture
from tutorkit.charts.theme import COLOURS, DASHES, INK, ROW_HEIGHT, WIDTH, themed
from tutorkit.comparison import TRUTH, Fit, compare, difference, figure
from tutorkit.densities import density_table, overlap
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError
from tutorkit.truth import Truth

if TYPE_CHECKING:
    import altair as alt

HEIGHT = 150
KEY = 24  # pixels of its line beside a fit's name
MOST_LETTERS = 16  # of the name
LABEL_LIMIT = 110  # pixels for it
TICK = 12  # pixels: height of the mark at an estimate
MOST_OF_PARAMETER = 50  # letters
SHOWN = ["method", "estimate", "sd", "lower", "upper", "mcse"]


def density_chart(
    densities: pd.DataFrame,
    parameter: str,
    estimates: Mapping[str, float],
    truth: float | None = None,
    methods: Sequence[str] = (),
) -> alt.LayerChart:
    """Chart the table of `density_table`: one curve for each fit.

    The curves are told apart by dash and colour, and each has its name, with a piece of its line,
    above its peak, and a short upright tick on it at the fit's estimate; the truth, where it is
    given, is an upright line. ``estimates`` are those of the fits by name, ``methods`` the names
    given to an `interval_chart` beside it: the fits keep their colours.
    """
    from tutorkit.charts.library import alt

    fits = list(dict.fromkeys([*methods, *densities["fit"]]))
    labels = _labels(densities, truth)
    short = {TRUTH: TRUTH, **shortened(fits, MOST_LETTERS)}
    labels = labels.assign(name=labels["fit"].map(short))
    top = float(labels["height"].max())
    scale = alt.Scale(zero=False, nice=False)
    title = f"{shortened([parameter], MOST_OF_PARAMETER)[parameter]}  (short ticks: estimates)"
    x = alt.X("value:Q", title=title, scale=scale, axis=alt.Axis(grid=False))
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
    marked = alt.Chart(_on_curves(densities, estimates)).encode(x=x, y=y, color=colour)
    ticks = marked.mark_tick(orient="vertical", size=TICK, thickness=3, opacity=1)
    keys = named.mark_rule(strokeWidth=2, xOffset=4, x2Offset=4 + KEY, yOffset=6, y2Offset=6)
    text: dict[str, Any] = {"align": "left", "baseline": "top", "color": INK}
    names = named.mark_text(dx=8 + KEY, limit=LABEL_LIMIT, **text).encode(text="name:N")
    layers = [
        areas,
        lines,
        ticks,
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
    estimates = dict(zip(rows["method"], rows["estimate"], strict=True))
    true = None if value != value else value
    chart = density_chart(densities, parameter, estimates, true, methods)
    return Picture(chart, _words(fits, densities, rows), rows[SHOWN].reset_index(drop=True))


def without_curve(fits: Mapping[str, Fit], parameter: str) -> list[str]:
    """Return a sentence for each fit that has no curve, why; errors as `density_table`."""
    drawn = set(density_table(fits, parameter)["fit"])
    return [_no_curve(name, fit, parameter) for name, fit in fits.items() if name not in drawn]


def _no_curve(name: str, fit: Fit, parameter: str) -> str:
    if isinstance(fit, Draws):
        return f"{name} has no curve: its draws of {parameter} hardly differ."
    return f"{name} has no curve: REML gives {parameter} no standard error."


def _on_curves(densities: pd.DataFrame, estimates: Mapping[str, float]) -> pd.DataFrame:
    """Return the point of each curve at its fit's estimate: ``fit``, ``value``, ``density``."""
    rows = [
        {
            "fit": fit,
            "value": estimates[str(fit)],
            "density": np.interp(estimates[str(fit)], curve["value"], curve["density"]),
        }
        for fit, curve in densities.groupby("fit", sort=False)
    ]
    return pd.DataFrame(rows)


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
        if name not in drawn:
            lines.append(_no_curve(name, fit, parameter))
        elif not isinstance(fit, Draws):
            lines.append(
                f"The curve of {name} is the normal curve of its estimate and standard error."
            )
    truth = rows["truth"].iloc[0]
    return "\n".join(lines + ([f"The truth is {figure(truth)}."] if truth == truth else []))


def _differs(parameter: str, rows: pd.DataFrame, first: str, second: str) -> str:
    row = difference(rows, first, second).iloc[0]
    by, sds, mcse = (float(row[name]) for name in ("difference", "in_sds", "mcse"))
    text = f"{parameter}: {second} ({figure(row['second'])}) is "
    if figure(by) == "0.00":
        text += f"the same as {first} ({figure(row['first'])}), to two decimals"
    else:
        side = "above" if by > 0 else "below"
        text += f"{abs(by):.2f} {side} {first} ({figure(row['first'])})"
    if sds == sds and f"{abs(sds):.1f}" != "0.0":
        text += f" = {abs(sds):.1f} SDs of {first}"
    if mcse > 0:
        text += f", give or take {mcse:.2g} of Monte Carlo error"
    return text + "."
