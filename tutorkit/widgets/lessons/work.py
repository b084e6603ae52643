"""Something in a lesson that takes a while: begun, watched and stopped, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from ipywidgets import HTML, Button, HBox, Widget

from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.parts import ROW, View, note_html

Show = Callable[[], None]
Job = Callable[[threading.Event], Show]
"""Done in the background until the event is set; returns what shows its result."""


class Work(View):
    """Buttons to run and stop a job, and a bar; a job of the same session that runs is stopped."""

    session: LessonSession

    def __init__(
        self,
        session: LessonSession,
        run: Button,
        more: Sequence[Widget],
        below: Sequence[Widget],
        above: Sequence[Widget] = (),
    ) -> None:
        self.run = run
        self.stop = Button(description="Stop", disabled=True, tooltip="Stop and keep what is done")
        self.bar = HTML()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        row = HBox([run, self.stop, *more], layout=ROW)
        super().__init__(session, [*above, row, self.bar, *below])
        self.on_click(run, self._begin)
        self.stop.on_click(lambda _: self.halt())

    def job(self) -> Job:
        """Return what is to be done, of the session as it is now; errors are the learner's."""
        raise NotImplementedError

    def halt(self) -> None:
        """Stop; what is done is kept."""
        self._stop.set()
        self.stop.disabled = True

    def wait(self) -> None:
        """Wait until it has ended; an interrupt stops it."""
        try:
            while self._thread is not None and self._thread.is_alive():
                self._thread.join(0.1)
        except KeyboardInterrupt:
            self.halt()
            raise

    def _begin(self) -> None:
        job = self.job()
        if self.session.work is not None:
            self.session.work.halt()
        self.session.work = self
        self._stop = threading.Event()
        self.run.disabled, self.stop.disabled = True, False
        self.bar.value = note_html("Preparing…")
        self._thread = threading.Thread(target=self._go, args=(job, self._stop), daemon=True)
        self._thread.start()

    def _go(self, job: Job, stop: threading.Event) -> None:
        try:
            self.guarded(job(stop))()
        except Exception as error:
            with self.session.lock:
                self.message.report(error)
        finally:
            with self.session.lock:
                self.bar.value = f'<div role="status">{note_html(self.ended)}</div>'
                self.run.disabled, self.stop.disabled = False, True

    @property
    def ended(self) -> str:
        """What is said when it has ended."""
        return "It has ended: see below."
