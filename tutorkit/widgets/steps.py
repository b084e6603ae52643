"""Three of the steps in which a model is built: data and clusters, focal model, priors."""

from __future__ import annotations

from dataclasses import replace

from ipywidgets import HTML, Dropdown, FloatText, Layout

from tutorkit.errors import SpecError
from tutorkit.model import editing
from tutorkit.model.spec import NAMED_PRIORS, Priors
from tutorkit.widgets.choices import offer
from tutorkit.widgets.equation_editor import EquationEditor
from tutorkit.widgets.own_data import OwnData
from tutorkit.widgets.parts import View, note_html
from tutorkit.widgets.run_settings import RunSettings
from tutorkit.widgets.session import Session

LABEL = {"description_width": "130px"}


class DataStep(View):
    """Which data, and which variable numbers the clusters."""

    def __init__(self, session: Session) -> None:
        self.cluster = Dropdown(description="Cluster variable", style=LABEL)
        super().__init__(session, [OwnData(session), self.cluster])
        self.on(self.cluster, lambda name: session.choose_cluster(name or None))
        self.follow(["data", "cluster"], self._redraw)

    def _redraw(self) -> None:
        session, chosen = self.session, self.session.cluster or ""
        names = dict.fromkeys((*session.data.columns, chosen))  # a script may name no column
        offer(self.cluster, [name for name in names if name], none="none: no clusters")
        self.cluster.value = chosen


class FocalStep(View):
    """The analysis wanted."""

    def __init__(self, session: Session) -> None:
        note = "The focal model is the analysis you want. Choose what it explains, and by what."
        self.outcome = Dropdown(description="Outcome", style=LABEL)
        self.editor = EquationEditor(session, lambda: session.spec.focal if session.spec else None)
        super().__init__(session, [HTML(note_html(note)), self.outcome, self.editor])
        self.on(self.outcome, self._choose)
        self.follow(["spec", "data", "cluster"], self._redraw)

    def _choose(self, name: str) -> None:
        session = self.session
        if not name:
            raise SpecError("The focal model needs an outcome", "Choose a variable.")
        if session.spec is None:
            session.begin(name)
        else:
            session.edit(editing.set_outcome, name)

    def _redraw(self) -> None:
        spec, names = self.session.spec, self.session.variables
        outcome = spec.focal.outcome if spec else ""
        offer(self.outcome, [n for n in dict.fromkeys((*names, outcome)) if n], none="choose")
        self.outcome.value = outcome


class PriorStep(View):
    """Priors, and how long to run."""

    def __init__(self, session: Session) -> None:
        self.named = Dropdown(description="Prior of variances", style=LABEL)
        self.probit = FloatText(
            description="Probit variance", style=LABEL, layout=Layout(width="240px"), step=1,
            tooltip="Variance of the normal prior of probit coefficients, mean 0",
        )  # fmt: skip
        notes = (
            "PRIOR2 (Blimp's default) is flat in the random effects' covariance matrix; PRIOR1 is "
            "weakly informative and helps with few clusters.",
            "Probit coefficients have the prior N(0, variance). What a variable says about its own "
            "missingness is weakly identified, so this prior matters: try 1 and 25.",
            "With two chains one sees whether they agree. Then run the model.",
        )
        self.settings = RunSettings(session)
        super().__init__(
            session,
            [
                HTML(note_html(notes[0])), self.named,
                HTML(note_html(notes[1])), self.probit,
                HTML(note_html(notes[2])), self.settings,
            ],
        )  # fmt: skip
        self.on(self.named, self._name)
        self.on(self.probit, self._probit)
        self.follow("spec", self._redraw)

    def _redraw(self) -> None:
        priors = self._priors()
        custom = ["as in the script"] if priors.name is None else []
        options = tuple([*NAMED_PRIORS, *custom])
        if self.named.options != options:
            self.named.options = options
        self.named.value = priors.name or custom[0]
        self.probit.value = priors.probit_variance

    def _name(self, name: str) -> None:
        if name in NAMED_PRIORS:
            self.session.edit(priors=replace(self._priors(), **NAMED_PRIORS[name]))

    def _probit(self, variance: float) -> None:
        self.session.edit(priors=replace(self._priors(), probit_variance=variance))

    def _priors(self) -> Priors:
        return self.session.spec.priors if self.session.spec else Priors()
