"""Run the sampler: chains in threads, block by block, with progress and a stop."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pandas as pd

from tutorkit.bar import tqdm
from tutorkit.compiling import warm
from tutorkit.draws import Draws
from tutorkit.model.spec import ModelSpec
from tutorkit.run import Run

__all__ = ["sample", "warm"]

Progress = Callable[[int, int], None]


def sample(
    spec: ModelSpec,
    data: pd.DataFrame,
    *,
    seed: int | None = None,
    chains: int | None = None,
    burn: int | None = None,
    iterations: int | None = None,
    progress: bool | Progress = True,
    stop: threading.Event | None = None,
) -> Draws:
    """Draw from the posterior of a model.

    Parameters
    ----------
    spec
        The model; its own settings hold where the arguments below are None.
    data
        One row per observation, missing values as NaN or one of ``spec.missing``.
    seed
        The same seed gives the same draws. Without one anywhere, a new one is made and reported.
    chains, burn, iterations
        Number of chains, warm-up iterations of each, kept iterations of all together.
    progress
        True for a progress bar, False for none, or a function called with (iterations done,
        iterations in all) from this thread about ten times a second.
    stop
        Set this event to stop after the blocks being drawn; so does a keyboard interrupt. What was
        drawn is kept, and `Draws.stopped` is True.

    Returns
    -------
    Draws
        Kept and warm-up draws of every parameter.

    Raises
    ------
    SpecError, DataError
        If the settings are impossible, or the data do not fit the model.
    TutorkitError
        If a chain breaks down: it arrives at a number that is not finite.
    """
    run = Run(spec, data, seed=seed, chains=chains, burn=burn, iterations=iterations, stop=stop)
    run.compile(announce=progress is True)
    run.start()
    _watch(run, progress)
    return run.draws()


def _watch(run: Run, progress: bool | Progress) -> None:
    """Wait for the chains, showing how far they are; an interrupt stops them."""
    bar = tqdm(total=run.total, desc="Sampling", unit="it", disable=progress is not True)
    try:
        while run.alive:
            run.join(0.1)
            done = sum(run.done)
            bar.update(done - bar.n)
            if callable(progress):
                progress(done, run.total)
    except KeyboardInterrupt:
        pass
    finally:
        # also when a progress function fails: no chain is left running unwatched
        if run.alive:
            run.stop()
        run.join()
        bar.close()
