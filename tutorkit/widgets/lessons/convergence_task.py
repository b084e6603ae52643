"""A run that is to converge: the learner chooses how long, and is told how far it is."""

from __future__ import annotations

from html import escape

from ipywidgets import HTML

from tutorkit.diagnostics import TARGET_PSR
from tutorkit.draws import Draws
from tutorkit.summaries import summarize, worst_mixing
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.lessons.words import STYLE, asked, verdict_html
from tutorkit.widgets.parts import WIDE, View, list_html, note_html

WANTED_ESS = 400  # effective draws for quantiles to be trusted (Vehtari et al. 2021, section 4)
WAITING = "Run the model above: each run is judged here."
OTHER = "The last run is of another model than the one asked for."
DONE = "All chains agree, and each parameter has draws enough for its interval."


class ConvergenceTask(View):
    """Judge each run of the lesson's model by its worst PSR and its smallest ESS."""

    session: LessonSession

    def __init__(self, session: LessonSession, task: str, text: str) -> None:
        self.task = task
        self.found, self.verdict = HTML(layout=WIDE), HTML(layout=WIDE)
        group = asked(text, [self.found, self.verdict], "Your task: ")
        super().__init__(session, [HTML(STYLE), group])
        self.follow("answers", self._tell)
        self.follow("draws", self._redraw)

    def _tell(self) -> None:
        before = self.session.answers.get(self.task)
        self.verdict.value = verdict_html(f"Done: {before}.", DONE, True) if before else ""

    def _redraw(self) -> None:
        session, draws = self.session, self.session.draws
        if draws is None or not draws.n_kept:
            self.found.value = note_html(WAITING)
        elif not session.has_run:
            self.found.value = note_html(OTHER)
        else:
            self._judge(draws)

    def _judge(self, draws: Draws) -> None:
        worst = worst_mixing(summarize(draws))
        if worst is None:
            self.found.value = note_html("Too few draws were kept to tell. Use more iterations.")
            return
        psr, ess = worst
        agree = psr["psr"] <= TARGET_PSR
        enough = ess["ess_bulk"] >= WANTED_ESS
        found = [
            f"highest PSR {psr['psr']:.3f} ({psr['label']}): "
            + _sign(agree, f"at most {TARGET_PSR}"),
            f"smallest N_eff {ess['ess_bulk']:,.0f} ({ess['label']}): "
            + _sign(enough, f"at least {WANTED_ESS}"),
        ]
        whose = "The run shown" if draws is self.session.shown else "Your run"
        head = note_html(f"{whose}: {_settings(draws)}.")
        self.found.value = f'<div role="status">{head}{list_html(map(escape, found))}</div>'
        if agree and enough and self.task not in self.session.answers:
            self.session.answer(
                self.task, f"{_settings(draws)}, smallest N_eff {ess['ess_bulk']:,.0f}"
            )


def _settings(draws: Draws) -> str:
    return f"burn-in {draws.spec.burn:,}, {draws.n_kept:,} draws kept"


def _sign(good: bool, target: str) -> str:
    return f"{'✓ reached' if good else 'not yet'} ({target} is wanted)"
