"""The model builder: steps with choices, and the model they make in all its forms."""

from __future__ import annotations

from ipywidgets import Button, HBox, Tab, VBox

from tutorkit.widgets.model_steps import AuxiliaryStep, SelectionStep
from tutorkit.widgets.model_views import AdviceView, ModelViews
from tutorkit.widgets.parts import ROW, View
from tutorkit.widgets.script_view import ScriptView
from tutorkit.widgets.session import Session
from tutorkit.widgets.steps import DataStep, FocalStep, PriorStep

STEPS = {
    "1 Data": DataStep,
    "2 Focal": FocalStep,
    "3 Auxiliary": AuxiliaryStep,
    "4 Selection": SelectionStep,
    "5 Priors": PriorStep,
}
COLUMN = {"flex": "1 1 340px", "min_width": "0", "max_width": "560px", "margin": "0 12px 0 0"}


class ModelBuilder(View):
    """Build a model step by step; script, equations, diagram and count follow each choice."""

    def __init__(self, session: Session) -> None:
        steps = [step(session) for step in STEPS.values()]
        self.steps = Tab(steps, titles=list(STEPS))
        self.back = Button(description="Back", tooltip="Back: the step before")
        self.next = Button(description="Next", tooltip="Next: the next step")
        self.undo = Button(description="Undo", tooltip="Undo the last change of the model")
        row = HBox([self.back, self.next, self.undo], layout=ROW)
        choices = [self.steps, row, AdviceView(session, so_far=True)]
        model = [ScriptView(session), ModelViews(session)]
        columns = [VBox(column, layout=COLUMN) for column in (choices, model)]
        super().__init__(session, [HBox(columns, layout=ROW)])
        self.on(self.steps, self._turn, "selected_index")
        self.on_click(self.back, lambda: self._go(-1))
        self.on_click(self.next, lambda: self._go(1))
        self.on_click(self.undo, session.undo)
        self.follow("step", self._redraw)

    def _turn(self, step: int) -> None:
        self.session.step = step

    def _go(self, by: int) -> None:
        self.session.step += by

    def _redraw(self) -> None:
        step = self.session.step
        self.steps.selected_index = step
        self.back.disabled, self.next.disabled = step == 0, step == len(STEPS) - 1
