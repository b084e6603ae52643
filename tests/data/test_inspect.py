"""What is guessed about the columns of a table."""

import numpy as np
import pandas as pd
import pytest

from tutorkit import datasets
from tutorkit.data.inspect import (
    cluster_notes,
    guess_cluster,
    inspect,
    names_clusters,
    without_codes,
)
from tutorkit.errors import DataError

DATA = datasets.load("04_multilevel")
RNG = np.random.default_rng(1)
X = RNG.normal(size=600)


def look(values, name="v"):
    return inspect(pd.DataFrame({name: values})).iloc[0]


@pytest.mark.parametrize(
    ("values", "kind", "says"),
    [
        (X, "continuous", ""),
        (RNG.integers(18, 80, 600), "continuous", ""),
        ([0, 1, 1] * 200, "binary", "add 'ORDINAL: v;'"),
        ([1, 9, 9] * 200, "binary", "add 'ORDINAL: v;'"),
        ([0, 1, 999] * 200, "binary", "999 occurs 200 times"),
        ([1, 2, 3, 4, 5] * 120, "ordered categories?", "add 'ORDINAL: v;'"),
        ([1, 2, 3, 4, 9] * 120, "ordered categories?", "Add 'MISSING: 9;'"),
        (np.repeat(range(30), 20), "identifier?", "may be the cluster variable"),
        (np.repeat([f"s{k}" for k in range(30)], 20), "identifier?", "It holds words"),
        (range(600), "identifier?", "as row numbers have"),
        ([7.0] * 600, "constant", "It is always 7"),
        ([np.nan] * 600, "empty", "no value at all"),
        (["a", "b", "c"] * 200, "text", "Give each word a number"),
        (["1,5", "2"] * 300, "text", "write decimals with a point"),
        ([".", "2", "3"] * 200, "text", "'.' among numbers"),
        (["1.5", "2.5", "3"] * 200, "continuous", ""),
        (np.where(np.arange(600) < 10, X, np.nan), "continuous", "Only 10 rows have a value"),
        (np.where(np.arange(600) < 10, np.inf, X), "continuous", "infinite"),
    ],
)
def test_kinds_are_guessed(values, kind, says):
    row = look(values)
    assert row["kind"] == kind
    assert says in row["note"]
    assert bool(says) == bool(row["note"])


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (np.where(X > 1.5, 999, X), "999"),
        (np.where(X > 1.5, -99, X), "-99"),
        (np.select([X > 1.5, X < -1.5], [-99, -88], X), "-88 -99"),
        ([*range(1, 99)] * 6, ""),
        ([*range(10)] * 60, ""),
        ([*range(18, 80), 99] * 9, ""),
        ([99, 99, 99], ""),
        (X, ""),
    ],
)
def test_codes_for_missing_are_suspected(values, codes):
    note = look(values)["note"]
    assert ("MISSING" in note) == bool(codes)
    assert f"'MISSING: {codes};'" in note or not codes


def test_a_table_has_a_row_a_column():
    table = inspect(DATA)
    assert table["variable"].tolist() == ["j", "y", "x1i", "x2i", "x3i"]
    assert table["kind"].tolist() == ["identifier?", *["continuous"] * 4]
    assert table["missing_percent"].tolist() == pytest.approx([0, 23.5, 79 / 6, 8.5, 0])
    assert table["distinct"].tolist()[0] == 30
    assert inspect(pd.DataFrame()).empty


@pytest.mark.parametrize("name", ["a b", "1.95", "intercept", "y.missing"])
def test_names_that_a_script_cannot_hold_are_told(name):
    assert "rename the column" in look(X, name)["note"]


def test_nothing_is_guessed_about_the_cluster_variable():
    data = pd.DataFrame({"a b": [1, 2, 3] * 200, "g": [1, 2, 3] * 200})
    assert inspect(data, "g")["kind"].tolist() == ["ordered categories?", "clusters"]
    assert inspect(data, "g")["note"][1] == ""
    assert inspect(data, "a b")["note"][0].endswith("rename the column to use it.")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("j", True), ("School", True), ("class_id", True), ("paid", False), ("y", False)],
)
def test_names_of_cluster_variables_are_known(name, expected):
    assert names_clusters(name) is expected


def test_columns_of_one_name_are_each_looked_at():
    twice = pd.concat([DATA[["y"]], DATA[["y"]]], axis=1)
    assert inspect(twice)["kind"].tolist() == ["continuous"] * 2
    assert guess_cluster(twice) is None


BLOCKS = np.repeat(range(30), 20)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"a": X, "b": BLOCKS}, "b"),
        ({"a": X, "b": np.repeat([f"s{k}" for k in range(30)], 20)}, "b"),
        ({"district": np.repeat(range(10), 60), "unit": BLOCKS}, "unit"),
        ({"school": RNG.permutation(BLOCKS), "x": X}, "school"),
        ({"class_id": RNG.permutation(BLOCKS // 3), "blocks": BLOCKS}, "class_id"),
        ({"unit": RNG.permutation(BLOCKS), "x": X}, None),
        ({"treated": np.repeat([0, 1], 300)}, None),
        ({"id": range(600), "age": RNG.integers(18, 80, 600)}, None),
        ({"covid": RNG.integers(0, 2, 600)}, None),
        ({"b": np.where(BLOCKS == 3, np.nan, BLOCKS)}, None),
        ({"school": np.where(BLOCKS == 3, np.nan, BLOCKS)}, None),
        ({"w": np.repeat(RNG.normal(size=30), 20)}, None),
    ],
)
def test_the_cluster_variable_is_guessed(columns, expected):
    assert guess_cluster(pd.DataFrame(columns)) == expected


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (BLOCKS, []),
        (np.repeat([f"s{k}" for k in range(30)], 20), ["'g' holds text"]),
        (np.where(BLOCKS == 3, np.nan, BLOCKS), ["missing in 20 rows"]),
        (np.repeat(range(6), 100), ["6 values only. The variances of random intercepts"]),
        (range(600), ["one row only: cluster effects cannot be told"]),
        ([3] * 600, ["fewer than two values"]),
        ([*range(20), *[20] * 290, *[21] * 290], ["20 of 22 clusters have one row only"]),
        (
            [*range(2), *[7] * 597, np.nan],
            ["missing in 1 row:", "3 values only", "2 of 3 clusters"],
        ),
    ],
)
def test_what_is_thin_about_clusters_is_told(values, says):
    notes = cluster_notes(pd.DataFrame({"g": values}), "g")
    assert len(notes) == len(says)
    assert all(part in note for part, note in zip(says, notes, strict=True))


def test_an_unknown_cluster_variable_is_refused():
    with pytest.raises(DataError, match="no column 'jj'"):
        cluster_notes(DATA, "jj")


def test_codes_become_missing_values():
    coded = DATA.fillna({"y": -99, "x1i": 999})
    pd.testing.assert_frame_equal(without_codes(coded, (-99, 999)), DATA)
    assert without_codes(coded, ()) is coded
