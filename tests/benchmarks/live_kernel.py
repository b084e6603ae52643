"""The measurement of the benchmark ``live``, made inside a notebook's kernel."""

from __future__ import annotations

import time
from collections.abc import Callable

from IPython.display import display

from tests.benchmarks.models import chapter_data, chapter_model
from tutorkit import Runner, Session, render
from tutorkit.run import Run

SETTLED = 0.3  # seconds after a start that are not measured
TURNS = 4  # each way is measured so many times, in turn


def measure(seconds: float) -> dict[str, float]:
    """Return iterations per second alone and watched, and frames per second."""
    session = Session("04_multilevel", render(chapter_model()))
    session.edit(burn=1000, iterations=10**6)
    runner = Runner(session)
    display(runner)
    frames = [0]

    def count(_: object) -> None:
        frames[0] += 1

    runner.trace.observe(count, "value")
    alone = watched = drawn = 0.0
    _alone(session, 0.5)  # compiles, and warms up
    for _ in range(TURNS):
        alone += _alone(session, seconds / TURNS)
        before = frames[0]
        watched += _watched(session, seconds / TURNS)
        drawn += frames[0] - before
    return {
        "alone": alone / TURNS,
        "watched": watched / TURNS,
        "frames": drawn / (seconds + TURNS * SETTLED),
    }


def _alone(session: Session, seconds: float) -> float:
    run = Run(session.spec, chapter_data())
    run.compile()
    run.start()
    return _rate(run, seconds, run.join)


def _watched(session: Session, seconds: float) -> float:
    session.start()
    while not session.run.chains:
        time.sleep(0.01)
    return _rate(session.run, seconds, session.wait)


def _rate(run: Run, seconds: float, wait: Callable[[], None]) -> float:
    time.sleep(SETTLED)
    began, before = time.perf_counter(), sum(run.done)
    time.sleep(seconds)
    rate = (sum(run.done) - before) / (time.perf_counter() - began)
    run.stop()
    wait()
    return rate
