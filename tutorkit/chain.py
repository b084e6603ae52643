"""One chain of a run, in a thread of its own."""

from __future__ import annotations

import threading
import time

import numpy as np

from tutorkit.arrays import Floats, Integers
from tutorkit.kernels.blocks import run_block
from tutorkit.model.spec import ModelSpec
from tutorkit.plan import Plan
from tutorkit.start import initial_state
from tutorkit.state import State

BLOCK_SECONDS = 0.05


class Chain(threading.Thread):
    """One chain; only this thread touches its arrays while it lives."""

    def __init__(
        self,
        plan: Plan,
        seed: np.random.SeedSequence,
        spec: ModelSpec,
        out: Floats,
        stop: threading.Event,
        imputed_at: Integers | None = None,
    ) -> None:
        super().__init__(daemon=True, name="tutorkit chain")
        self.plan, self.burn = plan, spec.burn
        self.n_iterations = spec.burn + spec.draws_per_chain
        self.rng = np.random.default_rng(seed)
        self.state: State = initial_state(plan, self.rng, spec.burn, imputed_at)
        self.out = out  # (iteration, column): only the first `done` hold anything
        self.done = 0
        self.broken = False  # a row is not finite
        self.error: Exception | None = None
        self.stop = stop
        self.watched = False  # somebody looks at the imputations while the chain runs
        self.latest: Floats | None = None  # (missing cell,) after the last block, if watched

    def imputed(self) -> Floats:
        """Return the imputations kept so far, (imputation, missing cell)."""
        kept: Floats = self.state.imputed[self.state.imputed_at < self.done]
        return kept

    def run(self) -> None:
        """Draw block after block, each about BLOCK_SECONDS long."""
        size = 4
        try:
            while self.done < self.n_iterations and not self.stop.is_set():
                end = min(self.done + size, self.n_iterations)
                began = time.perf_counter()
                run_block(self.rng, self.plan, self.state, self.out, self.done, end, self.burn)
                if not np.isfinite(self.out[self.done : end]).all():
                    self.broken = True
                    self.stop.set()
                if self.watched:
                    self.latest = self.state.columns[self.plan.cell_column, self.plan.cell_row]
                self.done = end
                ratio = BLOCK_SECONDS / max(time.perf_counter() - began, 1e-6)
                size = max(1, int(size * min(ratio, 4.0)))
        except Exception as error:  # reported by the thread that asked for the run
            self.error = error
            self.stop.set()
