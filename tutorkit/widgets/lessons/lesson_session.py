"""A session of one lesson: the learner's answers beside data, model and runs."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from traitlets import Dict, Instance, Unicode

from tutorkit.draws import Draws
from tutorkit.errors import DataError, TutorkitError
from tutorkit.model.script import parse
from tutorkit.teaching import Content, Prediction, Task
from tutorkit.teaching.checking import findings
from tutorkit.teaching.progress import (
    FILE,
    SCRIPT,
    Answers,
    from_code,
    joint,
    merge,
    read,
    to_code,
    write,
)
from tutorkit.teaching.runs import shipped_run
from tutorkit.widgets.model_session import alone
from tutorkit.widgets.session import READY, Session


class LessonSession(Session):
    """One learner's work on one lesson.

    ``answers`` are those to this lesson, by key; they are in the file as soon as they are given.
    ``trouble`` says why they could not be read or saved.
    """

    WITHOUT_KERNEL = (
        "Choose 'Run All Cells' in the menu Run to go on: your answers come back by themselves."
    )

    answers = Dict()
    trouble = Unicode()
    shown = Instance(Draws, allow_none=True)
    """The run that came with the lesson and was shown last."""

    def __init__(self, content: Content, folder: Path) -> None:
        self.content = content
        self.work: Any = None
        """What runs in the background beside the model: the view that began it."""
        super().__init__(content.data, content.script)
        self._saved_in = folder / FILE
        self._unsaved: Answers = {}
        try:
            self.answers = read(self._saved_in).get(self._name, {})
        except DataError as error:
            self.trouble = f"{error.message}. {error.hint}"
        if SCRIPT in self.answers:
            self.write(self.answers[SCRIPT])
        self.observe(self._keep_script, "script")

    def _keep_script(self, _: object) -> None:
        """Save the model as it stands; what is wrong with saving is said in the lesson's head."""
        if self.name == self.content.data:  # not other data's
            with contextlib.suppress(DataError):
                self.answer(SCRIPT, self.script)

    @property
    def _name(self) -> str:
        return f"{self.content.number}"

    @property
    def done(self) -> tuple[str, ...]:
        """The keys of what is done."""
        return self.content.done_of(self.answers)

    @property
    def has_run(self) -> bool:
        """Whether the last run has draws, of the model that the lesson asks for."""
        if self.draws is None or not self.draws.n_kept or self.name != self.content.data:
            return False
        spec = self.draws.spec
        return not any(findings(spec, parse(t.script), t.roles, t.free) for t in self._tasks)

    @property
    def _tasks(self) -> list[Task]:
        return [item for item in self.content.items if isinstance(item, Task)]

    @alone
    def answer(self, key: str, value: Any) -> None:
        """Save an answer, and take it: what is seen to be done is in the file.

        Raises
        ------
        DataError
            If it cannot be saved; it is taken all the same.
        """
        try:
            self._save({self._name: {key: value}})
        finally:
            self.answers = {**self.answers, key: value}

    def code(self) -> str:
        """Return the code that carries the answers to all lessons."""
        return to_code(self.known())

    @alone
    def take(self, code: str) -> None:
        """Add the answers in a code to those there are: nothing that is done is lost.

        Raises
        ------
        DataError
            If it is no code, or the answers cannot be saved.
        """
        found, known = from_code(code), self.known()
        joined = {name: joint(name, known.get(name, {}), more) for name, more in found.items()}
        try:
            self._save(joined)
        finally:
            self.answers = joined.get(self._name, self.answers)
            if self.answers.get(SCRIPT, self.script) != self.script:
                self.write(self.answers[SCRIPT])

    def known(self) -> Answers:
        """Return the answers to all lessons: those of this page, and what else is in the file."""
        saved: Answers = {}
        with contextlib.suppress(DataError):
            saved = read(self._saved_in)
        return merge(saved, {self._name: self.answers})

    def _save(self, answers: Answers) -> None:
        """Save these answers, and what could not be saved before."""
        self._unsaved = merge(self._unsaved, answers)
        try:
            write(self._saved_in, self._unsaved)
        except DataError as error:
            self.trouble = f"{error.message}. {error.hint}"
            raise
        self.trouble, self._unsaved = "", {}

    @alone
    def start(self) -> None:
        """Run the model, as `Session.start`, once all predictions about the run are committed.

        Raises
        ------
        TutorkitError
            If a prediction is still to be made, and as `Session.start` does.
        """
        self.demand_predictions()
        super().start()

    @alone
    def show_me(self) -> None:
        """Take a run that comes with the lesson: of the model as it is, or as it is asked for.

        Raises
        ------
        TutorkitError
            If a prediction is still to be made, a run is going on, or none comes with the lesson.
        """
        self.demand_predictions()
        self._demand_idle("see another one")
        asked = [parse(task.script) for task in self._tasks]
        runs = (shipped_run(self.name, spec) for spec in (self.spec, *asked))
        found = next((run for run in runs if run is not None), None)
        if found is None:
            raise TutorkitError("No run of this model comes with the lesson", "Press Run.")
        with self.hold_trait_notifications():
            self.run, self.failure, self.status = None, None, READY
            self.shown = self.draws = found

    def demand_own_data(self) -> None:
        """Demand that the lesson's data are loaded.

        Raises
        ------
        TutorkitError
            If others are.
        """
        if self.name != self.content.data:
            hint = f"Load '{self.content.data}' again."
            raise TutorkitError("This is about the lesson's own data", hint)

    @alone
    def keep(self, name: str) -> None:
        """Keep the last run, as `Session.keep`, under another name than an assumption's.

        Raises
        ------
        TutorkitError
            As `Session.keep` does.
        """
        if name.strip() in (assumption.name for assumption in self.content.assumptions):
            raise TutorkitError(f"The name '{name.strip()}' is taken", "Choose another.")
        super().keep(name)

    @alone
    def take_fits(self, fits: Mapping[str, Draws]) -> None:
        """Keep runs under their names, in place of those that had them."""
        self.fits = {**self.fits, **fits}

    def demand_predictions(
        self, why: str = "There is a prediction to make before this run"
    ) -> None:
        """Demand that all predictions about the run are committed.

        Raises
        ------
        TutorkitError
            If one is not; it says ``why`` that is needed.
        """
        for item in self.content.items:
            waits = isinstance(item, Prediction) and item.after_run
            if waits and item.key not in self.answers:
                raise TutorkitError(why, "Say what you expect, and commit it: then try again.")
