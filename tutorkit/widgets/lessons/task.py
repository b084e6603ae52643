"""A model to be built: the builder, checks that name what differs, and hints."""

from __future__ import annotations

from html import escape
from typing import Any

from ipywidgets import HTML, Button, HBox

from tutorkit.errors import TutorkitError
from tutorkit.model.script import parse
from tutorkit.teaching import Task
from tutorkit.teaching.checking import Finding, findings
from tutorkit.widgets.builder import ModelBuilder
from tutorkit.widgets.lessons.consequence import Consequence
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.lessons.words import STYLE, asked, verdict_html
from tutorkit.widgets.parts import ROW, WIDE, Message, View, list_html

SHOW = "Show the model"


class TaskView(View):
    """Build a model by choosing or typing; Check says what is missing and what is too much."""

    session: LessonSession

    def __init__(self, session: LessonSession, task: Task) -> None:
        self.task, self.wanted = task, parse(task.script)
        if session.spec is None and session.problem is None and task.start:
            session.write(task.start)
        self.builder = ModelBuilder(session)
        self.check = Button(description="Check", tooltip="Check the model")
        self.hint = Button(description="Hint", tooltip="Hint: the next one")
        self.verdict, self.hints = HTML(layout=WIDE), HTML(layout=WIDE)
        self.consequence = Consequence(session, self.wanted)
        self.message = Message()
        row = HBox([self.check, self.hint], layout=ROW)
        group = asked(task.text, [row, self.message, self.verdict, self.consequence, self.hints])
        super().__init__(session, [HTML(STYLE), group, self.builder])
        session.step = task.step
        self.on_click(self.check, self._check)
        self.on_click(self.hint, self._hint)
        self.follow("answers", self._redraw)
        self.follow("spec", self._forget_verdict)
        if self._answer["right"]:
            self.verdict.value = verdict_html("You have built it before.", task.words, True)

    @property
    def _answer(self) -> dict[str, Any]:
        return {"right": False, "hints": 0, **self.session.answers.get(self.task.key, {})}

    def _check(self) -> None:
        session = self.session
        if session.problem is not None:
            hint = "Correct it first: it is marked in the script below."
            raise TutorkitError("The script has a mistake", hint)
        found = findings(session.spec, self.wanted, self.task.roles, self.task.free)
        if not found:
            session.answer(self.task.key, {**self._answer, "right": True})
        self.verdict.value = self._told(found)
        self.consequence.offer(bool(found) and session.spec is not None)

    def _hint(self) -> None:
        given = self._answer["hints"]
        if given < len(self.task.hints):
            self.session.answer(self.task.key, {**self._answer, "hints": given + 1})
        else:
            self.session.write(self.task.script)

    def _redraw(self) -> None:
        given = self._answer["hints"]
        self.hint.description = "Hint" if given < len(self.task.hints) else SHOW
        self.hint.tooltip = (
            f"{self.hint.description}: {given} of {len(self.task.hints)} hints given"
        )
        hints = list_html(map(escape, self.task.hints[:given]))
        self.hints.value = f'<div role="status">{hints}</div>' if given else ""

    def _forget_verdict(self) -> None:
        self.verdict.value = ""
        self.consequence.offer(False)

    def _told(self, found: list[Finding]) -> str:
        if not found:
            return verdict_html("This is the model.", self.task.words, True)
        n = len(found)
        head = f"{n} thing{'s' * (n > 1)} differ{'s' * (n == 1)} from what is asked for."
        items = list_html(f"<b>{escape(f.what)}</b> {escape(f.why)}" for f in found)
        return verdict_html(head, "", False, items)
