"""A run in the background: one thread that draws, and one that tells the views."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tutorkit.draws import Draws
from tutorkit.run import Run

TICK_SECONDS = 0.2


class Worker:
    """Runs one model after the other; the thread that draws touches neither traits nor widgets.

    Parameters
    ----------
    tick
        Called about five times a second while a run goes on.
    end
        Called with the draws, or with the error that ended the run.
    """

    def __init__(self, tick: Callable[[], None], end: Callable[[Draws | Exception], None]) -> None:
        self._tick, self._end = tick, end
        self._idle = threading.Event()
        self._idle.set()

    @property
    def running(self) -> bool:
        """Whether a run is going on."""
        return not self._idle.is_set()

    def start(self, run: Run) -> None:
        """Run in the background. The caller makes sure that no other run is going on."""
        self._idle.clear()
        over = threading.Event()
        failures: list[Exception] = []
        for work in (_draw, self._paint):
            threading.Thread(target=work, args=(run, over, failures), daemon=True).start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the run has ended and the views know, in short steps that can be broken."""
        steps = int(1e9 if seconds is None else seconds / 0.1)
        while steps and not self._idle.wait(0.1):
            steps -= 1

    def _paint(self, run: Run, over: threading.Event, failures: list[Exception]) -> None:
        try:
            while not over.wait(TICK_SECONDS):
                self._tick()
            self._end(failures[0] if failures else _result(run))
        finally:
            self._idle.set()


def _result(run: Run) -> Draws | Exception:
    try:
        return run.draws()
    except Exception as error:
        return error


def _draw(run: Run, over: threading.Event, failures: list[Exception]) -> None:
    try:
        run.compile()
        run.start()
        run.join()
    except Exception as error:
        failures.append(error)
    finally:
        over.set()
