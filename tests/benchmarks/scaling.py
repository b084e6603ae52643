"""How time per iteration grows with rows and with clusters, and memory with iterations."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from tests.benchmarks.charts import save_scaling_chart
from tests.benchmarks.hard_set import chapter_like
from tests.benchmarks.models import chapter_model
from tests.benchmarks.results import Options, Result, Row, number
from tests.benchmarks.timing import python, timed_sample

BURN = 150  # iterations to find step size and mass matrix: fewer make later iterations longer
MEMORY_ROWS, MEMORY_ITERATIONS = 600, (2000, 40_000)


def run(options: Options) -> Result:
    """Measure microseconds per iteration of one chain, two running side by side."""
    sizes = {
        "rows": [(n, n // 20) for n in (600, 6000, 60_000, 600_000)],
        "clusters": [(60_000, n) for n in (30, 300, 3000, 30_000)],
    }
    if options.quick:
        sizes = {"rows": [(600, 30), (1200, 60)], "clusters": [(600, 30), (600, 60)]}
    table = pd.DataFrame(
        [
            {"run": run, "series": series, **_measure(*size, run, options)}
            for run in range(1, options.runs + 1)
            for series, pairs in sizes.items()
            for size in pairs
        ]
    )
    typical = table.groupby(["series", "rows", "clusters"], as_index=False)["microseconds"].median()
    if options.charts:
        save_scaling_chart(typical, options.charts)
    slopes = [row for series in sizes for row in _slopes(table, typical, series)]
    memory, raw = _memory_beyond_draws(options)
    return Result(
        (*slopes, memory), {"microseconds": table.to_dict("records"), "memory_bytes": raw}
    )


def _measure(rows: int, clusters: int, seed: int, options: Options) -> dict[str, float]:
    draws = options.pick(max(20, 3_000_000 // rows), 50)
    burn = options.pick(BURN, 50)
    data = chapter_like(rows, clusters)
    run = timed_sample(chapter_model(), data, seed=seed, burn=burn, iterations=2 * draws)
    microseconds = run.kept_s / draws * 1e6
    print(f"  {rows:,} rows, {clusters:,} clusters: {number(microseconds)} µs", file=sys.stderr)
    return {"rows": rows, "clusters": clusters, "microseconds": microseconds}


def _slopes(table: pd.DataFrame, typical: pd.DataFrame, series: str) -> list[Row]:
    """Return the slope of log time in log size: over all sizes, and between the largest two."""
    over_all, at_the_end = [], []
    for _, own in table[table["series"] == series].groupby("run"):
        own = np.log(own.sort_values(series)[[series, "microseconds"]])
        over_all.append(float(np.polyfit(own[series], own["microseconds"], 1)[0]))
        (size, time) = own.diff().iloc[-1]
        at_the_end.append(float(time / size))
    own = typical[typical["series"] == series]
    sizes = own[series].to_list()
    per = "; ".join(f"{n:,}: {number(t)}" for n, t in zip(sizes, own["microseconds"], strict=True))
    name = f"slope of log time in log {series}"
    return [
        Row(
            f"{name}, {sizes[0]:,} to {sizes[-1]:,}",
            tuple(over_all),
            at_most=1.1,
            note=f"µs per iteration of a chain by {series}: {per}",
        ),
        Row(f"{name}, {sizes[-2]:,} to {sizes[-1]:,}", tuple(at_the_end)),
    ]


def _memory_beyond_draws(options: Options) -> tuple[Row, dict[str, object]]:
    """Compare the peak memory of a short and of a long run, each in a process of its own."""
    rows = MEMORY_ROWS
    lengths = [options.pick(n, n // 20) for n in MEMORY_ITERATIONS]
    short, long = (
        python("-m", "tests.benchmarks.memory", str(rows), str(n)).last_json for n in lengths
    )
    grown, kept = (long[key] - short[key] for key in ("peak", "kept"))
    note = (
        f"{number(grown / 1e6)} MB more at the peak for {number(kept / 1e6)} MB more kept draws "
        f"({rows:,} rows, {lengths[0]:,} and {lengths[1]:,} kept iterations of each chain); 1 "
        "if all else is constant"
    )
    row = Row(
        "growth of peak memory over that of the kept draws",
        (grown / kept,),
        "times",
        at_most=1.1,
        note=note,
    )
    return row, {"short": short, "long": long}
