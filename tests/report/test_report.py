"""The report: every item of the chapter's output, as text and as HTML."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tutorkit import (
    baseline,
    datasets,
    derived,
    fit_reml,
    parse,
    read_data,
    report,
    sample,
    summarize,
)
from tutorkit.model.spec import Save
from tutorkit.report.parts import figures

ITEMS = [
    "ALGORITHMIC OPTIONS SPECIFIED",
    "BURN-IN POTENTIAL SCALE REDUCTION (PSR) OUTPUT",
    "METROPOLIS-HASTINGS ACCEPTANCE RATES",
    "DATA INFORMATION",
    "MISSING DATA PATTERNS",
    "MODEL INFORMATION",
    "WARNING MESSAGES",
    "MODEL FIT",
    "CORRELATIONS AMONG RESIDUALS",
    "OUTCOME MODEL ESTIMATES",
    "STANDARD DEVIATIONS",
    "PREDICTOR MODEL ESTIMATES",
    "GENERATED PARAMETERS",
    "IMPUTED DATA",
    "FOCAL MODEL BY REML",
    "READING THIS OUTPUT",
]


@pytest.fixture(scope="module")
def text(chapter_draws, complete, listwise):
    return str(report(chapter_draws, {"Complete data": complete, "Listwise deletion": listwise}))


def section(text, title):
    start = text.index(f"{title}:\n")
    return text[start : text.find("\n\n\n", start)]


def test_all_items_come_in_the_chapters_order(text):
    places = [text.index(f"{item}:\n") for item in ITEMS]
    assert places == sorted(places)
    assert text.startswith("-" * 75 + "\n" + " " * 30 + "tutorkit")


def test_new_items_leave_the_chapters_parameter_numbers_alone(chapter_draws):
    numbered = {number: p.label for number, p in enumerate(chapter_draws.parameters, start=1)}
    assert len(numbered) == 51
    assert numbered[43] == "y.missing: x2i*x3i"
    assert numbered[51] == "y.missing: by Level-1 Residual Variation (explained)"
    assert numbered[26] == "x1i: by Level-2 Random Intercepts (explained)"


def test_options_state_every_prior_and_setting(text):
    options = section(text, "ALGORITHMIC OPTIONS SPECIFIED")
    for line in (
        "Prior for random effect variances: Zero matrix, df = -(p + 1) (PRIOR2)",
        "Prior for residual variances:      Zero sum of squares, df = -2 (PRIOR2)",
        "Prior for coefficients:            Flat",
        "Prior for probit coefficients:     Normal, mean 0, variance 5",
        "Seed:                              123",
        "Burn-in iterations per chain:      1000",
        "Between-cluster imputation model:  Random intercepts in every equation",
        "Prior for predictor variances:     None: every incomplete predictor has an equation",
    ):
        assert f"  {line}\n" in options + "\n"


@pytest.mark.parametrize(
    ("options", "random", "residual"),
    [
        (
            "prior1",
            "1 times the identity, df = (p + 1) (PRIOR1)",
            "Unit sum of squares, df = 2 (PRIOR1)",
        ),
        ("prior3", "Zero matrix, df = 0 (PRIOR3)", "Zero sum of squares, df = 0 (PRIOR3)"),
        (
            "residual_shape=3 residual_scale=2",
            "Zero matrix, df = -(p + 1)",
            "4 sum of squares, df = 6",
        ),
    ],
)
def test_other_priors_are_named(options, random, residual):
    spec = parse(f"CLUSTERID: j; MODEL: x3i ~ intercept; OPTIONS: {options};")
    data = datasets.load("04_multilevel")
    text = str(report(sample(spec, data, burn=20, iterations=40, progress=False)))
    assert f"random effect variances: {random}\n" in text
    assert f"residual variances:      {residual}\n" in text


def test_burn_in_table_has_20_windows_and_names_the_worst_parameter(text, chapter_draws):
    rows = re.findall(
        r"^ +(\d+) to (\d+) +(\d\.\d{3}) +(\d+)  +(.+)$",
        section(text, "BURN-IN POTENTIAL SCALE REDUCTION (PSR) OUTPUT"),
        re.MULTILINE,
    )
    assert [(int(first), int(last)) for first, last, *_ in rows] == [
        (25 * k + 1, 50 * k) for k in range(1, 21)
    ]
    for *_, number, name in rows:
        assert chapter_draws.parameters[int(number) - 1].label == name.strip()


def test_the_head_of_a_table_stands_above_its_columns(text):
    lines = section(text, "BURN-IN POTENTIAL SCALE REDUCTION (PSR) OUTPUT").splitlines()
    at = next(k for k, line in enumerate(lines) if "Highest PSR" in line)
    head, rule, row = lines[at : at + 3]
    assert head.index("Highest PSR") + len("Highest PSR") == row.index(".") + 4
    assert len(head) <= len(rule)


def test_parameters_of_one_name_are_told_apart(chapter_draws):
    table = summarize(chapter_draws)
    slopes = table[(table["outcome"] == "y") & (table["name"] == "x1i")].index
    for k, suffix in zip(slopes, ("", " (standardized)"), strict=True):
        worst = table.copy()
        worst.loc[k, ["psr", "ess_bulk"]] = [1.5, 12.0]
        shown = " ".join(str(report(chapter_draws, table=worst)).split())
        assert f"the highest PSR is 1.500 (y: x1i{suffix});" in shown
        assert f"the fewest effective draws are 12 (y: x1i{suffix})." in shown
        assert f"Only 12 effective draws of y: x1i{suffix} (parameter {k + 1})." in shown


def test_data_and_model_information_are_the_chapters(text):
    data = section(text, "DATA INFORMATION")
    for line in (
        "Level-2 identifier: j",
        "Sample size:        600",
        "Level-2 clusters:   30",
        "y:   23.50",
        "x1i: 13.17",
        "x2i: 08.50",
    ):
        assert f"  {line}\n" in data + "\n"
    assert "x3i" not in data
    model = section(text, "MODEL INFORMATION")
    for line in (
        "Outcome models:   25",
        "Fixed variables: x3i",
        "[1]  y ~ Intercept x1i x2i x3i x2i*x3i | Intercept x1i",
        "[2]  x1i ~ Intercept x2i x3i | Intercept",
        "[3]  x2i ~ Intercept x3i | Intercept",
        "[4]  y.missing ~ Intercept y x1i x2i x3i x2i*x3i | Intercept",
    ):
        assert line in model
    assert "No warning messages." in section(text, "WARNING MESSAGES")


def test_every_estimate_stands_in_the_text(text, chapter_draws):
    flat = re.sub(r" +", " ", text)
    for row in summarize(chapter_draws).to_dict("records"):
        shown = figures(*(row[k] for k in ("median", "sd", "lower", "upper")))
        last = ["nan" if np.isnan(row[k]) else f"{row[k]:.3f}" for k in ("psr", "ess_bulk")]
        assert f" {row['name']} {' '.join([*shown, *last])}\n" in flat


def test_derived_quantities_stand_in_the_text(text, chapter_draws):
    shown = section(text, "STANDARD DEVIATIONS")
    for row in derived(chapter_draws).to_dict("records"):
        cells = figures(*(row[k] for k in ("median", "sd", "lower", "upper")))
        assert re.search(rf"  {re.escape(row['name'])} +{' +'.join(cells)} ", shown)
    assert section(text, "GENERATED PARAMETERS").endswith("None.")


def test_missing_values_are_shown_by_pattern_and_imputed_ones_beside_observed(text):
    patterns = section(text, "MISSING DATA PATTERNS")
    assert re.search(r"  nothing +383 +63\.83\n", patterns)
    assert re.search(r"  y x1i x2i +\d+ +\d", patterns)
    imputed = section(text, "IMPUTED DATA")
    assert re.search(r"\ny:\n  observed +459 +-0\.752 +1\.921 ", imputed)
    assert "those of 20 imputations" in imputed


def test_only_the_ten_most_frequent_patterns_are_listed():
    rng = np.random.default_rng(1)
    names = [f"x{k}" for k in range(1, 7)]
    data = pd.DataFrame(rng.standard_normal((400, 6)), columns=names)
    data = data.mask(rng.random((400, 6)) < 0.3)
    spec = parse("MODEL: x1 x2 x3 x4 x5 x6 ~ intercept;")
    draws = sample(spec, data, burn=4, iterations=8, progress=False)
    shown = section(str(report(draws)), "MISSING DATA PATTERNS")
    counts = [int(n) for n in re.findall(r" (\d+) +\d+\.\d\d\n", shown)]
    assert len(counts) == 10
    more, rest = re.search(r"(\d+) more patterns in the other (\d+) rows", shown).groups()
    assert sum(counts) + int(rest) == draws.data.values.shape[1]
    assert int(more) > 10


def test_pinfo_lists_every_parameter_with_the_last_psr_of_the_burn_in(chapter_draws):
    spec = replace(chapter_draws.spec, print_parameters=True)
    text = str(report(replace(chapter_draws, spec=spec)))
    assert text.index("BURN-IN POT") < text.index("PARAMETER LIST:\n") < text.index("METROPOLIS")
    listed = section(text, "PARAMETER LIST")
    rows = re.findall(r"^  (\S.*?) +(\d+)  +(\S.*?)((?:  +\S+){5})$", listed, re.MULTILINE)
    by_number = {int(number): (name, prior) for name, number, prior, _ in rows}
    assert list(by_number) == list(range(1, 52))
    assert by_number[43] == ("x2i*x3i", "N(0.0, 5.0)")
    assert by_number[1] == ("L2 : Var(Intercept)", "IW(0.0, -3.0)")
    assert by_number[18] == ("L2 : Var(Intercept)", "IW(0.0, -2.0)")
    assert by_number[4] == ("Residual Var.", "IG(-1.0, 0.0)")
    assert by_number[5] == ("Intercept", "N(0.0, Inf)")
    assert by_number[37] == ("Residual Var.", "fixed")
    assert by_number[51][1] == "derived"
    highest = max(float(row[3].split()[-1]) for row in rows if row[3].split()[-1] != "nan")
    window = re.search(r"501 to 1000 +(\d\.\d+)", text)[1]
    assert f"{highest:.3f}" == window


def test_what_save_wrote_is_announced_and_what_it_did_not_is_explained(chapter, chapter_draws):
    line = "stacked: 4 imputed data sets, one below the other, were written to 'a.csv'."
    assert line in section(str(report(chapter_draws, saved=[line])), "IMPUTED DATA")
    spec = replace(chapter_draws.spec, imputations=4, save=(Save("stacked", "a.csv"),))
    shown = section(str(report(replace(chapter_draws, spec=spec))), "IMPUTED DATA")
    assert "save_imputations(draws, data, 'file.csv')" in shown


def test_why_there_is_no_baseline_is_said(chapter_draws, complete):
    why = "No table of listwise deletion, because: 'y' is ORDINAL."
    assert section(str(report(chapter_draws, no_fit=why)), "FOCAL MODEL BY REML").endswith(why)
    both = str(report(chapter_draws, {"Complete data": complete}, no_fit=why))
    assert both.count("FOCAL MODEL BY REML") == 1
    assert why in both


def test_a_fixed_parameter_has_no_psr(text):
    assert re.search(r"Residual Var\. +1\.000 +0\.000 +1\.000 +1\.000 +nan +nan\n", text)


TABLE_7_1 = """
Intercept -0.11 0.09 -0.29 – 0.07 -0.33 0.10 -0.53 – -0.13
x1i 1.01 0.09 0.84 – 1.19 0.83 0.09 0.66 – 1.00
x2i 0.99 0.05 0.90 – 1.08 0.91 0.07 0.78 – 1.04
x3i 1.00 0.05 0.91 – 1.09 1.01 0.07 0.88 – 1.14
x2i*x3i 1.03 0.04 0.95 – 1.10 1.02 0.07 0.89 – 1.15
σ² 0.95 0.90
τ00 0.20 0.20
τ11 0.18 0.11
ρ01 0.59 0.58
ICC 0.29 0.22
N 30 30
Observations 600 383
"""


def test_baseline_is_the_chapters_table_7_1_figure_by_figure(text, complete, listwise):
    shown = [" ".join(line.split()) for line in section(text, "FOCAL MODEL BY REML").splitlines()]
    for line in TABLE_7_1.strip().splitlines():
        assert line in shown
    alone = baseline({"Complete data": complete, "Listwise deletion": listwise})
    assert section(str(alone) + "\n\n", "FOCAL MODEL BY REML").strip() in text


def test_a_singular_fit_is_explained_in_words(chapter):
    data = read_data(Path(__file__).parents[1] / "reference" / "reml" / "inc_39.csv")
    shown = " ".join(str(baseline({"Listwise deletion": fit_reml(chapter, data)})).split())
    assert "ρ01 1.00" in shown
    assert (
        "Listwise deletion: Singular fit. The estimated correlation of random intercept and random "
        "slope of x1i is exactly 1.00" in shown
    )


def test_no_line_is_wider_than_a_wide_terminal(text):
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((0.123456, -1.0), ("0.123", "-1.000")),
        ((0.00012, 0.00034), ("1.200e-04", "3.400e-04")),
        ((2.5e8, 1.0), ("2.500e+08", "1.000e+00")),
        ((0.0001, 0.2), ("0.000", "0.200")),
        ((float("nan"), 1.0), ("nan", "1.000")),
    ],
)
def test_figures_stay_readable_at_any_scale(values, shown):
    assert figures(*values) == shown


@pytest.mark.parametrize(
    ("options", "burn", "iterations", "warning"),
    [
        ("", 2, 8, "chains disagree|Too few iterations|effective draws"),
        ("OPTIONS: probit_variance=inf;", 200, 400, "posterior of 'y.missing' is improper"),
    ],
)
def test_what_limits_a_run_is_warned_of(options, burn, iterations, warning):
    spec = parse(datasets.script("04_multilevel") + options)
    data = datasets.load("04_multilevel")
    draws = sample(spec, data, burn=burn, iterations=iterations, progress=False)
    found = " ".join(section(str(report(draws)), "WARNING MESSAGES").split())
    assert re.search(warning, found)
