"""Run the sampler: chains in threads, block by block, with progress and a stop."""

from __future__ import annotations

import secrets
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from tqdm import TqdmExperimentalWarning

from tutorkit.arrays import Floats
from tutorkit.chain import Chain
from tutorkit.compiling import compile_in_background, warm
from tutorkit.data import prepare
from tutorkit.data.joint import JointModel
from tutorkit.diagnostics import import_in_background
from tutorkit.draws import Draws, ModelFit, Timing
from tutorkit.errors import SpecError, TutorkitError
from tutorkit.layout import compile_plan
from tutorkit.model.spec import ModelSpec
from tutorkit.parameters import recorded
from tutorkit.plan import Plan
from tutorkit.schedule import cells, schedule
from tutorkit.state import State

with warnings.catch_warnings():  # tqdm.auto does the same, but imports asyncio for its own bars
    warnings.simplefilter("ignore", TqdmExperimentalWarning)
    from tqdm.autonotebook import tqdm

__all__ = ["sample", "warm"]

MOST_BYTES = 4e9

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
    used = replace(
        spec,
        seed=spec.seed if seed is None else seed,
        chains=spec.chains if chains is None else chains,
        burn=spec.burn if burn is None else burn,
        iterations=spec.iterations if iterations is None else iterations,
    )
    prepared = prepare(spec, data)  # the spec as it was written, so that errors can show its script
    spec = used
    used_seed = spec.seed if spec.seed is not None else secrets.randbelow(2**31)
    model = prepared.model
    plan = compile_plan(model, prepared, spec.priors, model.described)
    stop = stop or threading.Event()
    out = _space(spec, len(recorded(model)))
    compile_s = compile_in_background(announce=progress is True)
    import_in_background()  # the chains leave Python idle; and numba is through with its imports
    runs = _start(spec, plan, used_seed, out, stop)
    began = time.perf_counter()
    _watch(runs, progress, stop)
    sample_s = time.perf_counter() - began
    for run in runs:
        if run.error is not None:
            raise run.error
    _check_finite(runs, model)
    done = min(run.done for run in runs)
    kept = max(done - spec.burn, 0)
    return Draws(
        spec=spec,
        data=prepared,
        seed=used_seed,
        values=out[:, spec.burn : spec.burn + kept],
        warmup=out[:, : min(done, spec.burn)],
        acceptance=_acceptance(plan, runs, spec.burn),
        fit=_model_fit([run.state for run in runs]),
        timing=Timing(compile_s, sample_s),
        imputed=np.concatenate([run.imputed() for run in runs]),
        cells=cells(model, plan),
        stopped=done < runs[0].n_iterations,
    )


def _space(spec: ModelSpec, width: int) -> Floats:
    """Return room for all draws, (chain, iteration, column), which takes memory as it is used."""
    n_iterations = spec.burn + spec.draws_per_chain
    size = 8.0 * width * n_iterations * spec.chains
    if size > MOST_BYTES:
        raise SpecError(
            f"This run would need {size / 1e9:.0f} GB of memory for its draws",
            f"Ask for fewer iterations: {MOST_BYTES / size:.0%} of them would fit.",
            place=("iterations",),
        )
    return np.empty((spec.chains, n_iterations, width))


def _start(
    spec: ModelSpec, plan: Plan, seed: int, out: Floats, stop: threading.Event
) -> list[Chain]:
    seeds = np.random.SeedSequence(seed).spawn(spec.chains)
    runs = [
        Chain(plan, child, spec, rows, stop, at)
        for child, rows, at in zip(seeds, out, schedule(spec), strict=True)
    ]
    for run in runs:
        run.start()
    return runs


def _check_finite(runs: list[Chain], model: JointModel) -> None:
    """Refuse a run of which a chain broke down, saying where."""
    for chain, run in enumerate(runs, start=1):
        if run.broken:
            iteration, column = np.argwhere(~np.isfinite(run.out[: run.done]))[0]
            raise TutorkitError(
                f"The sampler broke down at iteration {iteration + 1} of chain {chain}: "
                f"'{recorded(model)[column].label}' was no longer a finite number",
                "Usually a variable has very large or very small values, or the data cannot tell "
                "some effects apart. Rescale variables to a standard deviation near 1, add "
                "'OPTIONS: prior1;', or take effects out of the model.",
            )


def _watch(runs: list[Chain], progress: bool | Progress, stop: threading.Event) -> None:
    """Wait for the chains, showing how far they are; an interrupt stops them."""
    total = sum(run.n_iterations for run in runs)
    bar = tqdm(total=total, desc="Sampling", unit="it", disable=progress is not True)
    try:
        while any(run.is_alive() for run in runs):
            for run in runs:
                run.join(0.1 / len(runs))
            done = sum(run.done for run in runs)
            bar.update(done - bar.n)
            if callable(progress):
                progress(done, total)
    except KeyboardInterrupt:
        pass
    finally:
        # also when a progress function fails: no chain is left running unwatched
        if any(run.is_alive() for run in runs):
            stop.set()
        for run in runs:
            run.join()
        bar.close()


def _acceptance(plan: Plan, runs: list[Chain], burn: int) -> Floats:
    proposed = plan.block_hamiltonian.astype(bool)
    rows = [run.state.acceptance / max(run.done - burn, 1) for run in runs]
    return np.where(proposed, np.stack(rows), np.nan)


def _model_fit(states: list[State]) -> ModelFit:
    """Combine the chains' running sums into DIC2 and WAIC (Gelman et al. 2014, section 3).

    With l the log likelihood of unit i at an iteration, DIC2 = -4 sum mean(l) + 2 lppd and
    WAIC = -2 lppd + 2 sum var(l), where lppd = sum log mean exp(l).
    """
    n_draws = sum(float(state.fit_count[0]) for state in states)
    if n_draws < 2:
        return ModelFit(np.nan, np.nan)
    counts = np.array([state.fit_count[0] for state in states])[:, None]
    highest, sums, means, squares = np.moveaxis(np.stack([s.fit for s in states]), 2, 0)
    top = highest.max(axis=0)
    lppd = np.sum(top + np.log((sums * np.exp(highest - top)).sum(axis=0) / n_draws))
    mean = (counts * means).sum(axis=0) / n_draws
    between = (counts * (means - mean) ** 2).sum(axis=0)
    variance = (squares.sum(axis=0) + between) / (n_draws - 1)
    return ModelFit(
        dic2=float(-4 * mean.sum() + 2 * lppd), waic=float(-2 * lppd + 2 * variance.sum())
    )
