"""Warnings before a run: what a user should know of a model and its data."""

from importlib import import_module
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from tutorkit import datasets
from tutorkit.data import prepare, read_data
from tutorkit.model.script import parse

CHAPTER = datasets.script("04_multilevel")


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return read_data(files("tutorkit") / "datasets" / "04_multilevel.csv")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("prior3", "at zero variance, so the posterior is improper: prefer 'OPTIONS: prior1;'"),
        ("probit_variance=inf", "itself is among its predictors: give probit_variance a finite"),
    ],
)
def test_a_prior_that_gives_no_posterior_draws_a_warning(data, options, says):
    made = prepare(parse(f"{CHAPTER} OPTIONS: {options};"), data)
    assert len(made.warnings) == 1
    assert says in made.warnings[0]


J = "CLUSTERID: j; MODEL: "
CODES = {  # further columns of the data
    "b": lambda d: (d["x3i"] > 0).astype(float),
    "o": lambda d: np.clip(np.round(d["x3i"]), -2, 2).where(d.index % 9 != 0),
    "w": lambda d: (d["x3i"] + d.index % 10).where(d["x3i"] < 1),
    "z": lambda d: (d["j"] % 6 - 2.5) ** 2,
}
WARNED = [  # script, a part of each warning in order
    (f"{J} y ~ x3i;", []),
    (
        f"TRANSFORM: m = ismissing(y); {J} y ~ x3i; m ~ x3i;",
        [
            "'m' is a missingness indicator but not ORDINAL, so its equation would be fitted as a "
            "linear probability model"
        ],
    ),
    (f"TRANSFORM: m = ismissing(y); ORDINAL: m; {J} y ~ x3i; m ~ x3i;", []),
    (
        f"FIXED: x3i z; CENTER: groupmean = x3i; grandmean = z; {J} y ~ x3i z;",
        [
            "Means of FIXED variables are the observed ones, not means that are estimated. That "
            "concerns 'z', 'x3i'."
        ],
    ),
    (f"FIXED: x3i; {J} y ~ x3i x3i.mean;", ["That concerns 'x3i.mean'."]),
    (f"{J} y ~ x1i x3i;", ["MODEL has no equation for the predictor 'x1i'. A predictor model"]),
    (f"{J} y ~ x1i x2i;", ["for the predictors 'x1i', 'x2i'."]),
    (f"CENTER: x3i; {J} y ~ x3i;", ["MODEL has no equation for the predictor 'x3i'"]),
    (f"{J} y ~ x1i; x1i ~ x3i;", []),
    (f"{J} y ~ x3i; w.missing ~ x3i;", ["'w', so its missing values are not imputed"]),
    (f"{J} y ~ x3i; w.missing ~ x3i; w ~ x3i;", []),
    (f"{J} y ~ x3i; y.missing ~ y; OPTIONS: probit_variance=inf;", ["'y.missing' is improper"]),
    (f"{J} y ~ x3i; y.missing ~ x3i; OPTIONS: probit_variance=inf;", []),
    (
        f"TRANSFORM: m = ismissing(y); ORDINAL: m; {J} y ~ x3i; m ~ y; "
        "OPTIONS: probit_variance=inf;",
        ["'m' is improper, because 'y' itself is among its predictors"],
    ),
    (
        f"TRANSFORM: m = ismissing(y); ORDINAL: m; {J} y ~ x3i; m ~ x3i; "
        "OPTIONS: probit_variance=inf;",
        [],
    ),
    (f"{J} y ~ b x3i;", []),  # complete predictors may be anything
    (f"CENTER: b; {J} y ~ b x3i;", ["no equation for the predictors 'b', 'x3i'."]),
    (f"{J} b ~ x3i;", ["'b' has few different values, all of them whole numbers, but is modelled"]),
    (f"ORDINAL: b; {J} b ~ x3i;", []),
    (
        f"{J} y ~ o; b ~ o;",
        ["no equation for the predictor 'o'", "'b', 'o' have few different values"],
    ),
    (f"ORDINAL: o; {J} y ~ o;", ["no equation for the predictor 'o'"]),
    (f"CENTER: x1i x2i; {J} y ~ x1i x2i x1i*x2i; SIMPLE: x1i | x2i;", ["no equation"]),
    (
        f"FIXED: x3i z; {J} y ~ x3i z x3i*z; SIMPLE: x3i | z; z | x3i;",
        ["the focal predictor 'x3i' is not centred", "the focal predictor 'z' is not centred"],
    ),
    (
        f"FIXED: x3i b z; CENTER: x3i z; {J} y ~ x3i b z x3i*b x3i*z; SIMPLE: x3i | z;",
        ["Means of FIXED", "the effect of 'x3i' also depends on 'b', and is given where that is 0"],
    ),
    (f"ORDINAL: b; {J} y ~ b x3i b*x3i; SIMPLE: b | x3i;", []),
    (
        f"TRANSFORM: l = ln(x3i); {J} y ~ l; l ~ intercept;",
        ["TRANSFORM: 'l = ln(x3i)' has no value in 297 rows in which nothing is missing"],
    ),
    (f"TRANSFORM: l = missing(x3i < 0, x3i); {J} y ~ l; l ~ intercept;", []),
    (f"TRANSFORM: l = x1i + 1; {J} y ~ l; l ~ intercept;", []),
]


@pytest.mark.parametrize(("script", "says"), WARNED)
def test_what_a_user_should_know_before_the_run_is_said(data, monkeypatch, script, says):
    # those have tests of their own
    module = import_module("tutorkit.data.prepare")
    monkeypatch.setattr(module, "extreme_warnings", lambda *arguments: ())
    wide = data.assign(**{name: make(data) for name, make in CODES.items()})
    made = prepare(parse(script), wide)
    warnings = [w for w in made.warnings if "been dropped" not in w]
    assert len(warnings) == len(says), warnings
    for warning, part in zip(warnings, says, strict=True):
        assert part in warning


def test_rows_without_any_value_but_an_indicator_are_dropped(data):
    blank = data.assign(**{v: data[v].where(data.index >= 3) for v in ("y", "x3i")})
    spec = parse("CLUSTERID: j; ORDINAL: m; TRANSFORM: m = ismissing(y); MODEL: y ~ x3i; m ~ y;")
    made = prepare(spec, blank)
    assert made.rows.min() == 3
    assert made.warnings[0].startswith("3 observations have all")
