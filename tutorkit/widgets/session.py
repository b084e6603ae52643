"""Everything a workbench shows, in one place; views read it and write through its methods."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
from traitlets import Bool, Dict, HasTraits, Instance, Int, Unicode

from tutorkit.data.inspect import guess_cluster
from tutorkit.draws import Draws
from tutorkit.errors import SpecError, TutorkitError
from tutorkit.model.script import parse, render
from tutorkit.model.spec import Equation, ModelSpec
from tutorkit.model.tokens import render_file
from tutorkit.run import Run
from tutorkit.widgets.events import Events
from tutorkit.widgets.sources import Source, find
from tutorkit.widgets.worker import Worker

READY, COMPILING, SAMPLING = "ready", "compiling", "sampling"
FINISHED, STOPPED, FAILED = "finished", "stopped", "failed"
BURN, ITERATIONS = 2000, 8000  # enough for the chapter's model
MODEL = ("spec", "script", "problem", "cluster")  # what undo returns to
COMPLETE, LISTWISE, LAST = "complete data", "listwise", "last run"


class Session(HasTraits):
    """One learner's data, model, runs and fits.

    ``spec`` is the last model that made sense, None before there is an outcome. ``script`` is the
    text in the editor: it belongs to ``spec`` unless ``problem`` says what is wrong with it.
    ``complete`` and ``truth`` are None unless the data were simulated. ``fits`` are kept runs by
    name. ``tick`` counts up about five times a second while a run goes on.
    """

    name = Unicode()
    file = Unicode(allow_none=True, default_value=None)
    data = Instance(pd.DataFrame)
    complete = Instance(pd.DataFrame, allow_none=True)
    truth = Dict(allow_none=True, default_value=None)
    spec = Instance(ModelSpec, allow_none=True)
    script = Unicode()
    problem = Instance(TutorkitError, allow_none=True)
    cluster = Unicode(allow_none=True, default_value=None)
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
        self.lock = threading.RLock()
        self.events = Events()
        self._history: list[dict[str, Any]] = []
        self._shelf: dict[str, dict[str, Any]] = {}
        self._worker = Worker(self._follow, self._end)
        self.load(source)
        if script is not None:
            self.write(script if isinstance(script, str) else render(script))
            if self.problem is not None:
                raise self.problem

    # -- data

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
        with self.lock, self.hold_trait_notifications():
            self._put_away()
            kept = self._shelf.get(found["name"], {})
            if "data" in kept and not kept["data"].equals(found["data"]):
                kept = {}
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

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns of the data, the cluster variable left out."""
        return tuple(str(name) for name in self.data.columns if name != self.cluster)

    @property
    def missing(self) -> dict[str, float]:
        """The share of missing values of each column, from 0 to 1."""
        codes = self.spec.missing if self.spec else ()
        gaps = self.data.isna() | self.data.isin(list(codes))
        return {str(name): float(share) for name, share in gaps.mean().items()}

    # -- model

    def begin(self, outcome: str) -> None:
        """Make the first model: an outcome, explained by an intercept only."""
        self._take(
            ModelSpec(
                (Equation(outcome, block="focal"),),
                data=self.file,
                cluster=self.cluster,
                burn=BURN,
                iterations=ITERATIONS,
            )
        )

    def edit(
        self, change: Callable[..., ModelSpec] | None = None, /, *args: Any, **parts: Any
    ) -> None:
        """Change the model: by a function of it, or by new values of its parts.

        Raises
        ------
        SpecError
            If the changed model contradicts itself. The model is then as it was.
        """
        if self.spec is None:
            hint = "Choose an outcome for the focal model."
            raise SpecError("There is no model yet", hint)
        spec = self.spec if change is None else change(self.spec, *args)
        self._take(replace(spec, source=None, **parts))

    def choose_cluster(self, name: str | None) -> None:
        """Choose the cluster variable, or None for no clusters; random slopes go with them."""
        spec = self.spec
        if spec is not None:
            equations = spec.equations
            if name is None:
                equations = tuple(replace(e, slopes=()) for e in equations)
            self.edit(cluster=name, equations=equations)
        self.cluster = name
        if spec is None and self.problem is None:
            self.script = self._empty_script()

    def write(self, text: str) -> None:
        """Take a script as it is typed; a mistake in it is kept as ``problem``."""
        if text == self.script and self.problem is None:
            return
        try:
            spec = parse(text)
        except TutorkitError as error:
            with self.hold_trait_notifications():
                self._remember()
                self.script, self.problem = text, error
            return
        self._take(spec, text)

    def undo(self) -> None:
        """Return to script and model as they were before the last change."""
        if not self._history:
            raise TutorkitError("There is nothing to undo")
        with self.hold_trait_notifications():
            for key, value in self._history.pop().items():
                setattr(self, key, value)

    def _take(self, spec: ModelSpec, text: str | None = None) -> None:
        if spec == self.spec and self.problem is None and text in (None, self.script):
            return
        text = render(spec) if text is None else text
        with self.hold_trait_notifications():
            self._remember()
            self.spec, self.script, self.problem = spec, text, None
            self.cluster = spec.cluster

    def _remember(self) -> None:
        self._history.append({key: getattr(self, key) for key in MODEL})

    def _empty_script(self) -> str:
        file = f"DATA: {render_file(self.file)};\n" if self.file else ""
        cluster = f"CLUSTERID: {self.cluster};\n" if self.cluster else ""
        return f"{file}{cluster}MODEL:\n"

    # -- runs

    @property
    def running(self) -> bool:
        """Whether a run is going on."""
        return self._worker.running

    def start(self) -> None:
        """Run the model in the background; views are told through ``tick`` and ``status``.

        Raises
        ------
        TutorkitError
            If a run is going on, there is no model, the script has a mistake, or the data do not
            fit the model.
        """
        with self.lock:
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

    def _follow(self) -> None:
        with self.lock:
            if self.run is not None and self.run.chains:
                self.status = SAMPLING
            self.tick += 1

    def _end(self, result: Draws | Exception) -> None:
        with self.lock:
            if isinstance(result, Exception):
                self.failure, self.status = result, FAILED
                return
            # a run without draws does not take the place of one that has some
            if result.n_kept or self.draws is None:
                self.draws = result
            self.status = STOPPED if result.stopped else FINISHED

    def _demand_idle(self, what: str) -> None:
        if self.running:
            hint = f"Stop it, or wait until it has finished, to {what}."
            raise TutorkitError("A run is going on", hint)

    # -- fits

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

    def forget(self, name: str) -> None:
        """Drop a kept run."""
        self.fits = {key: fit for key, fit in self.fits.items() if key != name}
