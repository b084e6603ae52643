"""Grading a small class: when something was handed in, and what lateness costs."""

import pytest
from small_class import IN_TIME, LATE, canvas, change

from tutorkit.marking.outcomes import MARKED, REFUSED


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


def test_at_the_very_time_it_is_not_late(room):
    room.hand_in("anna", room.answers("anna", seed=None, submitted="2026-12-11T23:59:00+01:00"))
    room.hand_in("ben", room.answers("ben", seed=None, submitted="tomorrow"))
    graded = room.run()
    assert (graded.of("anna").share, graded.of("anna").notes) == (1, ())
    assert any("does not say when" in doubt for doubt in graded.of("ben").doubts)
