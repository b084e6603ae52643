"""What a lesson asks: questions and predictions, each answer with its explanation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutorkit.errors import TutorkitError, did_you_mean
from tutorkit.formulas import Role


@dataclass(frozen=True)
class Choice:
    """One answer that is offered, and what to say to those who choose it.

    A wrong answer's words name the thought behind it and what to look at; the right one's say why
    it is right.
    """

    text: str
    words: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A question with several answers, of which one is right."""

    key: str
    text: str
    choices: tuple[Choice, ...]

    def is_possible(self, answer: Any) -> bool:
        """Tell whether this can be an answer: the choices of all attempts, in order."""
        known = range(len(self.choices))
        return isinstance(answer, list) and bool(answer) and all(k in known for k in answer)

    def is_right(self, answer: int) -> bool:
        """Tell whether the choice of this index is the right one."""
        return self.choices[answer].right


@dataclass(frozen=True)
class Prediction:
    """What a learner expects before seeing it: one of several outcomes, or a number.

    With ``choices`` one of them comes true; the others' words say why one may have expected them.
    Without, a number from ``low`` to ``high`` is asked for; ``actual`` comes out, and a prediction
    is close if it lies within ``close`` of it. ``words`` explain what came out. It is revealed when
    the prediction is committed or, with ``after_run``, when the lesson's model has been run.
    """

    key: str
    text: str
    words: str
    choices: tuple[Choice, ...] = ()
    low: int = 0
    high: int = 0
    actual: int = 0
    close: int = 0
    after_run: bool = False

    def is_possible(self, answer: Any) -> bool:
        """Tell whether this can be a prediction: a choice, or a number in its range."""
        span = range(len(self.choices)) if self.choices else range(self.low, self.high + 1)
        return isinstance(answer, int) and answer in span

    def is_right(self, answer: int) -> bool:
        """Tell whether this choice came true, or this number was close."""
        if self.choices:
            return self.choices[answer].right
        return abs(answer - self.actual) <= self.close

    def shown(self, answer: int) -> str:
        """Return an answer as text."""
        return self.choices[answer].text if self.choices else f"{answer}"


@dataclass(frozen=True)
class Task:
    """A model to be built: it is done when the equations of ``roles`` are those of ``script``.

    ``start`` is the script one begins with, empty to begin from nothing. ``hints`` lead step by
    step to the model, the last one nearly gives it; ``words`` are said when it is right. ``free``
    are indicators such as "y.missing" that may be explained by anything, or not at all, as long as
    those that ``script`` explains by the variable itself are.
    """

    key: str
    text: str
    script: str
    roles: tuple[Role, ...]
    hints: tuple[str, ...]
    words: str
    start: str = ""
    free: tuple[str, ...] = ()
    step: int = 1
    """Of the builder, counted from 0, at which one begins."""

    def is_possible(self, answer: Any) -> bool:
        """Tell whether this can be a state of the task: right or not, and the hints given."""
        if not isinstance(answer, dict) or {*answer} != {"right", "hints"}:
            return False
        hints = answer["hints"]
        return isinstance(hints, int) and hints in range(len(self.hints) + 1)


Item = Question | Prediction | Task


@dataclass(frozen=True)
class Assumption:
    """One of the models that a sensitivity analysis fits, and what it takes to be true."""

    key: str
    name: str
    words: str
    script: str


@dataclass(frozen=True)
class Content:
    """What one lesson is for, and what it asks.

    ``tasks`` are the keys of what else is done, with what is to be done. ``script`` is the model
    one finds when the lesson opens. ``assumptions`` are models to be fitted side by side.
    """

    number: int
    title: str
    minutes: int
    objectives: tuple[str, ...]
    items: tuple[Item, ...]
    tasks: tuple[tuple[str, str], ...] = ()
    data: str = "04_multilevel"
    script: str | None = None
    assumptions: tuple[Assumption, ...] = ()

    @property
    def models(self) -> tuple[tuple[str, str], ...]:
        """Key and script of each model that is asked for or fitted."""
        asked = [(item.key, item.script) for item in self.items if isinstance(item, Task)]
        return (*asked, *((model.key, model.script) for model in self.assumptions))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all there is to do."""
        return (*(item.key for item in self.items), *(key for key, _ in self.tasks))

    @property
    def texts(self) -> tuple[str, ...]:
        """All that it says in its questions, predictions, tasks and assumptions."""
        found = [*self.objectives, *(text for _, text in self.tasks)]
        for item in self.items:
            found += [item.text]
            if isinstance(item, Task):
                found += [item.words, *item.hints]
            else:
                found += [text for choice in item.choices for text in (choice.text, choice.words)]
            if isinstance(item, Prediction):
                found.append(item.words)
        return (*found, *(assumption.words for assumption in self.assumptions))

    def item(self, key: str) -> Item:
        """Return a question, prediction or model to be built.

        Raises
        ------
        TutorkitError
            If the lesson has none of this key.
        """
        known = {item.key: item for item in self.items}
        if key not in known:
            what = f"Lesson {self.number} asks nothing called '{key}'"
            raise TutorkitError(what, did_you_mean(key, known))
        return known[key]

    def is_possible(self, key: str, answer: Any) -> bool:
        """Tell whether this can be the answer to what is asked under this key."""
        item = next((item for item in self.items if item.key == key), None)
        return item.is_possible(answer) if item else isinstance(answer, str)

    def is_done(self, key: str, answers: Mapping[str, Any]) -> bool:
        """Tell whether a question is answered right, a prediction committed, a task done."""
        answer = answers.get(key)
        item = next((item for item in self.items if item.key == key), None)
        if isinstance(item, Question):
            return any(item.is_right(attempt) for attempt in answer or ())
        if isinstance(item, Task):
            return bool(answer and answer["right"])
        return answer is not None and answer is not False

    def done_of(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the keys of what is done."""
        return tuple(key for key in self.keys if self.is_done(key, answers))
