"""Pictures of chains: what is drawn, readable without colour, and said in words."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest

from tutorkit.charts.chain_pictures import (
    autocorrelation_picture,
    prior_posterior_picture,
    psr_picture,
    rank_picture,
    trace_picture,
)
from tutorkit.draws import Draws
from tutorkit.model.spec import NAMED_PRIORS, Priors

X1I, TAU, SELECTION, SIGMA, SMALL = 5, 2, 40, 3, 17
OF_ONE = [trace_picture, rank_picture, autocorrelation_picture, prior_posterior_picture]


@pytest.fixture(scope="module")
def pictures(chapter_draws):
    return [psr_picture(chapter_draws), *(picture(chapter_draws, X1I) for picture in OF_ONE)]


def shifted(draws, by):
    """Return the draws with chain 2's x1i moved up."""
    values = draws.values.copy()
    values[1, :, X1I] += by
    return replace(draws, values=values)


def rows(picture):
    """Return the rows of each data set in the chart."""
    return [len(data) for data in picture.chart.to_dict()["datasets"].values()]


def marks(picture, role):
    root = ElementTree.fromstring(picture.svg())
    return [e for e in root.iter() if e.get("aria-roledescription") == role]


def test_positions_are_those_of_the_tests(chapter_draws):
    labels = [chapter_draws.parameters[k].label for k in (X1I, TAU, SELECTION, SIGMA, SMALL)]
    assert labels == [
        "y: x1i",
        "y: L2 : Var(x1i)",
        "y.missing: x2i",
        "y: Residual Var.",
        "x1i: L2 : Var(Intercept)",
    ]


def test_every_picture_fits_follows_the_theme_and_needs_no_network(pictures):
    for picture in pictures:
        svg = picture.svg()
        assert float(ElementTree.fromstring(svg).get("width")) <= 560
        assert 'fill="#000"' not in svg
        assert "currentColor" in svg
        assert {e.get("fill") for e in marks(picture, "text mark")} <= {"currentColor"}
        assert picture.chart.to_dict()["config"]["background"] == "transparent"
        addresses = set(re.findall(r"https?://[^\"']+", picture._repr_html_()))
        assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_every_picture_has_words_and_a_table_and_little_data(pictures):
    for picture in pictures:
        assert 1 <= len(picture.text.splitlines()) <= 4
        assert all(line.endswith((".", "?")) for line in picture.text.splitlines())
        assert len(picture.table)
        assert max(rows(picture)) <= 600


@pytest.mark.parametrize("picture", [trace_picture, autocorrelation_picture])
def test_chains_differ_in_dash_as_well_as_colour(chapter_draws, picture):
    layers = picture(chapter_draws, X1I).chart.to_dict()["layer"]
    encoding = next(la["encoding"] for la in layers if "strokeDash" in la["encoding"])
    for channel in ("strokeDash", "color"):
        scale = encoding[channel]["scale"]
        assert scale["domain"] == [1, 2]
        assert len({str(look) for look in scale["range"][:2]}) == 2
        assert encoding[channel]["legend"]["orient"] == "top"


def test_psr_chart_has_a_point_a_window_and_names_the_highest(chapter_draws):
    picture = psr_picture(chapter_draws)
    assert len(marks(picture, "point")) == 20
    assert len(marks(picture, "rule mark")) == 2
    levels = [d for d in picture.chart.to_dict()["datasets"].values() if len(d) == 2]
    assert [row["psr"] for row in levels[0]] == [1.0, 1.05]
    worst = picture.table.loc[picture.table["psr"].idxmax()]
    texts = [e.text for e in marks(picture, "text mark")]
    assert worst["parameter"] in texts
    assert "target 1.05" in texts
    first, second, third = picture.text.splitlines()
    last = picture.table.iloc[-1]
    assert f"the highest PSR is {last['psr']:.3f}, of {last['parameter']}: below 1.05" in first
    assert f"{worst['psr']:.3f} in iterations {worst['first']} to {worst['last']}" in second
    high = picture.table[picture.table["psr"] >= 1.05]
    row = picture.table[picture.table["last"] > high["last"].max()].iloc[0]
    assert f"From iterations {row['first']} to {row['last']} on it stays below" in third


def test_psr_words_ask_for_a_longer_burn_in_if_chains_disagree(chapter_draws):
    warmup = chapter_draws.warmup.copy()
    warmup[1, :, X1I] += 1
    text = psr_picture(replace(chapter_draws, warmup=warmup)).text
    assert "of y: x1i: above 1.05 the chains do not agree yet. Use a longer BURN." in text
    assert "stays below" not in text


def test_a_name_that_ends_in_a_full_stop_ends_its_sentence(chapter_draws):
    warmup = chapter_draws.warmup.copy()
    warmup[1, :, SIGMA] += 10
    text = psr_picture(replace(chapter_draws, warmup=warmup)).text
    assert text.endswith("of y: Residual Var.")


@pytest.mark.parametrize("burn", [1000, 2000, 20_000])
@pytest.mark.parametrize(
    "picture", [psr_picture, lambda draws: trace_picture(draws, X1I)], ids=["PSR", "trace"]
)
def test_labels_of_iterations_do_not_touch(chapter_draws, picture, burn):
    warmup = np.resize(
        chapter_draws.warmup.swapaxes(0, 1), (burn, 2, chapter_draws.warmup.shape[2])
    ).swapaxes(0, 1)
    picture = picture(replace(chapter_draws, warmup=warmup, values=chapter_draws.values[:, :1000]))
    root = ElementTree.fromstring(picture.svg())
    axis = next(e for e in root.iter() if (e.get("aria-label") or "").startswith("X-axis"))
    labels = [e for e in axis.iter() if e.text and e.text.replace(",", "").isdigit()]
    ends = [float(re.search(r"\(([-\d.]+),", e.get("transform"))[1]) for e in labels]
    wide = 6 * max(len(e.text) for e in labels)
    assert len(labels) > 3
    assert min(np.diff(ends)) > wide + 10 + wide / 2  # the last may stand half its width inside


@pytest.mark.parametrize("picture", [trace_picture, prior_posterior_picture])
def test_long_names_that_differ_stay_different(chapter_draws, monkeypatch, picture):
    stem = "the_background_of_a_pupil_as_it_was_measured"
    known = [replace(p, name=f"{stem}_{k}") for k, p in enumerate(chapter_draws.parameters)]
    monkeypatch.setattr(Draws, "parameters", known)
    titles = set()
    for k in (X1I, X1I + 1):
        labels = [e.text for e in ElementTree.fromstring(picture(chapter_draws, k).svg()).iter()]
        titles |= {text for text in labels if "background" in (text or "")}
    assert len(titles) == 2
    assert max(map(len, titles)) <= 40


def test_trace_shades_the_burn_in_up_to_its_end(chapter_draws):
    picture = trace_picture(chapter_draws, X1I)
    assert [e.text for e in marks(picture, "text mark")] == ["burn-in"]
    spans = picture.chart.to_dict()["datasets"].values()
    (span,) = next(data for data in spans if len(data) == 1)
    assert (span["from"], span["to"]) == (0, pytest.approx(1000, abs=20))
    none = replace(chapter_draws, warmup=chapter_draws.warmup[:, :0])
    assert not marks(trace_picture(none, X1I), "text mark")


def test_agreement_is_said_with_psr_and_effective_draws(chapter_draws):
    for picture in (trace_picture, rank_picture):
        text = str(picture(chapter_draws, X1I))
        assert re.search(r"The chains agree: PSR 1\.00\d; about [\d,]+ effective draws\.", text)
        apart = str(picture(shifted(chapter_draws, 0.5), X1I))
        assert re.search(r"The chains disagree: PSR \d\.\d{3}; about \d+ effective draws\.", apart)


def test_one_chain_is_compared_with_itself(chapter_draws):
    one = replace(chapter_draws, values=chapter_draws.values[:1], warmup=chapter_draws.warmup[:1])
    assert "The halves of the chain agree" in str(trace_picture(one, X1I))


def test_ranks_of_a_shifted_chain_are_called_uneven(chapter_draws):
    picture = rank_picture(shifted(chapter_draws, 0.5), X1I)
    assert re.search(
        "Ranks are uneven: chain (2 holds too many high|1 holds too many low) values", str(picture)
    )
    assert "Ranks are even" in str(rank_picture(chapter_draws, X1I))
    wide = chapter_draws.values.copy()
    middle = wide[0, :, X1I].mean()
    wide[0, :, X1I] = middle + 0.2 * (wide[0, :, X1I] - middle)
    narrow = str(rank_picture(replace(chapter_draws, values=wide), X1I))
    assert "chain 1 holds too many middle values" in narrow


def test_rank_chart_has_a_panel_for_each_chain(chapter_draws):
    picture = rank_picture(chapter_draws, X1I)
    svg = picture.svg()
    assert "chain 1" in svg
    assert "chain 2" in svg
    assert rows(picture) == [40]
    assert len(marks(picture, "bar")) + len(marks(picture, "rect mark")) == 80


def test_autocorrelation_words_give_first_lag_and_effective_draws(chapter_draws):
    values = chapter_draws.values.copy()
    noise = np.random.default_rng(1).standard_normal(values.shape[:2])
    for t in range(1, values.shape[1]):
        noise[:, t] = 0.8 * noise[:, t - 1] + 0.6 * noise[:, t]
    values[:, :, X1I] = noise
    picture = autocorrelation_picture(replace(chapter_draws, values=values), X1I)
    first, second = str(picture).splitlines()
    found = re.match(r"y: x1i: draws one iteration apart correlate 0\.(\d\d), draws (\d+) ", first)
    assert int(found[1]) == pytest.approx(80, abs=4)
    assert int(found[2]) in range(9, 14)  # 0.8^11 < 0.1
    ess = int(re.search(r"Of 8,000 draws about ([\d,]+) are", second)[1].replace(",", ""))
    assert ess == pytest.approx(8000 / 9, rel=0.25)
    assert list(picture.table["lag"]) == [1, 2, 5, 10, 20, 40]


@pytest.mark.parametrize(
    ("k", "names"),
    [
        (X1I, ["posterior", "prior (shape only)"]),
        (SIGMA, ["posterior", "prior (shape only)"]),
        (SELECTION, ["posterior", "prior"]),
        (TAU, ["posterior"]),
    ],
)
def test_prior_and_posterior_are_named_beside_their_lines(chapter_draws, k, names):
    picture = prior_posterior_picture(chapter_draws, k)
    assert [e.text for e in marks(picture, "text mark")] == names
    assert len(marks(picture, "line mark")) == len(names)
    assert ("The chart shows the posterior alone." in str(picture)) == (len(names) == 1)
    first, second, *_ = str(picture).splitlines()
    assert first.startswith(f"Prior of {chapter_draws.parameters[k].label}: ")
    lower, median, upper = np.quantile(chapter_draws.values[:, :, k], (0.025, 0.5, 0.975))
    assert second == (f"Posterior: median {median:.3f}, 95% between {lower:.3f} and {upper:.3f}.")


def test_a_proper_prior_keeps_its_height_and_no_variance_is_negative(chapter_draws):
    spec = replace(chapter_draws.spec, priors=Priors(**NAMED_PRIORS["PRIOR1"]))
    picture = prior_posterior_picture(replace(chapter_draws, spec=spec), SMALL)
    data = max(picture.chart.to_dict()["datasets"].values(), key=len)
    prior = [row for row in data if row["which"] == "prior"]
    assert min(row["value"] for row in data) > 0
    for row in prior[::50]:
        x = row["value"]
        assert row["density"] == pytest.approx(0.5 * x**-2 * np.exp(-0.5 / x))
