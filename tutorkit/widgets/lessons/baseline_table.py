"""The chapter's table 7.1 in a lesson."""

from __future__ import annotations

from ipywidgets import HTML

from tutorkit.reml import fit_reml
from tutorkit.report import baseline
from tutorkit.widgets.parts import View, note_html
from tutorkit.widgets.session import Session


class BaselineTable(View):
    """REML fits of the session's focal model: complete data, if they are known, and listwise."""

    def __init__(self, session: Session) -> None:
        self.table = HTML(layout={"width": "100%", "min_width": "0", "overflow": "auto"})
        super().__init__(session, [self.table])
        self.follow(["spec", "data"], self._redraw)

    def _redraw(self) -> None:
        session = self.session
        if session.spec is None:
            self.table.value = note_html("Choose an outcome for the focal model first.")
            return
        tables = {"Complete data": session.complete, "Listwise deletion": session.data}
        known = {name: table for name, table in tables.items() if table is not None}
        fits = {name: fit_reml(session.spec, table) for name, table in known.items()}
        self.table.value = baseline(fits)._repr_html_()
