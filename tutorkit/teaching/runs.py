"""Runs of the lessons' models that come with the package: they can be seen at once.

``python -m tutorkit.teaching FOLDER`` makes them again.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tutorkit.datasets import load
from tutorkit.draws import Draws, ModelFit, Timing
from tutorkit.model.script import parse
from tutorkit.model.spec import ModelSpec
from tutorkit.run import Run
from tutorkit.sampling import sample
from tutorkit.teaching.reading import lesson, numbers

RUNS = Path(__file__).parent / "runs"
SEED = 1
ARRAYS = ("values", "warmup", "acceptance", "imputed")
KEPT = np.float16  # three digits of each draw: about a hundredth of a posterior SD is lost


def shipped_run(data: str, spec: ModelSpec | None) -> Draws | None:
    """Return the run of a model that comes with the lessons, None if there is none of it.

    Parameters
    ----------
    data
        Name of a data set of `tutorkit.datasets`.
    spec
        The model with its settings. Its run has the draws that `sample` gives with seed 1, rounded
        to about three digits.
    """
    for name, (its_data, its_spec) in shipped_models().items():
        if (its_data, its_spec) == (data, spec):
            return _read(name)
    return None


@functools.cache
def shipped_models() -> dict[str, tuple[str, ModelSpec]]:
    """Return data set and model of each run that comes with the lessons, by the run's name."""
    found: dict[str, tuple[str, ModelSpec]] = {}
    for name, data, script in _scripts():
        pair = (data, parse(script))
        if pair not in found.values():
            found[name] = pair
    return found


def make_run(name: str) -> Draws:
    """Draw what comes with the lessons under this name."""
    data, spec = shipped_models()[name]
    return sample(spec, load(data), seed=SEED, progress=False)


def save_run(draws: Draws, file: Path) -> None:
    """Write a run's arrays, rounded, in a file; model and data are found by its name."""
    arrays = {name: getattr(draws, name).astype(KEPT) for name in ARRAYS}
    fit = [draws.fit.dic2, draws.fit.waic]
    np.savez_compressed(file, fit=fit, **arrays)


@functools.lru_cache(maxsize=4)
def _read(name: str) -> Draws:
    data, spec = shipped_models()[name]
    run = Run(spec, load(data), seed=SEED)
    with np.load(RUNS / f"{name}.npz") as kept:
        arrays = {key: kept[key].astype(float) for key in ARRAYS}
        fit = ModelFit(*kept["fit"].tolist())
    return Draws(
        spec=spec, data=run.data, seed=SEED, fit=fit, timing=Timing(0.0, 0.0), cells=run.cells,
        **arrays,
    )  # fmt: skip


def _scripts() -> Iterator[tuple[str, str, str]]:
    """Return name, data and script of all models that lessons ask for or show."""
    for number in numbers():
        content = lesson(number)
        for key, script in content.models:
            yield f"lesson_{number}_{key}", content.data, script
