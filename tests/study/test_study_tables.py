"""Bias, spread, error, coverage and which method is closer, against figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tutorkit import TutorkitError
from tutorkit.study import ALL, closer, performance

COLUMNS = ["replication", "method", "parameter", "estimate", "sd", "lower", "upper", "truth"]


def results(rows):
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.assign(psr=np.nan, ess=np.nan, problem="")


FOUR = results(
    [
        (k, "a", "x", estimate, 0.5, estimate - 1, estimate + 1, 1.0)
        for k, estimate in enumerate([1.0, 2.5, 1.5, 1.0], 1)
    ]
)


def test_performance_by_hand():
    row = performance(FOUR).iloc[0]
    assert (row["parameter"], row["method"], row["n"], row["failed"]) == ("x", "a", 4, 0)
    assert row["mean"] == 1.5
    assert row["bias"] == 0.5
    assert row["spread"] == pytest.approx(np.sqrt(1.5 / 3))
    assert row["bias_mcse"] == pytest.approx(np.sqrt(1.5 / 3) / 2)
    assert row["mean_sd"] == 0.5
    assert row["rmse"] == pytest.approx(np.sqrt((0 + 2.25 + 0.25 + 0) / 4))
    assert row["coverage"] == 0.75
    assert row["coverage_mcse"] == pytest.approx(np.sqrt(0.75 * 0.25 / 4))


def test_runs_whose_chains_disagree_are_counted():
    table = FOUR.assign(psr=[1.0, 1.05, 1.051, 4.0])
    assert performance(table).iloc[0]["disagreed"] == 2
    assert performance(FOUR).iloc[0]["disagreed"] == 0


def test_monte_carlo_errors_are_those_of_repeated_studies():
    rng = np.random.default_rng(1)
    rows = []
    for _ in range(200):
        values = rng.normal(1.2, 0.5, 25)
        table = results([(i, "a", "x", v, 0.5, v - 0.98, v + 0.98, 1.0)
                         for i, v in enumerate(values)])  # fmt: skip
        rows.append(performance(table).iloc[0][["bias", "bias_mcse", "coverage"]].to_numpy(float))
    bias, bias_mcse, coverage = np.transpose(rows)
    # 200 studies: the SD of their biases is known to 5 %, so 4 standard errors are 20 %
    assert bias.std(ddof=1) == pytest.approx(bias_mcse.mean(), rel=0.2)
    held = stats.norm.cdf(1.96 - 0.4) - stats.norm.cdf(-1.96 - 0.4)
    assert coverage.mean() == pytest.approx(held, abs=4 * np.sqrt(held * (1 - held) / 5000))


def test_what_has_no_interval_has_no_coverage_and_failures_are_counted():
    table = FOUR.assign(lower=np.nan, upper=np.nan)
    failed = pd.DataFrame({"replication": [5], "method": ["a"], "problem": ["Oh no."]})
    row = performance(pd.concat([table, failed])).iloc[0]
    assert np.isnan(row["coverage"])
    assert np.isnan(row["coverage_mcse"])
    assert (row["n"], row["failed"]) == (4, 1)


def test_a_study_of_failures_says_the_first():
    failed = pd.DataFrame({"replication": [1], "method": ["a"], "problem": ["Oh no."]})
    with pytest.raises(TutorkitError, match=r"no estimate yet[\s\S]*Oh no"):
        performance(failed.reindex(columns=[*COLUMNS, "problem"]))


PAIR = results(
    [
        (k, method, parameter, estimate, 1.0, 0.0, 2.0, 1.0)
        for k, values in enumerate(
            [
                ((1.1, 2.0, 5.0), (1.2, 1.9, 0.9)),  # x closer, z farther, σ² farther
                ((0.5, 1.0, 5.0), (1.6, 0.0, 0.9)),  # both closer
                ((0.8, 4.0, 1.0), (0.7, 1.1, 5.0)),  # x closer, z much farther
                ((1.0, 1.0, 1.0), (2.0, 2.0, 2.0)),  # all closer
            ],
            1,
        )
        for method, own in zip(("b", "a"), values, strict=True)
        for parameter, estimate in zip(("x", "z", "σ²"), own, strict=True)
    ]
)


def test_closer_by_hand():
    found = closer(PAIR, "b", than="a").set_index("parameter")
    assert list(found.index) == ["x", "z", "σ²", ALL]
    assert found["share"].to_dict() == {"x": 1.0, "z": 0.5, "σ²": 0.5, ALL: 0.5}
    assert found.loc["z", "share_mcse"] == pytest.approx(0.25)
    assert (found["n"] == 4).all()


def test_closer_is_turned_round_when_the_methods_are():
    one = closer(PAIR, "b", than="a").set_index("parameter")["share"]
    other = closer(PAIR, "a", than="b").set_index("parameter")["share"]
    assert (one + other).drop(ALL).eq(1).all()


def test_only_data_sets_with_both_count():
    table = PAIR[(PAIR["method"] == "a") | (PAIR["replication"] != 4)]
    assert (closer(table, "b", than="a")["n"] == 3).all()
    with pytest.raises(TutorkitError, match="too few data sets with both 'b' and 'a'"):
        closer(table[table["replication"] == 1], "b", than="a")


def test_unknown_methods_are_refused():
    with pytest.raises(TutorkitError, match="no method 'listwise'"):
        closer(PAIR, "listwise", than="a")


def test_all_coefficients_are_compared_in_units_of_the_others_spread():
    """X errs by hundreds, z by hundredths: in units of their spread both count alike."""
    rows = []
    for k, (x, z) in enumerate([(300.0, 1.005), (-100.0, 0.98), (200.0, 1.01)], 1):
        rows += [(k, "a", "x", 1 + x, 1.0, 0.0, 2.0, 1.0), (k, "a", "z", z, 1.0, 0.0, 2.0, 1.0)]
        rows += [
            (k, "b", "x", 1 + 1.05 * x, 1.0, 0.0, 2.0, 1.0),
            (k, "b", "z", 1.0, 1.0, 0, 2, 1.0),
        ]
    found = closer(results(rows), "b", than="a").set_index("parameter")
    assert found["share"].to_dict() == {"x": 0.0, "z": 1.0, ALL: pytest.approx(2 / 3)}
