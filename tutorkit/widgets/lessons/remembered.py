"""Answers that the browser keeps, offered where the folder has lost them."""

from __future__ import annotations

import contextlib

from ipywidgets import HTML, Button, HBox

from tutorkit.errors import DataError
from tutorkit.teaching import lesson
from tutorkit.teaching.progress import Answers, from_code, joint, to_code
from tutorkit.widgets.frontend import Memory
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.parts import ROW, View, appear, note_html
from tutorkit.wording import listed


class Remembered(View):
    """Keep the learner's code in the browser, and offer what it knows more than the folder.

    A server that is started anew, as on Binder, has an empty folder; the browser is the same.
    """

    session: LessonSession

    def __init__(self, session: LessonSession) -> None:
        self.memory = Memory()
        self.words = HTML()
        self.back = Button(description="Bring them back")
        self.refuse = Button(description="They are not mine",
                             tooltip="They are not mine: forget them")  # fmt: skip
        self.offer = HBox([self.words, self.back, self.refuse], layout=ROW)
        super().__init__(session, [self.memory, self.offer])
        self.on(self.memory, lambda _: self._redraw(), "asked")
        self.on_click(self.back, lambda: session.take(self.memory.found))
        self.on_click(self.refuse, self._forget_found)
        self.follow("answers", self._redraw)

    @property
    def found(self) -> Answers:
        """The answers that the browser had, none if it had none that these lessons know."""
        with contextlib.suppress(DataError):
            return from_code(self.memory.found) if self.memory.found else {}
        return {}

    def _forget_found(self) -> None:
        self.memory.found = ""
        self._redraw()

    def _redraw(self) -> None:
        known, found = self.session.known(), self.found
        both = {name: joint(name, known.get(name, {}), more) for name, more in found.items()}
        more = {
            name: _n_done(name, both[name]) - _n_done(name, known.get(name, {})) for name in both
        }
        lost = [f"{n} in lesson {name}" for name, n in more.items() if n > 0]
        appear(self.offer, bool(lost))
        if lost:
            words = f"This browser remembers answers that are not in this folder: {listed(lost)}."
            self.words.value = f'<div role="status">{note_html(words)}</div>'
        if self.memory.asked:
            self.memory.kept = to_code({**known, **both})


def _n_done(name: str, answers: dict[str, object]) -> int:
    return len(lesson(int(name)).done_of(answers))
