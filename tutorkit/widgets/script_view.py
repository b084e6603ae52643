"""The model's script, which can be typed as well."""

from __future__ import annotations

from typing import Any

from ipywidgets import HTML

from tutorkit.data.prepare import check_names
from tutorkit.errors import TutorkitError
from tutorkit.widgets.frontend import ScriptEditor
from tutorkit.widgets.parts import View, caption_html, note_html
from tutorkit.widgets.session import Session

REWRITTEN = "The script was written anew from your choice. Undo brings your text back."
STALE = "The model is still the last one that made sense; the other views show that."


class ScriptView(View):
    """An editor: what is typed becomes the model, and mistakes are marked where they are."""

    def __init__(self, session: Session) -> None:
        self.editor = ScriptEditor(label="Script of the model")
        self.note = HTML()
        super().__init__(session, [HTML(caption_html("Script")), self.editor, self.note])
        self.on(self.editor, session.write)
        self.follow(["script", "problem", "spec", "rewritten", "data"], self._redraw)

    def _redraw(self) -> None:
        session = self.session
        problem = session.problem or self._unknown()
        changes: dict[str, Any] = {"value": session.script, "marks": [], "message": ""}
        if problem is not None:
            changes["message"] = " ".join(filter(None, [f"{problem.message}.", problem.hint]))
            spot = problem.spot
            if spot is not None and spot.text == session.script:
                changes["marks"] = [(spot.start, spot.end)]
        with self.editor.hold_sync():
            for name, value in changes.items():
                setattr(self.editor, name, value)
        self.note.value = note_html(self._words())

    def _unknown(self) -> TutorkitError | None:
        """Return the error about the first name that the data do not have."""
        if self.session.spec is None:
            return None
        try:
            check_names(self.session.spec, self.session.data)
        except TutorkitError as error:
            return error
        return None

    def _words(self) -> str:
        session, spec = self.session, self.session.spec
        if session.problem is not None:
            return STALE if spec else ""
        if session.rewritten:
            return REWRITTEN
        if spec is not None and spec.data not in (None, session.file):
            return f"DATA is not read here: the model is fitted to {session.name}, see step 1."
        return ""
