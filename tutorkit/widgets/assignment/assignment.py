"""An assignment in a notebook: the task, what is asked, the workbench piece by piece, the end."""

from __future__ import annotations

from datetime import datetime
from html import escape
from pathlib import Path

from ipywidgets import HTML, Button

from tutorkit.assignment.manifest import ANSWERS, WORK
from tutorkit.assignment.target import same_model
from tutorkit.model.script import parse
from tutorkit.widgets.assignment.assignment_session import AssignmentSession
from tutorkit.widgets.assignment.model_check import ModelCheck
from tutorkit.widgets.assignment.questions import item_view
from tutorkit.widgets.comparison import Comparison
from tutorkit.widgets.data_views import DataViews
from tutorkit.widgets.diagnostics import Diagnostics
from tutorkit.widgets.parts import INK, View, list_html, note_html
from tutorkit.widgets.runner import Runner


class Assignment(View):
    """An assignment's head, and the views of what is to be done.

    Parameters
    ----------
    folder
        Where notebook, data and manifest are; by default the folder of the notebook.

    Raises
    ------
    DataError
        If manifest or data are not as they were handed out.
    """

    session: AssignmentSession

    def __init__(self, folder: str | Path = ".") -> None:
        session = AssignmentSession(Path(folder))
        self.head, self.state = HTML(), HTML()
        super().__init__(session, [self.head, self.state])
        self.head.value = _head(session)
        self.follow(["given", "summary", "spec", "problem", "trouble"], self._redraw)

    def predictions(self) -> View:
        """Return what is predicted before the model can be run."""
        return self._asked(predictions=True)

    def questions(self) -> View:
        """Return the questions."""
        return self._asked(predictions=False)

    def data(self) -> View:
        """Return the views of the data."""
        return DataViews(self.session)

    def model(self) -> View:
        """Return the model builder with its check."""
        return ModelCheck(self.session)

    def runner(self) -> View:
        """Return the view that runs the model."""
        return Runner(self.session)

    def comparison(self) -> View:
        """Return the estimates of all runs beside those of the complete rows."""
        return Comparison(self.session)

    def diagnostics(self) -> View:
        """Return the views that judge a run."""
        return Diagnostics(self.session)

    def submission(self) -> View:
        """Return the view that says what is lacking, and submits."""
        return Submission(self.session)

    def submit(self) -> None:
        """Write ``answers.json`` beside the notebook, without a network.

        Raises
        ------
        TutorkitError
            If a run is going on, or the file cannot be written.
        """
        self.session.submit()
        print(_told(self.session))

    def _asked(self, predictions: bool) -> View:
        items = [i for i in self.session.manifest.items if (i.kind == "prediction") == predictions]
        return View(self.session, [item_view(self.session, item) for item in items])

    def _redraw(self) -> None:
        session = self.session
        lacking = len(session.lacking)
        total = len(session.manifest.items) + 2  # a model, and a run
        saved = f"All you do is saved by itself in '{WORK}', beside this notebook."
        trouble = f"<b>⚠ {escape(session.trouble)}</b>" if session.trouble else escape(saved)
        done = max(total - lacking, 0)
        self.state.value = (
            f'<div style="{INK}"><progress aria-label="Progress in this assignment" value="{done}" '
            f'max="{total}"></progress> {done} of {total} done. {trouble}</div>'
        )


class Submission(View):
    """What is still to be done, and Submit."""

    session: AssignmentSession

    def __init__(self, session: AssignmentSession) -> None:
        self.lacking, self.state = HTML(), HTML()
        self.button = Button(
            description="Submit", button_style="primary", tooltip=f"Submit: write {ANSWERS}"
        )
        super().__init__(session, [self.lacking, self.button, self.state])
        self.on_click(self.button, session.submit)
        self.follow(["given", "summary", "spec", "script", "submitted"], self._redraw)

    def _redraw(self) -> None:
        lacking = self.session.lacking
        self.lacking.value = (
            note_html("Still to be done:") + list_html(map(escape, lacking))
            if lacking
            else note_html("All is done.")
        )
        told = _told(self.session) if self.session.submitted else ""
        self.state.value = f'<div role="status">{note_html(told)}</div>' if told else ""


def _told(session: AssignmentSession) -> str:
    """Say that the answers were written, and what counts."""
    if not session.submitted:
        return "Nothing was written: this notebook is being marked."
    time = datetime.fromisoformat(session.submitted)
    written = f"'{ANSWERS}' was written on {time:%d %B %Y at %H:%M:%S}."
    if session.changed:
        return f"{written} You have changed something since: submit again."
    return f"{written} {_run_words(session)} Hand in this file."


def _run_words(session: AssignmentSession) -> str:
    """Say what run is handed in, and whether it is of the model as it stands."""
    run = session.summary
    if run is None:
        return "No run is in it."
    early = " and stopped early" if run.stopped else ""
    words = (
        f"Your last run is in it ({run.iterations:,} draws, seed {run.seed}{early}; of its focal "
        f"parameters the highest PSR is {run.psr:.3f}, the fewest effective draws {run.ess:,.0f})."
    )
    if not same_model(session.spec, parse(run.script)):
        words += " It is of another model than the one above, and that run's model counts."
    return words


def _head(session: AssignmentSession) -> str:
    manifest = session.manifest
    points = f"{sum(manifest.points.values()):g} points"
    due = ""
    if manifest.due:
        time = datetime.fromisoformat(manifest.due)
        be = "was due" if time < datetime.now(time.tzinfo) else "due"
        due = f", {be} on {time:%d %B %Y at %H:%M} (UTC{time:%z})"
    parts = [f"{part.replace('-', ' ')} {n:g}" for part, n in manifest.points.items()]
    psr, ess = session.targets
    return note_html(
        f"{manifest.title}: {points}{due}. Your data: {len(session.data):,} rows, handle "
        f"{manifest.handle}."
    ) + note_html(
        f"Points: {', '.join(parts)}. A run has converged if of the focal model's parameters the "
        f"highest PSR is at most {psr:g} and the fewest effective draws are {ess:,.0f} or more."
    )
