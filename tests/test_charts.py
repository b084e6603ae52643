"""Charts: drawn without a network, readable without colour, and in words."""

import base64
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pandas as pd
import pytest

from tutorkit import compare, datasets, describe, interval_chart, show
from tutorkit.charts.theme import DASHES, SHAPES
from tutorkit.comparison import wide


@pytest.fixture(scope="module")
def table(complete, listwise, chapter_draws):
    fits = {"complete data": complete, "listwise": listwise, "MNAR-aware": chapter_draws}
    return compare(fits, datasets.truth("04_multilevel"))


@pytest.fixture(scope="module")
def picture(table):
    return show(interval_chart(table), describe(table))


def test_chart_shows_every_estimate_interval_and_truth(table, picture):
    svg = picture.svg()
    root = ElementTree.fromstring(svg)
    marks = [e.get("aria-roledescription") for e in root.iter()]
    n_fits = (table["method"] != "truth").sum()
    assert marks.count("point") == n_fits
    assert marks.count("rule mark") == table["lower"].notna().sum()
    assert marks.count("tick") == (table["method"] == "truth").sum()


def test_chart_fits_the_narrowest_notebook_and_follows_the_theme(picture):
    root = ElementTree.fromstring(picture.svg())
    assert float(root.get("width")) <= 560
    layers = picture.chart.to_dict()["layer"]
    assert [la["mark"]["color"] for la in layers if "color" in la["mark"]] == ["currentColor"]
    assert 'fill="#000"' not in picture.svg()
    # a namespace is a name, not something to load
    addresses = set(re.findall(r"https?://[^\"']+", picture._repr_html_()))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_methods_differ_in_shape_as_well_as_colour(picture):
    layers = picture.chart.to_dict()["layer"]
    encoding = next(la["encoding"] for la in layers if "shape" in la["encoding"])
    for channel in ("shape", "fill", "stroke"):
        scale = encoding[channel]["scale"]
        assert len(set(scale["range"])) == len(scale["domain"]) == 3


def looks(chart):
    """Return each method's shape and whether it is hollow."""
    layers = chart.to_dict()["layer"]
    encoding = next(la["encoding"] for la in layers if "shape" in la["encoding"])
    shapes, fills = (encoding[c]["scale"]["range"] for c in ("shape", "fill"))
    return [(shape, fill == "transparent") for shape, fill in zip(shapes, fills, strict=True)]


@pytest.mark.parametrize("n", [2, 5, 8, 9, 16])
def test_many_fits_differ_without_colour(listwise, n):
    chart = interval_chart(compare({f"fit {k}": listwise for k in range(n)}))
    assert len(set(looks(chart))) == n
    assert len(set(SHAPES)) == len(set(map(tuple, DASHES))) == 8


LONG = "a very long name for a run that somebody kept on a day with much time, number"


@pytest.mark.parametrize(
    "names",
    [
        ["a", "b"],
        [f"name {k}" for k in range(8)],
        [f"{LONG} {k}" for k in range(8)],
        ["complete data", "listwise", "last run", "without y.missing"],
    ],
    ids=["2", "8", "8 long", "4"],
)
def test_bands_do_not_overlap_and_the_legend_fits(listwise, names):
    table = compare(dict.fromkeys(names, listwise), datasets.truth("04_multilevel"))
    table["parameter"] = table["parameter"].replace("x2i*x3i", "a_long_name*another_long_name_too")
    root = ElementTree.fromstring(show(interval_chart(table), "").svg())
    assert float(root.get("width")) <= 560
    rows = [
        float(re.search(r",([\d.]+)\)", mark.get("transform"))[1])
        for mark in root.iter()
        if mark.get("aria-roledescription") == "point"
    ]
    bands = [sorted(rows[k : k + len(names)]) for k in range(0, len(rows), len(names))]
    assert len(bands) == 9
    for upper, lower in pairwise(bands):
        assert lower[0] - upper[-1] > 2.2 * (upper[1] - upper[0])
    assert min(b - a for band in bands for a, b in pairwise(band)) >= 8


ROW = {
    "parameter": "x", "method": "a", "estimate": -0.001, "lower": -0.004, "upper": 0.5,
    "truth": 0.0, "bias_in_sds": -0.04,
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, "x: truth 0.00; a 0.00 (0.00 to 0.50), at the truth."),
        ({"bias_in_sds": 0.04}, "x: truth 0.00; a 0.00 (0.00 to 0.50), at the truth."),
        ({"bias_in_sds": 0.06}, "x: truth 0.00; a 0.00 (0.00 to 0.50), 0.1 SDs above the truth."),
        ({"estimate": -0.01, "truth": -0.001}, "x: truth 0.00; a -0.01 (0.00 to 0.50), at the"),
    ],
)
def test_words_round_without_a_minus_or_a_side(row, words):
    assert describe(pd.DataFrame([ROW | row])).startswith(words)


def test_a_fit_looks_the_same_whichever_others_are_shown(listwise):
    names = ["complete data", "listwise", "last run", "a", "b"]
    fits = dict.fromkeys(names, listwise)
    seen = {name: set() for name in names}
    for shown in (names, names[1:], names[::-1], ["b"]):
        chart = interval_chart(compare({name: fits[name] for name in shown}), names)
        root = ElementTree.fromstring(show(chart, "").svg())
        points = [e for e in root.iter() if e.get("aria-roledescription") == "point"]
        for name, point in zip(shown * 9, points, strict=True):
            shape = re.sub(r"[\d.]+", "", point.get("d"))  # without its size
            seen[name].add((shape, point.get("fill"), point.get("stroke")))
        legend = [e.text for e in root.iter() if e.text in names]
        assert sorted(legend) == sorted(shown)
    assert all(len(looks) == 1 for looks in seen.values())
    assert len(set.union(*seen.values())) == 5


def test_long_names_that_differ_stay_different(listwise):
    methods = [f"a_run_that_somebody_kept_under_a_very_long_name_{k}" for k in range(1, 5)]
    table = compare(dict.fromkeys(methods, listwise))
    names = [f"pupil_background_measure_{k}" for k in range(9)]
    table["parameter"] = table["parameter"].map(
        dict(zip(table["parameter"].unique(), names, strict=True))
    )
    root = ElementTree.fromstring(show(interval_chart(table), "").svg())
    texts = [e.text for e in root.iter() if "…" in (e.text or "")]
    assert len(texts) == len(set(texts)) == 13


def test_without_a_truth_the_chart_does_not_mention_it(listwise, chapter_draws):
    table = compare({"listwise": listwise, "run": chapter_draws})
    picture = show(interval_chart(table), describe(table), wide(table))
    assert "truth" not in picture._repr_html_()
    assert 'aria-roledescription="tick"' not in picture.svg()


def test_words_say_what_has_no_estimate(table):
    gone = table.assign(estimate=table["estimate"].where(table["method"] != "listwise"))
    assert "; listwise has no estimate; MNAR-aware" in describe(gone)


def test_words_give_the_same_figures(table, picture):
    lines = str(picture).splitlines()
    assert len(lines) == table["parameter"].nunique()
    assert lines[1].startswith(
        "x1i: truth 1.00; complete data 1.01 (0.84 to 1.19), 0.2 SDs above the truth; "
        "listwise 0.83 (0.66 to 1.00), 1.9 SDs below the truth; MNAR-aware 0.9"
    )
    html = picture._repr_html_()
    assert all(line in html for line in lines)


def test_a_saved_picture_is_dark_on_white(picture, tmp_path):
    picture.save(tmp_path / "chart.svg")
    saved = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    ElementTree.fromstring(saved)
    assert "currentColor" not in saved
    assert 'fill="white"' in saved


SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path stroke="currentColor"/></svg>'


def test_a_chart_is_drawn_once(picture):
    assert picture.svg() is picture.svg()


def test_words_are_text_and_no_markup():
    picture = show(SVG, 'a < b & "c"')
    for html in (picture._repr_html_(), picture.static_html()):
        assert html.count("a &lt; b &amp; &quot;c&quot;") == 2
        assert "a < b" not in html


@pytest.mark.parametrize(("table", "label"), [(None, "one\ntwo"), (pd.DataFrame({"x": []}), "one")])
def test_where_there_is_a_table_a_chart_is_named_by_its_first_sentence(table, label):
    assert f'aria-label="{label}"' in show(SVG, "one\ntwo", table)._repr_html_()


def test_what_is_not_known_is_empty_in_the_table():
    html = show(SVG, "", pd.DataFrame({"x": [1.0, None]}))._repr_html_()
    assert re.findall("<td>(.*?)</td>", html) == ["1", ""]


def test_the_image_of_an_untrusted_notebook_is_dark_on_white():
    code = re.search('base64,([^"]*)', show(SVG, "words").static_html())[1]
    image = base64.b64decode(code).decode()
    assert 'stroke="#222"' in image
    assert 'fill="white"' in image
