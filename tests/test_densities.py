"""Densities of one parameter under several fits."""

from dataclasses import replace

import numpy as np
import pytest

from tutorkit import TutorkitError, compare
from tutorkit.densities import density_table, overlap


@pytest.fixture(scope="module")
def fits(listwise, chapter_draws):
    return {"listwise": listwise, "run": chapter_draws}


def curve(table, fit):
    rows = table[table["fit"] == fit]
    return rows["value"].to_numpy(), rows["density"].to_numpy()


def with_draws(draws, make):
    """Return the run with other draws of x1i: what ``make`` returns for their shape."""
    k = [p.label for p in draws.parameters].index("y: x1i")
    values = draws.values.copy()
    values[:, :, k] = make(values.shape[:2])
    return replace(draws, values=values)


@pytest.mark.parametrize("parameter", ["Intercept", "x1i", "x2i*x3i", "σ²", "τ00", "τ11", "ρ01"])
def test_curve_of_a_run_has_the_moments_of_its_draws(fits, parameter):
    value, density = curve(density_table(fits, parameter), "run")
    row = compare(fits).set_index(["method", "parameter"]).loc["run", parameter]
    assert value.size == 128
    assert np.trapezoid(density, value) == pytest.approx(1, abs=0.01)
    mean = np.trapezoid(value * density, value)
    assert mean == pytest.approx(row["estimate"], abs=0.3 * row["sd"])
    sd = np.sqrt(np.trapezoid((value - mean) ** 2 * density, value))
    assert sd == pytest.approx(row["sd"], rel=0.08)  # the outermost draws are left out


@pytest.mark.parametrize(
    ("parameter", "low", "high"), [("σ²", 0, np.inf), ("τ00", 0, np.inf), ("ρ01", -1, 1)]
)
def test_variances_and_correlations_stay_within_their_bounds(fits, parameter, low, high):
    value, _ = curve(density_table(fits, parameter), "run")
    assert low <= value.min()
    assert value.max() <= high


def test_a_density_does_not_sink_towards_a_bound(chapter_draws):
    rng = np.random.default_rng(1)
    run = with_draws(chapter_draws, lambda shape: rng.exponential(size=shape))
    value, density = curve(density_table({"run": run}, "x1i"), "run")
    assert value.min() >= 0
    assert density[0] == pytest.approx(1, abs=0.1)


def test_curve_of_a_run_is_near_the_true_density(chapter_draws):
    rng = np.random.default_rng(1)
    run = with_draws(chapter_draws, lambda shape: rng.normal(size=shape))
    value, density = curve(density_table({"run": run}, "x1i"), "run")
    np.testing.assert_allclose(density, np.exp(-(value**2) / 2) / np.sqrt(2 * np.pi), atol=0.025)


def test_outliers_do_not_stretch_a_curve(chapter_draws):
    rng = np.random.default_rng(1)
    run = with_draws(chapter_draws, lambda shape: rng.normal(size=shape))
    run.values[0, 0] = 1e6
    value, density = curve(density_table({"run": run}, "x1i"), "run")
    assert value.max() < 4
    assert density.max() == pytest.approx(0.4, abs=0.03)


def test_curve_of_a_reml_fit_is_normal(fits, listwise):
    value, density = curve(density_table(fits, "x1i"), "listwise")
    assert value[density.argmax()] == pytest.approx(listwise.estimate[1], abs=0.01)
    assert density.max() == pytest.approx(1 / (listwise.se[1] * np.sqrt(2 * np.pi)), rel=0.01)
    assert np.trapezoid(density, value) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize("parameter", ["σ²", "τ11", "ρ01"])
def test_reml_has_no_curve_for_variances(fits, listwise, parameter):
    assert set(density_table(fits, parameter)["fit"]) == {"run"}
    empty = density_table({"listwise": listwise}, parameter)
    assert empty.empty
    assert list(empty.columns) == ["fit", "value", "density"]


def test_draws_that_are_all_equal_have_no_curve(chapter_draws):
    run = with_draws(chapter_draws, np.ones)
    assert density_table({"run": run}, "x1i").empty


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_short_runs_do_no_harm(chapter_draws, n):
    run = replace(chapter_draws, values=chapter_draws.values[:1, :n])
    assert np.isfinite(density_table({"run": run}, "x1i")["density"]).all()


def test_a_run_without_draws_is_refused(chapter_draws):
    nothing = replace(chapter_draws, values=chapter_draws.values[:, :0])
    with pytest.raises(TutorkitError, match="'run' was stopped during burn-in"):
        density_table({"run": nothing}, "x1i")


@pytest.mark.parametrize("fit", ["listwise", "run"])
def test_unknown_parameters_are_refused_with_a_hint(fits, fit):
    with pytest.raises(TutorkitError, match=f"'{fit}' has no parameter 'x1'") as caught:
        density_table({fit: fits[fit]}, "x1")
    assert caught.value.hint == "Did you mean 'x1i'?"


@pytest.mark.parametrize(("shift", "share"), [(0, 1), (1, 0.617), (2, 0.317), (-2, 0.317), (9, 0)])
def test_overlap_is_the_area_in_common(listwise, shift, share):
    """Two equal normal curves d SDs apart share 2 Φ(-d/2) of their area."""
    moved = replace(listwise, estimate=listwise.estimate + shift * listwise.se)
    table = density_table({"a": listwise, "b": moved}, "x1i")
    assert overlap(table, "a", "b") == pytest.approx(share, abs=0.002)
    assert overlap(table, "a", "b") <= 1
