"""How long ``import tutorkit`` takes, as Python itself reports it."""

from __future__ import annotations

import re

from tests.benchmarks.results import Options, Result, Row
from tests.benchmarks.timing import python

LINE = re.compile(r"import time:\s+\d+ \|\s+(\d+) \| tutorkit$", re.MULTILINE)


def run(options: Options) -> Result:
    """Import in new processes."""
    values = tuple(
        int(LINE.search(python("-X", "importtime", "-c", "import tutorkit").stderr)[1]) / 1e6
        for _ in range(options.runs)
    )
    return Result((Row("import tutorkit", values, "s", note="python -X importtime"),))
