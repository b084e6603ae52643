"""How long a model is run: seed, chains, burn-in, iterations."""

from __future__ import annotations

from functools import partial

from ipywidgets import HBox, IntText, Text

from tutorkit.errors import SpecError
from tutorkit.model.spec import ModelSpec
from tutorkit.widgets.parts import ROW, View
from tutorkit.widgets.session import Session

_NAMES = {
    "chains": ("Chains", "Chains started from different values"),
    "burn": ("Burn-in", "Iterations of each chain that are thrown away"),
    "iterations": ("Iterations", "Iterations kept, of all chains together"),
}


class RunSettings(View):
    """Seed, chains, burn-in and iterations; they are part of the model's script."""

    def __init__(self, session: Session) -> None:
        size = {"layout": {"width": "165px"}, "style": {"description_width": "70px"}}
        self.seed = Text(
            description="Seed", placeholder="random", continuous_update=False,
            tooltip="The same seed gives the same draws; empty for a new one each time", **size,
        )  # fmt: skip
        self.numbers = {
            name: IntText(description=word, tooltip=tip, **size)
            for name, (word, tip) in _NAMES.items()
        }
        super().__init__(session, [HBox([self.seed, *self.numbers.values()], layout=ROW)])
        self.on(self.seed, self._sow)
        for name, control in self.numbers.items():
            self.on(control, partial(self._set, name))
        self.follow("spec", self._redraw)

    def _redraw(self) -> None:
        spec: ModelSpec | None = self.session.spec
        for control in (self.seed, *self.numbers.values()):
            control.disabled = spec is None
        if spec is None:
            return
        self.seed.value = "" if spec.seed is None else str(spec.seed)
        for name, control in self.numbers.items():
            control.value = getattr(spec, name)

    def _set(self, name: str, value: int) -> None:
        self.session.edit(**{name: value})

    def _sow(self, text: str) -> None:
        text = text.strip()
        if text and not text.isdecimal():
            hint = "Leave it empty for a new seed at each run."
            raise SpecError(f"A seed is a whole number, not '{text}'", hint)
        self.session.edit(seed=int(text) if text else None)
