"""Advice: each rule speaks up for its mistake, and keeps silent on a good model."""

import numpy as np
import pandas as pd
import pytest

from tutorkit import datasets, parse
from tutorkit.advice import STEPS, advise
from tutorkit.data import prepare
from tutorkit.errors import DataError
from tutorkit.model.editing import move, set_term
from tutorkit.model.spec import Term

MISSING = {"y": 0.235, "x1i": 0.132, "x2i": 0.085, "x3i": 0.0}
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


def table(missing=MISSING, between=(), clusters=50):
    """Return 1000 rows in clusters j, of each variable the share that is missing."""
    rng = np.random.default_rng(1)
    j = np.arange(1000) * clusters // 1000
    data = pd.DataFrame({"j": j})
    for name, share in missing.items():
        values = rng.normal(size=1000)
        data[name] = values[j] if name in between else values
        gone = j < share * clusters if name in between else rng.permutation(1000) < share * 1000
        data[name] = data[name].mask(gone)
    return data


DATA = table()


def given(text, data=DATA):
    return advise(parse(text), data)


@pytest.mark.parametrize("name", ["04_multilevel", "exercise_04"])
def test_there_is_no_advice_on_the_chapters_models(name):
    data = datasets.load(name)
    text = EXERCISE if name == "exercise_04" else datasets.script(name)
    assert given(text, data) == ()


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
        "MODEL has no equation for 'x1i'", "Add 'x1i ~ x2i x3i;'.",
    ),
    "no model of what predicts another": (
        script(AUXILIARY="x2i ~ x1i x3i"), "auxiliary", "",
        "MODEL has no equation for 'x1i'", "Add 'x1i ~ x3i;'.",
    ),
    "no models": (
        script(AUXILIARY=""), "auxiliary", "",
        "MODEL has no equation for 'x1i' and 'x2i'", "Add 'x1i x2i ~ x3i;'.",
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
        "puts the one with most missing values first, here 'x1i'",
        "Move 'x1i' before 'x2i' (step 3 has buttons for that). The script then reads "
        "'x1i ~ x2i x3i; x2i ~ x3i;'.",
    ),
    "order, the equations themselves in the usual one": (
        script(AUXILIARY="x1i ~ x3i; x2i ~ x1i x3i"), "auxiliary", "x1i",
        "puts the one with most missing values first, here 'x1i'",
        "Take 'x1i' out of the model of 'x2i' and add 'x2i' to that of 'x1i'.",
    ),
    "a second selection model, of a variable that is MAR": (
        script(SELECTION="y.missing ~ y x1i; x2i.missing ~ x3i"), "selection", "x2i.missing",
        "'x2i' does not predict 'x2i.missing'", "add 'x2i'",
    ),
    "needless model": (
        script(FIXED="", AUXILIARY="x1i x2i ~ x3i; x3i ~ intercept"), "auxiliary", "x3i",
        "No value of 'x3i' is missing, so it needs no model", "'FIXED: x3i;'",
    ),
    "not FIXED": (
        script(FIXED=""), "auxiliary", "", "No values of 'x3i' are missing.", "'FIXED: x3i;'",
    ),
    "chain broken": (
        script(AUXILIARY="x1i ~ x3i; x2i ~ x3i"), "auxiliary", "x1i",
        "The model of 'x1i' leaves out 'x2i'", "Add 'x2i' to the model of 'x1i'.",
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
    data = DATA.assign(age=1.5, person_id=range(1000), row=range(1000))
    (advice,) = given(script(), data)
    assert advice.step == "auxiliary"
    assert "The data also hold 'age'." in advice.message
    assert "'age ~ y x1i x2i x3i;'" in advice.action


def test_there_is_no_advice_on_complete_data():
    data = table(dict.fromkeys(MISSING, 0.0)).assign(age=1.5)
    assert given("CLUSTERID: j; MODEL: y ~ x1i x2i;", data) == ()


def test_nothing_is_said_of_gaps_that_are_not_known():
    assert given(script(FIXED="", AUXILIARY="", SELECTION=""), pd.DataFrame({"z": [1.5]})) == ()


def test_the_most_important_comes_first():
    found = given(script(FIXED="", SELECTION="y.missing ~ x1i", MORE="BURN: 10;"))
    assert [advice.step for advice in found] == ["selection", "auxiliary", "run"]


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


WEIGHT = MISSING | {"w": 0.2}  # one value a cluster


@pytest.mark.parametrize(
    ("auxiliary", "action"),
    [
        ("x1i ~ x3i w; w ~ intercept", None),
        ("x1i ~ x3i; w ~ intercept", "Add 'w' to the model of 'x1i'."),
        ("w ~ intercept; x1i ~ x3i", "Add 'w' to the model of 'x1i'."),
        ("", "Add 'x1i ~ w x3i;' and 'w ~ intercept;'."),
        ("x1i ~ x3i w", "Add 'w ~ intercept;'."),
    ],
)
def test_what_has_one_value_a_cluster_is_predicted_only_by_its_like(auxiliary, action):
    text = script(FOCAL="y ~ x1i x3i w", AUXILIARY=auxiliary, SELECTION="y.missing ~ y")
    found = given(text, table(WEIGHT, between=("w",)).drop(columns="x2i"))
    assert [advice.action for advice in found] == ([action] if action else [])


def test_a_remedy_makes_no_cycle():
    text = script(FOCAL="y ~ x1i x2i x3i v", AUXILIARY="x1i ~ x3i; v ~ x1i x3i; x2i ~ v x3i")
    found = given(text, table(MISSING | {"v": 0.1}))
    (advice,) = [advice for advice in found if "leaves out" in advice.message]
    assert advice.action == "Add 'x1i' to the model of 'x2i'."
    spec = set_term(parse(text), "x2i", Term(("x1i",)), True)
    assert all("leaves out" not in a.message for a in advise(spec, table(MISSING | {"v": 0.1})))


def test_added_equations_fit_the_model():
    text = script(AUXILIARY="x2i ~ x1i x3i")
    (advice,) = given(text)
    more = advice.action.split("'")[1]
    found = given(text.replace("x2i ~ x1i x3i;", f"x2i ~ x1i x3i; {more}"))
    assert [a.action for a in found if "order" not in a.message] == []


def test_a_moved_model_reads_as_the_advice_says():
    spec = parse(script(AUXILIARY="x2i x1i ~ x3i"))
    (advice,) = advise(spec, DATA)
    moved = move(spec, "x1i", -1)
    assert "; ".join(map(str, moved.auxiliary)) in advice.action
    assert advise(moved, DATA) == ()


def test_no_order_is_advised_that_would_be_a_cycle():
    text = "MODEL: y ~ a b c; a ~ b c; b ~ 1; c ~ b;".replace("~ 1", "~ intercept")
    data = table({"y": 0.0, "a": 0.05, "b": 0.2, "c": 0.1})
    assert all("order" not in advice.message for advice in given(text, data))


@pytest.mark.parametrize(("clusters", "refused"), [(5, True), (6, False)])
def test_too_few_clusters_for_random_slopes_are_told_before_the_run(clusters, refused):
    data = table(clusters=clusters)
    found = given(script(SELECTION="y.missing ~ y"), data)
    assert bool(found) == refused
    if refused:
        (advice,) = found
        assert (advice.step, advice.outcome) == ("focal", "y")
        assert "2 random effects of 'y' need at least 6 clusters" in advice.message
        assert advice.action == (
            "Choose PRIOR1 in step 5 ('OPTIONS: prior1;'), or use fewer random slopes."
        )
        with pytest.raises(DataError, match="need at least 6 clusters"):
            prepare(parse(script(SELECTION="y.missing ~ y")), data)
    assert given(script(SELECTION="y.missing ~ y", MORE="OPTIONS: prior1;"), data) == ()


def test_other_mistakes_of_data_are_told_elsewhere():
    assert given(script(), DATA.assign(x3i="a")) == ()


def test_a_factored_regression_of_many_is_looked_through_at_once():
    names = [f"v{k}" for k in range(40)]
    text = f"MODEL: y ~ {' '.join(names)}; {' '.join(names)} ~ intercept;"
    data = table({"y": 0.0} | {v: 0.5 - 0.01 * k for k, v in enumerate(names)})
    assert given(text, data.drop(columns="j")) == ()
