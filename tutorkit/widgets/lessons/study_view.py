"""A simulation study in a lesson: run, watched, stopped, and its picture."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from ipywidgets import HTML, Button, HBox

from tutorkit.charts.studies import estimates_picture, means_picture
from tutorkit.errors import TutorkitError
from tutorkit.model.spec import ModelSpec
from tutorkit.study import Scenario, study
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.parts import INK, ROW, WIDE, Display, View


class StudyView(View):
    """Run a study in the background; the picture is of one parameter, or of all means."""

    session: LessonSession

    def __init__(
        self,
        session: LessonSession,
        scenario: Scenario,
        methods: Mapping[str, str | ModelSpec],
        replications: int,
        parameter: str = "",
    ) -> None:
        self._study = (scenario, methods)
        self._replications, self._parameter = replications, parameter
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.run = Button(description="Run the study", button_style="primary")
        self.stop = Button(description="Stop", tooltip="Stop and keep what has finished",
                           disabled=True)  # fmt: skip
        self.bar, self.display = HTML(), Display(layout=WIDE)
        row = HBox([self.run, self.stop], layout=ROW)
        super().__init__(session, [row, self.bar, self.display])
        self.on_click(self.run, self._start)
        self.stop.on_click(lambda _: self._stop.set())
        self._show(0)

    def wait(self) -> None:
        """Wait until the study has ended."""
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            raise TutorkitError("The study is running", "Stop it, or wait until it has finished.")
        self._stop.clear()
        self.run.disabled, self.stop.disabled = True, False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        try:
            results = study(
                *self._study, replications=self._replications, stop=self._stop,
                progress=lambda done, _: self._show(done),
            )  # fmt: skip
            if self._parameter:
                self.display.show(estimates_picture(results, self._parameter))
            else:
                self.display.show(means_picture(results))
        except Exception as error:
            self.message.report(error)
        finally:
            self.run.disabled, self.stop.disabled = False, True

    def _show(self, done: int) -> None:
        total = self._replications
        self.bar.value = (
            f'<div style="{INK}"><progress aria-label="Progress of the study" '
            f'value="{done}" max="{total}" style="width:320px"></progress> {done} of {total} data '
            "sets</div>"
        )
