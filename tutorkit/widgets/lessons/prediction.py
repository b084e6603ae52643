"""A prediction: made and committed before the result is shown, and kept beside it."""

from __future__ import annotations

from ipywidgets import HTML, Button, Text

from tutorkit.errors import TutorkitError
from tutorkit.teaching import Prediction
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.lessons.question import radio_buttons
from tutorkit.widgets.lessons.words import STYLE, asked, verdict_html
from tutorkit.widgets.parts import WIDE, View, note_html

WAIT = "Your prediction is kept. Run the model of the task to see what comes out."


class PredictionView(View):
    """One prediction. Once committed it can be changed no more."""

    session: LessonSession

    def __init__(self, session: LessonSession, prediction: Prediction) -> None:
        self.prediction = prediction
        if prediction.choices:
            self.control = radio_buttons(prediction.text, prediction.choices)
        else:
            span = f"from {prediction.low} to {prediction.high}"
            self.control = Text(description="I expect", placeholder=f"a number {span}")
        self.button = Button(description="Commit", tooltip="Commit this prediction")
        self.words = HTML(layout=WIDE)
        group = asked(prediction.text, [self.control, self.button, self.words], "Predict: ")
        super().__init__(session, [HTML(STYLE), group])
        self.on_click(self.button, self._commit)
        self.follow(["answers", "draws"], self._redraw)

    def _commit(self) -> None:
        value, prediction = self.control.value, self.prediction
        if value is None:
            raise TutorkitError("Choose what you expect first")
        if not prediction.choices:
            value = int(value) if value.strip().isdecimal() else None
            if not prediction.is_possible(value):
                what = f"Write a whole number from {prediction.low} to {prediction.high}"
                raise TutorkitError(what, "A guess will do: it is not marked.")
        self.session.answer(prediction.key, value)

    def _redraw(self) -> None:
        answer = self.session.answers.get(self.prediction.key)
        self.control.disabled = self.button.disabled = answer is not None
        if answer is None:
            self.words.value = ""
            return
        self.control.value = answer if self.prediction.choices else f"{answer}"
        waiting = self.prediction.after_run and not self.session.has_run
        self.words.value = note_html(WAIT) if waiting else self._told(answer)

    def _told(self, answer: int) -> str:
        prediction = self.prediction
        right = prediction.is_right(answer)
        if prediction.choices:
            head = f"You predicted: {prediction.shown(answer)}. {'So it is.' if right else ''}"
            words = f"{prediction.choices[answer].words} {prediction.words}"
            return verdict_html(head.strip(), words, right)
        head = f"You predicted {answer}, and it is {prediction.actual}{': close.' * right}"
        return verdict_html(head + "." * (not right), prediction.words, right)
