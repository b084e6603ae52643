"""What is asked beside the model: predictions, choices, written answers. Nothing is told."""

from __future__ import annotations

from ipywidgets import HTML, Button, Textarea

from tutorkit.assignment.description import Item
from tutorkit.errors import TutorkitError
from tutorkit.teaching import Choice
from tutorkit.widgets.assignment.assignment_session import AssignmentSession
from tutorkit.widgets.lessons.question import radio_buttons
from tutorkit.widgets.lessons.words import STYLE, asked
from tutorkit.widgets.parts import View, note_html


class ChoiceView(View):
    """One of several answers; a prediction can no longer be changed once it is committed."""

    session: AssignmentSession

    def __init__(self, session: AssignmentSession, item: Item) -> None:
        self.item = item
        self._known: int | None = None  # the answer that was shown, or given here
        self.choices = radio_buttons(item.text, tuple(Choice(t, "") for t in item.choices))
        self.button = Button(description=self._verb, tooltip=f"{self._verb}: {item.text}")
        self.words = HTML()
        first = "Predict: " if item.kind == "prediction" else ""
        group = asked(_with_points(item), [self.choices, self.button, self.words], first)
        super().__init__(session, [HTML(STYLE), group])
        self.on_click(self.button, self._answer)
        self.follow("given", self._redraw)

    @property
    def _verb(self) -> str:
        return "Commit" if self.item.kind == "prediction" else "Answer"

    def _answer(self) -> None:
        choice = self.choices.value
        if choice is None:
            raise TutorkitError("Choose an answer first")
        self._known = choice
        self.session.answer(self.item.key, choice)

    def _redraw(self) -> None:
        given = self.session.given.get(self.item.key)
        if not isinstance(given, int) or given >= len(self.item.choices):
            return
        if given != self._known or self.item.kind == "prediction":  # else a new choice stays
            self._known = self.choices.value = given
        if self.item.kind == "prediction":
            self.choices.disabled = self.button.disabled = True
            self.words.value = note_html("Committed: it is handed in with your answers.")
        else:
            self.words.value = note_html("Saved. You may change it until you hand in.")


class WrittenView(View):
    """An answer in words, saved while it is written."""

    session: AssignmentSession

    def __init__(self, session: AssignmentSession, item: Item) -> None:
        self.item = item
        given = session.given.get(item.key, "")
        self.field = Textarea(
            value=given if isinstance(given, str) else "",
            description="Answer",
            continuous_update=True,
            rows=6,
            layout={"width": "98%", "max_width": "720px"},
        )
        super().__init__(session, [HTML(STYLE), asked(_with_points(item), [self.field])])
        self.on(self.field, lambda text: session.answer(item.key, text))


def item_view(session: AssignmentSession, item: Item) -> View:
    """Return the view of one thing that is asked."""
    return ChoiceView(session, item) if item.choices else WrittenView(session, item)


def _with_points(item: Item) -> str:
    if not item.points:
        return item.text
    return f"{item.text} ({item.points:g} point{'s' * (item.points != 1)})"
