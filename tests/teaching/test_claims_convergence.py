"""What lesson 5 says of convergence is so: in the chapter's output, and in runs of any seed."""

import math

import numpy as np
import pytest

from tutorkit import datasets, parse, sample, summarize
from tutorkit.data import prepare
from tutorkit.parameters import monitored
from tutorkit.summaries import worst_mixing
from tutorkit.teaching import lesson
from tutorkit.teaching.chapter import chapter_burn_in

DATA = datasets.load("04_multilevel")
ITEM = lesson(5).item
WITH = parse(ITEM("curve").script)
WITHOUT = parse(ITEM("curve").start)
FIVE_MORE = parse(ITEM("curve").script.replace("y^2", "x1i*x2i x1i*x3i x1i^2 x2i^2 x3i^2"))
SEEDS = (11, 12, 13, 14)


def worst(draws):
    psr, ess = worst_mixing(summarize(draws))
    return psr["psr"], ess["ess_bulk"]


def test_the_chapters_parameters_are_counted_right():
    model = prepare(parse(datasets.script("04_multilevel")), DATA).model
    parameters = monitored(model)
    free = [p for p in parameters if p.free]
    assert (len(parameters), len(free)) == (51, 25)
    by = [sum(p.outcome == name for p in free) for name in ("y", "x1i", "x2i", "y.missing")]
    words = ITEM("count").choices[1].words
    assert "{} of the focal model, {} of x1i, {} of x2i and {} of y.missing".format(*by) in words
    selection = [k for k, p in enumerate(parameters, start=1) if p.outcome == "y.missing"]
    assert f"its numbers are {selection[0]} to {selection[-1]}" in ITEM("worst").words
    assert len(selection) == selection[-1] - selection[0] + 1
    assert f"there are {DATA.isna().sum().sum()} of them" in ITEM("count").choices[2].words


def test_the_burn_in_table_is_read_right():
    table = chapter_burn_in()
    in_selection = table["parameter"].str.startswith("y.missing")
    words = ITEM("worst").words
    assert f"In {in_selection.sum()} of the 20 rows" in words
    counts = table["number"].value_counts()
    assert [counts[43], counts[41], counts[51], counts[26]] == [8, 4, 4, 2]
    high = table[table["psr"] >= 1.05]
    assert high["last"].max() == 6000
    assert f"{table['psr'][table['last'] > 6000].max():.3f}" == "1.030"
    for k, figure in ((6, "1.023"), (5, "1.055"), (15, "1.008"), (17, "1.025")):
        assert figure in ITEM("enough").choices[1].words
        assert f"{table['psr'][k]:.3f}" == figure
    assert table["psr"][3] == 1.106
    assert table["psr"][2] == 1.082


@pytest.mark.parametrize(
    ("key", "choice", "sd", "n", "text"),
    [("neff", 0, 0.227, 261, "0.014"), ("row", 2, 0.121, 785, "0.004"),
     ("seed", 0, 0.12, 7900, "0.001")],
)  # fmt: skip
def test_monte_carlo_errors_are_worked_out_right(key, choice, sd, n, text):
    words = ITEM(key).choices[choice].words
    assert f"{sd / math.sqrt(n):.3f}" == text
    assert f"{sd} / √{n:,} = {text}" in words


def test_a_square_of_y_costs_most_of_the_effective_draws():
    """Over 90 seeds 3 to 70 effective draws were left, and 55 % of the PSRs were above 1.05."""
    assert "some 5 to 65 remain, and in more than half of the runs" in ITEM("square").words
    seeds = range(11, 31)
    plain = [worst(sample(WITHOUT, DATA, seed=s, progress=False)) for s in seeds]
    curved = [worst(sample(WITH, DATA, seed=s, progress=False)) for s in seeds]
    assert min(ess for _, ess in plain) > 170
    assert np.median([ess for _, ess in plain]) > 400
    assert all(psr < 1.05 for psr, _ in plain)
    left = sorted(ess for _, ess in curved)
    assert left[-1] < 0.2 * 450
    assert 15 < np.median(left) < 60
    assert 4 <= sum(psr > 1.05 for psr, _ in curved) <= 18  # binomial(20, .55): p < .002 outside


def test_other_superfluous_predictors_cost_hardly_any():
    settings = {"burn": 500, "iterations": 4000, "seed": 11, "progress": False}
    more, plain = (worst(sample(m, DATA, **settings))[1] for m in (FIVE_MORE, WITHOUT))
    assert more > 0.7 * plain


@pytest.fixture(scope="module")
def long():
    settings = {"burn": 2000, "iterations": 20000, "seed": 11, "progress": False}
    return [summarize(sample(model, DATA, **settings)) for model in (WITHOUT, WITH)]


def test_some_20000_iterations_are_enough_and_leave_the_focal_estimates(long):
    psr, ess = worst_mixing(long[1])
    assert psr["psr"] <= 1.05
    assert ess["ess_bulk"] >= 400
    rows = [t[t["outcome"] == "y"].drop_duplicates("name").set_index("name") for t in long]
    for name, text in (("Intercept", -0.13), ("x1i", 0.94)):
        for table in rows:
            row = table.loc[name]
            assert row["median"] == pytest.approx(text, abs=0.005 + 4 * row["mcse_mean"])
        assert rows[0].loc[name, "sd"] == pytest.approx(rows[1].loc[name, "sd"], abs=0.006)
    assert rows[0].loc["Intercept", "sd"] == pytest.approx(0.12, abs=0.006)


def test_seeds_move_the_intercept_by_a_few_thousandths():
    settings = {"burn": 1000, "iterations": 8000, "progress": False}
    found = []
    for seed in SEEDS:
        table = summarize(sample(WITHOUT, DATA, seed=seed, **settings))
        found.append(table.loc[(table["outcome"] == "y") & (table["name"] == "Intercept")].iloc[0])
    medians = [row["median"] for row in found]
    assert max(medians) - min(medians) < 0.012
    assert min(row["ess_bulk"] for row in found) == pytest.approx(7900, rel=0.25)
