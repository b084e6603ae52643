"""The focal model under several assumptions: fitted one by one, or seen at once, and reported."""

from __future__ import annotations

import threading
from functools import partial
from html import escape

from ipywidgets import HTML, Button, HBox

from tutorkit.charts.sensitivity import sensitivity_picture
from tutorkit.comparison import Fit
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError
from tutorkit.model.script import parse
from tutorkit.reml import fit_reml
from tutorkit.sampling import sample
from tutorkit.teaching.runs import shipped_run
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.parts import ROW, WIDE, Display, View, list_html, progress_html
from tutorkit.widgets.session import LISTWISE


class Sensitivity(View):
    """Fit all of the lesson's assumptions; the fits are kept in the session."""

    session: LessonSession

    def __init__(self, session: LessonSession) -> None:
        self.assumptions = {a.name: (a.words, parse(a.script)) for a in session.content.assumptions}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.run = Button(description="Fit all", button_style="primary",
                          tooltip="Fit all, one after the other")  # fmt: skip
        self.stop = Button(description="Stop", tooltip="Stop and keep what has been fitted",
                           disabled=True)  # fmt: skip
        self.show = Button(description="Show me", tooltip="Show me the fits that come with it")
        self.list, self.bar = HTML(layout=WIDE), HTML()
        self.display = Display(layout=WIDE)
        row = HBox([self.run, self.stop, self.show], layout=ROW)
        super().__init__(session, [self.list, row, self.bar, self.display])
        self.list.value = list_html(
            f"<b>{escape(name)}</b>: {escape(words)}"
            for name, (words, _) in self.assumptions.items()
        )
        self.on_click(self.run, self._start)
        self.on_click(self.show, self._show)
        self.stop.on_click(lambda _: self._stop.set())
        self.follow("fits", self._redraw)

    def wait(self) -> None:
        """Wait until all is fitted."""
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            raise TutorkitError("They are being fitted", "Stop, or wait until all are done.")
        self._stop.clear()
        self.run.disabled, self.stop.disabled = True, False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        try:
            for name, (_, spec) in self.assumptions.items():
                self._follow(name, 0, 1)
                draws = sample(
                    spec, self.session.data, stop=self._stop,
                    progress=partial(self._follow, name),
                )  # fmt: skip
                if self._stop.is_set():
                    break
                self.session.take_fits({name: draws})
            self.bar.value = ""
        except Exception as error:
            self.message.report(error)
        finally:
            self.run.disabled, self.stop.disabled = False, True

    def _follow(self, name: str, done: int, total: int) -> None:
        self.bar.value = progress_html(done, total, f"iterations of {name}", "Progress of the fits")

    def _show(self) -> None:
        data = self.session.content.data
        runs = {name: shipped_run(data, spec) for name, (_, spec) in self.assumptions.items()}
        self.session.take_fits({name: run for name, run in runs.items() if run is not None})

    def _redraw(self) -> None:
        session = self.session
        known: dict[str, Draws] = {
            n: session.fits[n] for n in self.assumptions if n in session.fits
        }
        if not known:
            self.display.explain("Fit all, or let them be shown: the report stands here.")
            return
        first = next(iter(known.values()))
        fits: dict[str, Fit] = {LISTWISE: fit_reml(first.spec, session.data), **known}
        self.display.show(sensitivity_picture(fits), unfolded=True)
