"""Advice: each rule speaks up for its mistake, and keeps silent on a good model."""

import pytest

from tutorkit import datasets, parse
from tutorkit.advice import STEPS, advise

COLUMNS = ("y", "x1i", "x2i", "x3i", "j")
MISSING = {"y": 0.235, "x1i": 0.132, "x2i": 0.085, "x3i": 0.0, "j": 0.0}
EXERCISE = (
    "CLUSTERID: j; FIXED: x3i; MODEL: focal: y ~ x1i x2i x3i | x3i; auxiliary: x1i ~ x2i x3i; "
    "x2i ~ x3i; selection: x1i.missing ~ x1i y x2i x3i;"
)
GOOD = {
    "CLUSTERID": "j", "FIXED": "x3i", "FOCAL": "y ~ x1i x2i x3i x2i*x3i | x1i",
    "AUXILIARY": "x1i x2i ~ x3i", "SELECTION": "y.missing ~ y x1i x2i x3i", "MORE": "",
}  # fmt: skip


def script(**changes):
    part = GOOD | changes
    commands = "".join(f"{key}: {part[key]}; " for key in ("CLUSTERID", "FIXED") if part[key])
    model = "".join(f"{part[key]}; " for key in ("FOCAL", "AUXILIARY", "SELECTION") if part[key])
    return f"{commands}MODEL: {model}{part['MORE']}"


def given(text, missing=MISSING, columns=COLUMNS):
    return advise(parse(text), missing, columns)


@pytest.mark.parametrize("name", ["04_multilevel", "exercise_04"])
def test_there_is_no_advice_on_the_chapters_models(name):
    data = datasets.load(name)
    text = EXERCISE if name == "exercise_04" else datasets.script(name)
    assert given(text, dict(data.isna().mean()), list(data.columns)) == ()


@pytest.mark.parametrize(
    "text",
    [
        script(),
        script(MORE="ITERATIONS: 2000; BURN: 1000;"),
        script(SELECTION="TRANSFORM: m = ismissing(y); ORDINAL: m; MODEL: m ~ y x1i")
        .replace("MODEL: m", "").replace("TRANSFORM: m = ismissing(y); ORDINAL: m;  ~", "m ~")
        .replace("MODEL:", "TRANSFORM: m = ismissing(y); ORDINAL: m; MODEL:", 1),
    ],
    ids=["short", "just enough iterations", "long form"],
)  # fmt: skip
def test_there_is_no_advice_on_other_good_models(text):
    assert given(text) == ()


CASES = {
    "y left out of y.missing": (
        script(SELECTION="y.missing ~ x1i x2i"), "selection", "y.missing",
        "'y' does not predict 'y.missing', so this equation can only model MAR", "add 'y'",
    ),
    "no model": (
        script(AUXILIARY="x2i ~ x3i"), "auxiliary", "",
        "MODEL has no equation for 'x1i'", "'x1i x2i ~ x3i;'",
    ),
    "no models": (
        script(AUXILIARY=""), "auxiliary", "",
        "MODEL has no equation for 'x1i' and 'x2i'", "'x1i x2i ~ x3i;'",
    ),
    "no main effect": (
        script(FOCAL="y ~ x1i x3i x2i*x3i"), "focal", "y",
        "'x2i*x3i' without 'x2i'. The effect of 'x2i' is then taken to be 0 where x3i = 0",
        "Add 'x2i'",
    ),
    "no main effect of a square": (
        script(FOCAL="y ~ x1i^2 x2i x3i"), "focal", "y",
        "'x1i^2' without 'x1i'. The effect of 'x1i' is then taken to be 0 where x1i = 0",
        "Add 'x1i'",
    ),
    "no main effect in a selection model": (
        script(SELECTION="y.missing ~ y x2i x2i*x3i"), "selection", "y.missing",
        "'x2i*x3i' without 'x3i'", "Add 'x3i'",
    ),
    "order": (
        script(AUXILIARY="x2i x1i ~ x3i"), "auxiliary", "x1i",
        "puts the one with most missing values first, here 'x1i'", "'x1i x2i ~ x3i;'",
    ),
    "order, the equations themselves in the usual one": (
        script(AUXILIARY="x1i ~ x3i; x2i ~ x1i x3i"), "auxiliary", "x1i",
        "puts the one with most missing values first, here 'x1i'", "'x1i x2i ~ x3i;'",
    ),
    "a second selection model, of a variable that is MAR": (
        script(SELECTION="y.missing ~ y x1i; x2i.missing ~ x3i"), "selection", "x2i.missing",
        "'x2i' does not predict 'x2i.missing'", "add 'x2i'",
    ),
    "needless model": (
        script(FIXED="", AUXILIARY="x1i x2i ~ x3i; x3i ~ intercept"), "data", "x3i",
        "No value of 'x3i' is missing, so it needs no model", "'FIXED: x3i;'",
    ),
    "not FIXED": (
        script(FIXED=""), "data", "", "No values of 'x3i' are missing.", "'FIXED: x3i;'",
    ),
    "chain broken": (
        script(AUXILIARY="x1i ~ x3i; x2i ~ x3i"), "auxiliary", "x1i",
        "The model of 'x1i' leaves out 'x2i'", "Add 'x2i' to the model of 'x1i' (unless",
    ),
    "complete predictor left out": (
        script(AUXILIARY="x1i ~ x2i; x2i ~ x3i"), "auxiliary", "x1i",
        "The model of 'x1i' leaves out 'x3i'", "Add 'x3i'",
    ),
    "no clusters": (
        script(CLUSTERID="", FOCAL="y ~ x1i x2i x3i"), "data", "",
        "'j' looks like a cluster variable", "'CLUSTERID: j;'",
    ),
    "no fixed slope": (
        script(FOCAL="y ~ x2i x3i x2i*x3i | x1i"), "focal", "y",
        "the slopes of 'x1i' vary over clusters around 0", "Write 'x1i' left of '|'",
    ),
    "no selection model": (
        script(SELECTION=""), "selection", "",
        "24% of the values of 'y' are missing, and nothing models why.",
        "'y.missing ~ y x1i x2i x3i;'",
    ),
    "large selection model": (
        script(SELECTION="y.missing ~ y x1i x2i x3i x1i*x2i x1i*x3i x2i*x3i"), "selection",
        "y.missing", "'y.missing' has 7 predictors", "run longer",
    ),
    "two selection models": (
        script(SELECTION="y.missing ~ y x1i; x1i.missing ~ x1i"), "selection", "",
        "'y' and 'x1i' each predict whether they are missing", "one selection model at a time",
    ),
    "focal outcome predicts": (
        script(FOCAL="y ~ x2i x3i", AUXILIARY="x2i ~ x3i; x1i ~ y x2i"), "auxiliary", "x1i",
        "'y' predicts 'x1i': 'x1i' is then an auxiliary variable", "add 'x1i' to the focal model",
    ),
    "few iterations": (
        script(MORE="ITERATIONS: 1998;"), "run", "", "Each chain keeps 999 iterations",
        "Set ITERATIONS to 2000",
    ),
    "short burn-in": (
        script(MORE="BURN: 999;"), "run", "", "The burn-in has 999 iterations", "Set BURN to 1000",
    ),
    "flat probit prior": (
        script(MORE="OPTIONS: probit_variance=inf;"), "run", "",
        "With a flat prior on its coefficients the posterior of 'y.missing' is improper",
        "Give probit_variance a finite value.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_mistake_has_its_advice_and_no_other(case):
    text, step, outcome, message, action = case
    (advice,) = given(text)
    assert (advice.step, advice.outcome) == (step, outcome)
    assert message in advice.message
    assert action in advice.action
    assert step in STEPS


def test_a_column_outside_the_model_is_mentioned_once_something_is_missing():
    columns = (*COLUMNS, "age", "person_id")
    (advice,) = given(script(), columns=columns)
    assert advice.step == "auxiliary"
    assert "The data also hold 'age'." in advice.message
    assert "'age ~ y x1i x2i x3i;'" in advice.action


def test_there_is_no_advice_on_complete_data():
    complete = dict.fromkeys(COLUMNS, 0.0)
    assert given("CLUSTERID: j; MODEL: y ~ x1i x2i;", complete, (*COLUMNS, "age")) == ()


def test_nothing_is_said_of_gaps_that_are_not_known():
    assert advise(parse(script(FIXED="", AUXILIARY="", SELECTION="")), {}) == ()


def test_the_most_important_comes_first():
    found = given(script(FIXED="", SELECTION="y.missing ~ x1i", MORE="BURN: 10;"))
    assert [advice.step for advice in found] == ["selection", "data", "run"]


def test_means_ask_for_models_so_fixed_is_not_advised():
    text = script(FIXED="", FOCAL="y ~ x1i x2i x3i x3i.mean", AUXILIARY="x1i x2i ~ x3i")
    assert given(text) == ()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_advice_is_whole_sentences(case):
    for advice in given(case[0]):
        for text in (advice.message, advice.action):
            assert text[0].isupper() or text[0] in "'0123456789"
            assert text.endswith(".")
            assert "  " not in text
