"""The view of all fits side by side: which to show, their intervals, two of them as curves."""

from __future__ import annotations

from typing import Any

import pandas as pd
from ipywidgets import HTML, Button, Checkbox, Dropdown, HBox, Layout, Text

from tutorkit.charts import describe, interval_chart, show
from tutorkit.charts.densities import density_picture, without_curve
from tutorkit.comparison import (
    TRUTH,
    Fit,
    comparable,
    compare,
    focal_formula,
    true_formula,
    truth_fits,
    wide,
)
from tutorkit.errors import TutorkitError
from tutorkit.model.spec import ModelSpec
from tutorkit.reml import RemlFit, fit_reml
from tutorkit.truth import Truth
from tutorkit.widgets.choices import offer
from tutorkit.widgets.parts import (
    ROW,
    WIDE,
    Display,
    Message,
    View,
    appear,
    heading_html,
    mistake_html,
    note_html,
)
from tutorkit.widgets.session import COMPLETE, LAST, LISTWISE, Session

NAMED = {"description_width": "initial"}
NOTHING = (
    "Nothing to compare yet: choose an outcome for the focal model, or run the model, and tick "
    "what to show."
)
CHANGED = (
    "The model or its settings have changed since the last run. Run it again to compare the new "
    "one."
)


class Comparison(View):
    """Fits of one focal model: complete data and listwise deletion by REML, and runs.

    The REML fits are of the model of the last run; before there is one, of the model in the editor.
    """

    def __init__(self, session: Session) -> None:
        self.truth = _tick(TRUTH, value=False)
        self.complete = _tick(f"{COMPLETE} (REML)")
        self.listwise = _tick(f"{LISTWISE} (REML)")
        self.last = _tick(LAST)
        self.kept: dict[str, Checkbox] = {}
        self.kept_row = HBox(layout=ROW)
        self.name = Text(description="Name for the last run", style=NAMED)
        self.keep = Button(description="Keep the last run")
        self.kept_run = Dropdown(description="Kept run", style=NAMED)
        self.take_out = Button(description="Take out")
        self.take_out_row = HBox([self.kept_run, self.take_out], layout=ROW)
        self.message = Message()
        self.notes = HTML()
        self.intervals = Display(layout=WIDE)
        self.parameter = Dropdown(description="Parameter", style=NAMED)
        self.first = Dropdown(description="First fit", style=NAMED)
        self.second = Dropdown(description="Second fit", style=NAMED)
        self.no_curve = HTML(layout=WIDE)
        self.densities = Display(layout=WIDE)
        self._shown: dict[str, Fit] = {}
        self._names: list[str] = []
        self._table: pd.DataFrame | None = None
        super().__init__(
            session,
            [
                HTML(heading_html("Compare fits")),
                HBox([self.truth, self.complete, self.listwise, self.last], layout=ROW),
                self.kept_row,
                HBox([self.name, self.keep], layout=ROW),
                self.take_out_row,
                self.message,
                self.notes,
                self.intervals,
                HTML(heading_html("Two fits, one parameter")),
                HBox([self.parameter, self.first, self.second], layout=ROW),
                self.no_curve,
                self.densities,
            ],
        )
        self.on(self.truth, self._reveal)
        for box in (self.complete, self.listwise, self.last):
            self.on(box, self._choose)
        for dropdown in (self.parameter, self.first, self.second):
            self.on(dropdown, self._choose_curves)
        self.on_click(self.keep, self._keep)
        self.on_click(self.take_out, self._take_out)
        followed = ["spec", "data", "complete", "truth", "draws", "fits", "revealed"]
        self.follow(followed, self._redraw)

    # -- what the user does

    def _reveal(self, value: bool) -> None:
        self.session.revealed = value

    def _choose(self, _: Any) -> None:
        self._quietly(self._draw)

    def _choose_curves(self, _: Any) -> None:
        self._quietly(self._draw_densities)

    def _keep(self) -> None:
        name = self.name.value.strip()
        self.session.keep(name)
        self.name.value = ""
        self.message.say(f"The last run is kept as '{name}'.")

    def _take_out(self) -> None:
        name = self.kept_run.value
        if name is None:
            raise TutorkitError("There is no kept run to take out", "Keep the last run first.")
        fit = self.session.fits[name]
        self.session.forget(name)
        if fit is self.session.draws:
            back = "It is still the last run: keep it again under a name to have it back."
        else:
            back = "To have it back, run its model again and keep that run."
        self.message.say(f"'{name}' was taken out. {back}")

    # -- what the session says

    def _redraw(self) -> None:
        session = self.session
        self.truth.value = session.revealed
        appear(self.truth, bool(session.truth))
        appear(self.complete, session.complete is not None and session.revealed)
        self.last.disabled = session.draws is None
        if list(self.kept) != list(session.fits):
            self.kept = {
                name: self.kept.get(name) or self._tick_kept(name) for name in session.fits
            }
            self.kept_row.children = tuple(self.kept.values())
            offer(self.kept_run, list(self.kept))
        appear(self.take_out_row, bool(self.kept))
        self._draw()

    def _tick_kept(self, name: str) -> Checkbox:
        box = _tick(name)
        self.on(box, self._choose)
        return box

    def _draw(self) -> None:
        fits, notes = self._ticked()
        self._shown, others = comparable(fits)
        if others:
            shown = focal_formula(next(iter(self._shown.values())))
            notes += [
                note_html(
                    f"Not shown: '{name}' has another focal model ({focal_formula(fit)}). "
                    f"To see it, untick the fits of {shown}."
                )
                for name, fit in others.items()
            ]
        self.notes.value = "".join([*notes, *self._remarks()])
        table = compare(self._shown, self._truth) if self._shown else None
        names = [COMPLETE, LISTWISE, LAST, *self.session.fits]  # in this order, shown or not
        same = self._table is not None and table is not None and table.equals(self._table)
        if same and names == self._names:
            return
        self._table, self._names = table, names
        if table is None:
            self.intervals.explain(NOTHING)
        else:
            self.intervals.show(
                show(interval_chart(table, names), describe(table), wide(table)), unfolded=True
            )
        offer(self.parameter, [] if table is None else list(dict.fromkeys(table["parameter"])))
        offer(self.first, list(self._shown))
        self._draw_densities()

    def _draw_densities(self) -> None:
        first = self.first.value
        offer(self.second, [name for name in self._shown if name != first], default=-1)
        self.no_curve.value = ""
        if len(self._shown) < 2:
            self.densities.explain("Two fits are needed here: run the model, or tick another fit.")
            return
        fits = {name: self._shown[name] for name in (first, self.second.value)}
        parameter = self.parameter.value
        try:
            picture = density_picture(fits, parameter, self._truth, self._names)
        except TutorkitError as error:
            self.densities.explain(f"{error.message}. {error.hint}")
        else:
            self.densities.show(picture)
            self.no_curve.value = "".join(map(note_html, without_curve(fits, parameter)))

    @property
    def _truth(self) -> Truth | None:
        """The truth where it is to be seen and is that of the fits shown."""
        truth = self._revealed_truth
        fit = next(iter(self._shown.values()), None)
        return truth if truth and fit is not None and truth_fits(fit, truth) else None

    @property
    def _revealed_truth(self) -> Truth | None:
        known: Any = self.session.truth
        truth: Truth | None = known if self.session.revealed else None
        return truth

    def _remarks(self) -> list[str]:
        """Return what there is to say about the fits that are shown."""
        session = self.session
        remarks = []
        if session.draws is not None and session.draws.spec != session.spec:
            remarks.append(CHANGED)
        if (truth := self._revealed_truth) and self._shown and not self._truth:
            made = true_formula(truth)
            remarks.append(f"The truth is known only for the model that made the data: {made}.")
        for name, fit in self._shown.items():
            if isinstance(fit, RemlFit) and fit.singular:
                why = fit.singular_note.removeprefix("Singular fit. ")
                remarks.append(f"'{name}' is a singular fit: {why[0].lower()}{why[1:]}")
        return [note_html(remark) for remark in remarks]

    def _ticked(self) -> tuple[dict[str, Fit], list[str]]:
        """Return the fits to be shown, and what there is to say about those that cannot be."""
        session = self.session
        draws = session.draws
        spec = session.spec if draws is None else draws.spec
        fits: dict[str, Fit] = {}
        notes = []
        wanted = []
        if session.complete is not None and session.revealed and self.complete.value:
            wanted.append((COMPLETE, session.complete))
        if self.listwise.value:
            wanted.append((LISTWISE, session.data))
        for name, data in wanted:
            try:
                fits |= _reml(name, spec, data)
            except TutorkitError as error:
                notes += [note_html(f"Not shown: '{name}'."), mistake_html(error)]
        kept = {name: fit for name, fit in session.fits.items() if self.kept[name].value}
        same = [name for name, fit in kept.items() if fit is draws]
        if draws is None:
            notes.append(note_html("There is no run yet: run the model to see it here."))
        elif self.last.value and same:
            notes.append(note_html(f"The last run is shown as '{same[0]}'."))
        elif self.last.value and draws.n_kept:
            fits[LAST] = draws
        elif self.last.value:
            notes.append(note_html("The last run was stopped before any draw was kept."))
        return fits | kept, notes


def _reml(name: str, spec: ModelSpec | None, data: pd.DataFrame) -> dict[str, Fit]:
    """Return the REML fit under its name; nothing before there is a model."""
    return {} if spec is None else {name: fit_reml(spec, data)}


def _tick(description: str, value: bool = True) -> Checkbox:
    layout = Layout(width="auto", margin="0 1em 0 0")
    return Checkbox(value=value, description=description, indent=False, layout=layout)
