"""What a learner's wrong model does to the estimates: it is run beside the one asked for."""

from __future__ import annotations

import threading

from ipywidgets import Button

from tutorkit.charts.consequences import consequence_picture
from tutorkit.errors import TutorkitError
from tutorkit.model.spec import ModelSpec
from tutorkit.sampling import sample
from tutorkit.teaching.runs import SEED, shipped_run
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.lessons.work import Job, Show, Work
from tutorkit.widgets.parts import WIDE, Display, appear, progress_html

BURN, ITERATIONS = 1000, 4000


class Consequence(Work):
    """Run the model as it stands, and show how far its estimates lie from those asked for."""

    def __init__(self, session: LessonSession, wanted: ModelSpec) -> None:
        self.wanted = wanted
        self.display = Display(layout=WIDE)
        run = Button(description="See what it does to the estimates", layout={"width": "auto"})
        super().__init__(session, run, [], [self.display])
        self.offer(False)

    def offer(self, wanted: bool) -> None:
        """Offer it, or take it away with what it showed."""
        appear(self, wanted)
        if not wanted:
            self.halt()
            self.bar.value = ""
            self.display.explain("")

    def job(self) -> Job:
        """Return a run of the model as it stands."""
        self.session.demand_predictions("The prediction further down asks what this would show")
        spec, data = self.session.spec, self.session.data
        asked = shipped_run(self.session.name, self.wanted)
        if spec is None or asked is None:
            raise TutorkitError("There is nothing to compare with", "Load the lesson's own data.")

        def work(stop: threading.Event) -> Show:
            yours = sample(
                spec, data, seed=SEED, burn=BURN, iterations=ITERATIONS, stop=stop,
                progress=self._follow,
            )  # fmt: skip

            def show() -> None:
                if self.session.spec is spec and self.session.data is data:
                    self.display.show(consequence_picture(yours, asked), unfolded=True)

            return show

        return work

    def _follow(self, done: int, total: int) -> None:
        self.bar.value = progress_html(done, total, "iterations", "Progress of this run")
