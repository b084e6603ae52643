"""Effective draws per second, tutorkit against the plain Gibbs sampler.

Counted on both sides: bulk effective size of the worst of the 25 free parameters, two chains
together, per wall-clock second in which the kept draws were drawn. Warm-up is in neither; the
figures with it are in the raw numbers. All use two threads and the same priors. The Gibbs sampler
is compiled as numba does it without being told more, and also with the options of our kernels.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from arviz_stats.base import array_stats

from tests.benchmarks.charts import save_efficiency_chart
from tests.benchmarks.hard_set import hard_set
from tests.benchmarks.models import chapter_model, incomplete_123, parameter_names
from tests.benchmarks.plain_gibbs import sample_gibbs
from tests.benchmarks.results import Options, Result, Row
from tests.benchmarks.timing import TimedRun, interleaved, timed_sample

DATA = {"hard set": (hard_set, 80.0), "incomplete_123": (incomplete_123, None)}
GIBBS = "plain Gibbs"
FAST_GIBBS = "plain Gibbs compiled with our options"
COUNTED = "bulk ESS of the worst of 25 parameters / s of drawing kept draws, 2 chains"


def run(options: Options) -> Result:
    """Measure both programs in turn on both data sets."""
    spec, rows, raw = chapter_model(), [], {}
    names = parameter_names()
    for name, (make, target) in DATA.items():
        programs = {
            "tutorkit": partial(
                _tutorkit, spec, make(), options.pick(1000, 300), options.pick(20_000, 2000)
            ),
            # about 0.002 effective draws an iteration: enough for an ESS of 800
            **{
                name: partial(
                    _gibbs, make(), options.pick(10_000, 1000), options.pick(400_000, 20_000), fast
                )
                for name, fast in ((GIBBS, False), (FAST_GIBBS, True))
            },
        }
        runs = interleaved(programs, options.runs)
        speed = {key: [_worst_per_second(r) for r in values] for key, values in runs.items()}
        worst = [names[int(np.argmin(r.ess))] for r in runs["tutorkit"]]
        rows += [
            *(
                Row(
                    f"tutorkit over {baseline}, {name}",
                    tuple(np.divide(speed["tutorkit"], speed[baseline])),
                    "times",
                    at_least=target if baseline == GIBBS else None,
                    note=COUNTED,
                )
                for baseline in (GIBBS, FAST_GIBBS)
            ),
            *(
                Row(f"{key}, {name}", tuple(values), "effective draws/s")
                for key, values in speed.items()
            ),
        ]
        z = disagreement(runs["tutorkit"][0].values, runs[GIBBS][0].values)
        raw[name] = {
            "names": names,
            "worst": worst,
            "largest_z_of_medians": float(np.abs(z).max()),
            **{key: [_plain(r) for r in values] for key, values in runs.items()},
        }
        if options.charts and name == "hard set":
            per_second = {
                key: np.median([r.ess / r.kept_s for r in values], axis=0)
                for key, values in runs.items()
            }
            save_efficiency_chart(names, per_second, options.charts)
    return Result(tuple(rows), raw)


def disagreement(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the difference of each parameter's posterior medians in Monte Carlo errors of both."""
    axes = {"chain_axis": 0, "draw_axis": 1}
    errors = [array_stats.mcse(draws, method="median", **axes) for draws in (a, b)]
    return (np.median(a, axis=(0, 1)) - np.median(b, axis=(0, 1))) / np.hypot(*errors)


def _tutorkit(spec, data, burn, iterations, seed) -> TimedRun:
    return timed_sample(spec, data, seed=seed, burn=burn, iterations=iterations)


def _gibbs(data, burn, iterations, fast_math, seed) -> TimedRun:
    return sample_gibbs(data, seed=seed, burn=burn, iterations=iterations, fast_math=fast_math)


def _worst_per_second(run: TimedRun) -> float:
    return float(run.ess.min() / run.kept_s)


def _plain(run: TimedRun) -> dict[str, object]:
    chains, draws, _ = run.values.shape
    return {
        "draws": chains * draws,
        "kept_s": run.kept_s,
        "sample_s": run.sample_s,
        "microseconds_per_iteration": run.kept_s / draws * 1e6,
        "ess": run.ess.tolist(),
        "worst_per_second_with_warmup": float(run.ess.min() / run.sample_s),
    }
