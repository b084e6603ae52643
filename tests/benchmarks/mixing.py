"""Effective draws per kept iteration of each parameter on the chapter's data."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.models import chapter_data, chapter_model, parameter_names
from tests.benchmarks.results import Options, Result, Row, number
from tests.benchmarks.timing import timed_sample


def run(options: Options) -> Result:
    """Sample with a few seeds; the worst parameter is named."""
    spec, data = chapter_model(), chapter_data()
    names = parameter_names()
    burn, iterations = options.pick(1000, 300), options.pick(20_000, 2000)
    runs = [
        timed_sample(spec, data, seed=seed + 1, burn=burn, iterations=iterations)
        for seed in range(options.runs)
    ]
    share = np.array([r.ess / iterations for r in runs])  # (run, parameter)
    typical = np.median(share, axis=0)
    order = np.argsort(typical)
    next_worst = ", ".join(f"{names[k]} {number(typical[k])}" for k in order[1:3])
    rows = (
        Row(
            "effective draws per iteration, worst of 25 parameters, chapter's data",
            tuple(share.min(axis=1)),
            at_least=0.1,
            note=f"worst: {names[order[0]]}; then {next_worst}",
        ),
        Row(
            "effective draws per second, worst parameter, chapter's data",
            tuple(r.ess.min() / r.kept_s for r in runs),
            "effective draws/s",
        ),
    )
    raw = {names[k]: share[:, k].tolist() for k in order}
    return Result(rows, {"ess_per_iteration": raw, "kept_s": [r.kept_s for r in runs]})
