"""Two of the steps in which a model is built: auxiliary models and selection models."""

from __future__ import annotations

from functools import partial

from ipywidgets import HTML, Button, HBox, Layout, VBox

from tutorkit.model import editing
from tutorkit.model.spec import Equation, ModelSpec
from tutorkit.model.tokens import MISSING_SUFFIX
from tutorkit.widgets.choices import Choices
from tutorkit.widgets.equation_editor import EquationEditor
from tutorkit.widgets.parts import ROW, Group, View, caption_html, note_html
from tutorkit.widgets.session import Session

FIRST = "Begin with the focal model: step 2."


class ModelsStep(View):
    """Any number of equations, one for each variable that is ticked.

    ``suffix`` is what an outcome has behind the name of its variable.
    """

    note, head, suffix, moves = "", "", "", False

    def __init__(self, session: Session) -> None:
        self.text, self.wanted, self.models = HTML(), Choices(), VBox()
        self._parts: dict[str, ModelOf] = {}
        group = Group(self.head, [self.wanted])
        super().__init__(session, [self.text, group, self.models, *self.more(session)])
        self.follow(["spec", "data"], self._redraw)

    def more(self, session: Session) -> list[View]:
        """Return what comes below the models."""
        return []

    def chosen(self, spec: ModelSpec) -> list[str]:
        """Return the variables that have a model of this kind, in the model's order."""
        raise NotImplementedError

    def _redraw(self) -> None:
        session = self.session
        spec, missing = session.spec, session.missing
        self.text.value = note_html(self.note if spec else FIRST)
        chosen = self.chosen(spec) if spec else []
        incomplete = [v for v in session.variables if missing.get(v, 0) > 0]
        if spec and not self.suffix:
            incomplete = [v for v in incomplete if v != spec.focal.outcome]
        offered = sorted(dict.fromkeys((*incomplete, *chosen)), key=lambda v: -missing.get(v, 0))
        for name in offered:
            box = self.wanted.offer(self, name, name in chosen, partial(self._set, name))
            box.description = f"{name} ({missing.get(name, 0):.1%} missing)"
        self.wanted.arrange(offered if spec else [])
        parts = tuple(self._part(f"{name}{self.suffix}") for name in chosen)
        for k, part in enumerate(parts):
            part.up.disabled, part.down.disabled = k == 0, k == len(parts) - 1
        if self.models.children != parts:
            self.models.children = parts

    def _part(self, outcome: str) -> ModelOf:
        if outcome not in self._parts:
            self._parts[outcome] = ModelOf(self.session, outcome, self.moves)
        return self._parts[outcome]

    def _set(self, name: str, wanted: bool) -> None:
        change = editing.add_equation if wanted else editing.remove_equation
        self.session.edit(change, f"{name}{self.suffix}")


class AuxiliaryStep(ModelsStep):
    """Models of incomplete predictors, in factored order; complete ones stay on the right."""

    head = "Incomplete predictors: tick those that get a model"
    note = (
        "Every incomplete predictor needs a model from which its missing values are drawn. The "
        "predictors are factored into a chain: each is explained by those behind it. Put the one "
        "with most missing values first; complete ones stay on the right."
    )
    moves = True

    def more(self, session: Session) -> list[View]:
        """Return the choice of FIXED predictors."""
        self.fixed = FixedChoice(session)
        return [self.fixed]

    def chosen(self, spec: ModelSpec) -> list[str]:
        """Return the outcomes of auxiliary models."""
        return [e.outcome for e in spec.auxiliary]


class SelectionStep(ModelsStep):
    """Models of missingness."""

    head = "Incomplete variables: tick those whose missingness is modelled"
    note = (
        "A selection model is a probit regression that explains which values are missing. If that "
        "depends on the unseen value itself (MNAR), the variable must be among its own predictors. "
        "No data can tell whether it does."
    )
    suffix = MISSING_SUFFIX

    def chosen(self, spec: ModelSpec) -> list[str]:
        """Return the variables whose missingness is modelled."""
        return [e.selects for e in spec.selection if e.selects]


class ModelOf(View):
    """The equation of one outcome, with buttons that change its place in the factored order."""

    def __init__(self, session: Session, outcome: str, moves: bool) -> None:
        self.up, self.down = (
            Button(description=word, tooltip=f"{word}: {outcome}", layout=Layout(width="auto"))
            for word in ("Move up", "Move down")
        )
        head = HTML(caption_html(f"{outcome} ~"))
        row = HBox([head, *((self.up, self.down) if moves else ())], layout=ROW)
        self.editor = EquationEditor(session, partial(_find, session, outcome))
        super().__init__(session, [row, self.editor])
        self.layout.border_left = "2px solid var(--jp-border-color2,#ccc)"
        self.layout.padding, self.layout.margin = "0 0 0 .6em", ".4em 0"
        self.on_click(self.up, partial(session.edit, editing.move, outcome, -1))
        self.on_click(self.down, partial(session.edit, editing.move, outcome, 1))


class FixedChoice(View):
    """Which complete predictors are declared FIXED."""

    def __init__(self, session: Session) -> None:
        self.boxes = Choices()
        self.group = Group("Complete predictors that need no model (FIXED)", [self.boxes])
        super().__init__(session, [self.group])
        self.follow(["spec", "data"], self._redraw)

    def _redraw(self) -> None:
        spec, missing = self.session.spec, self.session.missing
        outcomes = {e.outcome for e in spec.equations} if spec else set()
        used = [v for e in spec.equations for v in e.inputs] if spec else []
        complete = [v for v in dict.fromkeys(used) if v not in outcomes and not missing.get(v)]
        complete += [v for v in (spec.fixed if spec else ()) if v not in complete]
        for name in complete:
            fixed = spec is not None and name in spec.fixed
            self.boxes.offer(self, name, fixed, partial(self._set, name))
        self.boxes.arrange(complete)
        self.group.show(bool(complete))

    def _set(self, name: str, wanted: bool) -> None:
        self.session.edit(editing.set_fixed, name, wanted)


def _find(session: Session, outcome: str) -> Equation | None:
    equations = session.spec.equations if session.spec else ()
    return next((e for e in equations if e.outcome == outcome), None)
