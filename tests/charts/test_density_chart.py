"""Density charts: told apart without colour, labelled in the picture, and in words."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tutorkit import TutorkitError, datasets, interval_chart
from tutorkit.charts.densities import density_chart, density_picture, without_curve
from tutorkit.comparison import compare
from tutorkit.densities import density_table

TRUTH = datasets.truth("04_multilevel")


@pytest.fixture(scope="module")
def fits(complete, listwise, chapter_draws):
    return {"complete data": complete, "listwise": listwise, "run": chapter_draws}


@pytest.fixture(scope="module")
def picture(fits):
    return density_picture(fits, "x1i", TRUTH)


def encoding(chart, channel):
    layers = chart.to_dict()["layer"]
    return next(la["encoding"][channel] for la in layers if channel in la["encoding"])


def test_each_curve_has_its_dash_and_its_name(picture):
    scale = encoding(picture.chart, "strokeDash")["scale"]
    assert scale["domain"] == ["complete data", "listwise", "run"]
    assert len(set(map(tuple, scale["range"]))) == 3
    dashed = [la for la in picture.chart.to_dict()["layer"] if "strokeDash" in la["encoding"]]
    assert [la["mark"]["type"] for la in dashed] == ["line", "rule"]  # the curves, and their keys
    for name in ("complete data", "listwise", "run", "truth"):
        assert f">{name}</text>" in picture.svg()


def test_chart_fits_the_notebook_and_follows_the_theme(fits):
    long = {f"{name}, under a very long name indeed that is cut": fit for name, fit in fits.items()}
    svg = density_picture(long, "x1i", TRUTH).svg()
    assert float(ElementTree.fromstring(svg).get("width")) <= 560
    assert sum("…" in (e.text or "") for e in ElementTree.fromstring(svg).iter()) == 3
    assert "…</text>" not in svg  # cut in the middle, not at the edge of its room
    assert 'fill="#000"' not in svg
    assert 'stroke="#000"' not in svg


def test_narrow_curves_far_apart_fit_as_well(listwise):
    far = replace(listwise, estimate=listwise.estimate + 1e4)
    names = ("a", "a very long name indeed that is cut")
    svg = density_picture(dict(zip(names, (listwise, far), strict=True)), "x1i").svg()
    assert float(ElementTree.fromstring(svg).get("width")) <= 560


def test_names_stand_in_rows_of_their_own_the_leftmost_peak_highest(fits, picture):
    layers = picture.chart.layer
    labels = pd.concat([layers[4].data, layers[6].data])
    labels = labels.sort_values("height", ignore_index=True)
    assert labels["value"].is_monotonic_decreasing
    steps = labels["height"].diff().dropna()
    assert steps.min() == pytest.approx(steps.max())
    assert labels["height"].min() > labels["density"].max()
    drawn = density_table(fits, "x1i")
    for row in labels[labels["fit"] != "truth"].to_dict("records"):
        assert row["density"] == drawn.loc[drawn["fit"] == row["fit"], "density"].max()


def test_a_tick_on_each_curve_stands_at_the_estimate_not_at_the_mode(chapter_draws):
    k = [p.label for p in chapter_draws.parameters].index("y: x1i")
    values = chapter_draws.values.copy()
    values[:, :, k] = np.random.default_rng(1).exponential(size=values.shape[:2])
    skewed = replace(chapter_draws, values=values)
    picture = density_picture({"a": skewed, "b": chapter_draws}, "x1i")
    layer = next(la for la in picture.chart.to_dict()["layer"] if la["mark"]["type"] == "tick")
    ticks = pd.DataFrame(picture.chart.to_dict()["datasets"][layer["data"]["name"]])
    assert ticks["value"].tolist() == [np.median(v) for v in (values[:, :, k],
                                       chapter_draws.values[:, :, k])]  # fmt: skip
    assert ticks["density"][0] == pytest.approx(0.5, abs=0.05)  # that of exp(1) at ln(2)
    # nothing else upright but names' rows: no line at the mode
    upright = [la for la in picture.chart.to_dict()["layer"] if la["mark"]["type"] == "rule"]
    assert all("y2" not in la["encoding"] for la in upright)
    assert picture.svg().count('aria-roledescription="tick"') == 2


def test_long_names_that_differ_stay_different(listwise):
    names = [f"a_run_with_a_very_long_name_{k}" for k in (1, 2)]
    svg = density_picture(dict.fromkeys(names, listwise), "x1i").svg()
    texts = [e.text for e in ElementTree.fromstring(svg).iter() if "…" in (e.text or "")]
    assert len(texts) == len(set(texts)) == 2


def test_truth_is_an_upright_line_only_where_it_is_given(fits):
    drawn = density_table(fits, "x1i")
    estimates = dict.fromkeys(fits, 1.0)
    with_truth, without = (density_chart(drawn, "x1i", estimates, true) for true in (1.0, None))
    assert len(with_truth.layer) == len(without.layer) + 2
    true = with_truth.layer[5].data.set_index("fit").loc["truth"]
    assert (true["value"], true["density"]) == (1.0, 0.0)
    assert true["height"] > drawn["density"].max()
    assert "truth" not in density_picture(fits, "x1i")._repr_html_()


def test_fits_keep_the_colours_they_have_in_the_interval_chart(fits):
    two = {name: fits[name] for name in ("run", "listwise")}
    above = interval_chart(compare(fits))
    wanted = dict(zip(fits, encoding(above, "stroke")["scale"]["range"], strict=True))
    scale = encoding(density_picture(two, "x1i", methods=list(fits)).chart, "color")["scale"]
    colours = dict(zip(scale["domain"], scale["range"], strict=True))
    assert colours == wanted


def test_words_say_difference_overlap_kind_of_curve_and_truth(fits, picture):
    lines = picture.text.splitlines()
    assert lines[0] == (
        "x1i: listwise (0.83) is 0.18 below complete data (1.01) = 2.0 SDs of complete data."
    )
    assert re.fullmatch(
        r"x1i: run \(0\.9\d\) is 0\.0\d below complete data \(1\.01\) = 0\.\d SDs of complete "
        r"data, give or take 0\.00\d+ of Monte Carlo error\.",
        lines[1],
    )
    assert re.fullmatch(
        r"The curves of complete data and listwise share 3\d% of their area\.", lines[2]
    )
    normal = "The curve of {} is the normal curve of its estimate and standard error."
    assert lines[4:] == [normal.format("complete data"), normal.format("listwise"),
                         "The truth is 1.00."]  # fmt: skip
    assert picture.table["method"].tolist() == ["truth", *fits]


def test_fits_that_agree_lie_on_no_side(listwise):
    near = replace(listwise, estimate=listwise.estimate + 0.001)
    text = density_picture({"a": listwise, "b": near}, "x1i").text
    assert text.startswith("x1i: b (0.83) is the same as a (0.83), to two decimals.")


def test_numbers_near_zero_have_no_minus(listwise):
    zero = replace(listwise, estimate=0 * listwise.estimate - 0.001)
    text = density_picture({"a": listwise, "b": zero}, "x1i", {("y", "x1i"): -0.001}).text
    assert text.startswith("x1i: b (0.00) is 0.83 below a (0.83)")
    assert "The truth is 0.00." in text


def test_what_has_no_curve_is_left_out_with_a_sentence(fits):
    picture = density_picture({"listwise": fits["listwise"], "run": fits["run"]}, "τ11", TRUTH)
    assert "listwise has no curve: REML gives τ11 no standard error." in picture.text
    assert without_curve(fits, "τ11") == [
        f"{name} has no curve: REML gives τ11 no standard error."
        for name in ("complete data", "listwise")
    ]
    assert without_curve(fits, "x1i") == []
    assert "share" not in picture.text
    assert "SDs" not in picture.text
    assert ">listwise</text>" not in picture.svg()


def test_constant_draws_have_no_curve_but_a_sentence(fits, chapter_draws):
    k = [p.label for p in chapter_draws.parameters].index("y: x1i")
    values = chapter_draws.values.copy()
    values[:, :, k] = 1.0
    fixed = replace(chapter_draws, values=values)
    picture = density_picture({"listwise": fits["listwise"], "fixed": fixed}, "x1i")
    assert "fixed has no curve: its draws of x1i hardly differ." in picture.text


def test_without_any_curve_there_is_an_explanation(fits):
    reml = {name: fits[name] for name in ("complete data", "listwise")}
    with pytest.raises(TutorkitError, match="None of these fits has a curve for τ00"):
        density_picture(reml, "τ00", TRUTH)


def test_a_chart_gets_a_few_hundred_rows(fits):
    assert len(density_table(fits, "x1i")) < 400
