"""Charts: drawn without a network, readable without colour, and in words."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from tutorkit import compare, datasets, describe, interval_chart, show


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
    for channel in ("shape", "color"):
        scale = encoding[channel]["scale"]
        assert len(set(scale["range"])) >= len(scale["domain"]) == 3


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
