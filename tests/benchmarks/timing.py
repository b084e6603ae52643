"""How runs are timed, so that every benchmark counts the same seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import arviz_stats.base  # noqa: F401 - else `sample` imports it while the first run is timed
import numpy as np
import pandas as pd

from tutorkit import Draws, sample
from tutorkit.diagnostics import effective_sizes
from tutorkit.model.spec import ModelSpec

ROOT = Path(__file__).parents[2]
T = TypeVar("T")


@dataclass(frozen=True)
class TimedRun:
    """A run of one program: ``values`` (chain, draw, parameter) holds free parameters only.

    ``kept_s`` are the wall-clock seconds in which the kept draws were drawn, ``sample_s`` those
    and the warm-up's. Compiling, checking the data and summarising are in neither.
    """

    values: np.ndarray
    kept_s: float
    sample_s: float

    @property
    def ess(self) -> np.ndarray:
        """Bulk effective sample size of each parameter."""
        return effective_sizes(self.values)["ess_bulk"]


def interleaved(programs: Mapping[str, Callable[[int], T]], runs: int) -> dict[str, list[T]]:
    """Run the programs in turn, so that a busy machine is busy for all; each is given a seed."""
    results: dict[str, list[T]] = {name: [] for name in programs}
    for run in range(runs):
        for name, program in programs.items():
            results[name].append(program(run + 1))
    return results


def timed_sample(
    spec: ModelSpec, data: pd.DataFrame, *, seed: int, burn: int, iterations: int, chains: int = 2
) -> TimedRun:
    """Sample with tutorkit; ``iterations`` are the kept ones of all chains, as in `sample`."""
    clock = _Clock()
    draws = sample(
        spec, data, seed=seed, burn=burn, iterations=iterations, chains=chains, progress=clock
    )
    sample_s = draws.timing.sample_s
    kept_s = sample_s - clock.seconds_until(burn * chains, sample_s)
    return TimedRun(draws.values[:, :, free(draws)], kept_s, sample_s)


def free(draws: Draws) -> list[int]:
    """Return the columns of the free parameters: what the chapter counts as parameters."""
    return [k for k, parameter in enumerate(draws.parameters) if parameter.free]


class _Clock:
    """A progress function that remembers when how much was done.

    Called about ten times a second; between calls progress is taken as even.
    """

    def __init__(self) -> None:
        self.done: list[int] = []
        self.at: list[float] = []

    def __call__(self, done: int, total: int) -> None:
        self.done.append(done)
        self.at.append(time.perf_counter())

    def seconds_until(self, amount: int, sample_s: float) -> float:
        """Return the seconds from the start of sampling until ``amount`` iterations were done."""
        start = self.at[-1] - sample_s  # the last call is made when all is done
        return float(np.interp(amount, [0, *self.done], [start, *self.at])) - start


def python(*arguments: str, environment: Mapping[str, str] | None = None) -> Process:
    """Run this Python in a process of its own, in the repository's root, and time it.

    It keeps bytecode even where the environment forbids that, as an installed package would.
    """
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONDONTWRITEBYTECODE": "",
        **(environment or {}),
    }
    began = time.perf_counter()
    run = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=variables, capture_output=True, text=True
    )
    wall_s = time.perf_counter() - began
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{run.stdout}{run.stderr}")
    return Process(wall_s, run.stdout, run.stderr)


@dataclass(frozen=True)
class Process:
    """A finished process: wall-clock seconds from its start to its end, and what it printed."""

    wall_s: float
    stdout: str
    stderr: str

    @property
    def last_json(self) -> Any:
        """The last line of its output, read as JSON."""
        return json.loads(self.stdout.splitlines()[-1])
