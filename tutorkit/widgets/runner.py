"""Run the model, watch it, stop it."""

from __future__ import annotations

import time
from html import escape

import numpy as np
from ipywidgets import HTML, Button, Dropdown, HBox, Layout

from tutorkit.charts.live import live_imputed, live_trace
from tutorkit.diagnostics import TARGET_ESS, TARGET_PSR
from tutorkit.parameters import monitored
from tutorkit.progress import Convergence, convergence, time_left
from tutorkit.run import Run
from tutorkit.widgets.choices import offer
from tutorkit.widgets.parts import INK, ROW, View, note_html
from tutorkit.widgets.run_settings import RunSettings
from tutorkit.widgets.session import COMPILING, FAILED, READY, SAMPLING, STOPPED, Session

SHARE = 1 / 30  # of the time may go into working out how far the chains agree
IDLE = "Press Run. What is drawn is shown here while it is drawn; Stop keeps it."


class Runner(View):
    """Run and Stop, progress, and the run as it goes: traces, PSR, ESS, imputed values."""

    def __init__(self, session: Session) -> None:
        self.run = Button(description="Run", button_style="primary", tooltip="Run the model")
        self.stop = Button(description="Stop", disabled=True, tooltip="Stop and keep the draws")
        self.bar, self.status, self.convergence = HTML(), HTML(), HTML()
        self.trace, self.imputed = HTML(), HTML()
        wide = {"layout": Layout(width="360px"), "style": {"description_width": "130px"}}
        self.parameter = Dropdown(description="Trace of", **wide)
        self.variable = Dropdown(description="Imputed values of", **wide)
        self._model: object = None
        self._next = 0.0
        super().__init__(
            session,
            [
                RunSettings(session), HBox([self.run, self.stop], layout=ROW), self.bar,
                self.status, self.convergence, self.parameter, self.trace, self.variable,
                self.imputed,
            ],
        )  # fmt: skip
        self.on_click(self.run, session.start)
        self.on_click(self.stop, session.stop)
        self.on(self.parameter, lambda _: self._draw_trace())
        self.on(self.variable, lambda _: self._draw_imputed())
        self.follow(["status", "run"], self._redraw)
        self.follow("tick", self._paint)

    def _redraw(self) -> None:
        """Follow the run from phase to phase."""
        session, run = self.session, self.session.run
        going = session.status in (COMPILING, SAMPLING)
        self.run.disabled, self.stop.disabled = going, not going
        for picture, choice in ((self.trace, self.parameter), (self.imputed, self.variable)):
            choice.layout.display = None if run and run.chains else "none"
            picture.layout.display = choice.layout.display
        if run is None or session.status == READY:
            self.bar.value = self.convergence.value = ""
            self.status.value = note_html(IDLE)
            return
        self._offer(run)
        self._next = 0.0
        self._paint()
        if session.status == FAILED:
            self.status.value = _status("The run failed.")
            if session.failure is not None:
                raise session.failure
        elif not going:
            self.status.value = _status(_outcome(session.status, run))

    def _offer(self, run: Run) -> None:
        """Offer what can be watched in this run, keeping what was watched in the last."""
        if run.model is self._model:
            return
        self._model = run.model
        free = [p for p in monitored(run.model) if p.free]
        labels = [p.label for p in free]
        last = run.model.written[-1]
        first = next(
            (p.label for p in free if p.outcome == last.name and p.name in last.labels[1:]),
            labels[0],
        )
        offer(self.parameter, labels, none="none")
        self.parameter.value = self.parameter.value or first
        names = list(dict.fromkeys(name for name, _ in run.cells))
        offer(self.variable, names, none="none")
        self.variable.value = self.variable.value or next(iter(names), "")

    def _paint(self) -> None:
        """Draw the run as it stands; five times a second while it goes on."""
        run = self.session.run
        if run is None or not run.chains:
            if self.session.status == COMPILING:
                self.status.value = _status(
                    "Preparing the sampler (compiled once on this machine: about half a minute)."
                )
            return
        if self.parameter.layout.display == "none":
            self._redraw()
        done = sum(run.done)
        self.bar.value = _bar(done, run.total)
        left = run.seconds_left()
        if self.session.status == SAMPLING and left is not None:
            phase = "Burn-in" if min(run.done) < run.spec.burn else "Sampling"
            self.status.value = _status(f"{phase}: {time_left(left)}.")
        self._draw_trace()
        self._draw_imputed()
        began = time.perf_counter()
        if began >= self._next:
            self.convergence.value = _convergence(convergence(run))
            spent = time.perf_counter() - began
            self._next = began + max(spent / SHARE, 0.4)

    def _draw_trace(self) -> None:
        run = self.session.run
        if run is None or not self.parameter.value:
            self.trace.value = ""
            return
        k = [p.label for p in monitored(run.model)].index(self.parameter.value)
        chains = [rows[:done, k] for rows, done in zip(run.out, run.done, strict=True)]
        self.trace.value = live_trace(chains, run.spec.burn, run.n_iterations, self.parameter.value)

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


def _bar(done: int, total: int) -> str:
    label = f"{done:,} of {total:,} iterations"
    return (
        f'<div style="{INK}"><progress aria-label="Progress of the run" value="{done}" '
        f'max="{total}" style="width:320px"></progress> {label}</div>'
    )


def _status(text: str) -> str:
    return f'<div role="status" aria-live="polite" style="{INK}">{escape(text)}</div>'


def _convergence(found: Convergence | None) -> str:
    if found is None:
        return note_html("Too few draws yet to tell whether the chains agree.")
    rows = [_row("PSR", found.psr, f"{found.psr:.3f}", f"at most {TARGET_PSR}",
                 found.psr_label, found.psr <= TARGET_PSR)]  # fmt: skip
    if not found.burning:
        rows.append(
            _row("ESS", found.ess, f"{found.ess:,.0f}", f"at least {TARGET_ESS}",
                 found.ess_label, found.ess >= TARGET_ESS)
        )  # fmt: skip
    span = f"iterations {found.first:,} to {found.last:,}"
    phase = "burn-in" if found.burning else "kept draws"
    return (
        f'<table style="{INK};border-collapse:collapse"><caption style="text-align:left">'
        f"Worst parameters so far ({phase}, {span})</caption><tbody>{''.join(rows)}</tbody></table>"
    )


def _row(name: str, value: float, shown: str, target: str, label: str, good: bool) -> str:
    sign = "✓ reached" if good else "not yet"
    shown = "–" if np.isnan(value) else shown
    cells = "".join(
        f'<td style="padding:0 .8em 0 0">{escape(cell)}</td>'
        for cell in (shown, f"target {target}", sign, label)
    )
    return f'<tr><th scope="row" style="text-align:left;padding:0 .8em 0 0">{name}</th>{cells}</tr>'
