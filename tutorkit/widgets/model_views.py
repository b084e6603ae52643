"""The model at hand, seen in three ways that always agree, and advice on it."""

from __future__ import annotations

from html import escape
from itertools import count

import pandas as pd
from ipywidgets import HTML, HTMLMath, Tab

from tutorkit.advice import STEPS, Advice, advise
from tutorkit.charts import Picture
from tutorkit.charts.theme import COLOURS
from tutorkit.counts import describe_counts, parameter_counts
from tutorkit.data import prepare
from tutorkit.diagram import describe_diagram, estimates_for, path_diagram, path_table
from tutorkit.errors import TutorkitError
from tutorkit.formulas import Formula, Role, formulas
from tutorkit.widgets.parts import INK, Display, View, list_html, mistake_html, note_html
from tutorkit.widgets.session import Session

NO_MODEL = "There is no model yet: choose an outcome for the focal model."
NO_ADVICE = "No advice here. That does not prove the model right: no data can."
BORDERS: dict[Role, str] = {
    "focal": f"5px solid {COLOURS[0]}",
    "auxiliary": f"5px dashed {COLOURS[1]}",
    "selection": f"5px dotted {COLOURS[2]}",
}
_numbers = count(1)


class EquationsView(View):
    """The equations, each marked with its role."""

    def __init__(self, session: Session) -> None:
        self.display = HTMLMath()
        super().__init__(session, [self.display])
        self.follow("spec", self._redraw)

    def _redraw(self) -> None:
        spec = self.session.spec
        self.display.value = (
            note_html(NO_MODEL) if spec is None else "".join(map(_block, formulas(spec)))
        )


class DiagramView(View):
    """The path diagram, with estimates if the last run was of this model."""

    def __init__(self, session: Session) -> None:
        self.display = Display()
        self._uid = f"diagram{next(_numbers)}"  # what is drawn twice on a page needs two names
        super().__init__(session, [self.display])
        self.follow(["spec", "draws"], self._redraw)

    def _redraw(self) -> None:
        spec = self.session.spec
        if spec is None:
            self.display.explain(NO_MODEL)
            return
        estimates = estimates_for(spec, self.session.draws)
        try:
            svg = path_diagram(spec, estimates, uid=self._uid)
        except TutorkitError as error:
            self.display.explain(f"{error.message}. {error.hint}")
            return
        words = describe_diagram(spec, estimates)
        self.display.show(Picture(svg, words, path_table(spec, estimates)))


class CountView(View):
    """The number of parameters, or why the model does not fit the data."""

    def __init__(self, session: Session) -> None:
        self.display = HTML()
        super().__init__(session, [self.display])
        self.follow(["spec", "data"], self._redraw)

    def _redraw(self) -> None:
        session = self.session
        if session.spec is None:
            self.display.value = note_html(NO_MODEL)
            return
        try:
            model = prepare(session.spec, session.data).model
        except TutorkitError as error:
            self.display.value = mistake_html(error)
            return
        table = parameter_counts(session.spec, model)
        self.display.value = f'<p style="{INK}">{escape(describe_counts(table))}</p>{_table(table)}'


class ModelViews(View):
    """Equations, path diagram and number of parameters of one model."""

    def __init__(self, session: Session) -> None:
        self.equations = EquationsView(session)
        self.diagram = DiagramView(session)
        self.count = CountView(session)
        self.tabs = Tab(
            [self.equations, self.diagram, self.count],
            titles=("Equations", "Path diagram", "Parameters"),
        )
        super().__init__(session, [self.tabs])


class AdviceView(View):
    """Advice on the model, with ``so_far`` only on the steps up to the one at hand."""

    def __init__(self, session: Session, so_far: bool = False) -> None:
        self.so_far = so_far
        self.display = HTML()
        super().__init__(session, [self.display])
        self.follow(["spec", "data", "step"], self._redraw)

    def _redraw(self) -> None:
        session = self.session
        if session.spec is None:
            self.display.value = note_html(NO_MODEL)
            return
        steps = STEPS[: session.step + 1] if self.so_far else STEPS
        found = advise(session.spec, session.data)
        shown = [advice for advice in found if advice.step in steps]
        self.display.value = _list(shown) if shown else note_html(NO_ADVICE)


def _block(formula: Formula) -> str:
    """Return an equation with a border in its role's colour and dash, under the role's name."""
    return (
        f'<div style="{INK};border-left:{BORDERS[formula.role]};margin:.6em 0;padding:.2em .7em">'
        f"<div><b>{formula.role} model</b> of {escape(formula.outcome)}</div>"
        f'<div style="overflow-x:auto;overflow-y:hidden">${escape(formula.latex)}$</div></div>'
    )


def _table(table: pd.DataFrame) -> str:
    html = table.to_html(index=False, border=0)
    return f'<div style="{INK};overflow-x:auto">{html}</div>'


def _list(found: list[Advice]) -> str:
    return list_html(f"{escape(a.message)} <b>{escape(a.action)}</b>" for a in found)
