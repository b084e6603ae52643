"""What the live view of a run costs the sampler, in a notebook's kernel."""

from __future__ import annotations

import json

import nbformat
from nbclient import NotebookClient

from tests.benchmarks.results import Options, Result, Row
from tests.benchmarks.timing import ROOT

CODE = """
import json
from tests.benchmarks.live_kernel import measure
print(json.dumps(measure({seconds})))
"""


def run(options: Options) -> Result:
    """Compare iterations per second with and without the view, one after the other."""
    seconds = options.pick(10, 1)
    pairs = [_in_a_kernel(seconds) for _ in range(options.runs)]
    costs = tuple(100 * (1 - pair["watched"] / pair["alone"]) for pair in pairs)
    rates = tuple(pair["frames"] for pair in pairs)
    iterations = sorted(pair["alone"] for pair in pairs)[len(pairs) // 2]
    note = f"{iterations:,.0f} iterations/s without the view"
    rows = (
        Row("what the live view costs the sampler", costs, "%", at_most=5, note=note, decimals=1),
        Row("frames of the live charts per second", rates, at_least=4, decimals=1),
    )
    return Result(rows, {"pairs": pairs})


def _in_a_kernel(seconds: int) -> dict[str, float]:
    cell = nbformat.v4.new_code_cell(CODE.format(seconds=seconds))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    where = {"metadata": {"path": str(ROOT)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
    printed = "".join(o.get("text", "") for o in notebook.cells[0].outputs)
    pair: dict[str, float] = json.loads(printed.strip().splitlines()[-1])
    return pair
