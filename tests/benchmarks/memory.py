"""Peak memory of one run, in bytes, in a process of its own.

Run by the benchmark ``scaling`` as ``python -m tests.benchmarks.memory ROWS ITERATIONS``.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import arviz_stats.base  # noqa: F401 - else `sample` imports it in the background

from tests.benchmarks.hard_set import chapter_like
from tests.benchmarks.models import chapter_model
from tutorkit import sample


def main(rows: int, iterations: int) -> None:
    """Print how far memory rose while sampling, and the size of the kept draws."""
    spec, data = chapter_model(), chapter_like(rows, rows // 20)
    small = chapter_like(600, 30)
    sample(spec, small, seed=1, burn=20, iterations=40, progress=False)  # compile
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = _status("VmRSS")
    draws = sample(spec, data, seed=1, burn=100, iterations=2 * iterations, progress=False)
    print(json.dumps({"peak": _status("VmHWM") - before, "kept": draws.values.nbytes}))


def _status(name: str) -> int:
    text = Path("/proc/self/status").read_text()
    return 1024 * int(re.search(rf"{name}:\s+(\d+) kB", text)[1])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
