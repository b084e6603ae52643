"""A simulation study in a lesson: run, watched, stopped, and its picture."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from ipywidgets import HTML, Button, HBox

from tutorkit.errors import TutorkitError
from tutorkit.model.spec import ModelSpec
from tutorkit.study import Scenario, study
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.lessons.study_results import StudyResults
from tutorkit.widgets.parts import ROW, View, progress_html


class StudyView(View):
    """Run a study in the background, and show what it found: of one parameter first, or means."""

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
        self._replications = replications
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.run = Button(description="Run the study", button_style="primary")
        self.stop = Button(description="Stop", tooltip="Stop and keep what has finished",
                           disabled=True)  # fmt: skip
        self.bar, self.results = HTML(), StudyResults(session, parameter=parameter)
        row = HBox([self.run, self.stop], layout=ROW)
        super().__init__(session, [row, self.bar, self.results])
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
            self.results.show(results)
        except Exception as error:
            self.message.report(error)
        finally:
            self.run.disabled, self.stop.disabled = False, True

    def _show(self, done: int) -> None:
        bar = progress_html(done, self._replications, "data sets", "Progress of the study")
        self.bar.value = bar
