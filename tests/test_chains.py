"""Tables of chains: what a burn-in, a trace, ranks, autocorrelations and a density hold."""

from dataclasses import replace

import numpy as np
import pytest

from tutorkit import TutorkitError, summarize
from tutorkit.chains import (
    autocorrelation_table,
    density_table,
    moving,
    psr_table,
    rank_table,
    trace_table,
    worst_parameter,
)
from tutorkit.diagnostics import psr_windows

X1I = 5  # y: x1i
FIXED = 36  # y.missing: Residual Var.
OF_ONE = [trace_table, rank_table, autocorrelation_table, density_table]


def with_values(draws, values):
    """Return the draws with these in the place of parameter X1I's kept ones."""
    changed = np.repeat(draws.values[:1, :1], len(values), axis=0).repeat(values.shape[1], axis=1)
    changed[:, :, X1I] = values
    return replace(draws, values=changed)


@pytest.fixture
def even(chapter_draws):
    rng = np.random.default_rng(1)
    return with_values(chapter_draws, rng.standard_normal((3, 4000)))


def test_positions_are_those_of_the_tests(chapter_draws):
    assert chapter_draws.parameters[X1I].label == "y: x1i"
    assert set(range(51)) - set(moving(chapter_draws)) == {FIXED}


def test_psr_table_names_the_worst_parameter_of_each_window(chapter_draws):
    table = psr_table(chapter_draws)
    windows = psr_windows(chapter_draws.warmup[:, :, :51])
    assert list(table.columns) == ["first", "last", "psr", "number", "parameter"]
    assert len(table) == 20
    assert list(zip(table["first"], table["last"], table["psr"], strict=True)) == [
        (w.first, w.last, w.psr) for w in windows
    ]
    for row, window in zip(table.to_dict("records"), windows, strict=True):
        assert row["number"] == window.parameter + 1
        assert row["parameter"] == chapter_draws.parameters[window.parameter].label


def test_a_window_too_short_for_a_psr_has_no_number(chapter_draws):
    table = psr_table(replace(chapter_draws, warmup=chapter_draws.warmup[:, :20]))
    assert table["number"].isna().iloc[0]
    assert table["parameter"].iloc[0] == ""
    assert table["psr"].notna().iloc[-1]


@pytest.mark.parametrize(("points", "rows"), [(300, 300), (10_000, 5000), (2, 2)])
def test_trace_is_thinned_evenly_from_first_to_last(chapter_draws, points, rows):
    table = trace_table(chapter_draws, X1I, points)
    path = np.concatenate([chapter_draws.warmup, chapter_draws.values], axis=1)[:, :, X1I]
    assert table["chain"].value_counts().to_dict() == {1: rows, 2: rows}
    for chain, own in table.groupby("chain"):
        at = own["iteration"].to_numpy()
        assert (at[0], at[-1]) == (1, 5000)
        assert np.ptp(np.diff(at)) <= 1
        np.testing.assert_array_equal(own["value"], path[chain - 1, at - 1])
        assert ((own["phase"] == "burn-in") == (at <= 1000)).all()
    assert set(table["phase"]) == {"burn-in", "kept"}


def test_ranks_count_every_draw_once(chapter_draws):
    table = rank_table(chapter_draws, X1I)
    assert (table.groupby("chain")["count"].sum() == 4000).all()
    assert (table.groupby("bin")["count"].sum() == 400).all()
    assert (table["expected"] == 200).all()
    values = chapter_draws.values[:, :, X1I]
    low = table[table["bin"] <= 10].groupby("chain")["count"].sum()
    np.testing.assert_array_equal(low, (values < np.median(values)).sum(axis=1))


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("chains", [2, 4])
def test_the_band_of_ranks_leaves_out_1_in_20_counts(chapter_draws, rho, chains):
    rng = np.random.default_rng(2)
    outside = []
    for _ in range(30):
        values = rng.standard_normal((chains, 2000))
        for t in range(1, 2000):
            values[:, t] = rho * values[:, t - 1] + np.sqrt(1 - rho**2) * values[:, t]
        table = rank_table(with_values(chapter_draws, values), X1I)
        outside.append(1 - table["count"].between(table["lower"], table["upper"]).mean())
    # 600 or more different counts in groups that depend: a standard error of about .012
    assert 0.03 < np.mean(outside) < 0.09


def test_chains_that_never_meet_leave_the_band(even):
    values = even.values[:, :, X1I] + 100 * np.arange(3)[:, None]
    table = rank_table(with_values(even, values), X1I)
    assert (~table["count"].between(table["lower"], table["upper"])).mean() > 0.9


def test_ranks_of_one_chain_are_refused(chapter_draws):
    one = replace(chapter_draws, values=chapter_draws.values[:1])
    with pytest.raises(TutorkitError, match="Ranks compare chains, and this run has one") as caught:
        rank_table(one, X1I)
    assert caught.value.hint == "Use CHAINS: 2 or more."


def test_a_shifted_chain_leaves_the_band(even):
    values = even.values[:, :, X1I].copy()
    calm = rank_table(even, X1I)
    assert (~calm["count"].between(calm["lower"], calm["upper"])).mean() < 0.15
    values[1] += 0.5
    table = rank_table(with_values(even, values), X1I)
    top = table[table["bin"] == 20].set_index("chain")
    assert top.loc[2, "count"] > 1.5 * top.loc[2, "upper"]
    assert top.loc[1, "count"] < top.loc[1, "lower"]


@pytest.mark.parametrize("rho", [0.0, 0.9])
def test_autocorrelation_of_an_autoregression_falls_as_its_powers(even, rho):
    values = even.values[:, :, X1I].copy()
    for t in range(1, values.shape[1]):
        values[:, t] = rho * values[:, t - 1] + np.sqrt(1 - rho**2) * values[:, t]
    table = autocorrelation_table(with_values(even, values), X1I, lags=10)
    mean = table.groupby("lag")["autocorrelation"].mean()
    assert list(mean.index) == list(range(11))
    # standard error of one chain's estimate: at most sqrt((1 + rho^2)/(1 - rho^2)/4000) = 0.05
    np.testing.assert_allclose(mean, rho ** np.arange(11), atol=3 * 0.05 / np.sqrt(3))


def test_density_is_that_of_the_draws(even):
    table = density_table(even, X1I)
    normal = np.exp(-0.5 * table["value"] ** 2) / np.sqrt(2 * np.pi)
    np.testing.assert_allclose(table["density"], normal, atol=0.03)
    assert np.trapezoid(table["density"], table["value"]) == pytest.approx(1, abs=0.01)


def test_density_table_has_the_reports_median_and_interval(chapter_draws):
    table = density_table(chapter_draws, X1I)
    row = summarize(chapter_draws).iloc[X1I]
    for name in ("median", "lower", "upper"):
        assert (table[name] == row[name]).all()


@pytest.mark.parametrize("table", [psr_table, *OF_ONE])
def test_a_run_stopped_in_burn_in_is_refused(chapter_draws, table):
    stopped = replace(chapter_draws, values=chapter_draws.values[:, :0], stopped=True)
    with pytest.raises(TutorkitError, match="stopped during burn-in"):
        table(stopped) if table is psr_table else table(stopped, X1I)


@pytest.mark.parametrize("table", OF_ONE)
def test_few_draws_and_unknown_parameters_are_refused(chapter_draws, table):
    short = replace(chapter_draws, values=chapter_draws.values[:, :19])
    with pytest.raises(TutorkitError, match="Only 19 draws a chain"):
        table(short, X1I)
    for k in (-1, 51):
        with pytest.raises(TutorkitError, match=f"no parameter at position {k}"):
            table(chapter_draws, k)
    assert len(table(replace(chapter_draws, values=chapter_draws.values[:, :20]), X1I))


def test_a_short_burn_in_gives_no_table(chapter_draws):
    with pytest.raises(TutorkitError, match="burn-in is too short"):
        psr_table(replace(chapter_draws, warmup=chapter_draws.warmup[:, :19]))


@pytest.mark.parametrize("table", [rank_table, autocorrelation_table, density_table])
def test_a_fixed_parameter_is_refused_by_name(chapter_draws, table):
    with pytest.raises(TutorkitError, match=r"'y\.missing: Residual Var\.' has the same value"):
        table(chapter_draws, FIXED)
    assert (trace_table(chapter_draws, FIXED)["value"] == 1).all()


def test_the_worst_parameter_is_the_one_whose_chains_disagree_most(chapter_draws):
    values = chapter_draws.values.copy()
    values[1, :, X1I] += 1
    assert worst_parameter(replace(chapter_draws, values=values)) == X1I
    expected = summarize(chapter_draws).iloc[:51]["psr"].idxmax()
    assert worst_parameter(chapter_draws) == expected


def test_of_few_draws_the_first_that_moves_is_taken(chapter_draws):
    few = replace(chapter_draws, values=chapter_draws.values[:, :2])
    assert worst_parameter(few) == 0
    one = replace(chapter_draws, values=chapter_draws.values[:1, :1])
    with pytest.raises(TutorkitError, match="Too few draws"):
        worst_parameter(one)
