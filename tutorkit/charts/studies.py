"""What a simulation study found: means, all estimates of a parameter, which method is closer."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tutorkit.charts.intervals import interval_chart
from tutorkit.charts.picture import Picture
from tutorkit.charts.theme import COLOURS, INK, SHAPES, WIDTH, themed
from tutorkit.comparison import TRUTH, figure
from tutorkit.diagnostics import TARGET_PSR
from tutorkit.errors import TutorkitError, did_you_mean
from tutorkit.study import closer, performance

BAND = 46  # pixels for each method
SHARE_BAND = 24  # pixels for each parameter
NORMAL = 1.96  # Monte Carlo standard errors in half a 95 % interval


def means_picture(results: pd.DataFrame) -> Picture:
    """Return the mean estimate of each method by parameter, with 95 % Monte Carlo intervals.

    Parameters
    ----------
    results
        The table of `tutorkit.study`.

    Raises
    ------
    TutorkitError
        If it holds no estimate.
    """
    table = performance(results)
    half = NORMAL * table["bias_mcse"]
    rows = table.assign(estimate=table["mean"], lower=table["mean"] - half,
                        upper=table["mean"] + half)  # fmt: skip
    true = table.drop_duplicates("parameter")
    true = true.assign(method=TRUTH, estimate=true["truth"])
    both = pd.concat([true[true["truth"].notna()], rows], ignore_index=True)
    chart = interval_chart(both, title="mean of the estimates and 95% Monte Carlo interval")
    lines = [
        _mean_words(str(name), found) for name, found in table.groupby("parameter", sort=False)
    ]
    return Picture(chart, "\n".join([*lines, *_failures(results, table)]), table)


def estimates_picture(
    results: pd.DataFrame, parameter: str, methods: Sequence[str] = ()
) -> Picture:
    """Return all estimates of one parameter, a mark for each data set, beside the truth.

    Parameters
    ----------
    results
        The table of `tutorkit.study`.
    parameter
        A name as in `tutorkit.compare`.
    methods
        Those to be shown; by default all.

    Raises
    ------
    TutorkitError
        If the study has no such parameter or method.
    """
    from tutorkit.charts.library import alt

    known_methods = list(dict.fromkeys(results["method"]))
    for method in methods:
        if method not in known_methods:
            what = f"The study has no method '{method}'"
            raise TutorkitError(what, did_you_mean(method, known_methods))
    if methods:
        results = results[results["method"].isin(methods)]
    names = list(dict.fromkeys(results["parameter"].dropna()))
    if parameter not in names:
        what = f"The study has no parameter '{parameter}'"
        raise TutorkitError(what, did_you_mean(parameter, names))
    known = results[(results["parameter"] == parameter) & results["estimate"].notna()]
    table = performance(results)
    table = table[table["parameter"] == parameter]
    methods = list(dict.fromkeys(known["method"]))
    colours = [COLOURS[k % len(COLOURS)] for k in range(len(methods))]
    shapes = [SHAPES[k % len(SHAPES)] for k in range(len(methods))]
    y = alt.Y("method:N", sort=methods, title=None, axis=alt.Axis(ticks=False, domain=False))
    x = alt.X("estimate:Q", title=f"estimates of {parameter}: thin lines single data sets, │ truth",
              scale=alt.Scale(zero=False))  # fmt: skip
    colour = alt.Color("method:N", scale=alt.Scale(domain=methods, range=colours), legend=None)
    shape = alt.Shape("method:N", scale=alt.Scale(domain=methods, range=shapes), legend=None)
    each = (
        alt.Chart(known)
        .mark_tick(size=BAND / 2, thickness=1, opacity=0.5)
        .encode(x=x, y=y, color=colour)
    )
    mean = (
        alt.Chart(table)
        .mark_point(size=110, filled=True, opacity=1, stroke=INK)
        .encode(x="mean:Q", y=y, fill=colour, shape=shape)
    )
    layers = [each, mean]
    truth = known["truth"].iloc[0]
    if truth == truth:
        line = pd.DataFrame({"truth": [truth]})
        layers.insert(0, alt.Chart(line).mark_rule(color=INK, strokeWidth=2).encode(x="truth:Q"))
    chart = alt.layer(*layers).properties(width=WIDTH, height=BAND * len(methods))
    lines = [_spread_words(row) for row in table.to_dict("records")]
    return Picture(themed(chart), "\n".join([*lines, *_failures(results, table)]), table)


def closer_picture(results: pd.DataFrame, method: str, than: str) -> Picture:
    """Return in how many data sets one method is closer to the truth than another, by parameter.

    Shares have 95 % Monte Carlo intervals; a line marks one half.

    Parameters
    ----------
    results
        The table of `tutorkit.study`.
    method, than
        Names of two of its methods.

    Raises
    ------
    TutorkitError
        As `tutorkit.closer` does.
    """
    from tutorkit.charts.library import alt

    table = closer(results, method, than)
    share, n = table["share"], table["n"]
    # Wilson's (1927) interval, which has a width at 0 and at 1 as well
    middle, square = share + NORMAL**2 / (2 * n), NORMAL**2 / (4 * n**2)
    half = NORMAL * np.sqrt(share * (1 - share) / n + square)
    all_in = 1 + NORMAL**2 / n
    rows = table.assign(lower=(middle - half) / all_in, upper=(middle + half) / all_in)
    order = list(table["parameter"])
    axis = alt.Axis(ticks=False, domain=False, labelLimit=160)
    y = alt.Y("parameter:N", sort=order, title=None, axis=axis)
    title = f"share of data sets in which {method} is closer than {than}"
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("share:Q", title=title, scale=scale, axis=alt.Axis(format="%"))
    base = alt.Chart(rows).encode(y=y)
    intervals = base.mark_rule(strokeWidth=2, color=COLOURS[0]).encode(
        x=alt.X("lower:Q", title=title), x2="upper:Q"
    )
    points = base.mark_point(filled=True, size=70, opacity=1, color=COLOURS[0]).encode(x=x)
    line = alt.Chart(pd.DataFrame({"half": [0.5]})).mark_rule(color=INK, strokeDash=[4, 3])
    layers = [line.encode(x=alt.X("half:Q", scale=scale)), intervals, points]
    chart = alt.layer(*layers).properties(width=WIDTH, height=SHARE_BAND * len(rows))
    last, *others = [_share_words(row, method, than) for row in rows.to_dict("records")[::-1]]
    lines = [last, *others[::-1], *_failures(results, performance(results))]
    return Picture(themed(chart), "\n".join(lines), table)


def _share_words(row: dict[Hashable, Any], method: str, than: str) -> str:
    words = (
        f"{row['parameter']}: {method} is closer to the truth than {than} in {row['share']:.0%} of "
        f"{row['n']:,} data sets"
    )
    error = 100 * row["share_mcse"]
    return words + (f" (Monte Carlo error {error:.1f} points)." if error else ".")


def _mean_words(parameter: str, rows: pd.DataFrame) -> str:
    truth = rows["truth"].iloc[0]
    parts = [f"truth {figure(truth)}"] if truth == truth else []
    for row in rows.to_dict("records"):
        part = f"{row['method']} {figure(row['mean'])} on average"
        if truth == truth and row["bias_mcse"] == row["bias_mcse"]:
            part += f", bias {figure(row['bias'])} (Monte Carlo error {row['bias_mcse']:.2f})"
        if row["coverage"] == row["coverage"]:
            part += f", {row['coverage']:.0%} of intervals hold the truth"
        parts.append(part)
    return f"{parameter}: {'; '.join(parts)}."


def _spread_words(row: dict[Hashable, Any]) -> str:
    spread = f", with an SD of {row['spread']:.2f}" if row["spread"] == row["spread"] else ""
    return (
        f"{row['method']}: {row['n']} estimates of {row['parameter']}, on average "
        f"{figure(row['mean'])}{spread}."
    )


def _failures(results: pd.DataFrame, table: pd.DataFrame) -> list[str]:
    """Say in how many data sets a method failed, or its chains did not agree."""
    failed = results[results["problem"] != ""].groupby("method", sort=False).size()
    disagreed = table.drop_duplicates("method").set_index("method")["disagreed"]
    return [
        *(f"{name} failed in {_sets(n)}." for name, n in failed.items()),
        *(
            f"The chains of {name} did not agree in {_sets(n)} (PSR above {TARGET_PSR})."
            for name, n in disagreed.items()
            if n
        ),
    ]


def _sets(n: int) -> str:
    return f"{n:,} data set{'s' * (n > 1)}"
