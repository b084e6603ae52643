"""Pictures of a study: every data set, every method, the truth, and the same in words."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tutorkit import TutorkitError, closer, closer_picture, estimates_picture, means_picture
from tutorkit.study import chapter_scenario, study

METHODS = {"complete data": "complete", "listwise": "listwise"}


@pytest.fixture(scope="module")
def results():
    scenario = chapter_scenario(n_clusters=10, cluster_size=10)
    return study(scenario, METHODS, replications=12, progress=False)


def marks(picture, kind):
    root = ElementTree.fromstring(picture.svg())
    return [e for e in root.iter() if e.get("aria-roledescription") == kind]


def test_all_estimates_are_drawn(results):
    picture = estimates_picture(results, "x1i")
    assert len(marks(picture, "tick")) == 24
    assert len(marks(picture, "point")) == 2
    line = picture.chart.to_dict()["layer"][0]
    assert line["mark"]["type"] == "rule"
    assert picture.chart.to_dict()["datasets"][line["data"]["name"]] == [{"truth": 1.0}]
    assert float(ElementTree.fromstring(picture.svg()).get("width")) <= 560
    assert "black" not in picture.svg()
    mean = results[(results["method"] == "listwise") & (results["parameter"] == "x1i")]["estimate"]
    line = picture.text.splitlines()[1]
    assert line.startswith(f"listwise: 12 estimates of x1i, on average {mean.mean():.2f}, with an")
    assert f"SD of {mean.std():.2f}." in line


def test_means_have_monte_carlo_intervals_and_words(results):
    picture = means_picture(results)
    spec = picture.chart.to_dict()
    rows = [r for rows in spec["datasets"].values() for r in rows if r["parameter"] == "x1i"]
    row = next(r for r in rows if r["method"] == "listwise")
    own = results[(results["method"] == "listwise") & (results["parameter"] == "x1i")]["estimate"]
    half = 1.96 * own.std() / np.sqrt(12)
    assert row["upper"] - row["lower"] == pytest.approx(2 * half)
    assert any(r["method"] == "truth" and r["estimate"] == 1 for r in rows)
    line = next(line for line in picture.text.splitlines() if line.startswith("x1i:"))
    assert line.startswith("x1i: truth 1.00; complete data ")
    assert "of intervals hold the truth" in line
    assert "failed" not in picture.text


def test_failures_are_said(results):
    failed = pd.DataFrame({"replication": [3], "method": ["listwise"], "problem": ["Oh."]})
    both = pd.concat([results, failed], ignore_index=True)
    for picture in (means_picture(both), estimates_picture(both, "x1i")):
        assert picture.text.splitlines()[-1] == "listwise failed in 1 data set."


def test_a_method_that_failed_everywhere_is_said(results):
    failed = results[results["method"] == "listwise"].drop_duplicates("replication")
    failed = failed.assign(method="MNAR", estimate=np.nan, parameter=None, problem="Oh.")
    both = pd.concat([results, failed], ignore_index=True)
    pictures = (means_picture(both), estimates_picture(both, "x1i"),
                closer_picture(both, "complete data", "listwise"))  # fmt: skip
    for picture in pictures:
        assert picture.text.splitlines()[-1] == "MNAR failed in 12 data sets."


def test_chains_that_did_not_agree_are_said(results):
    at = (results["method"] == "listwise") & (results["replication"] < 3)
    some = results.assign(psr=results["psr"].mask(at, 1.06))
    for picture in (means_picture(some), estimates_picture(some, "x1i")):
        assert picture.text.splitlines()[-1] == (
            "The chains of listwise did not agree in 2 data sets (PSR above 1.05)."
        )
    assert "agree" not in means_picture(results.assign(psr=1.05)).text


def test_unknown_parameters_are_refused(results):
    with pytest.raises(TutorkitError, match=r"no parameter 'x1'[\s\S]*'x1i'"):
        estimates_picture(results, "x1")


def test_shares_of_data_sets_have_monte_carlo_intervals_and_words(results):
    picture = closer_picture(results, "complete data", "listwise")
    shares = closer(results, "complete data", "listwise")
    assert picture.table.equals(shares)
    spec = picture.chart.to_dict()
    drawn = [r for rows in spec["datasets"].values() for r in rows if "share" in r]
    assert len(drawn) == len(shares)
    row = next(r for r in drawn if r["parameter"] == "x1i")
    p = row["share"]
    wilson = stats.binomtest(round(12 * p), 12).proportion_ci(0.95, "wilson")
    assert [row["lower"], row["upper"]] == pytest.approx([wilson.low, wilson.high], abs=1e-4)
    assert len(marks(picture, "point")) == len(shares)
    first, *others = picture.text.splitlines()
    total = shares.set_index("parameter")["share"]["all coefficients"]
    words = f"all coefficients: complete data is closer to the truth than listwise in {total:.0%}"
    assert first.startswith(f"{words} of 12 data sets")
    assert [line.split(":")[0] for line in others] == list(shares["parameter"][:-1])


def test_shares_of_unknown_methods_are_refused(results):
    with pytest.raises(TutorkitError, match="no method 'MNAR'"):
        closer_picture(results, "MNAR", "listwise")
