"""What a learner's wrong model does to the estimates: it is run beside the one asked for."""

from __future__ import annotations

from ipywidgets import HTML, Button, HBox

from tutorkit.charts.consequences import consequence_picture
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError
from tutorkit.model.spec import ModelSpec
from tutorkit.run import Run
from tutorkit.teaching.runs import SEED, shipped_run
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.parts import ROW, WIDE, Display, View, appear, note_html, progress_html
from tutorkit.widgets.worker import Worker

BURN, ITERATIONS = 1000, 4000


class Consequence(View):
    """Run the model as it stands, and show how far its estimates lie from those asked for."""

    session: LessonSession

    def __init__(self, session: LessonSession, wanted: ModelSpec) -> None:
        self.wanted = wanted
        self.show = Button(description="See what it does to the estimates",
                           layout={"width": "auto"})  # fmt: skip
        self.stop = Button(description="Stop", tooltip="Stop and show what was drawn",
                           disabled=True)  # fmt: skip
        self.bar, self.display = HTML(), Display(layout=WIDE)
        self._run: Run | None = None
        self._worker = Worker(self._follow, self._end)
        row = HBox([self.show, self.stop], layout=ROW)
        super().__init__(session, [row, self.bar, self.display])
        self.on_click(self.show, self._start)
        self.stop.on_click(lambda _: self._run and self._run.stop())
        self.offer(False)

    def offer(self, wanted: bool) -> None:
        """Offer it, or take it away with what it showed."""
        appear(self, wanted)
        if not wanted and not self._worker.running:
            self.bar.value = ""
            self.display.explain("")

    def wait(self) -> None:
        """Wait until the run has ended."""
        self._worker.wait()

    def _start(self) -> None:
        self.session.demand_predictions("The prediction further down asks what this would show")
        spec = self.session.spec
        if self._worker.running or spec is None:
            raise TutorkitError("Nothing can be shown now", "Wait until the run has finished.")
        run = Run(spec, self.session.data, seed=SEED, burn=BURN, iterations=ITERATIONS)
        self._run = run
        self.show.disabled, self.stop.disabled = True, False
        self._follow()
        self._worker.start(run)

    def _follow(self) -> None:
        if self._run is not None and self._run.chains:
            done, total = sum(self._run.done), self._run.total
            self.bar.value = progress_html(done, total, "iterations", "Progress of this run")
        else:
            self.bar.value = note_html("Preparing the sampler…")

    def _end(self, result: Draws | Exception) -> None:
        self._worker.rest()
        self.show.disabled, self.stop.disabled = False, True
        self.bar.value = ""
        self.guarded(self._tell)(result)

    def _tell(self, result: Draws | Exception) -> None:
        if isinstance(result, Exception):
            raise result
        asked = shipped_run(self.session.name, self.wanted)
        if asked is None:
            raise TutorkitError("There is no run of the model asked for to compare with")
        self.display.show(consequence_picture(result, asked), unfolded=True)
