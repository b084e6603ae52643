"""Released again: who is who, what is private, and what stays."""

import pytest
from classroom import Classroom
from test_release import STUDENTS, Here

from tutorkit import DataError
from tutorkit.assignment import release as release_module
from tutorkit.assignment.ledger import read_ledger
from tutorkit.assignment.manifest import read_manifest
from tutorkit.assignment.secret import sub_key


@pytest.fixture
def room(tmp_path):
    return Classroom(tmp_path, STUDENTS)


def test_a_handle_tells_nothing_about_the_keys(room):
    room.release(executor=Here())
    secret = bytes.fromhex(room.secret.read_text())
    for one in read_ledger(room.ledger).issued.values():
        for purpose in release_module.PURPOSES:
            key = sub_key(secret, purpose, "small", one.student.student)
            assert one.handle not in key.hex()


def test_a_student_who_is_spelled_otherwise_is_the_same(room):
    room.roster.write_text("student\nanna\n")
    room.release(executor=Here())
    room.roster.write_text("student\nANNA\n")
    found = room.release(executor=Here(most=0))  # nothing is made anew
    assert [*found.ledger.issued] == ["anna"]
    assert found.ledger.issued["anna"].student.student == "ANNA"


def test_other_iterations_are_another_reference(room):
    room.release(executor=Here())
    text = room.assignment.read_text()
    room.assignment.write_text(text.replace("iterations = 800", "iterations = 900"))
    with pytest.raises(DataError, match="is the ledger of other data"):
        room.release(executor=Here())


@pytest.mark.parametrize("name", ["assignment", "roster"])
def test_what_is_private_does_not_lie_in_what_is_handed_out(room, name):
    file = getattr(room, name)
    room.handout.mkdir()
    setattr(room, name, file.rename(room.handout / file.name))
    with pytest.raises(DataError, match=f"The {name}.* lies in .*, which is handed out"):
        room.release(executor=Here())


def test_who_has_left_the_roster_stays_in_the_ledger_and_gets_no_folder(room):
    room.release(executor=Here())
    room.roster.write_text("student\nanna\n")
    (room.handout / "ben").rename(room.folder / "gone")
    found = room.release(executor=Here(most=0))
    assert not (room.handout / "ben").exists()
    assert "ben" in found.ledger.issued


def test_a_student_is_told_the_time_of_their_own(room):
    room.roster.write_text("student,due\nanna,2026-12-20T12:00:00+01:00\nben,\n")
    room.release(executor=Here())
    dues = [read_manifest(room.handout / name).due for name in ("anna", "ben")]
    assert dues == ["2026-12-20T12:00:00+01:00", "2026-12-11T23:59:00+01:00"]
