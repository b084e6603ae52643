"""What the user does on the page, one thing after the other."""

from __future__ import annotations

import queue
import threading
import traceback
from collections.abc import Callable

from IPython import get_ipython
from ipywidgets import Widget

Call = Callable[[], None]


class Events:
    """Does what the browser asks for in a thread of its own, in the order in which it was asked.

    A kernel takes messages from the browser on one thread or another (ipykernel 7). Were each to be
    worked off where it arrives, a click could overtake the choices made before it; see also
    `keep_order`. Calls that do not come from the browser are made at once.
    """

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Call] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def do(self, call: Call) -> None:
        """Make a call now, or in its turn if the browser asked for it."""
        if threading.current_thread() is self._thread or not from_browser():
            call()
        else:
            self.later(call)

    def later(self, call: Call) -> None:
        """Make a call in its turn."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
        self._calls.put(call)

    def _work(self) -> None:
        while True:
            try:
                self._calls.get()()
            except Exception:  # the next call must not wait for ever
                traceback.print_exc()


def keep_order(control: Widget) -> None:
    """Let what the browser sends of a control be handled where it says, in the order sent.

    ipykernel 7.4 hands the messages of each control to the thread that last wrote to it, so that
    a click is seen before the choices made ahead of it. Other versions have no such attribute.
    """
    if hasattr(control.comm, "_reply_subshell_for"):
        control.comm._reply_subshell_for = lambda data, sent_to: sent_to


def from_browser() -> bool:
    """Tell whether this thread is handling a message of a widget."""
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    return bool(kernel.get_parent().get("header", {}).get("msg_type") == "comm_msg")
