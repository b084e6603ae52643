"""Grading a small class: times, several hand-ins, places that would spoil something."""

import contextlib
import csv
import shutil
from dataclasses import replace

import pytest
from classroom import RIGHT, SMALL, Classroom
from large_class import parts

from tutorkit import DataError
from tutorkit.assignment.ledger import read_ledger
from tutorkit.marking import grade
from tutorkit.marking.examiner import examine
from tutorkit.marking.outcomes import COPIED, MARKED, MISSING, REFUSED, UNREADABLE

STUDENTS = ["anna,Anna,,101", "ben,Ben,,102", "dora,Dora,,103"]
IN_TIME, LATE = "2026-12-10T12:00:00+01:00", "2026-12-12T12:00:00+01:00"  # due on the 11th


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    room = Classroom(tmp_path_factory.mktemp("class"), STUDENTS)
    room.release()
    return room


@contextlib.contextmanager
def here(source, ledger, seconds):
    """Examine in this process, which need not be started; `test_examiner` has the other."""
    book = read_ledger(ledger)
    yield lambda entry: examine(source, entry, book)


@pytest.fixture
def room(released, tmp_path, monkeypatch):
    monkeypatch.setattr("tutorkit.marking.grading.examiner", here)
    shutil.copytree(released.folder, tmp_path / "class")
    room = Classroom(tmp_path / "class", STUDENTS)
    room.run = lambda **more: grade(
        room.submissions, room.ledger, room.folder / "grades", progress=False, **more
    )
    return room


def change(room, old, new):
    """Change the assignment, and release it again."""
    text = room.assignment.read_text()
    assert old in text
    room.assignment.write_text(text.replace(old, new))
    return room.release()


def canvas(room, name, answers, late=False):
    word = "late_" * late
    file = room.submissions / f"name_{word}{name}_555_answers.json"
    file.write_text(answers.to_json())


# --- times ----------------------------------------------------------------------------------------


def test_a_student_may_have_a_time_of_their_own(room):
    room.roster.write_text(
        "student,name,due\nanna,Anna,2026-12-20T12:00:00+01:00\nben,Ben,\ndora,Dora,\n"
    )
    room.release()
    for name in ("anna", "ben"):
        room.hand_in(name, room.answers(name, seed=None, submitted=LATE))
    graded = room.run()
    assert (graded.of("anna").share, graded.of("anna").notes) == (1, ())
    assert graded.of("ben").share == 0.9
    assert "0.5 days" not in graded.of("ben").notes[0]
    assert "12.0 hours after it was due. 90% of the marks are left." in graded.of("ben").notes[0]


def test_the_course_sites_word_costs_a_day_at_most_and_no_more_than_is_known(room):
    canvas(room, 101, room.answers("anna", seed=None, submitted=IN_TIME), late=True)
    canvas(room, 102, room.answers("ben", seed=None, submitted=IN_TIME))
    graded = room.run()
    assert graded.of("anna").share == 0.9
    assert graded.of("anna").notes == (
        "The course site says that it came late. 90% of the marks are left.",
    )
    assert graded.of("ben").share == 1
    room.roster.write_text(
        "student,name,due,canvas_id\nanna,Anna,2026-12-20T12:00:00+01:00,101\nben,Ben,,102\n"
    )
    room.release()
    outcome = room.run().of("anna")
    assert (outcome.share, outcome.notes) == (1, ())
    assert any("nothing was taken off" in doubt for doubt in outcome.doubts)


def test_a_time_beside_the_answers_goes_before_the_claimed_one(room):
    room.hand_in("anna", room.answers("anna", seed=None, submitted=IN_TIME))
    room.hand_in("anna", "2026-12-14 10:00:00 UTC", "timestamp.txt")
    assert graded_share(room) == pytest.approx(0.7)


def graded_share(room):
    return room.run().of("anna").share


def test_late_work_is_refused_where_the_assignment_says_so(room):
    change(room, "late_penalty = 0.1", 'late = "refuse"')
    room.hand_in("anna", room.answers("anna", seed=None, submitted=LATE))
    room.hand_in("ben", room.answers("ben", seed=None, submitted=IN_TIME))
    room.hand_in("ben", room.answers("ben", seed=None, submitted=LATE), "answers-1.json")
    graded = room.run()
    assert (graded.of("anna").status, graded.of("anna").total) == (REFUSED, 0)
    assert graded.of("ben").status == MARKED  # the one that was in time counts
    assert graded.of("ben").total > 0


def test_the_last_of_two_counts_and_a_late_one_is_shown_to_the_instructor(room):
    room.hand_in("ben", room.answers("ben", seed=None, submitted=IN_TIME))
    room.hand_in("ben", room.answers("ben", seed=None, submitted=LATE), "answers-1.json")
    outcome = room.run().of("ben")
    assert outcome.share == 0.9
    assert any("was in time; the last one counts" in doubt for doubt in outcome.doubts)


def test_times_that_cannot_be_are_shown_to_the_instructor(room):
    early = room.answers("anna", submitted="2020-12-10T12:00:00+01:00")
    room.hand_in("anna", early)
    room.hand_in("ben", room.answers("ben", seed=None, submitted="2999-01-01T00:00:00+00:00"))
    graded = room.run()
    assert "before its run was made" in graded.of("anna").doubts[0]
    assert any("still to come" in doubt for doubt in graded.of("ben").doubts)


# --- whose ----------------------------------------------------------------------------------------


def test_a_class_in_one_folder_more_is_told_apart(room):
    outer = room.submissions / "Submissions 2026"
    for name in ("anna", "ben"):
        room.hand_in(f"Submissions 2026/{name}", room.answers(name, seed=None))
    (outer / "dora").mkdir()
    stolen = room.answers("anna", seed=None, submitted="2026-12-10T13:00:00+01:00")
    room.hand_in("Submissions 2026/dora", replace(stolen, given={"report": "mine"}))
    graded = room.run()
    assert [graded.of(name).status for name in ("anna", "ben", "dora")] == [MARKED, MARKED, COPIED]
    assert graded.of("anna").answers.given["report"].startswith("I, anna")
    assert "Holds the work of anna" in graded.of("dora").doubts[0]


def test_an_unknown_name_with_other_answers_of_a_handle_is_shown(room):
    first = room.answers("anna", seed=None)
    room.hand_in("x1", first)
    later = {"submitted": "2026-12-10T13:00:00+01:00", "given": {}}
    room.hand_in("x2", replace(first, **later))
    assert any("nobody's: the last counts" in d for d in room.run().of("anna").doubts)
    room.hand_in("anna", first)
    outcome = room.run().of("anna")  # what came under the own name goes before
    assert outcome.answers == first
    assert not any("nobody's" in doubt for doubt in outcome.doubts)


def test_other_files_beside_the_answers_are_no_news(room):
    canvas(room, 101, room.answers("anna", seed=None))
    (room.submissions / "name_101_556_assignment.ipynb").write_text("{}")
    (room.submissions / "name_102_556_assignment.ipynb").write_text("{}")
    room.hand_in("dora", room.answers("dora", seed=None))
    room.hand_in("dora", "{}", "my-work.json")
    graded = room.run()
    assert not [doubt for doubt in graded.of("anna").doubts if "ipynb" in doubt]
    assert not [doubt for doubt in graded.of("dora").doubts if "my-work" in doubt]
    assert graded.of("ben").status == UNREADABLE
    what = {entry.place: entry.what for entry in graded.entries}
    assert what["name_101_556_assignment.ipynb"] == "Not read: only answers are."
    assert what["name_102_556_assignment.ipynb"] == "It holds no answers.json."


def test_feedback_of_what_was_taken_away_does_not_stay(room):
    room.hand_in("anna", room.answers("anna", seed=None))
    graded = room.run()
    assert (graded.out / "feedback" / "anna.html").exists()
    shutil.rmtree(room.submissions / "anna")
    graded = room.run()
    assert graded.of("anna").status == MISSING
    assert not (graded.out / "feedback" / "anna.html").exists()


# --- what would spoil something -------------------------------------------------------------------


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
