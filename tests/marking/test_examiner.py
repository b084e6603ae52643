"""The process that reads submissions: what hangs or dies takes nothing with it."""

import os
import time
from pathlib import Path

import pytest
from classroom import Classroom

from tutorkit.marking import examiner as module
from tutorkit.marking import grade
from tutorkit.marking.examiner import examiner
from tutorkit.marking.outcomes import MARKED, UNREADABLE
from tutorkit.marking.submissions import Source

HANG, DIE = "hangs", "dies"


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    room = Classroom(tmp_path_factory.mktemp("class"), [f"{name},," for name in "abcd"])
    room.release()
    for name in "ad":
        room.hand_in(name, room.answers(name, seed=None))
    room.hand_in("b", "hangs")
    room.hand_in("c", "dies")
    return room


def serve(connection, submissions, ledger):
    """Serve as the examiner does, but hang or die at what says so, as a bug of ours would."""
    real = Source.find

    def find(source, entry):
        content = (source.path / entry / "answers.json").read_text()
        if content == HANG:
            time.sleep(600)
        if content == DIE:
            os.kill(os.getpid(), 9)
        return real(source, entry)

    Source.find = find
    module._serve(connection, submissions, ledger)


class Worker(module._Worker):
    """A worker that hangs and dies."""

    target = staticmethod(serve)


def test_what_hangs_or_dies_is_named_and_the_others_are_marked(room, monkeypatch):
    monkeypatch.setattr(module, "_Worker", Worker)
    graded = grade(room.submissions, room.ledger, room.folder / "grades", progress=False, seconds=2)
    assert [graded.of(name).status for name in "abcd"] == [MARKED, UNREADABLE, UNREADABLE, MARKED]
    assert "longer than 2 seconds" in graded.of("b").notes[0]
    assert "ended the program that reads" in graded.of("c").notes[0]


def test_the_worker_may_not_take_all_memory(room):
    with examiner(Source(room.submissions), room.ledger) as examine:
        (found,) = examine("a")
        assert found.answers is not None
        limits = Path(f"/proc/{examine.__self__._process.pid}/limits")
        if limits.exists():
            (line,) = [x for x in limits.read_text().splitlines() if x.startswith("Max address")]
            assert int(line.split()[3]) < 20e9
