"""A class of 120: every honest one gets what it deserves, damage and tricks hurt nobody else."""

import pytest
from classroom import POINTS
from large_class import MODELS, N, deserved, parts, student

from tutorkit.assignment.ledger import read_ledger
from tutorkit.marking.outcomes import COPIED, MARKED, MISSING, UNREADABLE

# --- the honest ones ------------------------------------------------------------------------------


def test_everybody_has_one_outcome_and_everything_handed_in_one_line(graded, handed_in):
    assert len(graded.outcomes) == N
    assert len({outcome.student.student for outcome in graded.outcomes}) == N
    found = {entry.place.split("/")[0] for entry in graded.entries}
    assert found == {path.name for path in handed_in.submissions.iterdir()}
    assert handed_in.released.failed == {}
    assert handed_in.released.unfinished == ()


@pytest.mark.parametrize("name", MODELS)
def test_honest_models_get_what_they_deserve_in_whatever_form_they_come(graded, handed_in, name):
    _, *shares = MODELS[name]
    students = [s for s, kind in handed_in.honest.items() if kind == name]
    assert len(students) == 5
    for who in students:
        outcome = graded.of(who)
        assert outcome.status == MARKED, outcome
        got = parts(outcome)
        for role, share in zip(("focal", "auxiliary", "selection"), shares, strict=True):
            assert got[role] == pytest.approx(share * POINTS[role], abs=0.005), (who, role)
        assert got["mechanism"] == 1
        assert got["report"] is None
        assert "assum" not in " ".join(outcome.notes)


def test_estimates_and_convergence_are_marked_by_the_rubric(graded, handed_in):
    """Worked out again from the ledger and what was handed in."""
    issued = read_ledger(handed_in.ledger).issued
    right = 0
    for who, name in handed_in.honest.items():
        outcome = graded.of(who)
        run, got = outcome.answers.run, parts(outcome)
        half = (run.psr <= 1.05) + (run.ess >= 100)
        assert got["convergence"] == half
        credit = deserved(run, issued[who])
        assert got["estimates"] == pytest.approx(credit, abs=0.005)
        if name in ("right", "few predictors of missingness", "other order"):
            right += credit == 4
    assert right >= 14  # of 15: the right models' runs agree with the reference


def test_wrong_models_are_named_with_what_is_wrong(graded, handed_in):
    words = {name: " ".join(w for part in graded.of(who).marked.parts for w in part.words)
             for who, name in handed_in.honest.items()}  # fmt: skip
    assert "The slope of x3i does not vary over clusters" in words["no random slope"]
    assert "x2i is missing in the focal model of y" in words["x2i forgotten"]
    assert "There is no model of x1i.missing" in words["MAR"]
    assert "There is no auxiliary model of x1i" in words["no auxiliary models"]
    assert "x1i is missing in the selection model" in words["missing by y only"]
    assert "y is missing in the selection model" in words["missing by itself only"]
    assert "x2i*x3i is too much in the focal model" in words["a product too many"]


# --- damage ---------------------------------------------------------------------------------------


def test_each_kind_of_damage_is_its_own_affair_and_is_named(graded, handed_in):
    assert len(handed_in.damaged) >= 20
    for who, kind in handed_in.damaged.items():
        outcome = graded.of(who)
        assert outcome.status == UNREADABLE, kind
        assert outcome.total == 0, kind
        (note,) = outcome.notes
        assert "Traceback" not in note
        lines = [e.what for e in graded.entries if e.student == who]
        assert lines, kind
        assert all(len(line) > 10 for line in lines), kind


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("an empty folder", "holds no answers.json"),
        ("an empty file", "is empty"),
        ("cut off", "it breaks off or was changed"),
        ("five megabytes", "larger than 1 MB"),
        ("nested 200,000 deep", "nested too deeply"),
        ("not a number", "NaN is no number"),
        ("half a letter", "signs that are no text"),
        ("said twice", "something is said twice"),
        ("a link to the secret", "a link to another file"),
        ("a pipe", "no file that can be read"),
        ("2,100 files", "more than 2,000 files"),
        ("a zip bomb", "larger than 1 MB"),
        ("a broken zip", "is damaged"),
        ("a damaged zip", "no zip file, or a damaged one"),
        ("a zip with a password", "protected by a password"),
        ("a foreign handle", "not of this assignment"),
    ],
)
def test_damage_is_told(graded, handed_in, kind, words):
    (who,) = [who for who, name in handed_in.damaged.items() if name == kind]
    assert words in graded.of(who).notes[0]


def test_who_handed_in_nothing_is_missing(graded, handed_in):
    missing = [o.student.student for o in graded.outcomes if o.status == MISSING]
    assert missing == handed_in.missing
    assert missing
    assert any(entry.student == "" and entry.place.startswith("who is this")
               for entry in graded.entries)  # fmt: skip


# --- tricks ---------------------------------------------------------------------------------------


def test_copies_get_nothing_and_cost_the_other_nothing(graded, tricks, handed_in):
    copied = graded.of(tricks["the answers of another"])
    assert (copied.status, copied.total) == (COPIED, 0)
    assert "somebody else" in copied.notes[0]
    assert student(0) not in " ".join(copied.notes)  # nothing is told about others
    assert graded.of(student(0)).total > 10


def test_another_students_figures_are_held_against_the_own_reference(graded, tricks, handed_in):
    who = tricks["another's figures under the own name"]
    outcome, issued = graded.of(who), read_ledger(handed_in.ledger).issued
    points = parts(outcome)["estimates"]
    assert points == pytest.approx(deserved(outcome.answers.run, issued[who]), abs=0.005)
    assert points < deserved(outcome.answers.run, issued[student(0)])
    (doubt,) = [doubt for doubt in outcome.doubts if doubt.startswith("The same figures as")]
    assert tricks["impossible psr"] not in doubt


@pytest.mark.parametrize(
    ("trick", "words"),
    [
        ("other data", "other data than those that were issued"),
        ("impossible psr", "cannot be of a run of this length"),
        ("impossible ess", "cannot be of a run of this length"),
        ("outside the interval", "contradict each other"),
    ],
)
def test_figures_that_cannot_be_do_not_count_and_the_model_does(graded, tricks, trick, words):
    outcome = graded.of(tricks[trick])
    got = parts(outcome)
    assert (got["convergence"], got["estimates"]) == (0, 0)
    assert (got["focal"], got["auxiliary"], got["selection"]) == (4, 3, 3)
    assert any(words in doubt for doubt in outcome.doubts)


def test_a_large_monte_carlo_error_buys_nothing(graded, tricks):
    assert parts(graded.of(tricks["huge errors"]))["estimates"] < 4


def test_late_work_loses_what_the_assignment_says(graded, tricks):
    late, very = graded.of(tricks["late"]), graded.of(tricks["very late"])
    assert late.share == pytest.approx(0.8)  # two days begun
    assert late.total == pytest.approx(late.marked.total * 0.8, abs=0.01)
    assert "1.0 days" in late.notes[0]
    assert very.total == 0
    assert graded.of(tricks["no time"]).share == 1
    assert "does not say when" in " ".join(graded.of(tricks["no time"]).doubts)


def test_without_a_run_the_script_is_marked(graded, tricks):
    got = parts(graded.of(tricks["no run"]))
    assert (got["focal"], got["selection"], got["convergence"], got["estimates"]) == (4, 3, 0, 0)
    for trick in ("no script", "a bomb as script", "brackets"):
        outcome = graded.of(tricks[trick])
        assert outcome.status == MARKED
        assert parts(outcome)["focal"] == 0
        assert parts(outcome)["mechanism"] == 1
        assert "cannot be read" in outcome.marked.parts[0].words[0]


def test_the_same_words_are_shown_to_the_instructor_and_cost_nothing(graded, tricks):
    one, two = (graded.of(tricks[t]) for t in ("the same words", "the same words again"))
    assert any(two.student.student in doubt for doubt in one.doubts)
    assert any(one.student.student in doubt for doubt in two.doubts)
    assert parts(one)["focal"] == 4
    assert one.notes == ()


def test_the_later_of_two_counts(graded, tricks):
    outcome = graded.of(tricks["twice"])
    assert parts(outcome)["selection"] == 3
    lines = [e.what for e in graded.entries if e.student == tricks["twice"]]
    assert sorted(lines) == ["Marked.", "Not counted: another one is."]
