"""The rubric: models by term, convergence, estimates against the reference, answers."""

import math
from dataclasses import replace

import pytest

from tutorkit import parse
from tutorkit.assignment.answers import Answers, RunSummary
from tutorkit.assignment.data_plan import data_plan
from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.reading import assignment_of
from tutorkit.assignment.roster import Student
from tutorkit.assignment.target import nearness, target_of
from tutorkit.marking.marks import mark

PLAN = data_plan({})
HEAD = "CLUSTERID: j; FIXED: x3i; MODEL: "
FOCAL = "focal: y ~ x1i x2i x3i | x3i; "
AUXILIARY = "auxiliary: x1i x2i ~ x3i; "
SELECTION = "selection: x1i.missing ~ x1i y x2i x3i;"


def credit(script, role, plan=PLAN):
    return nearness(parse(script), target_of(plan), role)[0]


@pytest.mark.parametrize("plan", [{}, {"template": "chapter"}, {"mnar": "x2i"},
                                  {"mnar": "y", "rates": {"y": 0.2}}])  # fmt: skip
def test_the_models_that_are_right_have_all_marks_and_no_findings(plan):
    plan = data_plan(plan)
    for key in plan.keys():
        for role in ("focal", "auxiliary", "selection"):
            assert nearness(key, target_of(plan), role) == (1.0, [])


@pytest.mark.parametrize(
    ("focal", "share"),
    [
        ("y ~ x3i x2i x1i | x3i", 1),  # in any order
        ("y ~ x1i x2i x3i", 6 / 7),
        ("y ~ x1i x2i x3i | x1i x3i", 6 / 7),  # one too many takes away as much
        ("y ~ x1i x2i x3i | x1i", 5 / 7),
        ("y ~ x1i | x1i", 3 / 7),
        ("y ~ x1i x2i x3i x1i*x2i x1i*x3i x2i*x3i | x3i", 4 / 7),
        ("x1i ~ y x2i x3i | x3i", 0),  # another outcome: only the clusters are right
    ],
)
def test_a_focal_model_by_term(focal, share):
    assert credit(f"{HEAD} focal: {focal};", "focal") == pytest.approx(share)


def test_centring_makes_other_coefficients():
    script = f"CENTER: grandmean = x1i; {HEAD}{FOCAL}"
    assert credit(script, "focal") == pytest.approx(6 / 7)


def test_without_clusters_three_elements_are_gone():
    script = "FIXED: x3i; MODEL: focal: y ~ x1i x2i x3i;"
    assert credit(script, "focal") == pytest.approx(4 / 7)
    assert credit(f"{script} {AUXILIARY}", "auxiliary") == 1  # lost once


@pytest.mark.parametrize(
    ("auxiliary", "share"),
    [
        ("x1i ~ x2i x3i; x2i ~ x3i;", 1),
        ("x2i ~ x1i x3i; x1i ~ x3i;", 1),
        ("x1i ~ x3i; x2i ~ x3i;", 4 / 5),
        ("x1i ~ x2i x3i;", 3 / 5),
        ("x2i ~ x3i;", 2 / 5),
        ("", 0),
    ],
)
def test_auxiliary_models_in_either_order(auxiliary, share):
    script = f"{HEAD}{FOCAL}" + (f"auxiliary: {auxiliary}" if auxiliary else "")
    assert credit(script, "auxiliary") == pytest.approx(share)


@pytest.mark.parametrize(
    ("selection", "share"),
    [
        ("x1i.missing ~ x1i y;", 1),
        ("x1i.missing ~ y x2i x1i x3i x1i*x2i;", 1),  # more predictors cost nothing
        ("x1i.missing ~ x1i;", 2 / 3),
        ("x1i.missing ~ x2i x3i;", 1 / 3),
        ("x2i.missing ~ x3i;", 0),
        ("x1i.missing ~ x1i y; x2i.missing ~ x3i;", 1),
    ],
)
def test_a_selection_model_needs_what_drives_missingness(selection, share):
    script = f"{HEAD}{FOCAL}{AUXILIARY}selection: {selection}"
    assert credit(script, "selection") == pytest.approx(share)


def test_an_indicator_made_by_transform_is_as_good():
    script = f"TRANSFORM: m = ismissing(x1i); ORDINAL: m; {HEAD}{FOCAL}{AUXILIARY} m ~ x1i y;"
    assert nearness(parse(script), target_of(PLAN), "selection") == (1.0, [])


# --- estimates, convergence, answers --------------------------------------------------------------

ASSIGNMENT = assignment_of({
    "key": "a", "title": "A", "criteria": {"parameters": ["x1i"]},
    "question": [{"key": "c", "text": "C?", "choices": ["a", "b"], "right": "b", "points": 2},
                 {"key": "w", "text": "W?", "points": 3}],
})  # fmt: skip
REFERENCE = {"x1i": {"median": 1.0, "sd": 0.1, "mcse": 0.003}}
ISSUED = Issued(Student("anna"), "h", "s", {}, [], REFERENCE, {"x1i": 0.8})


def run(estimate, psr=1.01, ess=500.0, **more):
    row = {"estimate": estimate, "mcse": 0.004} | more
    return RunSummary(HEAD + FOCAL, 1, 2, 100, 1000, False, psr, ess, {"x1i": row})


def marked(**parts):
    answers = Answers("a", "h", "s", **parts)
    return {part.key: part for part in mark(ASSIGNMENT, ISSUED, answers).parts}


ERROR = 3 * math.hypot(0.003, 0.004)  # 0.015


@pytest.mark.parametrize(
    ("off", "share"),
    [
        (0.0, 1),
        (0.025 + ERROR - 1e-9, 1),
        (0.025 + ERROR + 1e-9, 0.5),
        (0.05 + ERROR - 1e-9, 0.5),
        (0.05 + ERROR + 1e-9, 0),
        (1.0, 0),
    ],
)
@pytest.mark.parametrize("sign", [-1, 1])
def test_estimates_are_held_against_the_reference(off, share, sign):
    part = marked(run=run(1.0 + sign * off))["estimates"]
    assert part.points == pytest.approx(4 * share)
    assert f"{off / 0.1:.1f} SDs away" in part.words[0]


def test_what_listwise_deletion_gives_is_named():
    assert "what listwise deletion gives" in marked(run=run(0.8))["estimates"].words[0]
    assert "what listwise deletion gives" not in marked(run=run(0.7))["estimates"].words[0]


def test_a_claimed_monte_carlo_error_counts_up_to_a_tenth_of_an_sd():
    limit = 0.025 + 3 * math.hypot(0.003, 0.01)
    assert marked(run=run(1 + limit - 1e-6, mcse=5.0))["estimates"].points == 4
    assert marked(run=run(1 + limit + 1e-6, mcse=5.0))["estimates"].points == 2


@pytest.mark.parametrize(
    ("psr", "ess", "points"),
    [(1.05, 400, 2), (1.051, 400, 1), (1.05, 399, 1), (1.2, 10, 0), (0.0, 400, 1)],
)
def test_a_run_has_converged_by_psr_and_effective_draws(psr, ess, points):
    assert marked(run=run(1.0, psr=psr, ess=ess))["convergence"].points == points


def test_choices_are_marked_and_written_answers_wait():
    got = marked(given={"c": 1, "w": "because"})
    assert (got["c"].points, got["w"].points) == (2, None)
    got = marked(given={"c": 0, "w": "  "})
    assert (got["c"].points, got["w"].points) == (0, 0)
    for odd in (7, "b"):
        assert marked(given={"c": odd, "w": 3})["c"].points == 0
        assert marked(given={"c": odd, "w": 3})["w"].points == 0


def test_marks_by_hand_are_added():
    found = mark(ASSIGNMENT, ISSUED, Answers("a", "h", "s", given={"c": 1, "w": "because"}))
    assert found.pending == ("w",)
    after = found.with_hand_marks({"w": (2.5, "Good.")})
    assert after.pending == ()
    assert after.total == found.total + 2.5
    assert after.parts[-1].words == ("Good.",)


def test_parts_without_points_are_left_out():
    only = assignment_of({"key": "a", "title": "A", "points": {
        "focal": 0, "auxiliary": 0, "selection": 5, "convergence": 0, "estimates": 0}})  # fmt: skip
    parts = mark(only, ISSUED, Answers("a", "h", "s", script=HEAD + FOCAL + SELECTION)).parts
    assert [(part.key, part.points) for part in parts] == [("selection", 5)]


def test_a_model_that_was_changed_after_its_run_is_noted():
    answers = Answers("a", "h", "s", script=HEAD + FOCAL + "BURN: 5;", run=run(1.0))
    assert mark(ASSIGNMENT, ISSUED, answers).doubts == ()  # settings do not make another model
    changed = replace(answers, script=HEAD + FOCAL + AUXILIARY)
    assert "changed after the run" in mark(ASSIGNMENT, ISSUED, changed).doubts[0]


@pytest.mark.parametrize(
    ("more", "sha256", "words"),
    [
        ({}, "other", "of other data than those that were issued"),
        ({"psr": 0.5}, "s", "cannot be of a run of this length"),
        ({"ess": 10_001.0}, "s", "cannot be of a run of this length"),
        ({"lower": 1.1}, "s", "The figures of x1i contradict each other"),
        ({"upper": 0.9}, "s", "The figures of x1i contradict each other"),
        ({"sd": -1.0}, "s", "The figures of x1i contradict each other"),
        ({"mcse": -1e9}, "s", "The figures of x1i contradict each other"),  # else it buys all
    ],
)
def test_figures_that_cannot_be_do_not_count(more, sha256, words):
    found = mark(ASSIGNMENT, ISSUED, Answers("a", "h", sha256, run=run(1.0, **more)))
    parts = {part.key: part for part in found.parts}
    for key in ("convergence", "estimates"):
        assert parts[key].points == 0
        assert words in parts[key].words[0]
    assert words in found.doubts[0]
    assert parts["focal"].points == 4


def test_an_estimate_without_a_monte_carlo_error_has_a_tenth_of_an_sd():
    limit = 0.025 + 3 * math.hypot(0.003, 0.01)
    for off, points in ((limit - 1e-6, 4), (limit + 1e-6, 2)):
        without = replace(run(1.0), estimates={"x1i": {"estimate": 1 + off}})
        assert marked(run=without)["estimates"].points == points


def test_listwise_deletion_is_named_where_an_estimate_is_near_it_and_costs_marks():
    assert "listwise" not in marked(run=run(0.82))["estimates"].words[0]
    near = replace(ISSUED, listwise={"x1i": 0.94})
    answers = Answers("a", "h", "s", run=run(0.94))
    assert "listwise" not in mark(ASSIGNMENT, near, answers).parts[4].words[0]


@pytest.mark.parametrize(
    "script",
    [
        HEAD + "focal: y ~ x1i x2i x3i;",
        HEAD + "focal: y ~ x1i x2i x3i | x1i;",
        (HEAD + FOCAL).replace("CLUSTERID: j", "CLUSTERID: k"),
    ],
)
def test_slopes_and_clusters_make_another_model(script):
    answers = Answers("a", "h", "s", script=script, run=run(1.0))
    assert "changed after the run" in mark(ASSIGNMENT, ISSUED, answers).doubts[0]
