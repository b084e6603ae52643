"""One equation, built by ticking: predictors, products, random slopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ipywidgets import Button, Dropdown, HBox

from tutorkit.model.editing import possible_predictors, set_slope, set_term
from tutorkit.model.spec import Equation, Term
from tutorkit.model.tokens import variable_of
from tutorkit.widgets.choices import Choices, offer
from tutorkit.widgets.parts import ROW, Group, View, appear
from tutorkit.widgets.session import Session


class EquationEditor(View):
    """The right-hand side of one equation, found anew in the model at each redraw.

    ``find`` returns the equation, or None while the model has none.
    """

    def __init__(self, session: Session, find: Callable[[], Equation | None]) -> None:
        self.find = find
        self._place = ("", 0)
        self._kept: dict[str, dict[tuple[str, ...], Term]] = {}
        self.predictors, self.products, self.slopes = Choices(), Choices(), Choices()
        self.first = Dropdown(description="Product of", layout={"width": "190px"})
        self.second = Dropdown(description="and", layout={"width": "190px"})
        self.add = Button(description="Add product", layout={"width": "110px"})
        row = HBox([self.first, self.second, self.add], layout=ROW)
        self.groups = {
            "Predictors of {}": Group("", [self.predictors]),
            "Products in the model of {}": Group("", [self.products, row]),
            "Random slopes: effects on {} that vary over clusters": Group("", [self.slopes]),
        }
        super().__init__(session, self.groups.values())
        self.on_click(self.add, self._add)
        self.follow(["spec", "data"], self._redraw)

    @property
    def outcome(self) -> str:
        """The outcome of the equation at hand."""
        equation = self.find()
        return "" if equation is None else equation.outcome

    def _redraw(self) -> None:
        equation, spec = self.find(), self.session.spec
        appear(self, equation is not None)
        if equation is None or spec is None:
            return
        names = possible_predictors(spec, equation.outcome, self.session.variables)
        single = [Term((name,)) for name in names]
        self._begin(equation.outcome)
        products = self._keep("products", [t for t in equation.predictors if t not in single])
        products = [
            term for term in products
            if term in equation.predictors or {*map(variable_of, term.factors)} <= {*names}
        ]  # fmt: skip
        self._offer(self.predictors, single, equation.predictors, set_term)
        self._offer(self.products, products, equation.predictors, set_term)
        for dropdown in (self.first, self.second):
            offer(dropdown, names, none="choose")
        slopes = self._keep("slopes", equation.slopes)
        terms = {term.key: term for term in (*equation.predictors, *slopes)}
        clustered = spec.cluster is not None and bool(terms)
        self._offer(self.slopes, list(terms.values()), equation.slopes, set_slope)
        shown = (True, bool(names), clustered)
        for (caption, group), show in zip(self.groups.items(), shown, strict=True):
            group.name(caption.format(equation.outcome))
            appear(group, show)

    def _begin(self, outcome: str) -> None:
        """Keep no more what was unticked before, if this is another equation."""
        place = (outcome, id(self.session.data))
        if self._place != place:
            self._place, self._kept = place, {}

    def _keep(self, kind: str, terms: Sequence[Term]) -> list[Term]:
        """Return terms and those that were unticked: a checkbox that vanished took the focus."""
        kept = self._kept.setdefault(kind, {})
        kept.update((term.key, term) for term in terms)
        return list(kept.values())

    def _offer(
        self,
        choices: Choices,
        terms: Sequence[Term],
        chosen: Sequence[Term],
        change: Callable[..., Any],
    ) -> None:
        """Show a checkbox for each term, those kept that were there before."""
        keys = {term.key for term in chosen}
        for term in terms:
            changed = partial(self._set, change, term)
            choices.offer(self, str(term), term.key in keys, changed)
        choices.arrange([str(term) for term in terms])

    def _set(self, change: Callable[..., Any], term: Term, wanted: bool) -> None:
        self.session.edit(change, self.outcome, term, wanted)

    def _add(self) -> None:
        factors = tuple(name for name in (self.first.value, self.second.value) if name)
        if len(factors) == 2:
            self.session.edit(set_term, self.outcome, Term(factors), True)
        else:
            self.message.say("Choose two variables, or the same one twice for its square.")
