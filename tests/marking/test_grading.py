"""Grading a small class: places and changes that would spoil something."""

import csv
import shutil

import pytest
from classroom import RIGHT, SMALL, Classroom
from large_class import parts
from small_class import change

from tutorkit import DataError
from tutorkit.marking import grade


@pytest.mark.parametrize("where", ["handout", "handout/anna", "submissions", "submissions/x"])
def test_results_do_not_come_where_others_see_them(room, where):
    (room.submissions / "x").mkdir()
    with pytest.raises(DataError, match="The results cannot come into"):
        grade(room.submissions, room.ledger, room.folder / where, progress=False)


def test_a_place_in_which_nothing_can_be_written_is_told_before_anything_is_read(room):
    with pytest.raises(DataError, match="Nothing can be written in '/proc/x'"):
        grade(room.submissions, room.ledger, type(room.ledger)("/proc/x"), progress=False)


def test_choices_stay_in_their_places(room):
    with pytest.raises(DataError, match="The choices of 'mechanism' are not as they were"):
        change(room, '["Because", "By chance"]', '["By chance", "Because"]')
    room.assignment.write_text(SMALL)
    change(room, '["Because", "By chance"]', '["Because", "By chance", "Both"]')


def test_a_products_factors_may_stand_in_any_order(tmp_path):
    """The estimate is found, and the model is as asked for."""
    text = SMALL.replace("[data]", "[data]\nmnar = 'y'\nrates = { y = 0.2 }")
    text = text.replace('"exercise"', '"chapter"').replace("[criteria]", "[criteria]\nfull = 0.5")
    room = Classroom(tmp_path, ["anna,Anna,,"], text)
    room.release()
    script = (
        "CLUSTERID: j; FIXED: x1i x2i x3i; MODEL: focal: y ~ x1i x2i x3i x3i*x2i | x1i; "
        "selection: y.missing ~ y; BURN: 300; ITERATIONS: 800;"
    )
    room.hand_in("anna", room.answers("anna", script))
    graded = grade(room.submissions, room.ledger, tmp_path / "grades", progress=False)
    marked = {part.key: part for part in graded.of("anna").marked.parts}
    assert marked["focal"].points == 4
    assert len(marked["estimates"].words) == 5
    assert not [words for words in marked["estimates"].words if "has none" in words]


def test_a_ledger_that_an_editor_has_touched_loses_nobody(room):
    content = room.ledger.read_bytes()
    room.ledger.write_bytes(content.rstrip(b"\n"))
    room.hand_in("dora", room.answers("dora", seed=None))
    assert [o.student.student for o in room.run().outcomes] == ["anna", "ben", "dora"]
    assert room.ledger.read_bytes() == content.rstrip(b"\n")  # marking does not write there
    room.roster.write_text(room.roster.read_text() + "emil,Emil,,\n")
    room.release()
    assert len(room.run().outcomes) == 4


def test_an_empty_ledger_is_begun(room):
    room.ledger.write_bytes(b"")
    shutil.rmtree(room.handout)
    room.release()
    assert len(room.run().outcomes) == 3


def test_marks_of_the_right_model_are_full(room):
    room.hand_in("anna", room.answers("anna", RIGHT, seed=5))
    got = parts(room.run().of("anna"))
    assert (got["focal"], got["auxiliary"], got["selection"], got["mechanism"]) == (4, 3, 3, 1)


def test_comments_by_hand_go_to_moodle_with_the_grade(room):
    room.hand_in("anna", room.answers("anna", seed=None))
    graded = room.run()
    file = graded.out / "marks-by-hand.csv"
    assert "Assumptions" not in (graded.out / "moodle.csv").read_text(encoding="utf-8-sig")
    rows = [*csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())]
    rows[0] |= {"mark": "3", "comment": "Assumptions named."}
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)
    graded = room.run()
    lines = (graded.out / "moodle.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].endswith(f"{graded.of('anna').total:g},Assumptions named.")
    assert lines[2].endswith(",,")
