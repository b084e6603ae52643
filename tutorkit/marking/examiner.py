"""Look at submissions in a process of its own: one that hangs or dies takes nothing with it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tutorkit.assignment.answers import Answers, read_answers
from tutorkit.assignment.ledger import Ledger, read_ledger
from tutorkit.errors import TutorkitError
from tutorkit.marking.marks import Marked, mark
from tutorkit.marking.submissions import Found, Source

SECONDS = 30.0  # for what was handed in under one name
BYTES = 2_000_000_000  # of memory beyond what it takes to begin, where the system can say so


@dataclass(frozen=True)
class Examined:
    """One answers file as it was found, and its marks if its handle is that of a student.

    ``entry`` is the name under which it was handed in, ``problem`` says why there are no answers.
    """

    entry: str
    place: str
    time: str = ""
    problem: str = ""
    answers: Answers | None = None
    marked: Marked | None = None


@contextlib.contextmanager
def examiner(submissions: Source, ledger: Path, seconds: float = SECONDS) -> Iterator[Any]:
    """Return a function that examines what was handed in under one name.

    It returns a list of `Examined`, at least one, within ``seconds``.
    """
    worker = _Worker(submissions, ledger, seconds)
    try:
        yield worker.examine
    finally:
        worker.end()


class _Worker:
    """A process that examines; it is started anew if it does not answer."""

    @staticmethod
    def target(connection: Connection, submissions: Source, ledger: Path) -> None:
        """Run in the process."""
        _serve(connection, submissions, ledger)

    def __init__(self, submissions: Source, ledger: Path, seconds: float) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._arguments, self._seconds = (submissions, ledger), seconds
        self._process: Any = None
        self._connection: Any = None

    def examine(self, entry: str) -> list[Examined]:
        """Examine what was handed in under a name."""
        if self._process is None:
            self._start()
        try:
            self._connection.send(entry)
            if self._connection.poll(self._seconds):
                found: list[Examined] = self._connection.recv()
                return found
            problem = f"Reading it took longer than {self._seconds:.0f} seconds"
        except (EOFError, OSError):
            problem = "Reading it ended the program that reads"
        self.end()
        return [Examined(entry, entry, problem=problem)]

    def _start(self) -> None:
        self._connection, theirs = self._context.Pipe()
        self._process = self._context.Process(
            target=self.target, args=(theirs, *self._arguments), daemon=True
        )
        self._process.start()
        theirs.close()
        if not self._connection.poll(120):  # until all is imported
            self.end()
            raise TutorkitError("The process that reads submissions does not start")
        self._connection.recv()

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._connection.close()
            self._process.kill()
            self._process.join()
            self._process = None


def _serve(connection: Connection, submissions: Source, ledger: Path) -> None:
    """Examine what is asked for until nobody asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    book = read_ledger(ledger)
    _limit_memory()
    connection.send("ready")
    with contextlib.suppress(EOFError, OSError):
        while True:
            connection.send(examine(submissions, connection.recv(), book))


def examine(submissions: Source, entry: str, ledger: Ledger) -> list[Examined]:
    """Read and mark what was handed in under one name, in this process."""
    by_handle = ledger.by_handle
    out = []
    try:
        everything = submissions.find(entry)
    except Exception as error:  # whatever it is, it is this one's alone
        everything = [Found(entry, problem=f"It cannot be looked into: {type(error).__name__}")]
    for found in everything:
        seen = Examined(entry, found.place, found.time, found.problem)
        if found.content is not None:
            try:
                answers = read_answers(found.content)
                issued = by_handle.get(answers.handle)
                marked = mark(ledger.assignment, issued, answers) if issued else None
                seen = replace(seen, answers=answers, marked=marked)
            except TutorkitError as error:
                seen = replace(seen, problem=error.message)
            except MemoryError:
                seen = replace(seen, problem="Reading it takes too much memory")
            except Exception as error:  # whatever it is, it is this one's alone
                seen = replace(seen, problem=f"It cannot be marked: {type(error).__name__}")
        out.append(seen)
    return out


def _limit_memory() -> None:
    if os.name == "posix":
        import resource

        with contextlib.suppress(ValueError, OSError):
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            most = pages * resource.getpagesize() + BYTES
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
