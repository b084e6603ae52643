"""Hostile data end in a right answer, a named warning or a clear error; never in NaN or a hang."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hostile import CLUSTERS, interval, made, run, without

from tutorkit import DataError, TutorkitError, parse, report, sample, summarize
from tutorkit.report.warnings import warnings_of

DATA = made()
WIDE = made(30, 20)
RANDOM = np.random.default_rng(7).random((2, 600))
NEAR = DATA.assign(x2=DATA.x + 1e-7 * np.random.default_rng(8).standard_normal(len(DATA)))
GRADES = DATA.assign(o=np.clip(np.round(DATA.x), -1, 1))
GRADES.loc[5, "o"] = 2.0
YES = DATA.assign(o=(DATA.x > 0).astype(float))
FEW_ROWS = DATA[(DATA.j > 9) | (DATA.index % 10 == 0)]  # ten clusters of one row

# name: script, data, what each interval must hold: (outcome, name, truth)
RIGHT = {
    "clusters of one row": (
        "y ~ x z w | x; x ~ z;", without(FEW_ROWS, x=7), [("y", "x", 1), ("y", "z", 0.5)],
    ),
    "clusters of one row, latent means": (
        "y ~ x x.mean w z;", without(FEW_ROWS, x=7), [("y", "x", 1), ("y", "z", 0.5)],
    ),
    "1000 clusters of 2": (
        "y ~ x z w; x ~ z; y.missing ~ z;", without(made(1000, 2), x=7, y=5),
        [("y", "x", 1), ("y", "z", 0.5), ("y", "w", 0.25), ("y", "L2 : Var(Intercept)", 0.25)],
    ),
    "90 % of y missing": ("y ~ x z w;", without(WIDE, y=RANDOM[0] < 0.9), [("y", "x", 1)]),
    "90 % of x missing": ("y ~ x z w;", without(WIDE, x=RANDOM[0] < 0.9), [("y", "x", 1)]),
    "90 % of both": (
        "y ~ x z w;", without(WIDE, x=RANDOM[0] < 0.9, y=RANDOM[1] < 0.9), [("y", "x", 1)],
    ),
    "two clusters, prior1": (
        "y ~ x z; OPTIONS: prior1;", made(2, 50), [("y", "x", 1), ("y", "z", 0.5)],
    ),
    "huge cluster codes": ("y ~ x z;", DATA.assign(j=DATA.j + 10**15), [("y", "x", 1)]),
    "little within clusters": (
        "y ~ x z;", DATA.assign(y=3 * DATA.j + DATA.y), [("y", "x", 1), ("y", "z", 0.5)],
    ),
    "nothing between clusters": (
        "y ~ x;", DATA.assign(y=DATA.x + 1e-3 * DATA.z), [("y", "x", 1.00045)],
    ),
    "nearly no residual": (
        "y ~ x2 z;", without(DATA.assign(x2=DATA.y + 1e-6 * RANDOM[0, :200]), y=5),
        [("y", "x2", 1)],
    ),
    "an ordinal category seen once": (
        "y ~ o z w; o ~ z;", without(GRADES, o=DATA.index % 6 == 0), [("y", "z", 0.6)],
    ),
    "90 % of an ordinal missing": (
        "y ~ o z w; o ~ z;",
        without(WIDE.assign(o=np.clip(np.round(WIDE.x), -1, 1)), o=RANDOM[0] < 0.9),
        [("y", "w", 0.25)],
    ),
    "a level-2 variable of 3 clusters": (
        "y ~ x z w;", without(DATA, w=DATA.j > 2), [("y", "x", 1)],
    ),
    "every y above a cut missing": (
        "y ~ x z w; y.missing ~ y;", without(WIDE, y=WIDE.y > 2), [("y", "x", 1), ("y", "z", 0.5)],
    ),
    "a square of large values": (
        "y ~ k k^2 z w; k ~ z;", without(DATA.assign(k=1e6 * DATA.x), k=5),
        [("y", "k", 1e-6), ("y", "k^2", 0)],
    ),
    "a cube": ("y ~ x x^2 x^3 z w; x ~ z;", without(DATA, x=5), [("y", "x^3", 0), ("y", "z", 0.5)]),
    "a random slope that hardly varies": (
        "y ~ x z w | w;", DATA.assign(w=DATA.w + (DATA.index == 0)), [("y", "x", 1)],
    ),
}  # fmt: skip

# name: script, data, part of the warning
WARNED = {
    "near collinearity": ("y ~ x x2 z;", NEAR, "only 1e-07 of its standard deviation is its own"),
    "a variable that separates": (
        "y ~ z w; y.missing ~ y x;", without(DATA, y=DATA.x > 0.5),
        "'x' predicts 'y.missing' without an exception, so that only the prior",
    ),
    "a variable that separates from below": (
        "y ~ z w; y.missing ~ y x;", without(DATA, y=DATA.x < -0.5),
        "'x' predicts 'y.missing' without an exception, so that only the prior",
    ),
    "a separated binary outcome": ("ORDINAL: o;o ~ x;", YES, "'x' predicts 'o' without an"),
    "two missing values": (
        "y ~ x z; y.missing ~ y; OPTIONS: prior1;", without(DATA, y=DATA.index.isin([3, 77])),
        "'y' has few missing values (2), so the data say little about 'y.missing'",
    ),
    "tiny values under an implied prior": (
        "y ~ s z;", without(DATA.assign(s=1e-4 * DATA.x), s=5),
        "The prior of the variances of 's' outweighs its data",
    ),
    "tiny values under prior1": (
        "s ~ x; OPTIONS: prior1;", DATA.assign(s=1e-3 * DATA.y),
        "The prior of the variances of 's'",
    ),
    "small values for cluster effects under prior1": (
        "s ~ x; OPTIONS: prior1;", DATA.assign(s=0.1 * DATA.y),
        "The prior of the variances of 's'",
    ),
    "tiny values in a selection model": (
        "s ~ x; s.missing ~ s;", without(DATA.assign(s=1e-8 * DATA.y), s=4),
        "leaves 's' (mean 9.92e-09, SD 1.7e-08) hardly any effect",
    ),
    "a selection model far from zero": (
        "s ~ x; s.missing ~ s;", without(DATA.assign(s=1e8 + DATA.y), s=4), "hardly any effect",
    ),
    "prior3": ("y ~ x z; OPTIONS: prior3;", DATA, "the posterior is improper"),
}  # fmt: skip

# name: script, data, part of the message
REFUSED = {
    "two clusters": ("y ~ x z;", made(2, 50), "needs at least 4 clusters, and the data have 2"),
    "one row per cluster": ("y ~ x z;", DATA[::10], "has one row only"),
    "whole clusters missing": (
        "y ~ x; y.missing ~ x;", without(DATA, y=DATA.j < 4),
        "clusters in which 'y' is partly missing, and the data have 0",
    ),
    "two missing values": (
        "y ~ x z; y.missing ~ y;", without(DATA, y=DATA.index.isin([3, 77])),
        "clusters in which 'y' is partly missing, and the data have 2",
    ),
    "exact collinearity": (
        "y ~ x x2;", without(DATA.assign(x2=2 * DATA.x + 1), x=5, x2=7),
        "'x2' can be computed exactly from the intercept, 'x'",
    ),
    "a product far from zero": (
        "y ~ k z k*z;", DATA.assign(k=1e10 + DATA.x), "'k*z' can be computed exactly from",
    ),
    "no residual": ("y ~ x; x ~ z;", without(DATA.assign(y=DATA.x), x=5), "no residual left"),
    "no variation within clusters": (
        "y ~ x;", DATA.assign(y=DATA.j + 1e-7 * DATA.x), "hardly varies within clusters",
    ),
    "a slope that is constant within": ("y ~ x w | w;", DATA, "does not vary within clusters"),
    "a slope on a variable far from zero": (
        "y ~ k z | k;", DATA.assign(k=1e9 + DATA.x), "sampler broke down at iteration",
    ),
    "a level-2 outcome of 3 clusters": (
        "y ~ x w; w ~ intercept;", without(DATA, w=DATA.j > 2), "'w' has too few values (3)",
    ),
    "a level-2 variable of one cluster": ("y ~ x w;", without(DATA, w=DATA.j > 0), "same value"),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_the_answer_is_right(name):
    """Intervals of 99.9 % hold the truth: of some 30, one in 30 runs of this file would miss it."""
    model, data, truths = RIGHT[name]
    draws = run(("ORDINAL: o;" if " o" in model else "") + CLUSTERS + model, data)
    for outcome, parameter, truth in truths:
        low, high = interval(draws, outcome, parameter)
        assert low < truth < high, (parameter, low, high)
    str(report(draws))


@pytest.mark.parametrize("name", WARNED)
def test_the_user_is_warned(name):
    model, data, says = WARNED[name]
    options, _, model = model.rpartition("ORDINAL: o;")
    draws = run(("ORDINAL: o;" if options or "o ~" in model else "") + CLUSTERS + model, data)
    assert says in " ".join(draws.data.warnings)
    assert says in " ".join(str(report(draws)).split())


@pytest.mark.parametrize("name", REFUSED)
def test_the_run_is_refused(name):
    model, data, says = REFUSED[name]
    with pytest.raises(TutorkitError) as caught:
        run(CLUSTERS + model, data)
    assert says in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("n", [2, 3, 4])
def test_a_handful_of_rows_is_refused(n):
    with pytest.raises(DataError, match=f"too few values .{n}. for its equation"):
        run("MODEL: y ~ x;", DATA[:n])
    draws = run("MODEL: y ~ x; OPTIONS: prior1;", DATA[:n])  # proper with any number
    assert draws.n_kept == 1000


def test_ordinary_data_give_no_warning():
    script = "ORDINAL: o;" + CLUSTERS + "y ~ x z w o | x; x ~ z; o ~ z; y.missing ~ y z;"
    data = without(GRADES.assign(o=np.clip(GRADES.o, -1, 1)), x=5, y=4, o=7)
    assert run(script, data, burn=10, iterations=10).data.warnings == ()


def test_informative_priors_do_not_outweigh_ordinary_data():
    script = CLUSTERS + "y ~ x z; OPTIONS: prior1;"
    draws = run(script, without(DATA, x=5), burn=10, iterations=10)
    assert draws.model.implied
    assert not any("outweighs" in warning for warning in draws.data.warnings)


def test_a_flat_prior_with_separation_ends_and_is_warned_of():
    spec = parse(CLUSTERS + "y ~ z w; y.missing ~ y x;")
    spec = replace(spec, priors=replace(spec.priors, probit_variance=np.inf))
    draws = sample(
        spec, without(DATA, y=DATA.x > 0.5), seed=1, burn=300, iterations=1000, progress=False
    )
    found = " ".join(warnings_of(draws, summarize(draws)))
    assert "With a flat prior on its coefficients the posterior of 'y.missing' is improper" in found
    assert "'x' predicts 'y.missing' without an exception, so with a flat prior" in found
    assert np.isfinite(draws.values).all()
