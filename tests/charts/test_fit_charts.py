"""Pictures of several fits: what a wrong model does, and what depends on the assumption."""

import re
from dataclasses import replace

import pytest

from tutorkit import TutorkitError, datasets, fit_reml, parse, sample, sensitivity_picture
from tutorkit.chains import psr_table
from tutorkit.charts.chain_pictures import burn_in_picture, psr_picture
from tutorkit.charts.consequences import APART, ASKED, YOURS, consequence_picture
from tutorkit.teaching.chapter import chapter_burn_in

DATA = datasets.load("04_multilevel")
FOCAL = "CLUSTERID: j; MODEL: focal: y ~ x1i x2i x3i x2i*x3i | x1i; auxiliary: x1i x2i ~ x3i; "
RUN = "BURN: 200; ITERATIONS: 1000; SEED: 1;"
MODELS = {
    "MAR": FOCAL,
    "MNAR": f"{FOCAL} y.missing ~ y x1i x2i x3i x2i*x3i;",
    "small": "CLUSTERID: j; MODEL: y ~ x1i x2i x3i;",
    "more": FOCAL.replace("| x1i", "x1i*x3i | x1i"),
}


@pytest.fixture(scope="module")
def fits():
    return {name: sample(parse(f"{m} {RUN}"), DATA, progress=False) for name, m in MODELS.items()}


# --- consequences ---------------------------------------------------------------------------------


def test_what_moved_is_said_in_sds_the_farthest_first(fits):
    picture = consequence_picture(fits["MAR"], fits["MNAR"])
    table = picture.table.set_index("parameter")
    moved = table.loc["Intercept"]
    assert moved[APART] == pytest.approx((moved[YOURS] - moved[ASKED]) / moved["SD"])
    assert -2 < moved[APART] < -1
    head, first, *_ = picture.text.splitlines()
    assert head == "Your model beside the one asked for:"
    assert re.fullmatch(r"Intercept: -0\.3\d with your model, -0\.1\d with the one asked for: "
                        r"1\.\d SDs below\.", first)  # fmt: skip
    sizes = [float(s) for s in re.findall(r"([\d.]+) SDs", picture.text)]
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) > 0.2
    drawn = picture.chart.to_dict()["datasets"].values()
    assert {row["method"] for rows in drawn for row in rows} == {YOURS, ASKED}


def test_where_nothing_moves_it_says_so_and_what_that_means(fits):
    picture = consequence_picture(fits["MAR"], fits["MAR"])
    assert re.search(r"about the same, to 0\.[2-9]\d posterior SDs\.", picture.text)
    assert "does not show that the model is" in picture.text


def test_what_a_model_does_not_estimate_is_named(fits):
    assert "Your model does not estimate x2i*x3i, τ11 and ρ01." in (
        consequence_picture(fits["small"], fits["MAR"]).text
    )
    assert "The model asked for does not estimate x1i*x3i." in (
        consequence_picture(fits["more"], fits["MAR"]).text
    )


def test_the_order_of_a_products_factors_plays_no_part(fits):
    turned = parse(f"{MODELS['MAR'].replace('x2i*x3i', 'x3i*x2i')} {RUN}")
    picture = consequence_picture(sample(turned, DATA, progress=False), fits["MAR"])
    assert "does not estimate" not in picture.text
    assert "x2i*x3i" in picture.table["parameter"].tolist()


def test_models_of_different_outcomes_are_not_compared(fits):
    other = sample(parse(f"CLUSTERID: j; MODEL: x1i ~ x3i; {RUN}"), DATA, progress=False)
    with pytest.raises(TutorkitError, match="explains x1i, the one asked for y"):
        consequence_picture(other, fits["MAR"])


def test_few_draws_tell_nothing(fits):
    few = sample(parse(MODELS["MAR"]), DATA, burn=10, iterations=4, progress=False)
    assert "Too few draws were kept to tell" in consequence_picture(few, fits["MAR"]).text


# --- sensitivity ----------------------------------------------------------------------------------


def test_the_report_says_what_depends_on_the_assumption(fits):
    used = {"listwise": fit_reml(parse(FOCAL), DATA), **{k: fits[k] for k in ("MAR", "MNAR")}}
    picture = sensitivity_picture(used)
    lines = picture.text.splitlines()
    assert lines[0] == "3 fits of the focal model: listwise, MAR and MNAR."
    assert "the data do not hold them" in lines[-1]
    intercept = next(line for line in lines if line.startswith("Intercept:"))
    assert re.search(r"from -0\.33 \(listwise\) to -0\.1\d \(MNAR\), 1\.\d SDs apart; whether it "
                     r"differs from 0 depends on the assumption: of 3 intervals 2 lie below 0 and "
                     r"1 holds 0\.", intercept)  # fmt: skip
    assert next(line for line in lines if line.startswith("x2i:")).endswith(
        "all intervals lie above 0."
    )
    variance = next(line for line in lines if line.startswith("σ²:"))
    assert "0." in variance
    assert "interval" not in variance
    row = picture.table.set_index("parameter").loc["Intercept"]
    assert row[["above 0", "below 0", "around 0"]].tolist() == [0, 2, 1]


def test_chains_that_do_not_agree_are_said(fits):
    wild = replace(fits["MNAR"], values=fits["MNAR"].values.copy())
    wild.values[0] += 1
    text = sensitivity_picture({"MAR": fits["MAR"], "MNAR": wild}).text
    assert re.search(r"^The chains of MNAR do not agree \(PSR \d", text, re.MULTILINE)
    assert "chains of MAR" not in text


def test_the_truth_is_drawn_and_plays_no_part_in_the_report(fits):
    used = {name: fits[name] for name in ("MAR", "MNAR")}
    plain = sensitivity_picture(used)
    known = sensitivity_picture(used, datasets.truth("04_multilevel"))
    assert known.text == plain.text
    methods = {row["method"] for rows in known.chart.to_dict()["datasets"].values() for row in rows}
    assert "truth" in methods


def test_all_intervals_may_hold_0_or_lie_below(fits):
    data = DATA.assign(x2i=-DATA["x2i"])
    data["x1i"] = data["x1i"].sample(frac=1, random_state=1).to_numpy()
    spec = parse(f"CLUSTERID: j; MODEL: y ~ x1i x2i x3i; x1i x2i ~ x3i; {RUN}")
    used = {"listwise": fit_reml(spec, data), "MAR": sample(spec, data, progress=False)}
    text = sensitivity_picture(used).text
    assert re.search(r"^x1i: .*; all intervals hold 0\.$", text, re.MULTILINE)
    assert re.search(r"^x2i: .*; all intervals lie below 0\.$", text, re.MULTILINE)


def test_one_fit_or_two_focal_models_are_refused(fits):
    with pytest.raises(TutorkitError, match="two assumptions or more"):
        sensitivity_picture({"MAR": fits["MAR"]})
    with pytest.raises(TutorkitError, match="different focal models"):
        sensitivity_picture({"MAR": fits["MAR"], "small": fits["small"]})


# --- the chapter's burn-in ------------------------------------------------------------------------


def test_a_runs_burn_in_and_a_table_are_shown_alike(fits):
    table = psr_table(fits["MNAR"])
    assert burn_in_picture(table).text == psr_picture(fits["MNAR"]).text


def test_the_chapters_burn_in_is_as_printed():
    table = chapter_burn_in()
    assert len(table) == 20
    assert table["last"].tolist() == [1000 * k for k in range(1, 21)]
    assert (table["first"] == table["last"] // 2 + 1).all()
    names = dict(zip(table["number"], table["parameter"], strict=True))
    assert names[43] == "y.missing: x2i*x3i"
    assert names[38] == "y.missing: Intercept"
    assert names[26] == "x1i: by Level-2 Random Intercepts (explained)"
    assert names[51] == "y.missing: by Level-1 Residual Variation (explained)"
    text = burn_in_picture(table).text
    assert "the highest PSR is 1.013, of y.missing: Intercept: below 1.05" in text
    assert "The highest of all is 1.211 in iterations 501 to 1000" in text
    assert "From iterations 3501 to 7000 on it stays below the target." in text
