"""``python -m tests.benchmarks [names] [--runs N] [--quick] [--json FILE] [--charts FOLDER]``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import cold, gibbs, import_time, live, mixing, opening, peer, scaling
from tests.benchmarks.results import Options, Result, Row, as_json, machine, markdown

BENCHMARKS = {
    "gibbs": gibbs.run,
    "mixing": mixing.run,
    "nutpie": peer.run,
    "cold": cold.run,
    "scaling": scaling.run,
    "live": live.run,
    "opening": opening.run,
    "import": import_time.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks named (all without names), print their table, write what was asked."""
    parser = _parser()
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name}; there are {', '.join(BENCHMARKS)}")
    charts = options.charts or (None if options.quick else Path(__file__).parent)
    if charts:
        charts.mkdir(parents=True, exist_ok=True)
    settings = Options(options.runs or (1 if options.quick else 5), options.quick, charts)
    machine_line = machine()  # with the load before we add to it
    results: dict[str, Result] = {}
    for name in options.names or BENCHMARKS:
        print(f"{name} …", file=sys.stderr, flush=True)
        results[name] = BENCHMARKS[name](settings)
        if options.json:  # after each, so that nothing is lost if a later one fails
            text = json.dumps(as_json(results, machine_line), indent=1, ensure_ascii=False)
            options.json.write_text(text + "\n", encoding="utf-8")
    rows: list[Row] = [row for result in results.values() for row in result.rows]
    print(markdown(rows, machine_line))
    for name, result in results.items():
        if result.skipped:
            print(f"\nSkipped: {name} {result.skipped}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--runs", type=int, metavar="N", help="runs of each program (5)")
    parser.add_argument("--quick", action="store_true", help="only find out whether all works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write rows and raw numbers")
    parser.add_argument("--charts", type=Path, metavar="FOLDER", help="where pictures go")
    return parser


if __name__ == "__main__":
    sys.exit(main())
