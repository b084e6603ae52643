"""The strongest peer we know: the same model in PyMC, sampled by nutpie.

Counted on both sides: bulk effective size of the worst of the 25 parameters per wall-clock second
of sampling, warm-up *included*, compilation left out; two chains on two cores, flat priors.
"""

from __future__ import annotations

import importlib.util
import math
import time
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from arviz_stats.base import array_stats

from tests.benchmarks.gibbs import disagreement
from tests.benchmarks.models import chapter_model, flat_model, incomplete_123
from tests.benchmarks.results import Options, Result, Row
from tests.benchmarks.timing import TimedRun, interleaved, timed_sample

MISSING = "needs PyMC and nutpie: pip install -e '.[bench]'"


def installed() -> bool:
    """Whether the peer can be run here."""
    return all(importlib.util.find_spec(name) for name in ("pymc", "nutpie"))


def run(options: Options) -> Result:
    """Measure tutorkit and nutpie in turn on incomplete_123."""
    if not installed():
        return Result(skipped=MISSING)
    data = incomplete_123()
    burn, iterations = options.pick(1000, 300), options.pick(20_000, 2000)
    programs = {
        "tutorkit, flat priors": partial(_tutorkit, flat_model(), data, burn, iterations),
        "tutorkit, default priors": partial(_tutorkit, chapter_model(), data, burn, iterations),
        "nutpie": partial(
            sample_nutpie, compile_nutpie(data), options.pick(1000, 300), options.pick(4000, 500)
        ),
    }
    runs = interleaved(programs, options.runs)
    speed = {key: [r.ess.min() / r.sample_s for r in values] for key, values in runs.items()}
    ratios = np.divide(speed["tutorkit, flat priors"], speed["nutpie"])
    z = disagreement(runs["tutorkit, flat priors"][0].values, runs["nutpie"][0].values)
    note = "worst parameter, warm-up counted, same priors; 10 is the aim"
    rows = (
        Row("tutorkit over nutpie, incomplete_123", tuple(ratios), "times", at_least=6, note=note),
        *(Row(key, tuple(values), "effective draws/s") for key, values in speed.items()),
    )
    raw = {key: [_plain(r) for r in values] for key, values in runs.items()}
    return Result(rows, {"largest_z_of_medians": float(np.abs(z).max()), **raw})


def compile_nutpie(data: pd.DataFrame, probit_variance: float = math.inf) -> Any:
    """Build and compile the model."""
    import nutpie

    from tests.benchmarks.peer_model import build

    return nutpie.compile_pymc_model(build(data, probit_variance), backend="numba")


def sample_nutpie(compiled: Any, tune: int, draws: int, seed: int) -> TimedRun:
    """Draw ``draws`` per chain with nutpie's defaults; only all its seconds can be told."""
    import nutpie

    began = time.perf_counter()
    trace = nutpie.sample(
        compiled, tune=tune, draws=draws, chains=2, cores=2, seed=seed, progress_bar=False
    )
    seconds = time.perf_counter() - began
    return TimedRun(trace.posterior["theta"].to_numpy(), math.nan, seconds)


def largest_r_hat(values: np.ndarray) -> float:
    """Return the largest rank-normalised R-hat of all parameters."""
    return float(np.max(array_stats.rhat(values, chain_axis=0, draw_axis=1)))


def _tutorkit(spec, data, burn, iterations, seed) -> TimedRun:
    return timed_sample(spec, data, seed=seed, burn=burn, iterations=iterations)


def _plain(run: TimedRun) -> dict[str, object]:
    return {
        "draws": run.values.shape[0] * run.values.shape[1],
        "sample_s": run.sample_s,
        "ess": run.ess.tolist(),
        "largest_r_hat": largest_r_hat(run.values),
    }
