"""Make the studies that come with the package: ``python -m tutorkit.study FOLDER``.

A few minutes each on two cores; a study that was stopped goes on from its file in the folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tutorkit.study.shipped import DECIMALS, REPLICATIONS, chapter_methods, scenarios
from tutorkit.study.study import study


def main(folder: str = ".") -> None:
    """Make the studies and write them into ``folder``."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, scenario in scenarios().items():
        record = Path(folder) / f"{name}.jsonl"
        table = study(scenario, chapter_methods(), replications=REPLICATIONS, file=record)
        out = table.round(DECIMALS)
        compression = {"method": "gzip", "mtime": 0}
        out.to_csv(Path(folder) / f"{name}.csv.gz", index=False, compression=compression)


if __name__ == "__main__":
    main(*sys.argv[1:])
