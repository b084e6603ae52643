"""A laboratory: delete values of the outcome, and see what listwise deletion makes of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from ipywidgets import HTML, Button, FloatSlider, HBox, ToggleButtons

from tutorkit.charts import describe, interval_chart, show
from tutorkit.charts.missingness import observed_and_complete_picture
from tutorkit.charts.studies import means_picture
from tutorkit.comparison import compare
from tutorkit.errors import DataError
from tutorkit.reml import RemlFit, fit_reml
from tutorkit.study import MECHANISMS, Deletion, chapter_scenario
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.lessons.words import STYLE, asked, verdict_html
from tutorkit.widgets.parts import ROW, WIDE, Display, Group, View, heading_html, note_html

STRENGTH = "Effect on missingness, in probits per SD of its cause"
RATE = "Share of y that goes missing"
OUTCOME, COVARIATE = "y", "x3i"
TIMES = 40
NARROW = {"width": "auto", "align_self": "flex-start"}
LEAST = 0.3  # share of missing values that the task asks for
WHAT = {
    "MCAR": "y is missing by chance alone.",
    "MAR": "The larger x3i, the more often y is missing.",
    "MNAR": "The larger y, the more often it is missing.",
}
ONCE = f"One deletion shows bias and chance together. Repeat it {TIMES} times to tell them apart."
HARMLESS = (
    "Rows are lost, so intervals are wider, but the estimates stand around those of the complete "
    "data: given the predictors, the rows that are left are like those that are lost."
)
HARMFUL = "See the means of the repetitions above: they lie apart from those of the complete data."
COMPLETE, LISTWISE = "complete data", "listwise"


class BreakLab(View):
    """Choose how y goes missing from the complete data; y's distribution and the fits follow."""

    session: LessonSession

    def __init__(self, session: LessonSession, task: str, text: str) -> None:
        self.task = task
        scenario = chapter_scenario()
        self.spec, self.truth = scenario.spec, scenario.truth
        self._rng = np.random.default_rng(1)
        self._whole: RemlFit | None = None
        self._drawn: str | None = None
        self.mechanism = ToggleButtons(options=MECHANISMS, value="MNAR", tooltip="Mechanism",
                                       style={"button_width": "90px"})  # fmt: skip
        self.what = HTML()
        self.strength = _slider("Strength", 1.1, (0.0, 3.0, 0.1), STRENGTH, ".1f")
        self.rate = _slider("Missing", 0.24, (0.05, 0.7, 0.01), RATE, ".0%")
        self.again = Button(description="Delete again", tooltip="Delete again, by other chances")
        self.repeat = Button(description=f"Repeat {TIMES} times", layout={"width": "auto"})
        self.check = Button(description="This does no harm", layout=NARROW)
        self.distribution, self.fits = Display(layout=WIDE), Display(layout=WIDE)
        self.repeated, self.verdict = Display(layout=WIDE), HTML(layout=WIDE)
        choices = [self.mechanism, self.what, self.strength, self.rate]
        super().__init__(
            session,
            [
                HTML(STYLE + heading_html("Break the data yourself")),
                Group("How y goes missing from the complete data", choices),
                HBox([self.again, self.repeat], layout=ROW),
                self.distribution, self.fits, self.repeated,
                asked(text, [self.check, self.verdict], "Your task: "),
            ],
        )  # fmt: skip
        for control in (self.mechanism, self.strength, self.rate):
            self.on(control, lambda _: self._quietly(self._draw))
        self.on_click(self.again, self._draw)
        self.on_click(self.repeat, self._repeat)
        self.on_click(self.check, self._check)
        self.follow("data", self._begin)
        self.follow("answers", self._redraw)

    @property
    def deletion(self) -> Deletion:
        """How y goes missing, as chosen."""
        causes = {
            "MCAR": {},
            "MAR": {COVARIATE: self.strength.value},
            "MNAR": {OUTCOME: self.strength.value},
        }[self.mechanism.value]
        return Deletion(OUTCOME, self.rate.value, causes)

    def _begin(self) -> None:
        self._whole = None
        self._draw()

    def _draw(self) -> None:
        self.what.value = note_html(WHAT[self.mechanism.value])
        self.strength.disabled = self.mechanism.value == "MCAR"
        complete = self._complete()
        data = self.deletion.apply(complete, self._rng)
        self.distribution.show(observed_and_complete_picture(data, complete, OUTCOME))
        fits = {COMPLETE: self._fit_whole(), LISTWISE: fit_reml(self.spec, data)}
        table = compare(fits, self.truth)
        self.fits.show(show(interval_chart(table), describe(table), table))
        self.repeated.explain(ONCE)

    def _repeat(self) -> None:
        self.repeated.explain("Repeating…")
        self.repeated.show(means_picture(self._repetitions()))

    def _repetitions(self) -> pd.DataFrame:
        """Return listwise fits of the same complete data, deleted anew each time, as a study's."""
        whole, rows = self._fit_whole(), []
        for number in range(1, TIMES + 1):
            data = self.deletion.apply(self._complete(), self._rng)
            for method, fit in ((COMPLETE, whole), (LISTWISE, fit_reml(self.spec, data))):
                parts = (fit.names, fit.estimate, fit.se, fit.lower, fit.upper)
                rows += [(number, method, *row) for row in zip(*parts, strict=True)]
        columns = ["replication", "method", "parameter", "estimate", "sd", "lower", "upper"]
        table = pd.DataFrame(rows, columns=columns)
        truth = {name: value for (of, name), value in self.truth.items() if of == OUTCOME}
        return table.assign(truth=table["parameter"].map(truth), psr=np.nan, problem="")

    def _check(self) -> None:
        deletion = self.deletion
        harmful = deletion.causes.get(OUTCOME, 0.0) > 0
        if deletion.rate < LEAST:
            words = f"Only {deletion.rate:.0%} of y is missing here. Let at least {LEAST:.0%} be."
            self.verdict.value = verdict_html("Not enough is missing.", words, False)
        elif harmful:
            self._repeat()
            head = "It does harm: y decides itself whether it is missing."
            self.verdict.value = verdict_html(head, HARMFUL, False)
        else:
            self._repeat()
            # without strength nothing in the data decides
            mechanism = self.mechanism.value if any(deletion.causes.values()) else "MCAR"
            self._drawn = None
            self.session.answer(self.task, f"{mechanism} with {deletion.rate:.0%} missing")

    def _redraw(self) -> None:
        found = self.session.answers.get(self.task)
        if found and found != self._drawn:
            self.verdict.value = verdict_html(f"Right: {found}.", HARMLESS, True)
        self._drawn = found

    def _complete(self) -> pd.DataFrame:
        if self.session.complete is None:
            raise DataError("Only simulated data have complete values", "Load '04_multilevel'.")
        return self.session.complete

    def _fit_whole(self) -> RemlFit:
        if self._whole is None:
            self._whole = fit_reml(self.spec, self._complete())
        return self._whole


def _slider(
    description: str, value: float, span: tuple[float, float, float], tip: str, form: str
) -> FloatSlider:
    low, high, step = span
    return FloatSlider(
        description=description, value=value, min=low, max=high, step=step, readout_format=form,
        tooltip=tip, continuous_update=False, layout=WIDE,
    )  # fmt: skip
