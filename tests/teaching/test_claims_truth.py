"""What lesson 6 says of the studies and of the chapter's data is so, figure by figure."""

import re
from pathlib import Path

import pytest

from tutorkit import closer, compare, datasets, fit_reml, parse, performance, sample, shipped_study
from tutorkit.teaching import lesson

ITEM = lesson(6).item
DATA = datasets.load("04_multilevel")
COMPLETE = datasets.load("04_multilevel", complete=True)
SLOPES = ("x1i", "x2i", "x3i", "x2i*x3i")


@pytest.fixture(scope="module")
def tables():
    return {
        name: performance(shipped_study(name)).set_index(["method", "parameter"])
        for name in ("chapter", "mar", "skewed")
    }


def share(study, method):
    table = closer(shipped_study(study), method, "listwise").set_index("parameter")
    return table["share"]


# --- many data sets -------------------------------------------------------------------------------


def test_how_often_the_mnar_model_is_nearer():
    found = share("chapter", "MNAR")
    item = ITEM("almost")
    assert round(100 * found["all coefficients"]) == item.actual == 75
    table = closer(shipped_study("chapter"), "MNAR", "listwise").set_index("parameter")
    assert round(100 * table.loc["all coefficients", "share_mcse"], 1) == 1.4
    assert "In 75%, with a Monte Carlo error of 1.4 points" in item.words
    single = 100 * found[["Intercept", *SLOPES]]
    assert f"{single.min():.0f} to {single.max():.0f}%" in item.words
    words = ITEM("variances").choices[1].words
    assert f"τ00 nearer in {found['τ00']:.0%} and τ11 in {found['τ11']:.0%}" in words
    mar = share("chapter", "MAR")
    assert f"is nearer in {found['ρ01']:.0%}, but in {mar['ρ01']:.0%} under MAR" in words


def test_what_is_gained_is_in_the_mean_and_in_the_intervals(tables):
    table, words = tables["chapter"], ITEM("almost").words
    means = table["mean"]
    listwise, mnar = means["listwise"], means["MNAR"]
    assert f"listwise deletion has the intercept at {listwise['Intercept']:.2f}" in words
    slopes = listwise[[*SLOPES]]
    assert f"slopes at {slopes.min():.2f} to {slopes.max():.2f}" in words
    slopes = mnar[[*SLOPES]]
    assert f"{mnar['Intercept']:.2f} and {slopes.min():.2f} to {slopes.max():.2f}" in words
    held = table["coverage"]
    assert f"{held['listwise', 'Intercept']:.0%} of those for the intercept" in words
    assert f"{held['MNAR', 'Intercept']:.0%} in the MNAR model" in words


def test_listwise_is_biased_downwards_and_mnar_is_not_far_off(tables):
    table = tables["chapter"]
    for name in ("Intercept", *SLOPES):
        low, near = table.loc["listwise", name], table.loc["MNAR", name]
        assert low["bias"] < -15 * low["bias_mcse"]
        assert abs(near["bias"]) < 0.4 * abs(low["bias"])
        assert 0.92 < near["coverage"] < 0.98
        assert table.loc["MAR", name]["bias"] < -0.05
    assert table["disagreed"].max() <= 2


def test_medians_of_variances_lie_high(tables):
    means = tables["chapter"]["mean"]["MNAR"]
    words = ITEM("variances").choices[1].words
    assert f"{means['τ00']:.2f} and {means['τ11']:.2f} on average" in words


def test_data_sets_move_the_intercept_far_more_than_seeds(tables):
    spread = tables["chapter"]["spread"]["MNAR", "Intercept"]
    assert f"its SD is {spread:.2f}" in ITEM("qualifiers").choices[1].words


# --- where it fails -------------------------------------------------------------------------------


def test_skewed_errors_mislead_the_large_selection_model(tables):
    table, words = tables["skewed"], ITEM("skewed").words
    row = table.loc["MNAR", "Intercept"]
    assert f": {row['mean']:.2f} on average, and only {row['coverage']:.0%}" in words
    assert f"variance becomes {table['mean']['MNAR', 'σ²']:.2f}" in words
    for name in SLOPES:  # "the slopes stay right"
        assert abs(table.loc["MNAR", name]["bias"]) < 0.01
    assert 0.15 < share("skewed", "MNAR")["Intercept"] < 0.25  # "four of five"
    assert f"In {row['disagreed'] / 1000:.0%} of the data sets chains end in different" in words
    for method in ("listwise", "MAR", "complete data"):
        assert abs(table.loc[method, "Intercept"]["bias"]) < 0.015
    alone = table.loc["MNAR by y alone", "Intercept"]["mean"]
    text = ITEM("tradeoff").text
    assert "and y missing completely at random" in text
    assert f"y alone has the intercept at {alone:.2f}, the large one at {row['mean']:.2f}" in text


def test_the_estimates_have_two_humps():
    rows = shipped_study("skewed")
    rows = rows[(rows["method"] == "MNAR") & (rows["parameter"] == "Intercept")]["estimate"]
    low, between, high = (rows.between(*span).sum() for span in ((-0.6, -0.4), (-0.3, -0.2),
                                                                 (-0.05, 0.15)))  # fmt: skip
    assert between / 0.1 < 0.6 * min(low, high) / 0.2
    assert 0.45 < (rows < -0.2).mean() < 0.6  # "in about half of the data sets"
    assert rows[rows < -0.2].mean() == pytest.approx(-0.5, abs=0.05)
    assert rows[rows >= -0.2].mean() == pytest.approx(0, abs=0.05)


def test_the_more_harm_listwise_deletion_does_the_more_often_mnar_is_nearer():
    assert "The more harm listwise deletion does" in ITEM("almost").words.replace("\n", " ")
    rows = shipped_study("chapter")
    rows = rows[rows["parameter"] == "Intercept"].pivot(
        index="replication", columns="method", values="estimate"
    )
    nearer = rows["MNAR"].abs() < rows["listwise"].abs()
    harmed = rows["listwise"] < rows["complete data"] - 0.2
    assert nearer[harmed].mean() > nearer[~harmed].mean() + 0.1


def test_a_wide_prior_hardly_moves_the_intercept():
    assert "moves by less than 0.01" in ITEM("qualifiers").choices[2].words
    models = {a.key: a.script for a in lesson(6).assumptions}
    fits = {
        key: sample(parse(models[key]), DATA, seed=3, iterations=16000, progress=False)
        for key in ("mnar", "wide")
    }
    rows = compare(fits).set_index(["method", "parameter"])["estimate"]
    assert abs(rows["mnar", "Intercept"] - rows["wide", "Intercept"]) < 0.01


def test_a_cause_left_out_misleads_the_small_selection_model(tables):
    table, words = tables["mar"], ITEM("wrong").words
    row = table.loc["MNAR by y alone", "x3i"]
    assert f"It becomes {row['mean']:.2f} on average, the intercept about 0.15" in words
    assert table.loc["MNAR by y alone", "Intercept"]["mean"] == pytest.approx(0.15, abs=0.006)
    assert f"{row['coverage']:.0%} of the intervals for x3i hold 1" in words
    for name in ("Intercept", *SLOPES):  # "the same model with x3i and the others is unbiased"
        full = table.loc["MNAR", name]
        assert abs(full["bias"]) < 4 * full["bias_mcse"]


def test_the_price_of_a_selection_model_that_is_not_needed(tables):
    table, words = tables["mar"], ITEM("price").choices[1].words
    spread = table["spread"]
    assert f"SD of {spread['MNAR', 'x3i']:.2f} where MAR has {spread['MAR', 'x3i']:.2f}" in words
    mnar, mar = (share("mar", name)["all coefficients"] for name in ("MNAR", "MAR"))
    assert f"in {mnar:.0%} of the data sets, MAR in {mar:.0%}" in words
    mean = table["mean"]["MNAR", "x3i"]
    assert f"the coefficient of x3i is {mean:.2f}" in ITEM("price").choices[0].words


# --- the chapter's data ---------------------------------------------------------------------------


def test_the_four_assumptions_give_what_the_lesson_says():
    fits = {"listwise": fit_reml(parse(lesson(6).script), DATA)}
    fits["complete"] = fit_reml(parse(lesson(6).script), COMPLETE)
    for assumption in lesson(6).assumptions:
        fits[assumption.key] = sample(parse(assumption.script), DATA, seed=5, progress=False)
    rows = compare(fits).set_index(["method", "parameter"])
    item = ITEM("one")
    assert f"{rows.loc['listwise', 'Intercept']['estimate']:.2f}" in item.text
    assert f"{rows.loc['complete', 'Intercept']['estimate']:.2f}" in item.text
    assert "stays at about -0.32. With one it is at -0.13 to -0.15" in item.words
    wanted = {"mar": -0.32, "mnar": -0.13, "alone": -0.14, "wide": -0.13}
    for key, text in wanted.items():
        row = rows.loc[key, "Intercept"]
        assert row["estimate"] == pytest.approx(text, abs=0.006 + 4 * row["mcse"])
    right = ITEM("report").choices[1].text
    assert "It is -0.32 under MAR and -0.13 under MNAR, where its interval holds 0" in right
    assert rows.loc["mar", "Intercept"]["upper"] < 0
    for key in ("mnar", "alone", "wide"):
        assert rows.loc[key, "Intercept"]["upper"] > 0
    for key in wanted:  # "all intervals lie above 0 under each assumption"
        assert all(rows.loc[key, name]["lower"] > 0 for name in SLOPES)
    sd = rows.loc["mnar", "Intercept"]["sd"]
    assert re.search(r"-0\.13 \(SD 0\.12\)", ITEM("report").choices[0].text)
    assert sd == pytest.approx(0.12, abs=0.008)
    assert rows.loc["alone", "Intercept"]["sd"] < 0.95 * sd  # "somewhat more certain"


def test_the_readme_says_of_the_studies_what_they_say(tables):
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    situations = {
        "chapter": "not at random | normal",
        "mar": "at random, by x3i | normal",
        "skewed": "completely at random | skewed",
    }
    for name, words in situations.items():
        at = tables[name]
        pair = [at.loc[method, "Intercept"] for method in ("listwise", "MNAR")]
        means, held = ([row[key] for row in pair] for key in ("mean", "coverage"))
        total = share(name, "MNAR")["all coefficients"]
        row = f"| {words} | {total:.0%} | {means[0]:.2f}, {means[1]:.2f} | "
        assert f"{row}{held[0]:.0%}, {held[1]:.0%} |" in readme
