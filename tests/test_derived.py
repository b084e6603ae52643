"""Derived quantities against what they are made of."""

from dataclasses import replace

import numpy as np
import pytest

from tutorkit import TutorkitError, datasets, derived, parse, sample, summarize
from tutorkit.derived import conditional, deviations, generated

COMPLETE = datasets.load("04_multilevel", complete=True)


def run(script, data=COMPLETE, burn=20, iterations=60):
    return sample(parse(script), data, seed=1, burn=burn, iterations=iterations, progress=False)


def values(quantities):
    return {(q.outcome, q.given, q.name): q.values for q in quantities}


def test_deviations_are_roots_and_correlations_of_each_draws_covariance_matrix(chapter_draws):
    found = values(deviations(chapter_draws))
    cov, a, b = (
        chapter_draws.get("y", f"L2 : {name}")
        for name in ("Cov(x1i,Intercept)", "Var(Intercept)", "Var(x1i)")
    )
    np.testing.assert_allclose(found["y", "", "L2 : SD(Intercept)"] ** 2, a)
    np.testing.assert_allclose(found["y", "", "L2 : SD(x1i)"] ** 2, b)
    np.testing.assert_allclose(found["y", "", "L2 : Cor(x1i,Intercept)"], cov / np.sqrt(a * b))
    assert [key[0] for key in found] == ["y"] * 3 + ["x1i", "x2i", "y.missing"]


def test_the_table_is_like_that_of_summaries(chapter_draws):
    table = derived(chapter_draws)
    assert list(table.columns) == list(summarize(chapter_draws).columns)
    assert table["number"].isna().all()
    row = table.set_index(["outcome", "name"]).loc["y", "L2 : SD(x1i)"]
    assert row["median"] == np.median(np.sqrt(chapter_draws.get("y", "L2 : Var(x1i)")))
    assert row["psr"] > 0.9
    empty = derived(run("MODEL: y ~ x1i;"))
    assert (len(empty), list(empty.columns)) == (0, list(table.columns))


def test_parameters_are_worked_out_draw_by_draw():
    draws = run(
        "CLUSTERID: j; MODEL: y ~ x1i@b x2i; x1i ~ intercept@i x2i@a;"
        "PARAMETERS: indirect = a*b; half = indirect/2; shift = i - 1; two = 2;"
    )
    a, b, i = draws.get("x1i", "x2i"), draws.get("y", "x1i"), draws.get("x1i", "Intercept")
    found = {q.name: q.values for q in generated(draws)}
    assert list(found) == ["indirect", "half", "shift", "two"]
    np.testing.assert_allclose(found["indirect"], a * b)
    np.testing.assert_allclose(found["half"], a * b / 2)
    np.testing.assert_allclose(found["shift"], i - 1)
    assert found["two"].shape == a.shape


def test_a_label_stands_for_the_coefficient_and_not_its_standardized_twin():
    draws = run("MODEL: y ~ x1i@b x2i; PARAMETERS: c = b;")
    np.testing.assert_array_equal(generated(draws)[0].values, draws.get("y", "x1i", "Coefficients"))


def test_total_variance_is_that_of_fixed_part_and_residual():
    draws = run(
        "MODEL: y ~ x1i x2i;"
        "PARAMETERS: t = y.totalvar; c = y.coefvar; r = y.residvar; r2 = y.coefvar/y.totalvar;"
    )
    found = {q.name: q.values for q in generated(draws)}
    beta = np.stack([draws.get("y", name) for name in ("x1i", "x2i")], axis=-1)
    by_coefficients = (beta @ COMPLETE[["x1i", "x2i"]].to_numpy().T).var(axis=-1, ddof=1)
    residual = draws.get("y", "Residual Var.")
    np.testing.assert_allclose(found["c"], by_coefficients)
    np.testing.assert_allclose(found["t"], by_coefficients + residual)
    np.testing.assert_allclose(found["r"], residual)
    share = draws.get("y", "by Coefficients")
    np.testing.assert_allclose(found["r2"], share)


def test_total_variance_counts_random_effects_and_a_probits_residual_as_one(chapter_draws):
    parameters = parse(
        datasets.script("04_multilevel")
        + "PARAMETERS: r = y.missing.residvar; t = y.missing.totalvar; i = y.totalvar;"
    ).parameters
    found = {
        q.name: q.values
        for q in generated(
            replace(chapter_draws, spec=replace(chapter_draws.spec, parameters=parameters))
        )
    }
    assert (found["r"] == 1).all()
    shares = [chapter_draws.get("y.missing", f"by {name}") for name in (
        "Coefficients", "Level-2 Random Intercepts", "Level-1 Residual Variation",
    )]  # fmt: skip
    np.testing.assert_allclose(found["t"] * shares[2], 1)
    np.testing.assert_allclose(sum(shares), 1)
    assert (found["i"] > chapter_draws.get("y", "Residual Var.") * 2).all()


def test_draws_without_a_value_are_left_out_of_the_summary():
    draws = run("MODEL: y ~ x1i@a x2i; PARAMETERS: l = ln(a - 1.2); never = sqrt(-a);")
    table = derived(draws).set_index("name")
    a = draws.get("y", "x1i")
    assert 0 < (a < 1.2).sum() < a.size
    assert table.loc["l", "median"] == np.median(np.log(a[a > 1.2] - 1.2))
    assert np.isnan(table.loc["l", "psr"])
    assert np.isnan(table.loc["never", ["median", "sd", "ess_bulk"]].astype(float)).all()


PLAIN = "MODEL: y ~ x1i x2i x3i x2i*x3i; "


def test_effects_at_one_sd_around_the_moderators_mean():
    draws = run(PLAIN + "SIMPLE: x2i | x3i;")
    found = values(conditional(draws))
    b = {name: draws.get("y", name) for name in ("Intercept", "x2i", "x3i", "x2i*x3i")}
    mean, sd = COMPLETE["x3i"].mean(), COMPLETE["x3i"].std()
    for shown, value in (("-1 SD", mean - sd), ("mean", mean), ("+1 SD", mean + sd)):
        given = f"x2i | x3i @ {shown}"
        np.testing.assert_allclose(found["y", given, "Slope"], b["x2i"] + b["x2i*x3i"] * value)
        np.testing.assert_allclose(
            found["y", given, "Intercept"], b["Intercept"] + b["x3i"] * value
        )


def test_a_centred_moderator_counts_from_its_mean():
    draws = run("FIXED: x3i; CENTER: x3i; " + PLAIN + "SIMPLE: x2i | x3i;")
    found = values(conditional(draws))
    slope = draws.get("y", "x2i") + draws.get("y", "x2i*x3i") * COMPLETE["x3i"].std()
    np.testing.assert_allclose(found["y", "x2i | x3i @ mean", "Slope"], draws.get("y", "x2i"))
    np.testing.assert_allclose(found["y", "x2i | x3i @ +1 SD", "Slope"], slope)


def test_effects_at_given_values_with_powers_of_the_moderator_and_others_at_zero():
    draws = run(
        "MODEL: y ~ x1i x2i x3i x2i*x1i x1i^2 x2i*x1i^2 x2i*x3i x1i*x3i;SIMPLE: x2i | x1i @ -2 0.5;"
    )
    found = values(conditional(draws))
    get = draws.get
    for value in (-2, 0.5):
        given = f"x2i | x1i = {value}"
        slope = get("y", "x2i") + get("y", "x2i*x1i") * value + get("y", "x2i*x1i^2") * value**2
        start = get("y", "Intercept") + get("y", "x1i") * value + get("y", "x1i^2") * value**2
        np.testing.assert_allclose(found["y", given, "Slope"], slope)
        np.testing.assert_allclose(found["y", given, "Intercept"], start)


def test_effects_at_each_category_of_an_ordinal_moderator():
    data = COMPLETE.assign(o=np.digitize(COMPLETE["x3i"], [-1, 1]) * 2.5)
    draws = run("ORDINAL: o; MODEL: y ~ x1i o x1i*o; SIMPLE: x1i | o;", data)
    slopes = {q.given: q.values for q in conditional(draws) if q.name == "Slope"}
    assert list(slopes) == ["x1i | o = 0", "x1i | o = 2.5", "x1i | o = 5"]
    expected = draws.get("y", "x1i") + 5 * draws.get("y", "x1i*o")
    np.testing.assert_allclose(slopes["x1i | o = 5"], expected)


def test_effects_at_the_estimated_moments_of_an_incomplete_moderator():
    data = datasets.load("04_multilevel")
    draws = run("CLUSTERID: j; MODEL: y ~ x1i x2i x1i*x2i; SIMPLE: x1i | x2i;", data)
    mean, sd = (draws.get("x2i", name, "Moments") for name in ("Mean", "SD"))
    assert mean.std() > 0
    found = values(conditional(draws))
    expected = draws.get("y", "x1i") + draws.get("y", "x1i*x2i") * (mean - sd)
    np.testing.assert_allclose(found["y", "x1i | x2i @ -1 SD", "Slope"], expected)


def test_a_run_without_draws_has_no_derived_quantities(chapter_draws):
    with pytest.raises(TutorkitError, match="before any draw was kept"):
        derived(replace(chapter_draws, values=chapter_draws.values[:, :0]))
