"""A lesson in a notebook: what it is for, how far one is, and its questions one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

from ipywidgets import HTML, Button, HBox, Text, VBox

from tutorkit.errors import TutorkitError, did_you_mean
from tutorkit.model.script import parse
from tutorkit.model.spec import ModelSpec
from tutorkit.study import Scenario, shipped_study
from tutorkit.teaching import Question, Task, lesson
from tutorkit.teaching.checking import findings
from tutorkit.teaching.glossary import terms_of
from tutorkit.widgets.lessons.baseline_table import BaselineTable
from tutorkit.widgets.lessons.break_lab import BreakLab
from tutorkit.widgets.lessons.chapter_burn_in import ChapterBurnIn
from tutorkit.widgets.lessons.chapter_output import ChapterOutput
from tutorkit.widgets.lessons.convergence_task import ConvergenceTask
from tutorkit.widgets.lessons.lesson_runner import LessonRunner
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.lessons.prediction import PredictionView
from tutorkit.widgets.lessons.question import QuestionView
from tutorkit.widgets.lessons.remembered import Remembered
from tutorkit.widgets.lessons.sensitivity import Sensitivity
from tutorkit.widgets.lessons.study_results import StudyResults
from tutorkit.widgets.lessons.study_view import StudyView
from tutorkit.widgets.lessons.task import TaskView
from tutorkit.widgets.lessons.words import glossary_html
from tutorkit.widgets.parts import INK, ROW, Message, View, heading_html, list_html, note_html

SAVED = "Your answers are saved by themselves, beside this notebook."


class Lesson(View):
    """A lesson's head, and the views of what it asks.

    Parameters
    ----------
    number
        Of the lesson.
    folder
        Where answers are saved; by default the folder of the notebook.

    Raises
    ------
    TutorkitError
        If there is no such lesson.
    """

    session: LessonSession

    def __init__(self, number: int, folder: str | Path = ".") -> None:
        self.content = lesson(number)
        session = LessonSession(self.content, Path(folder))
        self.head, self.state, self.code = HTML(), HTML(), HTML()
        self.field = Text(placeholder="T1-…", description="Code", tooltip="A code from elsewhere")
        self.button = Button(description="Continue from it", layout={"width": "auto"})
        self.message = Message()
        row = HBox([self.field, self.button], layout=ROW)
        self.remembered = Remembered(session)
        parts = [self.head, self.state, self.remembered, self.code, row, self.message]
        super().__init__(session, parts)
        self.head.value = self._head()
        self.on_click(self.button, self._take)
        self.follow(["answers", "trouble"], self._redraw)

    def ask(self, *keys: str, after: str = "") -> View:
        """Return the view of questions, predictions or models to be built; ``after`` as in `show`.

        Raises
        ------
        TutorkitError
            If the lesson asks nothing of this key.
        """
        for key in keys:
            self.content.item(key)
        return self.show(lambda session: View(session, [self._item(key) for key in keys]), after)

    def show(self, view: Callable[[LessonSession], View], after: str = "") -> View:
        """Return a view of this lesson's session, such as ``DataViews``.

        With ``after`` it appears when the prediction of this key is committed.

        Raises
        ------
        TutorkitError
            If the lesson asks nothing of this key.
        """
        if after:
            self.content.item(after)
        return Locked(self.session, view, after) if after else view(self.session)

    def table(self, after: str = "") -> View:
        """Return the chapter's table 7.1 for the session's model: complete data and listwise."""
        return self.show(BaselineTable, after)

    def runner(self) -> View:
        """Return the view that runs the model, or shows at once a run that comes with it."""
        return LessonRunner(self.session)

    def chapter_burn_in(self, after: str = "") -> View:
        """Return the burn-in table of the chapter's own run; ``after`` as in `show`."""
        return self.show(ChapterBurnIn, after)

    def chapter(self, *outcomes: str, after: str = "") -> View:
        """Return what the chapter prints of these outcomes, or of "correlations".

        Columns of the last run stand beside it. ``after`` is as in `show`.
        """
        return self.show(lambda session: ChapterOutput(session, outcomes), after)

    def sensitivity(self, after: str = "") -> View:
        """Return the view that fits all of the lesson's assumptions; ``after`` as in `show`."""
        return self.show(Sensitivity, after)

    def shipped(self, name: str, parameter: str = "", after: str = "") -> View:
        """Return what a study found that comes with the package; see `tutorkit.shipped_study`.

        It shows all estimates of ``parameter`` first or, without one, the means of all parameters.
        ``after`` is as in `show`.
        """
        results = shipped_study(name)
        return self.show(lambda session: StudyResults(session, results, parameter), after)

    def converge(self, task: str) -> View:
        """Return the view that judges each run, for one of the tasks."""
        return ConvergenceTask(self.session, task, self._task(task))

    def study(
        self,
        scenario: Scenario,
        methods: Mapping[str, str | ModelSpec],
        replications: int = 40,
        parameter: str = "",
        after: str = "",
    ) -> View:
        """Return a view that runs a study: arguments as those of `tutorkit.study`.

        It shows all estimates of ``parameter`` or, without one, the means of all parameters.
        ``after`` is as in `show`.
        """
        more = (scenario, methods, replications, parameter)
        return self.show(lambda session: StudyView(session, *more), after)

    def break_it(self, task: str, after: str = "") -> View:
        """Return the laboratory in which one deletes values oneself, for one of the tasks.

        ``after`` is as in `show`.
        """
        text = self._task(task)
        return self.show(lambda session: BreakLab(session, task, text), after)

    def give(self, key: str, answer: str | int) -> None:
        """Answer from a cell: a number, the beginning of a choice's text, or a script.

        Raises
        ------
        TutorkitError
            If there is no such question or choice, or the script is not the model asked for.
        """
        item = self.content.item(key)
        if isinstance(item, Task):
            self._build(item, f"{answer}")
            return
        if isinstance(answer, str):
            texts = [choice.text for choice in item.choices]
            found = [k for k, text in enumerate(texts) if text.startswith(answer)]
            if len(found) != 1:
                what = f"'{answer}' does not begin one choice of '{key}'"
                raise TutorkitError(what, did_you_mean(answer, texts))
            answer = found[0]
        value = [answer] if isinstance(item, Question) else answer
        if not item.is_possible(value):
            raise TutorkitError(f"{answer} cannot be the answer to '{key}'")
        self.session.answer(key, value)

    def _build(self, task: Task, script: str) -> None:
        """Take a script as the model of a task."""
        found = findings(parse(script), parse(task.script), task.roles, task.free)
        self.session.write(script)
        if found:
            raise TutorkitError(found[0].what.rstrip("."), found[0].why)
        known = {"hints": 0, **self.session.answers.get(task.key, {})}
        self.session.answer(task.key, {**known, "right": True})

    @property
    def done(self) -> tuple[str, ...]:
        """The keys of what is done."""
        return self.session.done

    def _task(self, key: str) -> str:
        """Return what is to be done in a task."""
        known = dict(self.content.tasks)
        if key not in known:
            what = f"Lesson {self.content.number} has no task '{key}'"
            raise TutorkitError(what, did_you_mean(key, known))
        return known[key]

    def _item(self, key: str) -> View:
        item = self.content.item(key)
        if isinstance(item, Question):
            return QuestionView(self.session, item)
        if isinstance(item, Task):
            return TaskView(self.session, item)
        return PredictionView(self.session, item)

    def _take(self) -> None:
        self.session.take(self.field.value)
        self.field.value = ""
        self.message.say("Your answers are back.")

    def _head(self) -> str:
        content = self.content
        goals = list_html(map(escape, content.objectives))
        return (
            heading_html(f"Lesson {content.number}: {content.title} ({content.minutes} minutes)")
            + note_html("Afterwards you can")
            + goals
            + glossary_html(terms_of(content.texts))
        )

    def _redraw(self) -> None:
        session = self.session
        done, total = len(session.done), len(self.content.keys)
        trouble = f"<b>⚠ {escape(session.trouble)}</b>" if session.trouble else escape(SAVED)
        self.state.value = (
            f'<div style="{INK}"><progress aria-label="Progress in this lesson" value="{done}" '
            f'max="{total}"></progress> {done} of {total} done. {trouble}</div>'
        )
        self.code.value = (
            f'<details style="{INK}"><summary>Carry your answers to another computer</summary>'
            f"<p>Note this code, and enter it there below:</p><code "
            f'style="overflow-wrap:anywhere">{escape(session.code())}</code></details>'
        )


class Locked(View):
    """A view that appears when a prediction is committed."""

    session: LessonSession

    def __init__(
        self, session: LessonSession, build: Callable[[LessonSession], View], key: str
    ) -> None:
        self._build, self._key = build, key
        self.view: View | None = None
        self.place = VBox([HTML(note_html("Commit your prediction above: then this appears."))])
        super().__init__(session, [self.place])
        self.follow("answers", self._redraw)

    def _redraw(self) -> None:
        if self.view is None and self._key in self.session.answers:
            self.view = self._build(self.session)
            self.place.children = (self.view,)
