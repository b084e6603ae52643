"""The whole workbench: build the model, see the data, run, compare, check."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from IPython.display import DisplayHandle
from ipywidgets import HTML, Tab, VBox

from tutorkit.charts import draw_in_background
from tutorkit.draws import Draws
from tutorkit.model.spec import ModelSpec
from tutorkit.report import report
from tutorkit.widgets.builder import ModelBuilder
from tutorkit.widgets.comparison import Comparison
from tutorkit.widgets.data_views import DataViews
from tutorkit.widgets.diagnostics import Diagnostics
from tutorkit.widgets.parts import View
from tutorkit.widgets.runner import Runner
from tutorkit.widgets.session import Session
from tutorkit.widgets.snapshot import snapshot_html, title_html
from tutorkit.widgets.sources import Source

PAGES = {
    "Model": ModelBuilder,
    "Data": DataViews,
    "Run": Runner,
    "Compare": Comparison,
    "Check": Diagnostics,
}


class Workbench(View):
    """Build a model, run it and see it, in JupyterLab.

    Parameters
    ----------
    source
        A built-in data set ("04_multilevel", "exercise_04"), a csv file, or a DataFrame.
    script
        A script, or a model, to begin with; without one the model is built from nothing.

    Raises
    ------
    TutorkitError
        If there are no such data, or the script cannot be read.
    """

    def __init__(self, source: Source, script: str | ModelSpec | None = None) -> None:
        session = Session(source, script)
        self.title = HTML()
        pages = [Page(partial(page, session)) for page in PAGES.values()]
        self.pages = Tab(pages, titles=list(PAGES))
        self._copy: DisplayHandle | None = None
        self._reported: Draws | None = None
        self._report = ""
        super().__init__(session, [self.title, self.pages])
        self.on(self.pages, self._turn_and_copy, "selected_index")
        self._turn()
        self.follow("name", self._redraw)
        self.follow(["draws", "fits", "name"], self._renew_copy)

    def run(self) -> Draws | None:
        """Run the model and wait for it, as a cell of a notebook that is run as a whole does.

        Returns
        -------
        Draws
            The last run with draws.

        Raises
        ------
        TutorkitError
            As `Session.start` and `Session.wait` do.
        """
        self.session.start()
        self.session.wait()
        return self.session.draws

    def _redraw(self) -> None:
        self.title.value = title_html(self.session)

    def _turn_and_copy(self, _: int) -> None:
        self._turn()
        self._update_copy()

    def _turn(self) -> None:
        """Let the pages that nobody looks at rest: their pictures take time."""
        for k, page in enumerate(self.pages.children):
            if k == self.pages.selected_index:
                page.wake()
            else:
                page.sleep()

    def _ipython_display_(self) -> None:
        """Show the live view and, for the day it has no kernel any more, a copy that stays."""
        draw_in_background()  # the first chart takes seconds; most pages have one
        self._copy = self.show_with_copy(self._static())

    def _renew_copy(self) -> None:
        """Bring the copy up to date, and for it what nobody looks at."""
        if self._copy is not None:
            self._update_copy()  # the report at once: new pictures may take seconds
            for page in self.pages.children:
                if self.session.draws is not None or page.view:
                    page.wake()
            self._update_copy()
            self._turn()

    def _update_copy(self) -> None:
        if self._copy is not None:
            self._copy.update(self.copied(self._static()))

    def _static(self) -> str:
        draws = self.session.draws
        if draws is not self._reported:
            self._reported, self._report = draws, ""
            if draws is not None and draws.n_kept:
                self._report = report(draws)._repr_html_()
        return snapshot_html(self, self._report)


class Page(VBox):
    """One page, built when it is first looked at; only while it is, it follows the session."""

    def __init__(self, build: Callable[[], View]) -> None:
        super().__init__()
        self._build = build
        self.view: View | None = None

    def wake(self) -> None:
        """Show what is."""
        if self.view is None:
            self.view = self._build()
            self.children = (self.view,)
        self.view.wake()

    def sleep(self) -> None:
        """Follow the session no longer."""
        if self.view is not None:
            self.view.sleep()
