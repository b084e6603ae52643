"""The benchmarks' pictures, saved as SVG and PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

COLOURS = ["#0072b2", "#d55e00", "#009e73"]
SHAPES = ["circle", "square", "triangle-up"]


def save_scaling_chart(table: pd.DataFrame, folder: Path) -> None:
    """Draw time per iteration against rows and against clusters, both axes logarithmic."""
    panels = [
        _log_log(table[table["series"] == "rows"], "rows", "Rows (20 in each cluster)"),
        _log_log(table[table["series"] == "clusters"], "clusters", "Clusters (of 60,000 rows)"),
    ]
    alt.hconcat(*panels).resolve_scale(y="shared").save(folder / "scaling.png", scale_factor=2)


def _log_log(table: pd.DataFrame, size: str, title: str) -> alt.LayerChart:
    """Draw measured points and, dashed, time in proportion to size from the largest one."""
    largest = table.loc[table[size].idxmax()]
    line = table.assign(microseconds=largest["microseconds"] * table[size] / largest[size])
    base = alt.Chart(table).encode(
        x=alt.X(f"{size}:Q", title=title)
        .scale(type="log", nice=False, padding=10)
        .axis(values=[int(n) for n in table[size]], format=",", grid=False),
        y=alt.Y("microseconds:Q", title="Microseconds per iteration")
        .scale(type="log")
        .axis(tickCount=5),
    )
    points = base.mark_line(point=True, color=COLOURS[0])
    layers = [points]
    if size == "rows":
        proportional = alt.Chart(line).mark_line(strokeDash=[4, 4], color="grey")
        layers.append(proportional.encode(x=f"{size}:Q", y="microseconds:Q"))
    return alt.layer(*layers).properties(width=300, height=240)


def save_efficiency_chart(
    names: Sequence[str], per_second: Mapping[str, np.ndarray], folder: Path
) -> None:
    """Draw each parameter's effective draws per second for each program, three at most."""
    programs = list(per_second)
    colours, shapes = COLOURS[: len(programs)], SHAPES[: len(programs)]
    table = pd.DataFrame(
        [
            {"parameter": name, "program": program, "speed": float(value)}
            for program, values in per_second.items()
            for name, value in zip(names, values, strict=True)
        ]
    )
    chart = (
        alt.Chart(table)
        .mark_point(filled=True, size=60)
        .encode(
            x=alt.X("speed:Q", title="Effective draws per second, hard set").scale(type="log"),
            y=alt.Y("parameter:N", title=None, sort=list(names)),
            color=alt.Color("program:N", title=None).scale(domain=programs, range=colours),
            shape=alt.Shape("program:N", title=None).scale(domain=programs, range=shapes),
        )
    )
    chart = chart.configure_legend(labelLimit=400, orient="top", direction="vertical")
    chart.properties(width=360).save(folder / "efficiency.png", scale_factor=2)
