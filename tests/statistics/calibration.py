"""Simulation-based calibration: posteriors against truths drawn from the prior.

    python -m tests.statistics.calibration --model chapter --replications 200
    python -m tests.statistics.calibration --model exercise --replications 200

Draw a truth from the priors, data given the truth, and posterior draws given the data. The rank of
the truth among 99 (nearly) independent draws is then uniform on 0 to 99, for every parameter and
every function of parameters and data (Talts, Betancourt, Simpson, Vehtari & Gelman 2018,
arXiv:1804.06788; functions of the data: Modrák et al. 2023, arXiv:2211.02383). Against that are
tested a chi-square of 20 bins and the largest deviation of the ranks' distribution function, with
simultaneous bands (Säilynoja, Bürkner & Vehtari 2022, arXiv:2103.10522). The run passes if every
p-value exceeds ALARM / (number of p-values): a right sampler fails once in 1 / ALARM runs.

Data sets that tutorkit refuses, and runs too slow to be thinned to independence, are counted. To
drop the refused ones is no bias: refusal depends on the data alone, and given its data the truth is
a draw from the posterior, whichever data sets are looked at. But a prior under which many are
refused would leave much untested. Values other than the selected variable's are deleted at random
given x3i, which is complete, or completely at random, so the posterior ignores how.

What it can see depends on the size of the data. Small ones (--clusters 10 --rows 8) show mistakes
in a prior, which 600 rows outweigh; large ones show mistakes that grow with the data. A posterior
shifted by d of its SD shows from about (4.5 / d)^2 replications: see test_calibration.py for bugs
that are seen, and bugs that are not.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from arviz_stats.base import array_stats

from tutorkit import (
    DataError,
    ModelSpec,
    Priors,
    delete_mar,
    delete_mcar,
    parse,
    sample,
    simulate,
)

if __package__:  # python -m tests.statistics.calibration
    from tests.statistics.calibration_ranks import N_DRAWS, Verdict, draw_truth, judge, quantities
else:  # pytest
    from calibration_ranks import N_DRAWS, Verdict, draw_truth, judge, quantities

ALARM = 1e-3
ITERATIONS = (990, 3960, 15840)  # the next one if some parameter has fewer effective draws than 99

# Proper, and such that all but a few data sets are usable: coefficients have sd 0.7 (0.39 in the
# selection model, so that propensities have an sd near 1), variances means of 1 (residuals) and
# 0.33 or 0.22 (one or two random effects).
PRIORS = Priors(
    coefficient_variance=0.5,
    probit_variance=0.15,
    residual_shape=4.0,
    residual_scale=3.0,
    random_df=4.0,
    random_scale=2.0,
)


@dataclass(frozen=True)
class Design:
    """A model, and which of its variables lose values ignorably: (name, rate)."""

    equations: str
    at_random: tuple[str, float]
    completely_at_random: tuple[str, float] | None = None


DESIGNS = {
    "chapter": Design(
        "y ~ x1i x2i x3i x2i*x3i | x1i; x1i ~ x2i x3i; x2i ~ x3i; "
        "y.missing ~ y x1i x2i x3i x2i*x3i",
        at_random=("x1i", 0.13),
        completely_at_random=("x2i", 0.085),
    ),
    "exercise": Design(
        "y ~ x1i x2i x3i | x3i; x1i x2i ~ x3i; x1i.missing ~ x1i y x2i x3i",
        at_random=("x2i", 0.12),
    ),
}


@dataclass(frozen=True)
class Replication:
    """What became of one simulated data set: ranks by quantity, or why it was refused."""

    ranks: dict[str, int]
    least_ess: float = 0.0
    iterations: int = 0
    refused: str = ""


@dataclass(frozen=True)
class Calibration:
    """The outcome of all replications."""

    settings: dict[str, object]
    seconds: float
    replications: list[Replication]
    verdicts: list[Verdict]

    @property
    def limit(self) -> float:
        """The smallest p-value that passes (Bonferroni)."""
        return ALARM / (2 * len(self.verdicts))

    @property
    def passed(self) -> bool:
        """Whether no p-value is below the limit."""
        return all(min(v.p_bins, v.p_ecdf) > self.limit for v in self.verdicts)

    def refused(self) -> list[str]:
        """Return the messages about data sets that were refused."""
        return [r.refused for r in self.replications if r.refused]

    def slow(self) -> list[float]:
        """Return the least ESS of each run that stayed below 99."""
        used = [r for r in self.replications if not r.refused]
        return [r.least_ess for r in used if r.least_ess < N_DRAWS]

    def __str__(self) -> str:
        """Return the verdicts, the most suspicious first, and the counts."""
        lines = [f"{'quantity':46} mean     sd   p(bins)   p(ECDF)"]
        lines += [
            f"{v.quantity:46} {v.mean:.3f} {v.sd:.3f}  {v.p_bins:8.2g}  {v.p_ecdf:8.2g}"
            for v in sorted(self.verdicts, key=lambda v: min(v.p_bins, v.p_ecdf))
        ]
        longer = sum(r.iterations > ITERATIONS[0] for r in self.replications)
        slow = "".join(f" {ess:.0f}" for ess in self.slow()) or " none"
        return "\n".join([
            *lines,
            *(f"Refused: {message}" for message in sorted(set(self.refused()))),
            f"{len(self.replications)} data sets in {self.seconds:.0f} s. Refused: "
            f"{len(self.refused())}. Run again for longer: {longer}. ESS below 99 even then:{slow}",
            f"{'PASS' if self.passed else 'FAIL'}: every p must exceed {self.limit:.1e} "
            f"(a right sampler fails with probability {ALARM:g})",
        ])  # fmt: skip


def calibrate(
    model: str,
    *,
    replications: int,
    clusters: int = 30,
    rows: int = 20,
    seed: int = 1,
    workers: int = 2,
    progress: Callable[[str], None] = lambda text: None,
) -> Calibration:
    """Rank truths drawn from the prior among posterior draws, in ``workers`` threads."""
    settings: dict[str, object] = dict(
        model=model, clusters=clusters, rows=rows, seed=seed, priors=asdict(PRIORS)
    )
    design = DESIGNS[model]
    spec = specification(design)
    began, done = time.perf_counter(), []
    with ThreadPoolExecutor(workers) as pool:
        tasks = [
            pool.submit(replicate, spec, design, clusters, rows, np.random.default_rng(child))
            for child in np.random.SeedSequence(seed).spawn(replications)
        ]
        for count, task in enumerate(as_completed(tasks), start=1):
            task.result()
            if count % max(1, replications // 20) == 0:
                progress(f"{count} of {replications}, {time.perf_counter() - began:.0f} s")
        done = [task.result() for task in tasks]
    used = [r.ranks for r in done if not r.refused]
    verdicts = [judge(name, np.array([ranks[name] for ranks in used])) for name in used[0]]
    return Calibration(settings, time.perf_counter() - began, done, verdicts)


def specification(design: Design) -> ModelSpec:
    """Return the model with the proper priors of this file."""
    return replace(parse(f"CLUSTERID: j; MODEL: {design.equations};"), priors=PRIORS)


def given_rows(clusters: int, rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return cluster numbers and the complete predictor, standard normal."""
    j = np.repeat(np.arange(clusters), rows)
    return pd.DataFrame({"j": j, "x3i": rng.standard_normal(j.size)})


def replicate(
    spec: ModelSpec, design: Design, clusters: int, rows: int, rng: np.random.Generator
) -> Replication:
    """Draw a truth and data, sample the posterior, and rank the truth in it."""
    truth = draw_truth(spec, rng)
    data = simulate(spec, truth, given_rows(clusters, rows, rng), rng).data
    name, rate = design.at_random
    data = delete_mar(data, name, "x3i", rate, rng)
    if design.completely_at_random:
        data = delete_mcar(data, *design.completely_at_random, rng)
    seed = int(rng.integers(2**31))
    for iterations in ITERATIONS:
        try:
            draws = sample(
                spec, data, seed=seed, chains=1, burn=iterations // 2, iterations=iterations,
                progress=False,
            )  # fmt: skip
        except DataError as error:
            return Replication({}, refused=error.one_line())
        values = {key: draws.get(*key)[0] for key in truth}
        ess = array_stats.ess(np.array([*values.values()]), chain_axis=None, draw_axis=1)
        if min(ess) >= N_DRAWS:
            break
    step = iterations // N_DRAWS
    values = {key: np.append(value[step - 1 :: step], truth[key]) for key, value in values.items()}
    ranks = {name: int((v[:-1] < v[-1]).sum()) for name, v in quantities(spec, data, values)}
    return Replication(ranks, float(min(ess)), iterations)


def main() -> int:
    """Read the command line, calibrate, print and save; 1 if it failed."""
    parser = argparse.ArgumentParser(description="Simulation-based calibration of the sampler")
    parser.add_argument("--model", choices=sorted(DESIGNS), required=True)
    parser.add_argument("--replications", type=int, default=200)
    for name, default in (("clusters", 30), ("rows", 20), ("seed", 1), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--json", type=Path, help="file for settings, all ranks and p-values")
    options = vars(parser.parse_args())
    file = options.pop("json")
    result = calibrate(**options, progress=lambda text: print(text, file=sys.stderr, flush=True))
    print(result)
    if file:
        file.write_text(json.dumps(asdict(result), indent=1), encoding="utf-8")
    return 0 if result.passed else 1


if __name__ == "__main__":
    sys.exit(main())
