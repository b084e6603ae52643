"""Two of the steps in which a model is built: auxiliary models and selection models."""

from __future__ import annotations

from functools import partial

from ipywidgets import HTML, Button, HBox, Layout, VBox

from tutorkit.advice.advice import selection_models
from tutorkit.model import editing
from tutorkit.model.spec import Equation, ModelSpec
from tutorkit.model.tokens import MISSING_SUFFIX
from tutorkit.widgets.choices import Choices
from tutorkit.widgets.equation_editor import EquationEditor
from tutorkit.widgets.parts import ROW, Group, Message, View, appear, caption_html, note_html
from tutorkit.widgets.session import Session

FIRST = "Begin with the focal model: step 2."
COMPLETE = "No values are missing: this step can be left out."


class ModelsStep(View):
    """Any number of equations, one for each variable that is ticked.

    ``suffix`` is what an outcome has behind the name of its variable.
    """

    note, head, suffix, moves = "", "", "", False

    def __init__(self, session: Session) -> None:
        self.text, self.wanted, self.models = HTML(), Choices(), VBox()
        self._parts: dict[str, ModelOf] = {}
        self.group = Group(self.head, [self.wanted])
        super().__init__(session, [self.text, self.group, self.models, *self.more(session)])
        self.follow(["spec", "data"], self._redraw)

    def more(self, session: Session) -> list[View]:
        """Return what comes below the models."""
        return []

    def chosen(self, spec: ModelSpec) -> dict[str, str]:
        """Return the outcomes of models of this kind by variable, in the model's order."""
        raise NotImplementedError

    def incomplete(self, spec: ModelSpec) -> list[str]:
        """Return the variables of which values are missing and that may have such a model."""
        missing = self.session.missing
        return [v for v in self.session.variables if missing.get(v, 0) > 0]

    def nothing(self, spec: ModelSpec) -> str:
        """Say that there is nothing to do in this step."""
        return COMPLETE

    def _redraw(self) -> None:
        session = self.session
        spec, missing = session.spec, session.missing
        chosen = self.chosen(spec) if spec else {}
        incomplete = self.incomplete(spec) if spec else []
        offered = sorted(dict.fromkeys((*incomplete, *chosen)), key=lambda v: -missing.get(v, 0))
        note = self.note if offered else self.nothing(spec) if spec else FIRST
        self.text.value = note_html(note)
        for name in offered:
            box = self.wanted.offer(self, name, name in chosen, partial(self._set, name))
            box.description = f"{name} ({missing.get(name, 0):.1%} missing)"
        self.wanted.arrange(offered)
        appear(self.group, bool(offered))
        parts = tuple(map(self._part, chosen.values()))
        if self.models.children != parts:
            self.models.children = parts

    def _part(self, outcome: str) -> ModelOf:
        if outcome not in self._parts:
            self._parts[outcome] = ModelOf(self.session, outcome, self.moves)
        return self._parts[outcome]

    def _set(self, name: str, wanted: bool) -> None:
        if wanted:
            self.session.edit(editing.add_equation, f"{name}{self.suffix}")
        elif self.session.spec:
            self.session.edit(editing.remove_equation, self.chosen(self.session.spec)[name])


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

    def chosen(self, spec: ModelSpec) -> dict[str, str]:
        """Return the outcomes of auxiliary models."""
        return {name: name for name in editing.chain(spec)}

    def incomplete(self, spec: ModelSpec) -> list[str]:
        """Return the incomplete variables but the focal model's outcome."""
        return [v for v in super().incomplete(spec) if v != spec.focal.outcome]

    def nothing(self, spec: ModelSpec) -> str:
        """Say so also if values of the focal model's outcome are missing."""
        if not super().incomplete(spec):
            return COMPLETE
        return f"Only values of '{spec.focal.outcome}' are missing: this step can be left out."


class SelectionStep(ModelsStep):
    """Models of missingness."""

    head = "Incomplete variables: tick those whose missingness is modelled"
    note = (
        "A selection model is a probit regression that explains which values are missing. If that "
        "depends on the unseen value itself (MNAR), the variable must be among its own predictors. "
        "No data can tell whether it does."
    )
    suffix = MISSING_SUFFIX

    def chosen(self, spec: ModelSpec) -> dict[str, str]:
        """Return the missingness indicators, written in short or long form, by variable."""
        return {name: e.outcome for name, e in selection_models(spec).items()}


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
        self.message, self.note = Message(), HTML()
        super().__init__(session, [row, self.message, self.note, self.editor])
        self.layout.border_left = "2px solid var(--jp-border-color2,#ccc)"
        self.layout.padding, self.layout.margin = "0 0 0 .6em", ".4em 0"
        self.on_click(self.up, partial(self._move, outcome, -1))
        self.on_click(self.down, partial(self._move, outcome, 1))
        if moves:
            self.follow(["spec", "data"], partial(self._explain, outcome))

    def _move(self, outcome: str, step: int) -> None:
        """Move the model, or say why not: a button that is disabled loses the focus."""
        names = editing.chain(self.session.spec) if self.session.spec else []
        if names[0 if step < 0 else -1] == outcome:
            self.message.say(f"{outcome} is {'first' if step < 0 else 'last'} already.")
        else:
            self.session.edit(editing.move, outcome, step)
            (self.up if step < 0 else self.down).focus()  # it is drawn anew in its new place

    def _explain(self, outcome: str) -> None:
        """Say which incomplete variables are not offered as predictors."""
        spec, missing = self.session.spec, self.session.missing
        if spec is None or outcome not in editing.chain(spec):
            return
        offered = editing.possible_predictors(spec, outcome, self.session.variables)
        others = [v for v in self.session.variables if missing.get(v) and v != outcome]
        left = [v for v in others if v not in offered]
        self.note.value = note_html(_not_offered(spec, outcome, left)) if left else ""


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
        appear(self.group, bool(complete))

    def _set(self, name: str, wanted: bool) -> None:
        self.session.edit(editing.set_fixed, name, wanted)


def _find(session: Session, outcome: str) -> Equation | None:
    equations = session.spec.equations if session.spec else ()
    return next((e for e in equations if e.outcome == outcome), None)


def _not_offered(spec: ModelSpec, outcome: str, left: list[str]) -> str:
    """Say why variables cannot predict the outcome of an auxiliary model."""
    names, focal = editing.chain(spec), spec.focal.outcome
    before = [v for v in left if v in names[: names.index(outcome)]]
    behind = [v for v in left if v not in (*before, focal)]
    reasons = [_which(before, "stand", f"before {outcome} in the order")]
    reasons.append(f"{focal}, which the focal model explains" if focal in left else "")
    reasons.append(_which(behind, "depend", f"on {outcome}"))
    return f"Not offered: {'; '.join(filter(None, reasons))}."


def _which(names: list[str], verb: str, rest: str) -> str:
    one = "s" * (len(names) == 1)
    return f"{' and '.join(names)}, which {verb}{one} {rest}" if names else ""
