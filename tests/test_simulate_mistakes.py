"""What `simulate` and the mechanisms refuse, and what is said."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_simulate import CHAPTER, TRUTH, rows

from tutorkit import DataError, SpecError, delete_mar, delete_mcar, delete_mnar, parse, simulate


def without(key):
    return {k: v for k, v in TRUTH.items() if k != key}


BAD_TRUTHS = [  # truth, parts of the message
    (without(("y", "x1i")), ["'x1i' of 'y'", "truth['y', 'x1i'] = "]),
    (without(("y", "L2 : Var(x1i)")), ["lacks a value for 'L2 : Var(x1i)' of 'y'"]),
    ({}, ["lacks a value for", "and for 24 more parameters"]),
    (TRUTH | {("y", "x1"): 1.0}, ["'x1', which is not a parameter of 'y'", "Did you mean 'x1i'?"]),
    (TRUTH | {("z", "x1i"): 1.0}, ["outcome 'z', which has no equation", "y.missing"]),
    (TRUTH | {("y", "by Coefficients"): 1.0}, ["'by Coefficients', which is not a parameter"]),
    (TRUTH | {"y": 1.0}, ["key 'y', which is not a pair"]),
    (TRUTH | {("y", "x1i"): math.nan}, ["'x1i' of 'y' must be a finite number, not nan"]),
    (TRUTH | {("y", "x1i"): "1"}, ["must be a finite number, not '1'"]),
    (TRUTH | {("x1i", "Residual Var."): -0.1}, ["'Residual Var.' of 'x1i' is negative: -0.1"]),
    (TRUTH | {("y", "L2 : Var(x1i)"): -0.1}, ["'L2 : Var(x1i)' of 'y' is negative"]),
    (TRUTH | {("y.missing", "Residual Var."): 2.0}, ["'y.missing' is fixed at 1"]),
    (
        TRUTH | {("y", "L2 : Cov(x1i,Intercept)"): 0.39},
        ["effects of 'y' is not positive semidefinite", "at most the product"],
    ),
    (
        TRUTH | {("y", "L2 : Var(Intercept)"): 0.0},
        ["effects of 'y' is not positive semidefinite"],
    ),
]


@pytest.mark.parametrize(("truth", "parts"), BAD_TRUTHS)
def test_impossible_truths_are_refused(truth, parts):
    with pytest.raises(SpecError) as caught:
        simulate(parse(CHAPTER), truth, rows(3, 4), np.random.default_rng(0))
    assert all(part in str(caught.value) for part in parts), str(caught.value)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("ORDINAL: y; MODEL: y ~ x3i;", "does not simulate the ORDINAL outcome 'y'"),
        ("TRANSFORM: l = ln(x3i); MODEL: y ~ l;", "'l', which TRANSFORM makes"),
        ("TRANSFORM: m = ismissing(x3i); MODEL: m ~ x2i;", "'m', which TRANSFORM makes"),
        ("CLUSTERID: j; MODEL: y ~ x3i.mean;", "latent cluster means such as 'x3i.mean'"),
        ("CENTER: x3i; MODEL: y ~ x3i;", "the centred predictor 'x3i'"),
        ("CLUSTERID: j; CENTER: groupmean = x3i; MODEL: y ~ x3i;", "the centred predictor 'x3i'"),
    ],
)
def test_models_that_would_be_simulated_as_something_else_are_refused(script, message):
    with pytest.raises(SpecError, match=message):
        simulate(parse(script), {}, rows(3, 4), np.random.default_rng(0))


def test_a_residual_variance_of_one_may_be_written_out():
    truth = TRUTH | {("y.missing", "Residual Var."): 1}
    simulate(parse(CHAPTER), truth, rows(3, 4), np.random.default_rng(0))


BAD_ROWS = [  # change of the rows given, part of the message
    (lambda d: d.drop(columns="x3i"), "'given' has no column 'x3i'"),
    (lambda d: d.rename(columns={"x3i": "X3i"}), "Did you mean 'X3i'?"),
    (lambda d: d.drop(columns="j"), "'given' has no column 'j'"),
    (lambda d: d.assign(y=0.0), "'given' holds it already"),
    (lambda d: d.assign(x3i=d["x3i"].where(d.index > 0)), "'x3i' has missing or infinite values"),
    (lambda d: d.assign(x3i=d["x3i"].where(d.index > 0, math.inf)), "missing or infinite"),
    (lambda d: d.assign(j=d["j"].where(d.index > 0)), "'j' has missing or infinite values"),
    (lambda d: d.assign(x3i="low"), "'x3i' in 'given' holds something that is not a number"),
    (lambda d: d.assign(x3i=-99.0), "a code listed under MISSING"),
    (lambda d: pd.concat([d, d[["x3i"]]], axis=1), "two columns named 'x3i'"),
    (lambda d: d.head(0), "'given' has no rows"),
    (lambda d: d.to_numpy(), "'given' must be a pandas DataFrame, not ndarray"),
    (lambda d: d.assign(x3i=1e200), "simulated values of 'y' are too large"),
]


@pytest.mark.parametrize(("change", "message"), BAD_ROWS)
def test_rows_that_do_not_fit_the_model_are_refused(change, message):
    spec = replace(parse(CHAPTER), missing=(-99.0,))
    with pytest.raises(DataError) as caught:
        simulate(spec, TRUTH, change(rows(3, 4)), np.random.default_rng(0))
    assert message in str(caught.value)


FLAT = "MODEL: y ~ x3i;"
FLAT_TRUTH = {("y", "Intercept"): 0.0, ("y", "x3i"): 0.0, ("y", "Residual Var."): 1.0}
RNG = np.random.default_rng(0)
BAD_DELETIONS = [  # call, error, part of the message
    (lambda d: delete_mcar(d, "x3i", 1.0, RNG), SpecError, "between 0 and 1, and is 1.0"),
    (lambda d: delete_mcar(d, "x3i", 0.0, RNG), SpecError, "between 0 and 1"),
    (lambda d: delete_mcar(d, "x3i", math.nan, RNG), SpecError, "between 0 and 1"),
    (lambda d: delete_mcar(d, "x3", 0.1, RNG), DataError, "Did you mean 'x3i'?"),
    (lambda d: delete_mcar(d, "x3i", 0.1, 7), SpecError, "np.random.default_rng"),
    (lambda d: delete_mar(d, "x3i", "j", 20, RNG), SpecError, "0.2 for 20 percent"),
    (lambda d: delete_mar(d, "x3i", "j", 0.2, 7), SpecError, "random generator, not int"),
    (lambda d: delete_mar(d, "x3i", "k", 0.2, RNG), DataError, "'data' has no column 'k'"),
    (lambda d: delete_mar(d, "x3i", "x3i", 0.2, RNG), SpecError, "'x3i.missing ~ x3i;'"),
    (lambda d: delete_mar(d.assign(j=1), "x3i", "j", 0.2, RNG), DataError, "the same value"),
    (
        lambda d: delete_mar(d.assign(j=math.nan), "x3i", "j", 0.2, RNG),
        DataError,
        "'j' has infinite values, or no value at all",
    ),
    (
        lambda d: delete_mar(d, "x3i", "j", 0.2, RNG, strength=math.inf),
        SpecError,
        "strength must be a finite number",
    ),
    (
        lambda d: delete_mnar(d.assign(x3i=math.nan), "x3i", 0.2, RNG),
        DataError,
        "'x3i' has missing or infinite values in 'data'",
    ),
    (lambda d: delete_mnar(d, "x3i", 0.2, RNG, also={"k": 1.0}), DataError, "no column 'k'"),
    (
        lambda d: simulate(parse(FLAT), FLAT_TRUTH, d, RNG, skewness=math.nan),
        SpecError,
        "skewness must be a finite number",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD_DELETIONS)
def test_impossible_deletions_are_refused(call, error, message):
    with pytest.raises(error) as caught:
        call(rows(3, 4))
    assert message in str(caught.value)


def test_a_seed_is_not_a_generator():
    spec = parse(CHAPTER)
    with pytest.raises(SpecError, match="must be a numpy random generator, not int"):
        simulate(spec, TRUTH, rows(3, 4), 5)
