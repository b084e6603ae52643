"""Everything a workbench shows, in one place; views read it and write through its methods."""

from __future__ import annotations

from typing import Any

import pandas as pd
from traitlets import Bool, Dict, Instance, Int, Unicode

from tutorkit.data.inspect import guess_cluster
from tutorkit.diagnostics import TARGET_ESS, TARGET_PSR
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError
from tutorkit.model.script import render
from tutorkit.model.spec import ModelSpec
from tutorkit.run import Run
from tutorkit.widgets.events import Events
from tutorkit.widgets.model_session import MODEL, ModelSession, alone
from tutorkit.widgets.sources import Source, find
from tutorkit.widgets.worker import Worker

READY, COMPILING, SAMPLING = "ready", "compiling", "sampling"
FINISHED, STOPPED, FAILED = "finished", "stopped", "failed"
COMPLETE, LISTWISE, LAST = "complete data", "listwise", "last run"


class Session(ModelSession):
    """One learner's data, model, runs and fits.

    ``complete`` and ``truth`` are None unless the data were simulated. ``fits`` are kept runs by
    name. ``tick`` counts up about five times a second while a run goes on.
    """

    WITHOUT_KERNEL = "Run this cell again to work with it."
    ONE_DATA_SET = False
    """Whether no other data can be loaded."""
    targets: tuple[float, float] = (TARGET_PSR, TARGET_ESS)
    """The highest PSR and the smallest ESS with which a run is said to have converged."""

    name = Unicode()
    complete = Instance(pd.DataFrame, allow_none=True)
    truth = Dict(allow_none=True, default_value=None)
    run = Instance(Run, allow_none=True)
    draws = Instance(Draws, allow_none=True)
    fits = Dict()
    status = Unicode(READY)
    failure = Instance(Exception, allow_none=True)
    revealed = Bool(False)
    step = Int(0)
    tick = Int(0)

    def __init__(self, source: Source, script: str | ModelSpec | None = None) -> None:
        super().__init__()
        self.events = Events()
        self._shelf: dict[str, dict[str, Any]] = {}
        self._worker = Worker(self._follow, self._end)
        self.load(source)
        if script is not None:
            self.write(script if isinstance(script, str) else render(script))
            if self.problem is not None:
                raise self.problem

    # -- data

    @alone
    def load(self, source: Source, name: str = "") -> None:
        """Take other data: a built-in data set's name, a file, or a table.

        The model, the last run and the kept fits stay with their data: they return when data of
        the same name are loaded again.

        Raises
        ------
        DataError
            If there are no such data. The session is then as it was.
        TutorkitError
            If a run is going on.
        """
        self._demand_idle("load other data")
        found = find(source, name)
        with self.hold_trait_notifications():
            self._put_away()
            kept = self._shelf.get(found["name"], {})
            if kept and not kept["data"].equals(found["data"]):
                kept = {key: kept[key] for key in MODEL}  # such as of a file that was corrected
            fresh: dict[str, Any] = {
                "complete": None, "truth": None, "spec": None, "script": "", "problem": None,
                "cluster": guess_cluster(found["data"]), "draws": None, "fits": {}, "run": None,
                "status": READY, "failure": None, "revealed": False, "step": 0,
            }  # fmt: skip
            for key, value in (fresh | kept | found).items():
                setattr(self, key, value)
            self._history = []
            self.script = self.script or self._empty_script()

    def _put_away(self) -> None:
        if self.name:
            keys = (*MODEL, "data", "draws", "fits", "status")
            self._shelf[self.name] = {key: getattr(self, key) for key in keys}

    # -- runs

    @property
    def running(self) -> bool:
        """Whether a run is going on."""
        return self._worker.running

    @alone
    def start(self) -> None:
        """Run the model in the background; views are told through ``tick`` and ``status``.

        Raises
        ------
        TutorkitError
            If a run is going on, there is no model, the script has a mistake, or the data do not
            fit the model.
        """
        self._demand_idle("start another run")
        if self.problem is not None:
            hint = "Correct it, or undo the last change."
            raise TutorkitError("The script has a mistake", hint, spot=self.problem.spot)
        if self.spec is None:
            hint = "Choose an outcome for the focal model first."
            raise TutorkitError("There is no model to run yet", hint)
        run = Run(self.spec, self.data, watched=True)
        with self.hold_trait_notifications():
            self.run, self.failure, self.status = run, None, COMPILING
        self._worker.start(run)

    def stop(self) -> None:
        """Stop the run; what was drawn is kept."""
        if self.run is not None:
            self.run.stop()

    def wait(self) -> None:
        """Wait until no run is going on; an interrupt stops the run and keeps what was drawn.

        Raises
        ------
        TutorkitError
            If the run failed.
        KeyboardInterrupt
            If it was interrupted.
        """
        try:
            self._worker.wait()
        except KeyboardInterrupt:
            self.stop()
            self._worker.wait(10)
            raise
        if self.failure is not None:
            raise self.failure

    @alone
    def _follow(self) -> None:
        if self.run is not None and self.run.chains:
            self.status = SAMPLING
        self.tick += 1

    @alone
    def _end(self, result: Draws | Exception) -> None:
        self._worker.rest()
        with self.hold_trait_notifications():  # the draws are there before anybody hears of them
            if isinstance(result, Exception):
                self.failure, self.status = result, FAILED
                return
            self.status = STOPPED if result.stopped else FINISHED
            # a run without draws does not take the place of one that has some
            if result.n_kept or self.draws is None:
                self.draws = result

    def _demand_idle(self, what: str) -> None:
        if self.running:
            hint = f"Stop it, or wait until it has finished, to {what}."
            raise TutorkitError("A run is going on", hint)

    # -- fits

    @alone
    def keep(self, name: str) -> None:
        """Keep the last run under a name.

        Raises
        ------
        TutorkitError
            If there is no run with draws, or the name is empty or taken.
        """
        name = name.strip()
        if self.draws is None or not self.draws.n_kept:
            raise TutorkitError("There is no run to keep yet", "Run the model first.")
        if not name:
            raise TutorkitError(
                "A kept run needs a name", "Write one, for example 'with y.missing'."
            )
        if name in self.fits or name in ("truth", COMPLETE, LISTWISE, LAST):
            raise TutorkitError(f"The name '{name}' is taken", "Choose another.")
        self.fits = {**self.fits, name: self.draws}

    @alone
    def forget(self, name: str) -> None:
        """Drop a kept run."""
        self.fits = {key: fit for key, fit in self.fits.items() if key != name}
