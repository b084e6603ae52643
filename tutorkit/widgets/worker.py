"""A run in the background: one thread that draws, and one that tells the views."""

from __future__ import annotations

import math
import threading
import time
import traceback
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
        self._told = threading.Event()  # of the last run: everybody knows how it ended
        self._told.set()
        self.running = False

    def start(self, run: Run) -> None:
        """Run in the background. The caller makes sure that no other run is going on."""
        self.running, self._told = True, threading.Event()
        over = threading.Event()
        failures: list[Exception] = []
        shared = (run, over, failures)
        threading.Thread(target=_draw, args=shared, daemon=True).start()
        threading.Thread(target=self._paint, args=(*shared, self._told), daemon=True).start()

    def rest(self) -> None:
        """Be ready for another run."""
        self.running = False

    def wait(self, seconds: float = math.inf) -> None:
        """Wait until the run has ended and the views know, in short steps that can be broken."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._told.wait(0.1):
            pass

    def _paint(
        self, run: Run, over: threading.Event, failures: list[Exception], told: threading.Event
    ) -> None:
        while not over.wait(TICK_SECONDS):
            _tell(self._tick)
        result = failures[0] if failures else _result(run)
        _tell(lambda: self._end(result))
        told.set()


def _tell(call: Callable[[], None]) -> None:
    """Let those who follow the session know; one who fails does not harm the run."""
    try:
        call()
    except Exception:
        traceback.print_exc()


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
