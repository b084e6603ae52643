"""Wrong models are named: what is missing or too much, where, and why it matters."""

import pytest

from tutorkit import parse
from tutorkit.teaching.checking import ROLES, findings

FOCAL = "y ~ x1i x2i x3i x2i*x3i | x1i;"
AUXILIARY = "x1i ~ x2i x3i; x2i ~ x3i;"
SELECTION = "y.missing ~ y x1i x2i x3i x2i*x3i;"
HEAD = "CLUSTERID: j; FIXED: x3i; MODEL: "
WANTED = parse(f"{HEAD} focal: {FOCAL} auxiliary: {AUXILIARY} selection: {SELECTION}")


def found(focal=FOCAL, auxiliary=AUXILIARY, selection=SELECTION, head=HEAD, roles=ROLES):
    spec = parse(f"{head} focal: {focal} auxiliary: {auxiliary} {selection}")
    return findings(spec, WANTED, roles)


@pytest.mark.parametrize(
    "same",
    [
        {},
        {"focal": "y ~ x3i x3i*x2i x2i x1i | x1i;"},
        {"auxiliary": "x2i ~ x3i; x1i ~ x3i x2i;"},
        {"auxiliary": "x1i x2i ~ x3i;"},
        {"selection": f"{SELECTION} SEED: 1; BURN: 10; ITERATIONS: 20;"},
    ],
    ids=str,
)
def test_the_same_model_written_otherwise_is_right(same):
    assert found(**same) == []


CASES = [
    ({"focal": "y ~ x1i x2i x3i | x1i;"}, "x2i*x3i is missing in the focal model of y.",
     "the effect of x2i is the same at all values of x3i"),
    ({"focal": "y ~ x1i x2i x2i*x3i | x1i;"}, "x3i is missing in the focal model of y.", "biases"),
    ({"focal": "y ~ x1i x2i x3i x2i*x3i x1i*x3i | x1i;"},
     "x1i*x3i is too much in the focal model of y.", "another question"),
    ({"focal": "y ~ x1i x2i x3i x2i*x3i;"},
     "The slope of x1i does not vary over clusters in the model of y.", "too small"),
    ({"focal": "y ~ x1i x2i x3i x2i*x3i | x1i x2i;"},
     "The slope of x2i varies over clusters in the model of y.", "not asked for"),
    ({"focal": "y ~ x1i x2i x3i x2i*x3i | 0;"}, "The model of y has no random intercept.", "level"),
    ({"auxiliary": "x1i ~ x3i; x2i ~ x3i;"}, "x2i is missing in the auxiliary model of x1i.",
     "weakens their relation"),
    ({"auxiliary": "x1i ~ x2i x3i;"}, "There is no auxiliary model of x2i.", "missing values"),
    ({"auxiliary": "x1i ~ x2i x3i; x2i ~ x3i; x3i ~ Intercept;", "head": "CLUSTERID: j; MODEL: "},
     "There is an auxiliary model of x3i that is not asked for.", "complete variable"),
    ({"selection": ""}, "There is no model of y.missing.", "missing at random"),
    ({"selection": "y.missing ~ x1i x2i x3i x2i*x3i;"},
     "y is missing in the selection model of y.missing.", "which is MAR"),
    ({"selection": "y.missing ~ y x1i;"}, "x2i is missing in the selection model of y.missing.",
     "not a problem"),
    ({"selection": "y.missing ~ y x1i x2i x3i x2i*x3i x1i*x3i;"},
     "x1i*x3i is too much in the selection model of y.missing.", "slowly"),
    ({"selection": f"{SELECTION} x1i.missing ~ x1i;"},
     "There is a selection model of x1i.missing that is not asked for.", "than the data can say"),
    ({"head": "CLUSTERID: j; MODEL: "}, "FIXED does not name x3i.", "needs no model"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "what", "why"), CASES, ids=[case[1] for case in CASES])
def test_what_differs_is_named(change, what, why):
    named = {finding.what: finding.why for finding in found(**change)}
    assert what in named
    assert why in named[what]


def test_each_difference_is_named_once():
    assert len(found(focal="y ~ x1i x2i x3i | x1i;", selection="")) == 2
    assert len(found(head="FIXED: x3i; MODEL: ", focal=FOCAL.replace(" | x1i", ""))) >= 2


def test_the_clusters_must_be_given():
    named = found(head="FIXED: x3i; MODEL: ", focal="y ~ x1i x2i x3i x2i*x3i;")
    assert named[0].what.startswith("The clusters are not given: j")
    assert "clusters are too small" in named[0].why


@pytest.mark.parametrize("role", ROLES)
def test_only_what_is_asked_for_is_judged(role):
    wrong = {"focal": "y ~ x1i | x1i;", "auxiliary": "x1i ~ x3i;", "selection": ""}
    others = {name: text for name, text in wrong.items() if name != role}
    assert found(**others, roles=[role]) == []


def test_no_model_at_all_says_where_to_begin():
    (finding,) = findings(None, WANTED, ROLES)
    assert finding.what == "There is no model yet."


FREE = ("y.missing", "x1i.missing")


@pytest.mark.parametrize(
    "selection",
    ["y.missing ~ y;", SELECTION, f"{SELECTION} x1i.missing ~ x3i;", "y.missing ~ y*x1i x3i;"],
)
def test_a_free_selection_model_may_have_any_predictors_with_the_variable_itself(selection):
    spec = parse(f"{HEAD} focal: {FOCAL} auxiliary: {AUXILIARY} {selection}")
    assert findings(spec, WANTED, ROLES, FREE) == []


@pytest.mark.parametrize(
    ("selection", "what"),
    [
        ("y.missing ~ x1i;", "y is missing in the selection model of y.missing."),
        ("", "There is no model of y.missing."),
        (f"{SELECTION} x2i.missing ~ x3i;",
         "There is a selection model of x2i.missing that is not asked for."),
    ],
)  # fmt: skip
def test_even_a_free_one_must_be_there_with_the_variable_itself(selection, what):
    spec = parse(f"{HEAD} focal: {FOCAL} auxiliary: {AUXILIARY} {selection}")
    assert [f.what for f in findings(spec, WANTED, ROLES, FREE)] == [what]
