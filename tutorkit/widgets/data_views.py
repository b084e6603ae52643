"""How the data look before a model: missing together, dependence, distributions, clusters."""

from __future__ import annotations

from ipywidgets import Checkbox, Dropdown, Layout

from tutorkit.charts.missingness import (
    clusters_picture,
    mechanism_picture,
    observed_and_complete_picture,
    patterns_picture,
)
from tutorkit.charts.picture import Picture
from tutorkit.data.inspect import without_codes
from tutorkit.errors import TutorkitError
from tutorkit.widgets.choices import offer
from tutorkit.widgets.parts import Display, View, appear
from tutorkit.widgets.session import Session

TOGETHER = "Which values are missing together"
DEPENDS = "What missingness depends on"
COMPLETE = "Observed and complete values"
CLUSTERS = "Clusters"
REVEAL = "Reveal what only a simulation knows"

NOTHING_MISSING = "No value is missing in these data, so there is no missingness to look at."
NO_CLUSTER = "There are no clusters yet. Choose the cluster variable first."
HIDDEN = f"The complete values are hidden. Tick '{REVEAL}' to see them."
UNKNOWN = (
    "Only a simulation knows the values that are missing. For these data nobody does: look at what "
    "missingness depends on, and think about why values are missing."
)
ONE_VARIABLE = "There is no other variable to compare with."


class DataViews(View):
    """Pictures of the session's data, one at a time, chosen by name."""

    def __init__(self, session: Session) -> None:
        self.kind = _dropdown("Picture", TOGETHER, DEPENDS, COMPLETE, CLUSTERS)
        self.variable, self.by = _dropdown("Variable"), _dropdown("Depends on")
        self.reveal = Checkbox(
            description=REVEAL, indent=False, layout=Layout(width="100%", max_width="560px")
        )
        self.display = Display()
        self._drawn: tuple[object, ...] = ()
        controls = [self.kind, self.variable, self.by, self.reveal]
        super().__init__(session, [*controls, self.display])
        for control in (self.kind, self.variable, self.by):
            self.on(control, lambda _: self._quietly(self._redraw))
        self.on(self.reveal, self._set_revealed)
        self.follow(["data", "complete", "revealed", "cluster", "spec"], self._redraw)

    def _set_revealed(self, wanted: bool) -> None:
        self.session.revealed = wanted

    def _redraw(self) -> None:
        session, kind = self.session, self.kind.value
        missing = session.missing
        incomplete = [name for name in session.variables if missing.get(name)]
        names = list(session.variables) if kind == CLUSTERS else incomplete
        offer(self.variable, names)
        own = self.variable.value
        offer(self.by, [v for v in session.variables if v != own or self._reveals])
        appear(self.variable, kind != TOGETHER and bool(names))
        appear(self.by, kind == DEPENDS and bool(incomplete))
        appear(self.reveal, session.complete is not None)
        self.reveal.value = session.revealed
        wanted = (kind, own, self.by.value, self._reveals, session.cluster, session.codes)
        if self._drawn[1:] != wanted or self._drawn[0] is not session.data:
            self._drawn = (session.data, *wanted)
            self._draw(bool(incomplete))

    def _draw(self, has_gaps: bool) -> None:
        try:
            shown = self._picture() if has_gaps or self.kind.value == CLUSTERS else NOTHING_MISSING
        except TutorkitError as error:
            shown = f"{error.message}. {error.hint}"
        if isinstance(shown, str):
            self.display.explain(shown)
        else:
            self.display.show(shown)

    def _picture(self) -> Picture | str:
        """Return what is asked for, or a sentence that says why it cannot be shown."""
        session, kind, variable = self.session, self.kind.value, self.variable.value
        data = without_codes(session.data, session.codes)
        complete = session.complete if self._reveals else None
        if kind == TOGETHER:
            return patterns_picture(data, session.variables)
        if kind == DEPENDS:
            by = self.by.value
            return mechanism_picture(data, variable, by, complete) if by else ONE_VARIABLE
        if kind == CLUSTERS:
            cluster = session.cluster
            return clusters_picture(data, cluster, variable) if cluster else NO_CLUSTER
        if complete is None:
            return UNKNOWN if session.complete is None else HIDDEN
        return observed_and_complete_picture(data, complete, variable)

    @property
    def _reveals(self) -> bool:
        return self.session.revealed and self.session.complete is not None


def _dropdown(description: str, *options: str) -> Dropdown:
    style = {"description_width": "90px"}
    layout = Layout(width="420px", max_width="100%")  # one for each, as each is hidden for itself
    return Dropdown(options=options, description=description, style=style, layout=layout)
