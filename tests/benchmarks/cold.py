"""From a cold process to a printed, converged report of the chapter's model, wall-clock seconds.

Counted: everything from starting Python to its end, with the compiled kernels in their cache, and
with an empty cache. Python's own bytecode and the disk's cache are warm throughout.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.benchmarks.peer import installed
from tests.benchmarks.results import Options, Result, Row, number
from tests.benchmarks.timing import Process, interleaved, python

# Runs that gave the worst parameter 400 effective draws with nearly every seed, and not many more.
BURN, ITERATIONS = 200, 1600  # 30 seeds: at least 468; R-hat at most 1.0096, but for two (1.014)
TUNE, DRAWS = 200, 1000  # nutpie's, per chain: at least 439, R-hat at most 1.015 (800 draws: 344)
# nutpie brings pyarrow along, which pandas then imports: tutorkit runs as it is installed by itself
ALONE = "import sys; sys.modules['pyarrow'] = None; from tutorkit.__main__ import run; run()"
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
    """Measure tutorkit's command line and, where installed, nutpie, in turn."""
    programs = {"tutorkit": _tutorkit} | ({"nutpie": _nutpie} if installed() else {})
    few = (options.runs + 1) // 2
    with TemporaryDirectory() as folder:
        top = Path(folder)
        empty = interleaved(
            {
                name: partial(_new_caches, program, top, options)
                for name, program in programs.items()
            },
            few,
        )
        warm = interleaved(
            {
                name: partial(program, top / f"{program.__name__}{few}", options)
                for name, program in programs.items()
            },
            options.runs,
        )
    rows = _own_rows(empty["tutorkit"], warm["tutorkit"])
    if "nutpie" in programs:
        rows += _against_peer("warm", warm, target=15)
        rows += _against_peer("empty", empty, target=None)
    raw = {
        f"{program}, {state}": [asdict(r) for r in values]
        for state, runs in (("empty", empty), ("warm", warm))
        for program, values in runs.items()
    }
    return Result(tuple(rows), raw)


def _own_rows(empty: list[ColdRun], warm: list[ColdRun]) -> list[Row]:
    messages = {f"{r.stream}: “{r.message}”" if r.message else "no message" for r in empty}
    seconds = [tuple(r.wall_s for r in runs) for runs in (warm, empty)]
    r_hats = tuple(r.r_hat for r in warm)
    return [
        Row("cold process to report, warm cache", seconds[0], "s", at_most=3, note=_quality(warm)),
        Row(
            "cold process to report, empty cache",
            seconds[1],
            "s",
            at_most=25,
            note="; ".join(sorted(messages)),
        ),
        Row("… smallest ESS of all its parameters", tuple(r.ess for r in warm), at_least=400),
        Row("… largest split-chain PSR (R-hat)", r_hats, at_most=1.01, decimals=4),
    ]


def _against_peer(state: str, runs: dict[str, list[ColdRun]], target: float | None) -> list[Row]:
    own, other = (np.array([r.wall_s for r in runs[name]]) for name in ("tutorkit", "nutpie"))
    note = _quality(runs["nutpie"])
    return [
        Row(
            f"nutpie's time over tutorkit's, {state} caches",
            tuple(other / own),
            "times",
            at_least=target,
        ),
        Row(f"nutpie, cold process to table, {state} caches", tuple(other), "s", note=note),
    ]


def _new_caches(program, top: Path, options: Options, seed: int) -> ColdRun:
    folder = top / f"{program.__name__}{seed}"
    folder.mkdir()
    return program(folder, options, seed)


def _tutorkit(folder: Path, options: Options, seed: int) -> ColdRun:
    results = folder / "results.json"
    process = python(
        *("-c", ALONE, "fit", "04_multilevel.imp", "--json", str(results)),
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
