"""A simulation study in a lesson: run, watched, stopped, and its pictures."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from ipywidgets import Button

from tutorkit.model.spec import ModelSpec
from tutorkit.study import Scenario, study
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.lessons.study_results import StudyResults
from tutorkit.widgets.lessons.work import Job, Show, Work
from tutorkit.widgets.parts import note_html, progress_html


class StudyView(Work):
    """Run a study in the background, and show what it found: of one parameter first, or means."""

    def __init__(
        self,
        session: LessonSession,
        scenario: Scenario,
        methods: Mapping[str, str | ModelSpec],
        replications: int,
        parameter: str = "",
    ) -> None:
        self._study = (scenario, methods)
        self._replications, self._done = replications, 0
        self.results = StudyResults(session, parameter=parameter)
        run = Button(description="Run the study", button_style="primary")
        super().__init__(session, run, [], [self.results])
        self.bar.value = note_html(f"{replications} data sets are to be made and analysed.")

    def job(self) -> Job:
        """Return the study."""

        def work(stop: threading.Event) -> Show:
            results = study(
                *self._study, replications=self._replications, stop=stop,
                progress=lambda done, _: self._follow(done),
            )  # fmt: skip
            return lambda: self.results.show(results)

        return work

    @property
    def ended(self) -> str:
        """How many data sets were made."""
        return f"Ended: {self._done} of {self._replications} data sets."

    def _follow(self, done: int) -> None:
        self._done = done
        bar = progress_html(done, self._replications, "data sets", "Progress of the study")
        self.bar.value = bar
