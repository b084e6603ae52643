"""Run the model, watch it, stop it."""

from __future__ import annotations

import time
from html import escape

import numpy as np
from ipywidgets import HTML, Button, Dropdown, HBox

from tutorkit.charts.live import live_imputed, live_trace
from tutorkit.model.tokens import MEAN_SUFFIX
from tutorkit.parameters import monitored
from tutorkit.progress import Convergence, convergence, time_left
from tutorkit.run import Run
from tutorkit.widgets.choices import offer
from tutorkit.widgets.parts import INK, ROW, WIDE, Message, View, appear, note_html, progress_html
from tutorkit.widgets.run_settings import RunSettings
from tutorkit.widgets.session import (
    COMPILING,
    FAILED,
    FINISHED,
    READY,
    SAMPLING,
    STOPPED,
    Session,
)

SHARE = 1 / 30  # of the time may go into working out how far the chains agree
CHANGED = " The model or its settings have changed since."
BAR = "Progress of the run"
IDLE = "Press Run. What is drawn is shown here while it is drawn; Stop keeps it."


class Runner(View):
    """Run and Stop, progress, and the run as it goes: traces, PSR, ESS, imputed values."""

    def __init__(self, session: Session) -> None:
        self.run = Button(description="Run", button_style="primary", tooltip="Run the model")
        self.stop = Button(description="Stop", disabled=True, tooltip="Stop and keep the draws")
        self.message = Message()
        self.bar, self.status, self.convergence = HTML(), HTML(), HTML()
        self.trace, self.imputed = HTML(), HTML()
        style = {"description_width": "130px"}
        self.parameter = Dropdown(description="Trace of", style=style, layout=WIDE)
        self.variable = Dropdown(description="Imputed values of", style=style, layout=WIDE)
        self._next = 0.0
        super().__init__(
            session,
            [
                RunSettings(session), HBox([self.run, self.stop], layout=ROW), self.message,
                self.bar, self.status, self.convergence, self.parameter, self.trace,
                self.variable, self.imputed,
            ],
        )  # fmt: skip
        self.on_click(self.run, session.start)
        self.stop.on_click(self._stop)
        self.on(self.parameter, lambda _: self._draw_trace())
        self.on(self.variable, lambda _: self._draw_imputed())
        self.follow(["status", "run", "spec"], self._redraw)
        self.follow("status", self._tell)
        self.follow("tick", self._paint)

    def _stop(self, _: object) -> None:
        """Stop at once: this must not wait until something has been drawn."""
        self.session.stop()
        self.stop.disabled = True

    def _redraw(self) -> None:
        """Follow the run from phase to phase."""
        session, run = self.session, self.session.run
        going = session.status in (COMPILING, SAMPLING)
        self.run.disabled, self.stop.disabled = going, not going
        for picture, choice in ((self.trace, self.parameter), (self.imputed, self.variable)):
            appear(choice, bool(run and run.chains))
            appear(picture, bool(run and run.chains))  # before it is drawn
        if run is None or session.status == READY:
            self.bar.value = self.convergence.value = ""
            self.status.value = note_html(IDLE)
        else:
            self._offer(run)
            self._next = 0.0
            self._paint()
        if run is not None and session.status == FAILED:
            self.status.value = _status("The run failed.")
        elif run is not None and session.status in (FINISHED, STOPPED):
            changed = "" if run.spec == session.spec else CHANGED
            self.status.value = _status(_outcome(session.status, run) + changed)

    def _tell(self) -> None:
        if self.session.status == FAILED:
            self.message.report(self.session.failure)
        else:
            self.message.clear()

    def _offer(self, run: Run) -> None:
        """Offer what can be watched in this run, keeping what was watched in the last."""
        free = [p for p in monitored(run.model) if p.free]
        last = run.model.written[-1]
        slow = [p.label for p in free if p.outcome == last.name and p.name in last.labels[1:]]
        labels = [p.label for p in free]
        modelled = {e.name.removesuffix(MEAN_SUFFIX) for e in run.model.equations}
        names = [name for name in dict.fromkeys(name for name, _ in run.cells) if name in modelled]
        for choice, offered, first in (
            (self.parameter, labels, [*slow, *labels]),
            (self.variable, names, names),
        ):
            new = not choice.options or choice.value not in ("", None, *offered)
            offer(choice, offered, none="none")
            if new and first:
                choice.value = first[0]

    def _paint(self) -> None:
        """Draw the run as it stands; five times a second while it goes on."""
        run, status = self.session.run, self.session.status
        if run is None or not run.chains:
            if status == COMPILING:
                self.status.value = _status(
                    "Preparing the sampler (compiled once on this machine: about half a minute)."
                )
            return
        self.bar.value = progress_html(sum(run.done), run.total, "iterations", BAR)
        left = run.seconds_left()
        if status == SAMPLING and left is not None:
            phase = "Burn-in" if min(run.done) < run.spec.burn else "Sampling"
            said = "Stopping…" if run.stopping else f"{phase}: {time_left(left)}."
            self.status.value = _status(said)
        self._draw_trace()
        self._draw_imputed()
        began = time.perf_counter()
        if began >= self._next:
            found, so_far = convergence(run), status == SAMPLING
            self.convergence.value = _convergence(found, so_far, self.session.targets)
            spent = time.perf_counter() - began
            self._next = began + max(spent / SHARE, 0.4)

    def _draw_trace(self) -> None:
        run = self.session.run
        if run is None or not self.parameter.value:
            self.trace.value = ""
            return
        k = [p.label for p in monitored(run.model)].index(self.parameter.value)
        chains = [rows[:done, k] for rows, done in zip(run.out, run.done, strict=True)]
        going = self.session.status == SAMPLING
        total = run.n_iterations if going else max(run.done)
        self.trace.value = live_trace(chains, run.spec.burn, total, self.parameter.value)

    def _draw_imputed(self) -> None:
        run, name = self.session.run, self.variable.value
        if run is None or not name:
            self.imputed.value = ""
            return
        observed = run.data.column(name)
        self.imputed.value = live_imputed(
            observed[~np.isnan(observed)], run.imputed_now(name).ravel(), name
        )


def _outcome(status: str, run: Run) -> str:
    kept = max(min(run.done) - run.spec.burn, 0) * run.spec.chains
    if status != STOPPED:
        return f"Finished: {kept:,} draws of {run.spec.chains} chains (seed {run.seed})."
    if kept:
        return f"Stopped: {kept:,} draws are kept, fewer than asked for."
    return "Stopped during burn-in: no draws are kept. Run it again, or with a shorter burn-in."


def _status(text: str) -> str:
    return f'<div role="status" aria-live="polite" style="{INK}">{escape(text)}</div>'


def _convergence(found: Convergence | None, so_far: bool, targets: tuple[float, float]) -> str:
    if found is None:
        return note_html("Too few draws yet to tell whether the chains agree.")
    most, least = targets
    rows = [_row("PSR", found.psr, f"{found.psr:.3f}", f"at most {most:g}",
                 found.psr_label, found.psr <= most)]  # fmt: skip
    if not found.burning:
        rows.append(
            _row("ESS", found.ess, f"{found.ess:,.0f}", f"at least {least:g}",
                 found.ess_label, found.ess >= least)
        )  # fmt: skip
    span = f"iterations {found.first:,} to {found.last:,}"
    phase = "burn-in" if found.burning else "kept draws"
    title = f"Worst parameters{' so far' if so_far else ''} ({phase}, {span})"
    return (
        f'<div style="{INK};overflow-x:auto;white-space:nowrap;line-height:1.5">{title}'
        f"<table><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(name: str, value: float, shown: str, target: str, label: str, good: bool) -> str:
    sign = "✓ reached" if good else "not yet"
    shown = "–" if np.isnan(value) else shown
    cells = "".join(
        f'<td style="padding:0 .8em 0 0">{escape(cell)}</td>'
        for cell in (shown, f"target {target}", sign, label)
    )
    return f'<tr><th scope="row" style="text-align:left;padding:0 .8em 0 0">{name}</th>{cells}</tr>'
