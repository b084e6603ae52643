"""A session of one lesson: the learner's answers beside data, model and runs."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from traitlets import Dict, Unicode

from tutorkit.errors import DataError, TutorkitError
from tutorkit.teaching import Content
from tutorkit.teaching.progress import (
    FILE,
    SCRIPT,
    Answers,
    from_code,
    merge,
    read,
    to_code,
    write,
)
from tutorkit.widgets.model_session import alone
from tutorkit.widgets.session import Session


class LessonSession(Session):
    """One learner's work on one lesson.

    ``answers`` are those to this lesson, by key; they are in the file as soon as they are given.
    ``trouble`` says why they could not be read or saved.
    """

    answers = Dict()
    trouble = Unicode()

    def __init__(self, content: Content, folder: Path) -> None:
        super().__init__(content.data, content.script)
        self.content = content
        self._saved_in = folder / FILE
        self._others: Answers = {}
        try:
            self._others = read(self._saved_in)
            self.answers = self._others.pop(self._name, {})
        except DataError as error:
            self.trouble = f"{error.message}. {error.hint}"
        if SCRIPT in self.answers:
            self.write(self.answers[SCRIPT])
        self.observe(self._keep_script, "script")

    def _keep_script(self, _: object) -> None:
        """Save the model as it stands; what is wrong with saving is said in the lesson's head."""
        with contextlib.suppress(DataError):
            self.answer(SCRIPT, self.script)

    @property
    def _name(self) -> str:
        return f"{self.content.number}"

    @property
    def done(self) -> tuple[str, ...]:
        """The keys of what is done."""
        return self.content.done_of(self.answers)

    @alone
    def answer(self, key: str, value: Any) -> None:
        """Take an answer, and save it.

        Raises
        ------
        DataError
            If it cannot be saved; it is taken all the same.
        """
        self.answers = {**self.answers, key: value}
        self._save({self._name: self.answers})

    def code(self) -> str:
        """Return the code that carries the answers to all lessons."""
        return to_code(merge(self._others, {self._name: self.answers}))

    @alone
    def take(self, code: str) -> None:
        """Take the answers in a code; they replace the answers there are to the same questions.

        Raises
        ------
        DataError
            If it is no code, or the answers cannot be saved.
        """
        found = from_code(code)
        self._others = merge(self._others, found)
        self.answers = {**self.answers, **self._others.pop(self._name, {})}
        self._save(found)
        self.write(self.answers.get(SCRIPT, self.script))

    def _save(self, answers: Answers) -> None:
        try:
            write(self._saved_in, answers)
        except DataError as error:
            self.trouble = f"{error.message}. {error.hint}"
            raise
        self.trouble = ""

    @alone
    def start(self) -> None:
        """Run the model, as `Session.start`, once all predictions about the run are committed.

        Raises
        ------
        TutorkitError
            If a prediction is still to be made, and as `Session.start` does.
        """
        for item in self.content.items:
            if getattr(item, "after_run", False) and item.key not in self.answers:
                hint = "Say what you expect, and commit it: then run the model."
                raise TutorkitError("There is a prediction to make before this run", hint)
        super().start()
