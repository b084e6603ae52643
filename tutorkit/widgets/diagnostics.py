"""The view that checks a run: pictures of its chains, prior and posterior, and the report."""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import HTML, Dropdown, Layout

from tutorkit.chains import moving, worst_parameter
from tutorkit.charts import Picture
from tutorkit.charts.chain_pictures import (
    autocorrelation_picture,
    prior_posterior_picture,
    psr_picture,
    rank_picture,
    trace_picture,
)
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError
from tutorkit.report import report
from tutorkit.widgets.parts import WIDE, Display, View, appear, heading_html, note_html
from tutorkit.widgets.session import Session

BURN_IN, REPORT = "Burn-in PSR", "Report"
PICTURES: dict[str, Callable[[Draws, int], Picture]] = {
    "Traces": trace_picture,
    "Ranks": rank_picture,
    "Autocorrelation": autocorrelation_picture,
    "Prior and posterior": prior_posterior_picture,
}
NOTHING = "There is no run to check yet: run the model first."
CHANGED = (
    "The model or its settings have changed since this run. Run it again to check the new one."
)
STYLE = {"description_width": "80px"}


class Diagnostics(View):
    """Did the last run converge? One picture at a time, of one parameter."""

    def __init__(self, session: Session) -> None:
        names = [BURN_IN, *PICTURES, REPORT]
        self.picture = Dropdown(
            description="Show", options=names, style=STYLE, layout=Layout(width="360px")
        )
        self.parameter = Dropdown(description="Parameter", style=STYLE, layout=WIDE)
        self.note = HTML()
        self.display = Display(layout=WIDE)
        self.report = HTML(layout={"width": "100%", "min_width": "0", "overflow": "auto"})
        self._offered: Draws | None = None
        super().__init__(
            session,
            [
                HTML(heading_html("Check the last run")),
                self.picture, self.parameter, self.note, self.display, self.report,
            ],
        )  # fmt: skip
        self.on(self.picture, lambda _: self._draw())
        self.on(self.parameter, lambda _: self._draw())
        self.follow(["spec", "draws"], self._note)
        self.follow("draws", self._redraw)

    def _note(self) -> None:
        draws, spec = self.session.draws, self.session.spec
        changed = draws is not None and draws.spec != spec
        self.note.value = note_html(CHANGED) if changed else ""

    def _redraw(self) -> None:
        draws = self.session.draws
        if draws is not self._offered:
            self._offered = draws
            self._offer(draws)
        self._draw()

    def _offer(self, draws: Draws | None) -> None:
        """Offer the run's parameters: the one chosen stays chosen, first it is the worst."""
        chosen = self.parameter.label
        if draws is None or not draws.n_kept:
            self.parameter.options = ()
            return
        labels = {draws.parameters[k].label: k for k in moving(draws)}
        self.parameter.options = tuple(labels.items())
        if labels:
            self.parameter.value = labels.get(chosen, worst_parameter(draws))

    def _draw(self) -> None:
        name, draws = self.picture.value, self.session.draws
        appear(self.parameter, name in PICTURES)
        self.report.value = ""
        try:
            if draws is None:
                self.display.explain(NOTHING)
            elif name == REPORT:
                self.report.value = report(draws)._repr_html_()
                self.display.picture, self.display.value = None, ""
            elif name == BURN_IN:
                self.display.show(psr_picture(draws))
            elif self.parameter.value is None:  # no draw was kept, or only one
                worst_parameter(draws)  # says so
            else:
                self.display.show(PICTURES[name](draws, self.parameter.value))
        except TutorkitError as error:
            self.display.explain(f"{error.message}. {error.hint}")
