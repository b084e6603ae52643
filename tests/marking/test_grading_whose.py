"""Grading a small class: whose something is, and several hand-ins."""

import shutil
from dataclasses import replace

from small_class import canvas

from tutorkit.marking.outcomes import COPIED, MARKED, MISSING, UNREADABLE


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


def test_work_of_another_is_named_even_beside_what_cannot_be_read(room):
    room.hand_in("ben", "{", "answers-1.json")
    room.hand_in("ben", room.answers("anna", seed=None))
    outcome = room.run().of("ben")
    assert outcome.status == COPIED
    assert "are the answers of somebody else" in outcome.notes[0]


def test_what_lies_beside_the_own_answers_is_shown_to_the_instructor(room):
    room.hand_in("anna", room.answers("anna", seed=None))
    room.hand_in("anna", room.answers("ben", seed=None), "answers-1.json")
    outcome = room.run().of("anna")
    assert outcome.status == MARKED
    assert any("Holds the work of ben" in doubt for doubt in outcome.doubts)


def test_what_is_foreign_is_named_and_names_are_in_the_order_people_expect(room):
    foreign = replace(room.answers("anna", seed=None), handle="0" * 20)
    room.hand_in("anna", foreign)
    room.hand_in("ben", replace(foreign, assignment="other"))
    lines = room.roster.read_text().replace("Anna", "Student 10").replace("Ben", "Student 2")
    room.roster.write_text(lines)
    room.release()
    graded = room.run()
    what = {entry.student: entry.what for entry in graded.entries}
    assert what == {"anna": "Foreign: its handle is nobody's in this class.",
                    "ben": "Foreign: it is of the assignment 'other'."}  # fmt: skip
    assert [o.student.student for o in graded.outcomes] == ["dora", "ben", "anna"]


def test_the_overview_says_which_choice_is_right(room):
    room.hand_in("anna", room.answers("anna", seed=None))
    text = (room.run().out / "overview.html").read_text()
    assert "Because (right)" in text
    assert text.count("(right)") == 1
