"""A run of the sampler that others can watch, stop and read while it goes."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats
from tutorkit.chain import Chain
from tutorkit.compiling import compile_in_background
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

MOST_BYTES = 4e9


class Run:
    """A model and its data, ready to be sampled: `compile`, `start`, `join`, then `draws`.

    Parameters
    ----------
    spec, data, seed, chains, burn, iterations
        As for `tutorkit.sample`.
    stop
        Set this event, or call `stop`, to end the run after the blocks being drawn.
    watched
        Keep the latest imputations for `imputed_now`.

    Raises
    ------
    SpecError, DataError
        If the settings are impossible, or the data do not fit the model.
    """

    def __init__(
        self,
        spec: ModelSpec,
        data: pd.DataFrame,
        *,
        seed: int | None = None,
        chains: int | None = None,
        burn: int | None = None,
        iterations: int | None = None,
        stop: threading.Event | None = None,
        watched: bool = False,
    ) -> None:
        used = replace(
            spec,
            seed=spec.seed if seed is None else seed,
            chains=spec.chains if chains is None else chains,
            burn=spec.burn if burn is None else burn,
            iterations=spec.iterations if iterations is None else iterations,
        )
        self.data = prepare(spec, data)  # the spec as written, so that errors show its script
        self.spec, self.model = used, self.data.model
        self.seed = used.seed if used.seed is not None else secrets.randbelow(2**31)
        self.plan = compile_plan(self.model, self.data, used.priors, self.model.described)
        self.out = _space(used, len(recorded(self.model)))
        """Draws so far, (chain, iteration, column); of a chain only the first ``done`` hold any."""
        self.cells = cells(self.model, self.plan)
        self.chains: list[Chain] = []
        self.watched = watched
        self._stop = stop or threading.Event()
        self._compile_s = self._sample_s = 0.0
        self._began = 0.0

    @property
    def n_iterations(self) -> int:
        """Iterations of each chain, burn-in included."""
        return self.spec.burn + self.spec.draws_per_chain

    @property
    def total(self) -> int:
        """Iterations of all chains together."""
        return self.n_iterations * self.spec.chains

    @property
    def done(self) -> list[int]:
        """Iterations that each chain has done so far."""
        return [chain.done for chain in self.chains] or [0] * self.spec.chains

    @property
    def alive(self) -> bool:
        """Whether a chain is running."""
        return any(chain.is_alive() for chain in self.chains)

    def compile(self, announce: bool = False) -> None:
        """Compile the sampler or load it, and say so if it takes long and ``announce`` is True."""
        self._compile_s = compile_in_background(announce)

    def start(self) -> None:
        """Start the chains."""
        import_in_background()  # the chains leave Python idle; numba is through with its imports
        seeds = np.random.SeedSequence(self.seed).spawn(self.spec.chains)
        self.chains = [
            Chain(self.plan, child, self.spec, rows, self._stop, at)
            for child, rows, at in zip(seeds, self.out, schedule(self.spec), strict=True)
        ]
        self._began = time.perf_counter()
        for chain in self.chains:
            chain.watched = self.watched
            chain.start()

    @property
    def stopping(self) -> bool:
        """Whether the run was asked to end."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End the run after the blocks being drawn; what was drawn is kept."""
        self._stop.set()

    def join(self, timeout: float | None = None) -> None:
        """Wait for the chains, each for an equal share of ``timeout`` seconds."""
        for chain in self.chains:
            chain.join(None if timeout is None else timeout / len(self.chains))
        if not self.alive:
            self._sample_s = self._sample_s or time.perf_counter() - self._began

    def seconds_left(self) -> float | None:
        """Estimate how long the chains still need; None before they have done anything."""
        done = sum(self.done)
        if not done:
            return None
        return (time.perf_counter() - self._began) * (self.total - done) / done

    def imputed_now(self, variable: str) -> Floats:
        """Return the latest imputations of a variable, (chain, missing cell), if watched."""
        at = [k for k, (name, _) in enumerate(self.cells) if name == variable]
        known = [chain.latest[at] for chain in self.chains if chain.latest is not None]
        return np.array(known).reshape(len(known), len(at))

    def draws(self) -> Draws:
        """Return what was drawn, once no chain is running.

        Raises
        ------
        TutorkitError
            If a chain broke down: it arrived at a number that is not finite.
        """
        for chain in self.chains:
            if chain.error is not None:
                raise chain.error
        _check_finite(self.chains, self.model)
        spec, done = self.spec, min(self.done)
        kept = max(done - spec.burn, 0)
        return Draws(
            spec=spec,
            data=self.data,
            seed=self.seed,
            values=self.out[:, spec.burn : spec.burn + kept],
            warmup=self.out[:, : min(done, spec.burn)],
            acceptance=_acceptance(self.plan, self.chains, spec.burn),
            fit=_model_fit([chain.state for chain in self.chains]),
            timing=Timing(self._compile_s, self._sample_s),
            imputed=np.concatenate([chain.imputed() for chain in self.chains]),
            cells=self.cells,
            stopped=done < self.n_iterations,
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
