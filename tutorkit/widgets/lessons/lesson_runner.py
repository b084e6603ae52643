"""Running a model in a lesson: as in the workbench, or seen at once."""

from __future__ import annotations

from ipywidgets import HTML, Button, HBox

from tutorkit.draws import Draws
from tutorkit.teaching.checking import ROLES, findings
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.parts import ROW, View, note_html
from tutorkit.widgets.runner import Runner
from tutorkit.widgets.session import COMPILING, SAMPLING

OFFER = "or see at once what this run gives:"


class LessonRunner(View):
    """The runner, and a button that shows a run that comes with the lesson."""

    session: LessonSession

    def __init__(self, session: LessonSession) -> None:
        self.runner = Runner(session)
        tip = "Show me the run that comes with the lesson"
        self.button = Button(description="Show me", tooltip=tip)
        self.status = HTML()
        row = HBox([HTML(note_html(OFFER)), self.button], layout=ROW)
        super().__init__(session, [self.runner, row, self.status])
        self.on_click(self.button, session.show_me)
        self.follow(["draws", "shown", "status", "spec"], self._redraw)

    def _redraw(self) -> None:
        session = self.session
        shown = session.shown if session.draws is session.shown else None
        self.status.value = "" if shown is None else self._told(shown)
        self.button.disabled = session.status in (COMPILING, SAMPLING)

    def _told(self, draws: Draws) -> str:
        spec = draws.spec
        same = not findings(self.session.spec, spec, ROLES)
        own = "of your model" if same else "of the model that is asked for"
        words = (
            f"Shown: {draws.n_kept:,} draws of {spec.chains} chains that come with this lesson "
            f"(seed {draws.seed}, burn-in {spec.burn:,}), {own}. Press Run to draw your own."
        )
        return f'<div role="status">{note_html(words)}</div>'
