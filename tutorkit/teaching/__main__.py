"""Make the runs that come with the lessons: ``python -m tutorkit.teaching FOLDER``.

A few seconds in all. The folder of the package's own is ``tutorkit/teaching/runs``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tutorkit.teaching.runs import make_run, save_run, shipped_models


def main(folder: str = ".") -> None:
    """Draw each run and write it into ``folder``."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in shipped_models():
        save_run(make_run(name), Path(folder) / f"{name}.npz")


if __name__ == "__main__":
    main(*sys.argv[1:])
