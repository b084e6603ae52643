"""The model of a session: spec and script in step, changed one thing at a time, with undo."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ParamSpec

import pandas as pd
from traitlets import Bool, HasTraits, Instance, Unicode

from tutorkit.data.inspect import without_codes
from tutorkit.errors import SpecError, TutorkitError
from tutorkit.model.script import parse, render
from tutorkit.model.spec import Equation, ModelSpec
from tutorkit.model.tokens import render_file

BURN, ITERATIONS = 2000, 8000  # enough for the chapter's model
# what undo returns to; views hear of the script first, so that it is saved before anything is drawn
MODEL = ("script", "spec", "problem", "cluster")
P = ParamSpec("P")


def alone(method: Callable[P, None]) -> Callable[P, None]:
    """Let a session do one thing at a time: calls come from cells, the page and the run."""

    @functools.wraps(method)
    def call(*arguments: P.args, **named: P.kwargs) -> None:
        with arguments[0].lock:  # type: ignore[attr-defined]
            method(*arguments, **named)

    return call


class ModelSession(HasTraits):
    """Data, and one model of them.

    ``spec`` is the last model that made sense, None before there is an outcome. ``script`` is the
    text in the editor: it belongs to ``spec`` unless ``problem`` says what is wrong with it.
    ``rewritten`` is True if the last change replaced a text that was typed.
    """

    data = Instance(pd.DataFrame)
    file = Unicode(allow_none=True, default_value=None)
    cluster = Unicode(allow_none=True, default_value=None)
    spec = Instance(ModelSpec, allow_none=True)
    script = Unicode()
    problem = Instance(TutorkitError, allow_none=True)
    rewritten = Bool(False)

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.RLock()
        self._history: list[dict[str, Any]] = []

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns of the data, the cluster variable left out."""
        return tuple(str(name) for name in self.data.columns if name != self.cluster)

    @property
    def codes(self) -> tuple[float, ...]:
        """The numbers that count as missing."""
        return self.spec.missing if self.spec else ()

    @property
    def missing(self) -> dict[str, float]:
        """The share of missing values of each column, from 0 to 1."""
        shares = without_codes(self.data, self.codes).isna().mean()
        return {str(name): float(share) for name, share in shares.items()}

    @alone
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

    @alone
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

    @alone
    def choose_cluster(self, name: str | None) -> None:
        """Choose the cluster variable, or None for no clusters; random slopes go with them."""
        spec = self.spec
        if spec is not None:
            equations = spec.equations
            if name is None:
                equations = tuple(replace(e, slopes=()) for e in equations)
            self.edit(cluster=name, equations=equations)
        elif name != self.cluster:
            self._remember()
            self.cluster = name
            if self.problem is None:
                self.script = self._empty_script()

    @alone
    def write(self, text: str) -> None:
        """Take a script as it is typed; a mistake in it is kept as ``problem``."""
        if text == self.script:
            return
        try:
            spec = parse(text)
        except TutorkitError as error:
            with self.hold_trait_notifications():
                self._remember()
                self.script, self.problem, self.rewritten = text, error, False
            return
        self._take(spec, text)

    @alone
    def undo(self) -> None:
        """Return to script and model as they were before the last change."""
        if not self._history:
            hint = "Other data keep their own model: it returns when they are loaded again."
            raise TutorkitError("There is nothing to undo", hint)
        with self.hold_trait_notifications():
            for key, value in self._history.pop().items():
                setattr(self, key, value)
            self.rewritten = False

    def _take(self, spec: ModelSpec, text: str | None = None) -> None:
        if spec == self.spec and self.problem is None and text in (None, self.script):
            return
        typed = self.script not in (self._empty_script(), self.spec and render(self.spec))
        with self.hold_trait_notifications():
            self._remember()
            self.script = render(spec) if text is None else text
            self.spec, self.problem, self.cluster = spec, None, spec.cluster
            self.rewritten = text is None and typed

    def _remember(self) -> None:
        self._history.append({key: getattr(self, key) for key in MODEL})

    def _empty_script(self) -> str:
        file = f"DATA: {render_file(self.file)};\n" if self.file else ""
        cluster = f"CLUSTERID: {self.cluster};\n" if self.cluster else ""
        return f"{file}{cluster}MODEL:\n"
