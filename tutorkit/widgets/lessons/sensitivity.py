"""The focal model under several assumptions: fitted one by one, or seen at once, and reported."""

from __future__ import annotations

import threading
from functools import partial
from html import escape

from ipywidgets import HTML, Button

from tutorkit.charts.sensitivity import sensitivity_picture
from tutorkit.comparison import Fit
from tutorkit.draws import Draws
from tutorkit.model.script import parse
from tutorkit.reml import fit_reml
from tutorkit.sampling import sample
from tutorkit.teaching.runs import shipped_run
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.lessons.work import Job, Show, Work
from tutorkit.widgets.parts import WIDE, Display, list_html, progress_html
from tutorkit.widgets.session import LISTWISE


class Sensitivity(Work):
    """Fit all of the lesson's assumptions; the fits are kept in the session under their names."""

    def __init__(self, session: LessonSession) -> None:
        self.assumptions = {a.name: (a.words, parse(a.script)) for a in session.content.assumptions}
        run = Button(description="Fit all", button_style="primary",
                     tooltip="Fit all, one after the other")  # fmt: skip
        self.show = Button(description="Show me", tooltip="Show me the fits that come with the "
                                                          "lesson")  # fmt: skip
        self.words = HTML(layout=WIDE)
        self.display = Display(layout=WIDE)
        super().__init__(session, run, [self.show], [self.display], [self.words])
        self.words.value = list_html(
            f"<b>{escape(name)}</b>: {escape(words)}"
            for name, (words, _) in self.assumptions.items()
        )
        self.on_click(self.show, self._show)
        self.follow("fits", self._redraw)

    def job(self) -> Job:
        """Return the fits of all assumptions to the data as they are."""
        session = self.session
        session.demand_own_data()
        data = session.data

        def work(stop: threading.Event) -> Show:
            for name, (_, spec) in self.assumptions.items():
                draws = sample(spec, data, stop=stop, progress=partial(self._follow, name))
                if not draws.stopped and session.data is data:
                    session.take_fits({name: draws})
                if stop.is_set():
                    break
            return lambda: None

        return work

    def _follow(self, name: str, done: int, total: int) -> None:
        self.bar.value = progress_html(done, total, f"iterations of {name}", "Progress of the fits")

    def _show(self) -> None:
        self.session.demand_own_data()
        data = self.session.name
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
