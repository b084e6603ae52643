"""What lessons 3 and 4 say comes out does come out, whatever the seed.

Figures in the texts have two decimals: they are met to within half of the last one and four Monte
Carlo standard errors.
"""

from dataclasses import replace

import pytest
from scipy.stats import norm

from tutorkit import (
    Deletion,
    chapter_scenario,
    compare,
    datasets,
    fit_reml,
    parse,
    performance,
    sample,
    study,
    summarize,
)
from tutorkit.teaching import lesson

DATA = datasets.load("04_multilevel")
FOCAL = "CLUSTERID: j; FIXED: x3i; MODEL: focal: y ~ x1i x2i x3i x2i*x3i | x1i; auxiliary: "
RUN = "BURN: 2000; ITERATIONS: 8000; SEED: 5;"
MODELS = {
    "MAR": "x1i ~ x2i x3i; x2i ~ x3i;",
    "other order": "x2i ~ x1i x3i; x1i ~ x3i;",
    "unrelated": "x1i ~ Intercept; x2i ~ Intercept;",
    "MNAR": "x1i x2i ~ x3i; y.missing ~ y x1i x2i x3i x2i*x3i;",
    "without y": "x1i x2i ~ x3i; y.missing ~ x1i x2i x3i x2i*x3i;",
    "y alone": "x1i x2i ~ x3i; y.missing ~ y;",
    "narrow": "x1i x2i ~ x3i; y.missing ~ y x1i x2i x3i x2i*x3i; OPTIONS: probit_variance = 1;",
    "wide": "x1i x2i ~ x3i; y.missing ~ y x1i x2i x3i x2i*x3i; OPTIONS: probit_variance = 100;",
}


@pytest.fixture(scope="module")
def draws():
    return {
        name: sample(parse(f"{FOCAL} {model} {RUN}"), DATA, progress=False)
        for name, model in MODELS.items()
    }


@pytest.fixture(scope="module")
def rows(draws):
    return compare(draws).set_index(["method", "parameter"])


def near(row, text):
    """Check that an estimate is the figure in a text."""
    assert row["estimate"] == pytest.approx(float(text), abs=0.005 + 4 * row["mcse"])


def test_the_order_of_the_auxiliary_models_does_not_matter(rows):
    words = lesson(3).item("order").choices[0].words
    assert "the intercept is -0.32 either way" in words
    for name in ("MAR", "other order"):
        near(rows.loc[name, "Intercept"], "-0.32")


def test_written_models_give_what_implied_ones_give(rows):
    alone = parse(f"{FOCAL.removesuffix('auxiliary: ').replace('FIXED: x3i; ', '')} {RUN}")
    row = compare({"a": sample(alone, DATA, progress=False)}).set_index("parameter").loc["x1i"]
    assert "0.85" in lesson(3).item("same").text
    near(row, "0.85")
    near(rows.loc["MAR", "x1i"], "0.85")


def test_a_wrong_auxiliary_model_does_what_lesson_3_says(rows):
    right, wrong = (
        parse(f"{FOCAL} {model} x2i ~ x3i; BURN: 500; ITERATIONS: 2000;")
        for model in ("x1i ~ x2i x3i;", "x1i ~ Intercept;")
    )
    half = replace(chapter_scenario(), deletions=(Deletion("x1i", 0.5, {"x2i": 1.0}),))
    found = study(half, {"right": right, "wrong": wrong}, replications=40, progress=False)
    table = performance(found).set_index(["method", "parameter"])
    words = lesson(3).item("independent").words
    assert "About 1.17 on average, and hardly any interval" in words
    for parameter, text in (("x2i", 1.17), ("x1i", 0.93)):
        row = table.loc["wrong", parameter]
        assert row["mean"] == pytest.approx(text, abs=0.005 + 4 * row["bias_mcse"])
        good = table.loc["right", parameter]
        assert good["mean"] == pytest.approx(1, abs=4 * good["bias_mcse"])
    assert table.loc["wrong", "x2i"]["coverage"] < 0.3
    moved = rows.loc["unrelated", "x2i"]["estimate"] - rows.loc["MAR", "x2i"]["estimate"]
    assert 0.3 < moved / rows.loc["MAR", "x2i"]["sd"] < 0.8  # "half of its SD"


def test_the_selection_model_does_what_lesson_4_says(rows):
    words = lesson(4).item("mnar").words
    assert "-0.13 (SD 0.12), and the coefficient of x1i at about 0.94" in words
    near(rows.loc["MNAR", "Intercept"], "-0.13")
    near(rows.loc["MNAR", "x1i"], "0.94")
    assert round(rows.loc["MNAR", "Intercept"]["sd"], 2) == pytest.approx(0.12, abs=0.011)
    listwise = fit_reml(parse(FOCAL + MODELS["MAR"]), DATA)
    assert round(listwise.se[0], 2) == 0.10
    near(rows.loc["without y", "Intercept"], "-0.30")


def selection(draws, name):
    table = summarize(draws[name]).set_index(["outcome", "group", "name"])
    return table.loc["y.missing", "Coefficients", "y"]


def test_effects_in_the_selection_model_are_weakly_identified(draws, rows):
    words = lesson(4).item("alone").words
    assert "about 0.20 with all five predictors, and 0.05 with y alone" in words
    assert selection(draws, "MNAR")["sd"] == pytest.approx(0.20, abs=0.02)
    assert selection(draws, "y alone")["sd"] == pytest.approx(0.05, abs=0.01)
    assert "(intercept -0.13 and -0.14)" in words
    near(rows.loc["y alone", "Intercept"], "-0.14")


def test_the_priors_variance_moves_the_intercept_little(rows):
    assert "moves the intercept by 0.02 at most" in lesson(4).item("prior").choices[0].words
    middle = rows.loc["MNAR", "Intercept"]["estimate"]
    for name in ("narrow", "wide"):
        row = rows.loc[name, "Intercept"]
        assert abs(row["estimate"] - middle) < 0.02 + 4 * row["mcse"]


def test_the_probabilities_of_lesson_4_are_right():
    words = lesson(4).item("reading").choices[1].words
    for y, text in ((2, ".42"), (0, ".12")):
        assert f"{norm.cdf(-1.2 + 0.5 * y):.2f}".removeprefix("0") == text
        assert text in words


# --- lesson 7 -------------------------------------------------------------------------------------

EXERCISE = (
    "CLUSTERID: j; FIXED: x3i; MODEL: focal: y ~ x1i x2i x3i | x3i; auxiliary: x1i x2i ~ x3i;"
)


def test_the_exercise_comes_out_as_lesson_7_says():
    data = datasets.load("exercise_04")
    complete = datasets.load("exercise_04", complete=True)
    item = lesson(7).item
    assert item("rows").actual == len(data.dropna())
    assert "132 and 72 of 600" in item("rows").text
    assert data[["x1i", "x2i"]].isna().sum().tolist() == [132, 72]
    fits = {"complete": fit_reml(parse(EXERCISE), complete)}
    fits["listwise"] = fit_reml(parse(EXERCISE), data)
    models = {
        "MAR": "", "self": "x1i.missing ~ x1i;", "no y": "x1i.missing ~ x1i x2i x3i;",
        "y": "x1i.missing ~ x1i y;", "all": "x1i.missing ~ x1i y x2i x3i;",
    }  # fmt: skip
    for name, selection in models.items():
        fits[name] = sample(parse(f"{EXERCISE} {selection} {RUN}"), data, progress=False)
    rows = compare(fits).set_index(["method", "parameter"])
    assert [round(float(v), 2) for v in rows.loc["listwise", "x1i"][["estimate", "sd"]]] == [
        0.84, 0.06,
    ]  # fmt: skip
    assert [round(float(v), 2) for v in rows.loc["listwise", "Intercept"][["estimate", "sd"]]] == [
        -0.16, 0.09,
    ]  # fmt: skip
    assert round(rows.loc["complete", "x1i"]["estimate"], 2) == 0.98
    for name, parameter, text in (
        ("all", "x1i", "0.95"), ("y", "x1i", "0.95"), ("self", "x1i", "0.91"),
        ("no y", "x1i", "0.93"), ("MAR", "x1i", "0.95"), ("MAR", "x2i", "1.07"),
        ("MAR", "Intercept", "0.12"), ("self", "Intercept", "-0.11"),
    ):  # fmt: skip
        near(rows.loc[name, parameter], text)
    for parameter in ("x1i", "x2i", "x3i"):
        row = rows.loc["all", parameter]
        assert abs(row["estimate"] - 1) < 1.5 * row["sd"]
    assert "0.95 (SD .05)" in item("run").words
    assert rows.loc["all", "x1i"]["sd"] == pytest.approx(0.05, abs=0.006)
