"""How many students have how many points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tutorkit.charts.picture import Picture
from tutorkit.charts.theme import COLOURS, themed

BARS = 10


def marks_picture(totals: Sequence[float], out_of: float) -> Picture:
    """Return how many students have how many points, as bars with their numbers.

    Parameters
    ----------
    totals
        Points of each student.
    out_of
        The most one can have.
    """
    from tutorkit.charts.library import alt

    edges = np.linspace(0, out_of, BARS + 1)
    counts, _ = np.histogram(np.clip(totals, 0, out_of), edges)
    table = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "students": counts})
    x = alt.X(
        "from:Q", bin="binned", title=f"Points of {out_of:g}", scale=alt.Scale(domain=[0, out_of])
    )
    base = alt.Chart(table)
    bars = base.mark_bar(color=COLOURS[0], stroke="white").encode(
        x=x,
        x2="to:Q",
        y=alt.Y("students:Q", title="Students", axis=alt.Axis(values=_whole(int(counts.max())))),
    )
    middle = base.transform_calculate(middle="(datum.from + datum.to) / 2").transform_filter(
        "datum.students > 0"
    )
    numbers = middle.mark_text(dy=-7).encode(x="middle:Q", y="students:Q", text="students:Q")
    chart = (bars + numbers).properties(width=520, height=180)
    most = int(np.argmax(counts))
    text = (
        f"{len(totals)} students have from {min(totals):g} to {max(totals):g} of {out_of:g} points,"
        f" on average {np.mean(totals):.1f}.\nMost ({counts[most]}) have {edges[most]:g} to "
        f"{edges[most + 1]:g}."
    )
    return Picture(themed(chart), text, table.round(2))


def _whole(most: int) -> list[int]:
    """Return whole numbers for an axis up to ``most``, about five of them."""
    return list(range(0, most + 1, max(1, round(most / 5))))
