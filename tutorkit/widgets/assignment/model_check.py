"""Check a model as far as can be done without giving the answer."""

from __future__ import annotations

from html import escape

from ipywidgets import HTML, Button

from tutorkit.assignment.manifest import Manifest
from tutorkit.assignment.target import nearness
from tutorkit.errors import TutorkitError
from tutorkit.model.spec import ModelSpec
from tutorkit.teaching.checking import Finding
from tutorkit.widgets.assignment.assignment_session import AssignmentSession
from tutorkit.widgets.builder import ModelBuilder
from tutorkit.widgets.lessons.words import STYLE, verdict_html
from tutorkit.widgets.parts import WIDE, View, list_html
from tutorkit.wording import listed

UNTOLD = (
    "That is all that is said before you hand in. Advice on what runs but misleads stands beside "
    "the model."
)


class ModelCheck(View):
    """The model builder, and a button that says what of the visible parts differs."""

    session: AssignmentSession

    def __init__(self, session: AssignmentSession) -> None:
        self.check = Button(description="Check", tooltip="Check the model")
        self.verdict = HTML(layout=WIDE)
        super().__init__(session, [HTML(STYLE), ModelBuilder(session), self.check, self.verdict])
        self.on_click(self.check, self._check)
        self.follow("spec", self._forget_verdict)

    def _check(self) -> None:
        session = self.session
        if session.problem is not None:
            hint = "Correct it first: it is marked in the script above."
            raise TutorkitError("The script has a mistake", hint)
        if session.spec is None:
            hint = "Choose the outcome of the focal model first."
            raise TutorkitError("There is no model yet", hint)
        manifest = session.manifest
        if not manifest.visible:
            self.verdict.value = verdict_html("The script makes sense.", UNTOLD, True)
            return
        found = visible_findings(session.spec, manifest)
        parts = listed([f"{role} model" for role in manifest.visible])
        if not found:
            self.verdict.value = verdict_html(f"As asked for: {parts}.", UNTOLD, True)
            return
        n = len(found)
        head = f"{n} thing{'s' * (n > 1)} in the {parts} differ{'s' * (n == 1)}."
        items = list_html(f"<b>{escape(f.what)}</b> {escape(f.why)}" for f in found)
        self.verdict.value = verdict_html(head, "", False, items)

    def _forget_verdict(self) -> None:
        self.verdict.value = ""


def visible_findings(spec: ModelSpec, manifest: Manifest) -> list[Finding]:
    """Return what differs in the visible parts, as marking will have it."""
    target = manifest.target
    return [f for role in manifest.visible for f in nearness(spec, target, role)[1]]
