"""Write the four csv files of this folder again, byte for byte.

    python -m tutorkit.datasets.recipe OUT_DIR

Needs numpy, scipy and pandas only. Nothing in it depends on the machine: the random numbers come
from fixed seeds, and the fits are converged far beyond the four decimals written.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats
from tutorkit.datasets.recipe_chapter import CLUSTER, N_CLUSTERS, TAU, N, complete_data
from tutorkit.datasets.recipe_walk import incomplete_data, largest

EXERCISE_SEED = 99  # selected among 400, see README.md


def write_chapter(folder: Path) -> None:
    """Write 04_multilevel_complete.csv and 04_multilevel.csv."""
    complete = complete_data()
    order = ["j", "y", "x1i", "x2i", "x3i"]
    _write(complete, order, folder / "04_multilevel_complete.csv")
    _write(incomplete_data(complete), order, folder / "04_multilevel.csv")


def write_exercise(folder: Path) -> None:
    """Write exercise_04_complete.csv and exercise_04.csv: one seed, nothing calibrated."""
    rng = np.random.default_rng(EXERCISE_SEED)
    x3 = rng.standard_normal(N)
    x2 = 0.35 * x3 + np.sqrt(1 - 0.35**2) * rng.standard_normal(N)
    x1 = 0.3 * x2 + 0.3 * x3 + np.sqrt(1 - 0.243) * rng.standard_normal(N)
    u = rng.standard_normal((N_CLUSTERS, 2)) @ np.linalg.cholesky(TAU).T
    y = x1 + x2 + x3 + u[CLUSTER, 0] + u[CLUSTER, 1] * x3 + rng.standard_normal(N)
    x1, x2, x3, y = (column.round(4) for column in (x1, x2, x3, y))
    x1_missing = largest(1.0 * x1 + 0.6 * y + rng.standard_normal(N), 132)
    x2_missing = largest(1.0 * x3 + rng.standard_normal(N), 72)

    complete = {"y": y, "x1i": x1, "x2i": x2, "x3i": x3}
    seen = {"x1i": np.where(x1_missing, np.nan, x1), "x2i": np.where(x2_missing, np.nan, x2)}
    order = ["y", "x1i", "x2i", "x3i", "j"]
    _write(complete, order, folder / "exercise_04_complete.csv")
    _write(complete | seen, order, folder / "exercise_04.csv")


def _write(data: dict[str, Floats], order: list[str], path: Path) -> None:
    table = pd.DataFrame(data | {"j": CLUSTER + 1})[order]
    table.to_csv(path, index=False, na_rep="NA", float_format="%.4f", lineterminator="\n")


def main(folder: str = ".") -> None:
    """Write all four files into ``folder``."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    write_exercise(Path(folder))
    write_chapter(Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
