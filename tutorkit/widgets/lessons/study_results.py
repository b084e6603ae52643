"""What a study found, in one of several pictures."""

from __future__ import annotations

import pandas as pd
from ipywidgets import Dropdown

from tutorkit.charts.picture import Picture
from tutorkit.charts.studies import closer_picture, estimates_picture, means_picture
from tutorkit.errors import TutorkitError
from tutorkit.study import LISTWISE
from tutorkit.widgets.choices import offer
from tutorkit.widgets.parts import WIDE, Display, View, appear
from tutorkit.widgets.session import Session

MEANS, CLOSER, ALL = "Means of the estimates", "How often nearer than listwise", "All estimates"
STYLE = {"description_width": "80px"}


class StudyResults(View):
    """Means, all estimates of a parameter, or how often a method is closer than listwise.

    ``parameter`` is the one that is shown first; without one the means are.
    """

    def __init__(
        self, session: Session, results: pd.DataFrame | None = None, parameter: str = ""
    ) -> None:
        self.picture = Dropdown(description="Show", style=STYLE, layout=WIDE)
        self.parameter = Dropdown(description="Parameter", style=STYLE, layout=WIDE)
        self.method = Dropdown(description="Method", style=STYLE, layout=WIDE)
        self.display = Display(layout=WIDE)
        self.results: pd.DataFrame | None = None
        self._first, self._shown = parameter, False
        super().__init__(session, [self.picture, self.parameter, self.method, self.display])
        for dropdown in (self.picture, self.parameter, self.method):
            self.on(dropdown, lambda _: self._draw())
        self._draw()
        if results is not None:
            self.show(results)

    def show(self, results: pd.DataFrame) -> None:
        """Show the table of a study."""
        self.results = results
        self._quietly(self._offer)
        self._draw()

    def _offer(self) -> None:
        results = self.results
        if results is None:
            return
        others = [name for name in dict.fromkeys(results["method"]) if name != LISTWISE]
        compared = LISTWISE in set(results["method"]) and bool(others)
        offer(self.picture, [MEANS, ALL, *[CLOSER] * compared])
        offer(self.method, others, default=-1)
        offer(self.parameter, list(dict.fromkeys(results["parameter"].dropna())))
        if self._first in self.parameter.options and not self._shown:
            self.picture.value, self.parameter.value = ALL, self._first
            self._shown = True

    def _draw(self) -> None:
        appear(self.picture, self.results is not None)
        appear(self.parameter, self.picture.value == ALL)
        appear(self.method, self.picture.value == CLOSER)
        if self.results is None:
            return
        try:
            self.display.show(self._picture(self.results))
        except TutorkitError as error:  # such as a study that was stopped early
            self.display.explain(f"{error.message}. {error.hint}")

    def _picture(self, results: pd.DataFrame) -> Picture:
        if self.picture.value == ALL and self.parameter.value is not None:
            return estimates_picture(results, self.parameter.value)
        if self.picture.value == CLOSER:
            return closer_picture(results, self.method.value, LISTWISE)
        return means_picture(results)
