"""What a model is held against: the share is full if and only if nothing differs."""

import hashlib
import itertools
import json

import pytest
from classroom import AUXILIARY, FOCAL, SELECTION

from tutorkit import TutorkitError, parse
from tutorkit.assignment.data_plan import data_plan
from tutorkit.assignment.manifest import manifest_of, read_manifest
from tutorkit.assignment.reading import assignment_of
from tutorkit.assignment.target import nearness, same_model, target_of

ROLES = ("focal", "auxiliary", "selection")
FOCALS = [FOCAL, "focal: y ~ x1i x2i x3i;", "focal: y ~ x1i x2i x3i x1i^2 | x3i;",
          "focal: y ~ x1i x2i x3i | x3i x1i;", "focal: x1i ~ y x2i x3i;"]  # fmt: skip
AUXILIARIES = [
    AUXILIARY,
    "",
    "auxiliary: x2i x1i ~ x3i;",
    "auxiliary: x1i ~ x2i x3i | x2i; x2i ~ x3i;",
]
SELECTIONS = [SELECTION, "", "selection: x1i.missing ~ x1i;", "selection: x1i.missing ~ x1i*y x2i;",
              "selection: x1i.missing ~ x1i y; x2i.missing ~ x2i;"]  # fmt: skip
HEADS = ["CLUSTERID: j;", "", "CLUSTERID: j; FIXED: x3i;", "CLUSTERID: j; CENTER: grandmean = x2i;",
         "CLUSTERID: j; CENTER: groupmean = x1i;", "CLUSTERID: j; ORDINAL: y;",
         "CLUSTERID: j; ORDINAL: x1i;", "CLUSTERID: j; TRANSFORM: x4 = x1i^2;"]  # fmt: skip


def models():
    for head, focal, auxiliary, selection in itertools.product(
        HEADS, FOCALS, AUXILIARIES, SELECTIONS
    ):
        try:
            yield parse(f"{head} MODEL: {focal} {auxiliary} {selection}")
        except TutorkitError:  # these do not go together
            continue


def test_words_and_marks_never_contradict_each_other():
    target, n, full = target_of(data_plan({})), 0, 0
    for spec in models():
        for role in ROLES:
            share, found = nearness(spec, target, role)
            assert 0 <= share <= 1
            assert (share == 1) == (found == []), (spec.equations, role, share, found)
            assert all(finding.what for finding in found)
            n, full = n + 1, full + (share == 1)
    assert n > 500
    assert 0.1 < full / n < 0.6


@pytest.mark.parametrize(
    ("script", "role", "share", "words"),
    [
        (
            f"CLUSTERID: j; CENTER: grandmean = x2i; MODEL: {FOCAL}",
            "focal",
            6 / 7,
            "x2i is centred",
        ),
        (f"CLUSTERID: j; ORDINAL: y; MODEL: {FOCAL}", "focal", 6 / 7, "y is taken to be ordinal"),
        (
            "CLUSTERID: j; TRANSFORM: z = x1i^2; MODEL: focal: y ~ x1i x2i x3i z | x3i;",
            "focal",
            6 / 7,
            "z is too much",
        ),
    ],
)
def test_what_is_done_to_variables_makes_another_model(script, role, share, words):
    got, found = nearness(parse(script), target_of(data_plan({})), role)
    assert got == pytest.approx(share)
    assert any(words in finding.what for finding in found)


@pytest.mark.parametrize("visible", [["focal"], ["focal", "selection"], list(ROLES)])
def test_check_says_while_one_works_what_marking_says_afterwards(tmp_path, visible):
    assignment = assignment_of({"key": "a", "title": "A", "visible": visible})
    (tmp_path / "data.csv").write_text("j\n")
    digest = hashlib.sha256(b"j\n").hexdigest()
    (tmp_path / "manifest.json").write_text(json.dumps(manifest_of(assignment, "h", digest, "")))
    manifest = read_manifest(tmp_path)
    target = target_of(assignment.data)
    for spec in models():
        for role in visible:
            said, marked = nearness(spec, manifest.target, role), nearness(spec, target, role)
            assert said[0] == marked[0]
            assert said[1][:1] == marked[1][:1]


def test_centring_within_clusters_makes_another_model_too():
    spec = parse(f"CLUSTERID: j; CENTER: groupmean = x1i; MODEL: {FOCAL}")
    share, found = nearness(spec, target_of(data_plan({})), "focal")
    assert share == pytest.approx(6 / 7)
    assert any("x1i is centred" in finding.what for finding in found)


def test_models_of_all_other_indicators_cost_nothing():
    target = target_of(data_plan({"template": "chapter"}))
    focal = "focal: y ~ x1i x2i x3i x2i*x3i | x1i; auxiliary: x1i x2i ~ x3i;"
    for other in ("x1i", "x2i"):
        selection = f"selection: y.missing ~ y; {other}.missing ~ x3i;"
        spec = parse(f"CLUSTERID: j; MODEL: {focal} {selection}")
        assert nearness(spec, target, "selection") == (1.0, [])


def test_models_that_may_be_seen_do_not_say_what_has_no_auxiliary_model():
    assignment = assignment_of({"key": "a", "title": "A", "visible": ["focal"]})
    assert "FIXED" not in "".join(manifest_of(assignment, "h", "0", "")["models"])


@pytest.mark.parametrize("other", [f"CLUSTERID: j; CENTER: grandmean = x2i; MODEL: {FOCAL}",
                                   f"CLUSTERID: j; ORDINAL: y; MODEL: {FOCAL}",
                                   f"MODEL: {FOCALS[1]}"])  # fmt: skip
def test_what_is_done_to_variables_makes_two_models_different(other):
    one = parse(f"CLUSTERID: j; MODEL: {FOCAL} BURN: 5;")
    assert same_model(one, parse(f"CLUSTERID: j; MODEL: {FOCAL} SEED: 7;"))
    assert not same_model(one, parse(other))
    assert not same_model(one, None)
