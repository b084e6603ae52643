"""A question with its answers: each choice is explained, and one may try again."""

from __future__ import annotations

from ipywidgets import HTML, Button, RadioButtons

from tutorkit.errors import TutorkitError
from tutorkit.teaching import Choice, Question
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.lessons.words import STYLE, asked, verdict_html
from tutorkit.widgets.parts import WIDE, View


class QuestionView(View):
    """One question; the right answer is not given away by a wrong one."""

    session: LessonSession

    def __init__(self, session: LessonSession, question: Question) -> None:
        self.question = question
        self._drawn: list[int] | None = None
        self._given: list[int] | None = None  # from this view
        self.choices = radio_buttons(question.text, question.choices)
        self.button = Button(description="Answer")
        self.words = HTML(layout=WIDE)
        group = asked(question.text, [self.choices, self.button, self.words])
        super().__init__(session, [HTML(STYLE), group])
        self.on_click(self.button, self._answer)
        self.follow("answers", self._redraw)

    def _answer(self) -> None:
        choice = self.choices.value
        if choice is None:
            raise TutorkitError("Choose an answer first")
        self._given = [*self.session.answers.get(self.question.key, []), choice]
        self.session.answer(self.question.key, self._given)

    def _redraw(self) -> None:
        attempts = self.session.answers.get(self.question.key)
        if not attempts or attempts == self._drawn:  # a choice not yet sent stays
            return
        self._drawn = attempts
        last = attempts[-1]
        right = self.question.is_right(last)
        if right or attempts != self._given:  # else what was chosen since then stays
            self.choices.value = last
        self.choices.disabled = self.button.disabled = right
        words = self.question.choices[last].words
        self.words.value = verdict_html("Right." if right else "Not this one.", words, right)


def radio_buttons(label: str, choices: tuple[Choice, ...]) -> RadioButtons:
    """Return radio buttons for choices, none of them chosen."""
    options = [(choice.text, k) for k, choice in enumerate(choices)]
    buttons = RadioButtons(options=options, value=None, tooltip=label, layout=WIDE)
    buttons.add_class("tutorkit-choices")
    return buttons
