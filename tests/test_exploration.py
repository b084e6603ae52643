"""How data look before a model: patterns, mechanisms, distributions and clusters."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, ttest_1samp

from tutorkit import datasets
from tutorkit.errors import DataError
from tutorkit.exploration import (
    clusters_of,
    intraclass,
    mean_difference,
    mechanism,
    observed_and_complete,
    patterns_of,
)

DATA = datasets.load("04_multilevel")
COMPLETE = datasets.load("04_multilevel", complete=True)


# --- patterns ------------------------------------------------------------------------------------


def test_patterns_are_counted_and_the_most_frequent_come_first():
    table = patterns_of(DATA, ["y", "x1i", "x3i"])
    assert list(table.columns) == ["y", "x1i", "rows", "percent"]
    assert table["rows"].is_monotonic_decreasing
    assert table["percent"].sum() == pytest.approx(100)
    for row in table.to_dict("records"):
        same = (DATA["y"].isna() == row["y"]) & (DATA["x1i"].isna() == row["x1i"])
        assert row["rows"] == same.sum()


def test_a_variable_may_have_the_name_of_a_count():
    data = pd.DataFrame({"rows": [1, np.nan, np.nan], "percent": [1, 2, np.nan]})
    table = patterns_of(data, ["rows", "percent"])
    assert list(table.columns) == ["rows (variable)", "percent (variable)", "rows", "percent"]
    assert table["rows"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("data", "says"), [(DATA, "no column 'z'"), (DATA[:0].assign(z=1), "The data have no rows")]
)
def test_patterns_of_what_is_not_there_are_refused(data, says):
    with pytest.raises(DataError, match=says):
        patterns_of(data, ["z"])


# --- mechanism -----------------------------------------------------------------------------------


def test_groups_hold_every_row_that_shows_the_other_variable():
    table = mechanism(DATA, "x1i", "x2i")
    seen = DATA.dropna(subset="x2i")
    assert table["n"].sum() == len(seen)
    assert table["n"].max() - table["n"].min() <= 1
    for row in table.to_dict("records"):
        inside = seen[seen["x2i"].between(row["lower"], row["upper"])]
        assert row["n"] == len(inside)
        assert row["missing"] == inside["x1i"].isna().sum()
        assert row["middle"] == inside["x2i"].median()
        assert row["share"] == row["missing"] / row["n"]
    assert table["group"].tolist()[0] == "-2.7 to -0.9"


def test_intervals_are_wilsons():
    for row in mechanism(DATA, "x1i", "x2i").to_dict("records"):
        expected = binomtest(row["missing"], row["n"]).proportion_ci(method="wilson")
        assert row["share_lower"] == pytest.approx(expected.low, abs=1e-12)
        assert row["share_upper"] == pytest.approx(expected.high)


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ([0, 1] * 300, ["0", "1"]),
        ([0] * 570 + [1] * 30, ["0", "1"]),
        ([1, 2, 3, 4, 5, 5] * 100, ["1", "2", "3", "4", "5"]),
        ([0] * 500 + list(range(1, 101)), ["0", "1 to 100"]),
        ([2.5] * 600, ["2.5"]),
    ],
)
def test_equal_values_are_in_one_group(by, groups):
    table = mechanism(DATA.assign(by=by), "y", "by")
    assert table["group"].tolist() == groups
    assert table["n"].sum() == 600


@pytest.mark.parametrize(
    ("variable", "by", "revealed", "verdict", "rises"),
    [
        ("x1i", "x2i", False, "clearly", True),  # MAR
        ("x2i", "x3i", False, "no sign", None),  # MCAR
        ("x2i", "x1i", False, "no sign", None),
        ("x2i", "x2i", True, "no sign", None),
        ("y", "x3i", False, "clearly", True),  # MNAR: seen only through what predicts y
        ("y", "y", True, "clearly", True),
    ],
)
def test_the_chapters_mechanisms_can_be_seen(variable, by, revealed, verdict, rises):
    complete = COMPLETE if revealed else None
    difference = mean_difference(DATA, variable, by, complete)
    assert difference.verdict == verdict
    table = mechanism(DATA, variable, by, complete)
    first, last = table.iloc[0], table.iloc[-1]
    assert (last["share_lower"] > first["share_upper"]) == bool(rises)


def test_the_difference_of_means_is_standardized():
    difference = mean_difference(DATA, "x1i", "x2i")
    missing = DATA.loc[DATA["x1i"].isna(), "x2i"].dropna()
    seen = DATA.loc[DATA["x1i"].notna(), "x2i"].dropna()
    n, m = len(missing), len(seen)
    pooled = np.sqrt(((n - 1) * missing.var() + (m - 1) * seen.var()) / (n + m - 2))
    assert difference.value == pytest.approx((missing.mean() - seen.mean()) / pooled)
    assert (difference.n_missing, difference.n_seen, difference.n_left_out) == (n, m, 51)
    assert n + m + 51 == 600


def test_the_standard_error_of_the_difference_is_its_spread_over_samples():
    rng = np.random.default_rng(1)
    found = []
    for _ in range(400):
        gaps = rng.random(100) < 0.3
        x = rng.normal(size=100) + 0.8 * gaps
        found.append(
            mean_difference(pd.DataFrame({"y": np.where(gaps, np.nan, 1), "x": x}), "y", "x")
        )
    # the spread of 400 values is known to 1 / sqrt(800) = 3.5 %
    spread = np.std([d.value for d in found])
    assert np.mean([d.se for d in found]) == pytest.approx(spread, rel=0.12)


def test_too_few_rows_give_no_sign():
    data = pd.DataFrame({"y": [np.nan, 1, 2], "x": [1.0, 2, 3]})
    difference = mean_difference(data, "y", "x")
    assert np.isnan(difference.se)
    assert difference.verdict == "no sign"


def test_rows_are_matched_by_place_not_by_label():
    mixed = DATA.set_axis(range(1000, 1600))
    expected = mechanism(DATA, "y", "y", COMPLETE)
    pd.testing.assert_frame_equal(mechanism(mixed, "y", "y", COMPLETE), expected)
    assert mechanism(DATA.set_axis([0] * 600), "x1i", "x2i")["n"].sum() == 549


@pytest.mark.parametrize(
    ("variable", "by", "changes", "complete", "says"),
    [
        ("y", "z", {}, None, "no column 'z'"),
        ("z", "y", {}, None, "no column 'z'"),
        ("x3i", "y", {}, None, "'x3i' has no missing values"),
        ("y", "y", {}, None, "cannot be compared"),
        ("y", "t", {"t": "a"}, None, "'t' holds text"),
        ("y", "t", {"t": np.nan}, None, "'t' has no value at all"),
        ("y", "t", {"t": np.inf}, None, "'t' holds infinite values"),
        ("y", "x1i", {}, COMPLETE[1:], "600 rows but the complete data 599"),
    ],
)
def test_mechanisms_that_cannot_be_seen_are_refused(variable, by, changes, complete, says):
    with pytest.raises(DataError, match=says):
        mechanism(DATA.assign(**changes), variable, by, complete)


# --- observed and complete -----------------------------------------------------------------------


@pytest.mark.parametrize("missing", [pd.NA, None, np.nan])
@pytest.mark.parametrize("kind", [float, str])
def test_numbers_among_objects_are_numbers(missing, kind):
    column = pd.Series([missing if np.isnan(v) else kind(v) for v in DATA["x2i"]], dtype=object)
    data = DATA.assign(x2i=column)
    for table, expected in [
        (mechanism(data, "x1i", "x2i"), mechanism(DATA, "x1i", "x2i")),
        (clusters_of(data, "j", "x2i"), clusters_of(DATA, "j", "x2i")),
    ]:
        pd.testing.assert_frame_equal(table, expected)
    assert intraclass(data, "j", "x2i") == intraclass(DATA, "j", "x2i")


def test_both_histograms_have_the_same_bins():
    table = observed_and_complete(DATA, COMPLETE, "y")
    kinds = dict(list(table.groupby("values")))
    for edge in ("lower", "upper"):
        assert kinds["observed"][edge].tolist() == kinds["complete"][edge].tolist()
    for kind, values in (("observed", DATA["y"].dropna()), ("complete", COMPLETE["y"])):
        rows = kinds[kind]
        assert rows["n"].sum() == len(values)
        assert rows["share"].sum() == pytest.approx(1)
        assert rows["mean"].unique() == [pytest.approx(values.mean())]
        assert rows["sd"].unique() == [pytest.approx(values.std())]
        k = rows["n"].argmax()
        row = rows.iloc[k]
        assert row["n"] == ((values >= row["lower"]) & (values < row["upper"])).sum()


def test_what_cannot_be_compared_with_complete_values_is_refused():
    with pytest.raises(DataError, match="600 rows but the complete data 1"):
        observed_and_complete(DATA, COMPLETE[:1], "y")


# --- clusters ------------------------------------------------------------------------------------


def test_clusters_are_sorted_by_the_mean_of_what_is_seen():
    table = clusters_of(DATA, "j", "y")
    assert table["mean"].is_monotonic_increasing
    assert (table["n"].sum(), table["n_missing"].sum()) == (600, 141)
    for row in table.to_dict("records"):
        values = DATA.loc[DATA["j"] == int(row["cluster"]), "y"].dropna()
        assert row["mean"] == pytest.approx(values.mean())
        expected = ttest_1samp(values, 0).confidence_interval()
        assert (row["lower"], row["upper"]) == pytest.approx(tuple(expected))


def test_a_cluster_with_few_values_has_no_interval():
    data = pd.DataFrame({"g": list("aaabbc"), "y": [3.0, 4, np.nan, 1, np.nan, np.nan]})
    table = clusters_of(data, "g", "y").set_index("cluster")
    assert list(table.index) == ["b", "a", "c"]
    assert table.loc["b", "mean"] == 1
    assert table["lower"].isna().tolist() == [True, False, True]
    assert table["n_missing"].tolist() == [1, 1, 1]


def test_clusters_numbered_with_a_point_keep_short_names():
    data = DATA.assign(j=DATA["j"].astype(float))
    assert "23" in clusters_of(data, "j", "y")["cluster"].tolist()


@pytest.mark.parametrize("share", [0.1, 0.6])
def test_the_intraclass_correlation_is_unbiased_with_unequal_clusters(share):
    rng = np.random.default_rng(2)
    sizes = np.tile([2, 5, 20], 40)
    group = np.repeat(np.arange(120), sizes)
    found = []
    for _ in range(40):
        u = rng.normal(scale=np.sqrt(share), size=120)
        y = u[group] + rng.normal(scale=np.sqrt(1 - share), size=len(group))
        found.append(intraclass(pd.DataFrame({"g": group, "y": y}), "g", "y"))
    assert np.mean(found) == pytest.approx(share, abs=4 * np.std(found) / np.sqrt(40))


def test_the_intraclass_correlation_is_that_of_the_textbook():
    # MSB = 2 * ((1.5 - 3.5)^2 + (5.5 - 3.5)^2) = 16, MSW = 0.5, two rows each: 15.5 / 16.5
    data = pd.DataFrame({"g": [1, 1, 2, 2], "y": [1.0, 2, 5, 6]})
    assert intraclass(data, "g", "y") == pytest.approx(15.5 / 16.5)
    # MSB = 3 * (2 - 3)^2 + (6 - 3)^2 = 12, MSW = 2 / 2, size (4 - 10 / 4) / 1 = 1.5: 11 / 12.5
    data = pd.DataFrame({"g": [1, 1, 1, 2], "y": [1.0, 2, 3, 6]})
    assert intraclass(data, "g", "y") == pytest.approx(0.88)


@pytest.mark.parametrize("group", [[1, 1, 1], [1, 2, 3]])
def test_the_intraclass_correlation_needs_clusters_and_rows_in_them(group):
    assert np.isnan(intraclass(pd.DataFrame({"g": group, "y": [1.0, 2, 4]}), "g", "y"))


def test_unknown_columns_of_clusters_are_refused():
    with pytest.raises(DataError, match="no column 'school'"):
        clusters_of(DATA, "school", "y")
