"""Pictures of a study: every data set, every method, the truth, and the same in words."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest

from tutorkit import TutorkitError, estimates_picture, means_picture
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
    picture = means_picture(pd.concat([results, failed], ignore_index=True))
    assert picture.text.splitlines()[-1] == "listwise failed in 1 data set."


def test_unknown_parameters_are_refused(results):
    with pytest.raises(TutorkitError, match=r"no parameter 'x1'[\s\S]*'x1i'"):
        estimates_picture(results, "x1")
