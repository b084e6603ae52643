"""Work that is spread over the processor's cores, taken as it is done, and can be stopped."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, TypeVar

from tutorkit.bar import tqdm

Progress = Callable[[int, int], None]
Result = TypeVar("Result")


@contextmanager
def pool(executor: Executor | None, n_jobs: int) -> Iterator[Executor]:
    """Return the executor given, or processes on this machine, at most one for each core."""
    if executor is not None:
        yield executor
        return
    workers = min(os.cpu_count() or 1, max(n_jobs, 1))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _leave_interrupts_to_the_caller) as processes:
        yield processes


def work_off(
    jobs: Sequence[Future[Result]], take: Callable[[Result], None], stop: threading.Event
) -> None:
    """Take results as they come; an interrupt or ``stop`` leaves out what has not begun.

    Raises
    ------
    BrokenExecutor
        If the processes end before their time.
    """
    left = list(jobs)
    try:
        while left:
            try:
                wait(left, timeout=0.1, return_when=FIRST_COMPLETED)
                for job in [job for job in left if job.done()]:
                    left.remove(job)
                    if not job.cancelled():
                        take(job.result())
                if stop.is_set():
                    left = [job for job in left if not job.cancel()]
            except KeyboardInterrupt:
                stop.set()
    finally:
        for job in left:
            job.cancel()


@contextmanager
def shown(progress: bool | Progress, total: int, what: str, unit: str) -> Iterator[Any]:
    """Return a function to be called with the number of jobs done."""
    if callable(progress):
        yield lambda done: progress(done, total)
        return
    with tqdm(total=total, desc=what, unit=unit, disable=not progress) as bar:
        yield lambda done: bar.update(done - bar.n)


def _leave_interrupts_to_the_caller() -> None:
    """Jupyter interrupts all processes: one that samples would return what it has so far."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
