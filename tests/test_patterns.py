"""Missing-data patterns and summaries of imputed values."""

import numpy as np
import pandas as pd
import pytest

from tutorkit import datasets, imputation_summary, missing_patterns, parse, sample

DATA = datasets.load("04_multilevel")


def run(script, data):
    return sample(parse(script), data, seed=1, burn=10, iterations=40, progress=False)


def test_patterns_are_counted_and_the_most_frequent_come_first(chapter_draws):
    table = missing_patterns(chapter_draws)
    assert list(table.columns) == ["y", "x1i", "x2i", "rows", "percent"]
    assert table["rows"].is_monotonic_decreasing
    assert table["rows"].sum() == 600
    assert table["percent"].sum() == pytest.approx(100)
    for row in table.to_dict("records"):
        same = [DATA[v].isna() == row[v] for v in ("y", "x1i", "x2i")]
        assert row["rows"] == np.logical_and.reduce(same).sum()
    assert table.loc[0, ["y", "x1i", "x2i"]].tolist() == [False] * 3


def test_complete_data_have_one_pattern():
    table = missing_patterns(run("MODEL: x3i ~ intercept;", DATA))
    assert table.to_dict("list") == {"rows": [600], "percent": [100.0]}


def test_observed_and_imputed_values_are_summarized(chapter_draws):
    table = imputation_summary(chapter_draws).set_index(["variable", "values"])
    assert [*dict.fromkeys(table.index.get_level_values(0))] == ["y", "x1i", "x2i"]
    observed = DATA["y"].dropna()
    row = table.loc["y", "observed"]
    assert row["n"] == 459
    expected = [observed.mean(), observed.std(), *observed.quantile([0, 0.25, 0.5, 0.75, 1])]
    np.testing.assert_allclose(row[["mean", "sd", "min", "q25", "median", "q75", "max"]], expected)
    at = [k for k, (name, _) in enumerate(chapter_draws.cells) if name == "x2i"]
    imputed = chapter_draws.imputed[:, at]
    row = table.loc["x2i", "imputed"]
    assert row["n"] == 20 * 51
    assert row["mean"] == pytest.approx(imputed.mean())
    assert row["max"] == imputed.max()
    # what the lesson is about: large values of y are missing
    assert table.loc["y", "imputed"]["mean"] > table.loc["y", "observed"]["mean"] + 1


def test_a_level_2_variable_counts_once_a_cluster():
    w = (DATA["j"] ** 2 % 11).astype(float).where(~DATA["j"].isin([4, 9]))
    data = DATA.assign(w=w)
    draws = run("CLUSTERID: j; MODEL: y ~ w x3i; w ~ intercept;", data)
    table = imputation_summary(draws).set_index(["variable", "values"])
    once = data.groupby("j")["w"].first()
    assert table.loc["w", "observed"]["n"] == 28
    assert table.loc["w", "observed"]["mean"] == pytest.approx(once.mean())
    assert table.loc["w", "imputed"]["n"] == 2 * len(draws.imputed)


def test_a_variable_whose_missingness_alone_is_modelled_is_not_imputed():
    data = DATA.assign(w=DATA["x3i"].where(DATA["x3i"] < 1))
    draws = run("MODEL: y ~ x3i; w.missing ~ x3i;", data)
    assert set(imputation_summary(draws)["variable"]) == {"y"}
    complete = run("MODEL: x3i ~ intercept;", data)
    assert isinstance(imputation_summary(complete), pd.DataFrame)
    assert imputation_summary(complete).empty
