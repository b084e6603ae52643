"""Pictures of missingness: complete, narrow, readable without colour, and in words."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest

from tutorkit import datasets
from tutorkit.charts.missingness import (
    MOST_CLUSTERS,
    MOST_PATTERNS,
    MOST_VARIABLES,
    clusters_picture,
    mechanism_picture,
    observed_and_complete_picture,
    patterns_picture,
)
from tutorkit.charts.theme import COLOURS

DATA = datasets.load("04_multilevel")
COMPLETE = datasets.load("04_multilevel", complete=True)
RNG = np.random.default_rng(1)
NAMES = [f"long_name_{k}" for k in range(25)]
WIDE = pd.DataFrame(RNG.normal(size=(900, 25)), columns=NAMES)
WIDE = WIDE.mask(RNG.random(WIDE.shape) < np.linspace(0.02, 0.2, 25))
WIDE["school"] = [f"school {k // 6}" for k in range(900)]

PICTURES = {
    "patterns": lambda: patterns_picture(DATA, list(DATA)),
    "many patterns": lambda: patterns_picture(WIDE, NAMES),
    "no patterns": lambda: patterns_picture(COMPLETE, list(COMPLETE)),
    "mechanism": lambda: mechanism_picture(DATA, "x1i", "x2i"),
    "revealed": lambda: mechanism_picture(DATA, "y", "y", COMPLETE),
    "distributions": lambda: observed_and_complete_picture(DATA, COMPLETE, "y"),
    "clusters": lambda: clusters_picture(DATA, "j", "y"),
    "many clusters": lambda: clusters_picture(WIDE, "school", "long_name_3"),
}


def elements(picture):
    return list(ElementTree.fromstring(picture.svg()).iter())


def marks(picture, kind):
    return [e for e in elements(picture) if e.get("aria-roledescription") == kind]


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_narrow_and_follow_the_theme(name):
    picture = PICTURES[name]()
    svg = picture.svg()
    assert float(ElementTree.fromstring(svg).get("width")) <= 560
    assert 'fill="#000"' not in svg
    assert 'fill="black"' not in svg
    assert 'stroke="black"' not in svg
    rows = sum(len(values) for values in picture.chart.to_dict()["datasets"].values())
    assert rows <= 400


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_come_with_words_and_a_table(name):
    picture = PICTURES[name]()
    lines = str(picture).splitlines()
    assert 1 <= len(lines) <= 5
    assert all(line.endswith(".") for line in lines)
    assert not any(word in str(picture) for word in ("nan", "None", "True", "False"))
    assert len(picture.table)


def test_each_missing_cell_of_a_pattern_has_a_sign_besides_its_colour():
    picture = PICTURES["patterns"]()
    texts = [e.text for e in elements(picture)]
    n = (picture.table[["y", "x1i", "x2i"]] == "missing").to_numpy().sum()
    assert texts.count("×") == n == 12
    assert picture.table.loc[0, ["y", "x1i", "x2i"]].tolist() == ["seen"] * 3
    filled = [e for e in marks(picture, "rect mark") if e.get("fill") == COLOURS[1]]
    assert len(filled) == n
    assert [t for t in texts if t and "%" in t][:2] == ["383 (63.8%)", "97 (16.2%)"]
    assert "x3i" not in texts


def test_rows_of_patterns_stand_beside_their_counts():
    picture = PICTURES["patterns"]()
    grid, side = picture.chart.to_dict()["hconcat"]
    assert grid["height"] == side["height"] == 22 * len(picture.table)
    data = picture.chart.to_dict()["datasets"]
    cells = pd.DataFrame(data[grid["data"]["name"]])
    counts = pd.DataFrame(data[side["data"]["name"]])
    assert counts.sort_values("pattern")["rows"].is_monotonic_decreasing
    for row in counts.to_dict("records"):
        shown = cells[cells["pattern"] == row["pattern"]].set_index("variable")["missing"]
        same = np.logical_and.reduce([DATA[v].isna() == shown[v] for v in shown.index])
        assert row["rows"] == same.sum()


def test_of_many_patterns_and_variables_the_most_frequent_are_shown():
    picture = PICTURES["many patterns"]()
    texts = [e.text for e in elements(picture)]
    shown = [name for name in NAMES if name in texts]
    assert len(shown) == MOST_VARIABLES
    gaps = WIDE[NAMES].isna().sum()
    assert gaps[shown].min() >= gaps.drop(shown).max()
    assert len([t for t in texts if t and "%)" in t]) == MOST_PATTERNS
    assert f"the {MOST_PATTERNS} most frequent of {len(picture.table)} patterns" in str(picture)
    assert "5 more incomplete variables" in str(picture)


@pytest.mark.parametrize(
    "names",
    [
        ("missing", "pattern", "rows"),
        ("variable", "sign", "percent"),
        ("label", "a.b", "x[0]"),
    ],
)
def test_variables_may_have_any_name(names):
    plain = patterns_picture(DATA[["y", "x1i", "x2i"]], ["y", "x1i", "x2i"])
    renamed = DATA[["y", "x1i", "x2i"]].set_axis(list(names), axis=1)
    picture = patterns_picture(renamed, names)
    texts = [e.text for e in elements(picture)]
    assert texts.count("×") == 12
    shares = [[e.text for e in elements(p) if "%" in (e.text or "")] for p in (plain, picture)]
    assert shares[0] == shares[1]
    assert sum((text or "").removesuffix(" (variable)") in names for text in texts) >= 3


def test_mechanism_has_a_point_a_range_and_an_interval_for_each_group():
    picture = PICTURES["mechanism"]()
    assert len(marks(picture, "point")) == len(picture.table) == 5
    assert len(marks(picture, "rule mark")) == 2 * 5 + 1


def test_both_outlines_differ_in_dash_as_well_as_colour():
    layers = PICTURES["distributions"]().chart.to_dict()["layer"]
    for layer in layers:
        for channel in ("color", "strokeDash"):
            scale = layer["encoding"][channel]["scale"]
            assert scale["domain"] == ["observed", "complete"]
            assert scale["range"][0] != scale["range"][1]


def test_each_cluster_with_a_mean_has_a_point():
    gone = DATA.assign(y=DATA["y"].where(DATA["j"] != 9))
    picture = clusters_picture(gone, "j", "y")
    assert len(marks(picture, "point")) == 29
    assert "1 cluster has no value of y." in str(picture)
    assert len(marks(PICTURES["many clusters"](), "point")) == MOST_CLUSTERS
    assert f"draws {MOST_CLUSTERS} of the clusters" in str(PICTURES["many clusters"]())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("patterns", "383 of 600 rows (63.8%) have no missing value"),
        ("patterns", "The most frequent gap is y alone: 97 rows (16.2%)."),
        ("no patterns", "No value is missing in these 600 rows."),
        ("mechanism", "Missingness of x1i clearly rises with x2i: the mean of x2i is 1.43 SDs hig"),
        ("mechanism", "51 rows in which x2i itself is missing are left out."),
        ("mechanism", "MAR and MNAR look alike here."),
        ("revealed", "Only a simulation permits this look."),
        ("distributions", "Observed y: mean -0.75, SD 1.92 (459 values); complete y: mean 0.22"),
        ("distributions", "0.34 SDs below the mean of all values: more than deletion by chance"),
        ("clusters", "30 clusters of 20 rows. The mean of y goes from -2.13 (j 23) to 0.83 (j 11)"),
        ("clusters", "Between 5% and 50% of y are missing in a cluster."),
    ],
)
def test_words_give_the_figures(name, says):
    assert says in str(PICTURES[name]())


def test_words_do_not_overclaim():
    assert "no sign that missingness of x2i rises or falls" in str(
        mechanism_picture(DATA, "x2i", "x3i")
    )
    # x1i is MAR: it goes with its own values only because these go with x2i
    itself = str(mechanism_picture(DATA, "x1i", "x1i", COMPLETE))
    assert "it may also just follow a variable that is observed" in itself
    mcar = str(observed_and_complete_picture(DATA, COMPLETE, "x2i"))
    assert "no more than deletion by chance alone may do" in mcar
    assert "both are the same" in str(observed_and_complete_picture(DATA, COMPLETE, "x3i"))
