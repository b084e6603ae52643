"""From a cold process to a printed, converged report of the chapter's model, wall-clock seconds.

Counted: everything from starting Python to its end, with the compiled kernels in their cache, and
with an empty cache. Python's own bytecode and the disk's cache are warm throughout.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.benchmarks.peer import installed
from tests.benchmarks.results import Options, Result, Row, number
from tests.benchmarks.timing import Process, python

BURN, ITERATIONS = 500, 6000
TUNE, DRAWS = 1000, 1500  # nutpie's, per chain
WAITING = re.compile(r"[^\r\n]*\b(?:compil|prepar)[^\r\n]*", re.IGNORECASE)


@dataclass(frozen=True)
class ColdRun:
    """One process: how long it took, and how good its draws were."""

    wall_s: float
    ess: float
    r_hat: float
    message: str = ""
    stream: str = ""


def run(options: Options) -> Result:
    """Measure tutorkit's command line and, where installed, nutpie."""
    few = (options.runs + 1) // 2
    empty, warm = _from_empty_and_warm_cache(_tutorkit, options, few, options.runs)
    messages = {f"{r.stream}: “{r.message}”" if r.message else "no message" for r in empty}
    rows = [
        Row(
            "cold process to report, warm cache",
            tuple(r.wall_s for r in warm),
            "s",
            at_most=3,
            note=_quality(warm),
        ),
        Row(
            "cold process to report, empty cache",
            tuple(r.wall_s for r in empty),
            "s",
            at_most=25,
            note="; ".join(sorted(messages)),
        ),
        Row("… smallest ESS of its parameters", tuple(r.ess for r in warm), at_least=400),
        Row("… largest split-chain PSR (R-hat)", tuple(r.r_hat for r in warm), at_most=1.01),
    ]
    raw = {"tutorkit, empty": empty, "tutorkit, warm": warm}
    if installed():
        peer_empty, peer_warm = _from_empty_and_warm_cache(_nutpie, options, few, few)
        for name, own, other in (("warm", warm, peer_warm), ("empty", empty, peer_empty)):
            rows += _against_peer(name, own, other)
            raw[f"nutpie, {name}"] = other
    return Result(tuple(rows), {key: [asdict(r) for r in runs] for key, runs in raw.items()})


def _against_peer(name: str, own: list[ColdRun], other: list[ColdRun]) -> list[Row]:
    median = float(np.median([r.wall_s for r in own]))
    ratios = tuple(r.wall_s / median for r in other)
    seconds = tuple(r.wall_s for r in other)
    target = 15 if name == "warm" else None
    return [
        Row(f"nutpie's time over tutorkit's, {name} caches", ratios, "times", at_least=target),
        Row(f"nutpie, cold process to table, {name} caches", seconds, "s", note=_quality(other)),
    ]


def _from_empty_and_warm_cache(program, options, n_empty, n_warm):
    """Run with empty caches, each time new ones, then with the last of these."""
    empty, warm = [], []
    for seed in range(1, n_empty + 1):
        with TemporaryDirectory() as folder:
            empty.append(program(Path(folder), options, seed))
            if seed == n_empty:
                warm = [program(Path(folder), options, k + 1) for k in range(n_warm)]
    return empty, warm


def _tutorkit(folder: Path, options: Options, seed: int) -> ColdRun:
    results = folder / "results.json"
    process = python(
        *("-m", "tutorkit", "fit", "04_multilevel.imp", "--json", str(results)),
        *("--burn", str(options.pick(BURN, 300)), "--seed", str(seed)),
        *("--iterations", str(options.pick(ITERATIONS, 1000))),
        environment={"NUMBA_CACHE_DIR": str(folder / "numba")},
    )
    parameters = json.loads(results.read_text())["parameters"]
    ess = [p["ess_bulk"] for p in parameters if p["ess_bulk"] is not None]
    psr = [p["psr"] for p in parameters if p["psr"] is not None]
    return ColdRun(process.wall_s, min(ess), max(psr), *_message(process))


def _message(process: Process) -> tuple[str, str]:
    """Return what the process said it was waiting for, and where."""
    for stream in ("stderr", "stdout"):
        found = WAITING.search(getattr(process, stream))
        if found:
            return found.group().strip(), stream
    return "", ""


def _nutpie(folder: Path, options: Options, seed: int) -> ColdRun:
    sizes = (options.pick(TUNE, 300), options.pick(DRAWS, 300), seed)
    process = python(
        *("-m", "tests.benchmarks.peer_process", *map(str, sizes)),
        environment={
            "NUMBA_CACHE_DIR": str(folder / "numba"),
            "PYTENSOR_FLAGS": f"base_compiledir={folder / 'pytensor'}",
        },
    )
    checks = process.last_json
    return ColdRun(process.wall_s, checks["ess"], checks["r_hat"])


def _quality(runs: list[ColdRun]) -> str:
    ess, r_hat = min(r.ess for r in runs), max(r.r_hat for r in runs)
    return f"ESS ≥ {number(ess)}, R-hat ≤ {r_hat:.4f}"
