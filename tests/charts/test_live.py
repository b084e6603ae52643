"""Charts of a run while it goes on."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from tutorkit.charts.live import HEIGHT, MOST_POINTS, WIDTH, live_imputed, live_trace

RNG = np.random.default_rng(1)


def points(svg):
    lines = [e for e in ElementTree.fromstring(svg).iter() if e.tag == "polyline"]
    return [
        np.array([[float(v) for v in pair.split(",")] for pair in line.get("points").split()])
        for line in lines
    ]


@pytest.mark.parametrize("n", [0, 1, 5, 300, 50_000])
def test_lines_stay_in_the_frame_and_short(n):
    chains = [RNG.normal(size=n), 100 + RNG.normal(size=n)]
    svg = live_trace(chains, 10, 100_000, "y: x1i & <x>")
    for line in points(svg):
        assert len(line) < 2 * MOST_POINTS
        if len(line):
            assert line.min() >= 0
            assert line[:, 0].max() <= WIDTH
            assert line[:, 1].max() <= HEIGHT
    assert "nan" not in svg
    assert "y: x1i &amp; &lt;x&gt;" in svg


def test_a_trace_is_where_its_values_are():
    line = points(live_trace([np.linspace(0, 1, 100)], 0, 200, "x"))[0]
    assert (np.diff(line[:, 1]) <= 0).all()  # up the page
    assert line[-1, 1] < line[0, 1]
    half = 56 + (WIDTH - 56 - 12) / 2
    assert line[-1, 0] == pytest.approx(half, abs=4)


def test_where_a_chain_started_does_not_flatten_the_rest():
    chain = np.concatenate([[1000.0], RNG.normal(size=399)])
    line = points(live_trace([chain], 0, 400, "x"))[0]
    assert np.ptp(line[100:, 1]) > 60


def test_chains_differ_in_dash_as_well_as_colour():
    svg = live_trace([RNG.normal(size=9)] * 4, 0, 9, "x")
    for sign in ("stroke-dasharray", "stroke"):
        assert len(set(re.findall(rf'<polyline[^>]* {sign}="([^"]*)"', svg))) == 4


def test_imputed_values_stand_beside_the_observed():
    svg = live_imputed(RNG.normal(size=400), 3 + RNG.normal(size=90), "y")
    observed, imputed = points(svg)
    middle = [(p[:, 0] * (p[:, 1].max() - p[:, 1])).sum() / (p[:, 1].max() - p[:, 1]).sum()
              for p in (observed, imputed)]  # fmt: skip
    assert middle[1] > middle[0] + 50
    assert "observed (solid, mean" in svg
    assert "imputed (dashed, mean 3." in svg
    assert "none yet" in live_imputed(RNG.normal(size=400), np.empty(0), "y")


def test_chains_that_are_not_drawn_are_not_counted_as_drawn():
    chains = [RNG.normal(size=9)] * 6
    assert "Trace of x, 4 of 6 chains" in live_trace(chains, 0, 9, "x")
    assert "Trace of x, 2 chains" in live_trace(chains[:2], 0, 9, "x")


def texts(svg, anchor=None):
    found = [e for e in ElementTree.fromstring(svg).iter() if e.tag == "text"]
    return [e.text for e in found if anchor in (None, e.get("text-anchor"))]


def heights(svg):
    """Return the figures left of the frame, from the top."""
    found = [e for e in ElementTree.fromstring(svg).iter() if e.get("text-anchor") == "end"]
    left = [e for e in found if float(e.get("x")) < 56]
    return [e.text for e in sorted(left, key=lambda e: float(e.get("y")))]


def test_at_most_four_chains_are_drawn():
    chains = [RNG.normal(size=99)] * 6
    assert sum(len(line) == 99 for line in points(live_trace(chains, 0, 99, "x"))) == 4


def test_a_thinned_line_reaches_as_far_as_its_chain():
    line = points(live_trace([RNG.normal(size=5000)], 0, 5000, "x"))[0]
    assert line[-1, 0] == pytest.approx(WIDTH - 12, abs=3)


def test_axes_and_burn_in_are_where_they_are_said_to_be():
    svg = live_trace([np.linspace(2, 3, 100)], 50, 200, "x")
    shade = ElementTree.fromstring(svg).findall("rect")[1]
    assert float(shade.get("width")) == pytest.approx((WIDTH - 56 - 12) / 4, abs=0.1)
    assert [t for t in texts(svg) if t in ("0", "100", "200")] == ["0", "100", "200"]
    assert "burn-in to 50" in texts(svg)
    assert heights(svg)[0] == "3"
    assert heights(svg) == sorted(heights(svg), reverse=True)
    assert "burn-in" not in live_trace([np.arange(9.0)], 0, 9, "x")


@pytest.mark.parametrize(
    ("done", "total", "end"),
    [
        (0, 100_000, 1000), (1000, 100_000, 1000), (1001, 100_000, 2000), (2001, 100_000, 5000),
        (60_000, 100_000, 100_000), (30_000, 40_000, 40_000), (0, 300, 300), (7, 7, 7),
    ],
)  # fmt: skip
def test_the_axis_of_a_long_run_grows_with_it(done, total, end):
    svg = live_trace([np.linspace(0, 1, done)], total // 2, total, "x")
    assert texts(svg, "end")[0] == f"{end:,}"
    shade = ElementTree.fromstring(svg).findall("rect")[1]
    inside = min(total // 2 / end, 1) * (WIDTH - 56 - 12)
    assert float(shade.get("width")) == pytest.approx(inside, abs=0.1)


def test_shares_are_of_the_observed_and_of_the_imputed_apart():
    svg = live_imputed(np.tile([0.0, 1.0], 50), np.array([0.0, 1.0]), "y")
    observed, imputed = points(svg)
    np.testing.assert_array_equal(observed, imputed)
    assert [t for t in texts(svg) if t in ("0", "0.5", "1")] == ["0", "0.5", "1"]
    assert heights(svg) == ["50%", "0%"]


def test_a_variable_with_one_value_is_drawn():
    assert "nan" not in live_imputed(np.ones(5), np.ones(2), "y")


def test_a_burn_in_that_was_not_finished_ends_at_the_frame():
    svg = live_trace([np.arange(50.0)], 1000, 50, "x")
    shade = ElementTree.fromstring(svg).findall("rect")[1]
    assert float(shade.get("width")) == WIDTH - 56 - 12
