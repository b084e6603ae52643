"""Imputed data sets: the right values in the right rows, and files that can be read again."""

import importlib.util
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from wide_scripts import wide_data

from tutorkit import (
    TutorkitError,
    datasets,
    imputations,
    parse,
    read_data,
    sample,
    save_imputations,
)

DATA = datasets.load("04_multilevel")


def run(script, data, iterations=60):
    return sample(parse(script), data, seed=1, burn=30, iterations=iterations, progress=False)


@pytest.fixture(scope="module")
def exact():
    """Return a run, and its shuffled data: each missing y is known almost exactly."""
    rng = np.random.default_rng(3)
    x = rng.permutation(200).astype(float)
    w = np.repeat(rng.standard_normal(20), 10)
    data = pd.DataFrame({
        "name": [f"n{k}" for k in range(200)],
        "y": 5 * x + 0.01 * rng.standard_normal(200),
        "x": x,
        "w": w,
        "v": 3 * w + 0.001 * rng.standard_normal(20).repeat(10),
        "j": np.repeat(np.arange(20), 10),
    })  # fmt: skip
    data = data.sample(frac=1, random_state=1).set_index("name", drop=False)
    data["y"] = data["y"].where(data["x"] % 4 != 0, -9)
    data.loc[data["j"].isin([2, 5]), "v"] = np.nan
    data.loc["n3", "v"] = np.nan  # its cluster has the value elsewhere
    script = "CLUSTERID: j; MISSING: -9; MODEL: y ~ x; v ~ w; OPTIONS: prior1;"
    return run(script, data), data


def test_every_missing_value_is_filled_into_its_own_row(exact):
    draws, data = exact
    table = imputations(draws, data)
    assert list(table.columns) == ["imputation", *data.columns]
    assert table["imputation"].value_counts().to_dict() == dict.fromkeys(range(1, 21), 200)
    for _, one in table.groupby("imputation"):
        assert one["name"].tolist() == data["name"].tolist()
        np.testing.assert_allclose(one["y"], 5 * one["x"], atol=0.5)
        np.testing.assert_allclose(one["v"], 3 * one["w"], atol=2)
        assert (one.groupby("j")["v"].nunique() == 1).all()
    known = data["y"].to_numpy() != -9
    observed = table["y"].to_numpy().reshape(20, 200)[:, known]
    assert (observed == data["y"].to_numpy()[known]).all()
    drawn = table["y"].to_numpy().reshape(20, 200)[:, ~known]
    assert (drawn.std(axis=0) > 0).all()


def test_the_incomplete_data_may_stand_on_top(exact):
    draws, data = exact
    table = imputations(draws, data, 3, incomplete=True)
    assert table["imputation"].unique().tolist() == [0, 1, 2, 3]
    top = table[table["imputation"] == 0]
    assert top["y"].isna().sum() == 50
    assert top["v"].isna().sum() == 20


def test_imputations_are_equally_spaced_over_chains(exact):
    draws, data = exact
    every = imputations(draws, data)
    for n in (1, 2, 5, 10):
        some = imputations(draws, data, n)
        for k in range(1, n + 1):
            one = every[every["imputation"] == 20 * k // n]
            np.testing.assert_array_equal(some.loc[some["imputation"] == k, "y"], one["y"])


def test_nimps_is_the_number_of_imputations():
    draws = run("CLUSTERID: j; MODEL: y ~ x3i; NIMPS: 4;", DATA)
    assert imputations(draws, DATA)["imputation"].max() == 4
    assert imputations(draws, DATA, 20)["imputation"].max() == 20
    many = run("MODEL: y ~ x3i; NIMPS: 30;", DATA)
    assert imputations(many, DATA)["imputation"].max() == 30


def test_columns_of_transform_are_added_and_whatever_is_not_modelled_stays_as_it_is():
    data = DATA.assign(note="a", w=DATA["x3i"].where(DATA["x3i"] < 1))
    draws = run(
        "TRANSFORM: l = x1i/2; unused = x2i + 1; MODEL: y ~ l x3i; l ~ x3i; w.missing ~ x3i;", data
    )
    table = imputations(draws, data, 2)
    assert list(table.columns) == ["imputation", *data.columns, "l"]
    assert table.isna().sum()[["y", "l", "x1i", "x2i"]].tolist() == [0, 0, 158, 102]
    assert table["w"].isna().sum() == 2 * data["w"].isna().sum()
    assert table["j"].dtype == data["j"].dtype


def test_rows_that_were_dropped_are_left_out():
    data = DATA.assign(x3i=DATA["x3i"].where(DATA.index > 4), y=DATA["y"].where(DATA.index > 4))
    draws = run("MODEL: y ~ x3i; x3i ~ intercept;", data)
    assert len(imputations(draws, data, 1)) == 595


def test_ordinal_variables_are_imputed_by_their_categories():
    data = wide_data()
    draws = run("CLUSTERID: j; ORDINAL: b o; MODEL: y ~ b o;", data)
    table = imputations(draws, data, 5)
    assert set(table["b"]) == {0, 1}
    assert set(table["o"]) == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.iloc[::-1], "not the data that the draws were made from"),
        (
            lambda d: d.sort_values("j", ascending=False, kind="stable"),
            "not the data that the draws",
        ),
        (lambda d: d.assign(y=d["y"] + 1), "not the data that the draws were made from"),
        (lambda d: d.iloc[:500], "not the data that the draws were made from"),
        (lambda d: d.drop(columns="x3i"), "no column 'x3i'"),
        (lambda d: d.assign(imputation=1), "have a column 'imputation'"),
    ],
)
def test_other_data_are_refused(chapter_draws, change, message):
    with pytest.raises(TutorkitError, match=message):
        imputations(chapter_draws, change(DATA))


def test_more_imputations_than_were_kept_cannot_be_had(chapter_draws):
    with pytest.raises(TutorkitError, match="20 imputations were kept, not 21"):
        imputations(chapter_draws, DATA, 21)
    with pytest.raises(TutorkitError, match="20 imputations were kept, not 0"):
        imputations(chapter_draws, DATA, 0)
    none = replace(chapter_draws, imputed=chapter_draws.imputed[:0])
    with pytest.raises(TutorkitError, match="stopped before any imputation"):
        imputations(none, DATA)


def test_a_stopped_run_gives_what_it_has(chapter_draws):
    spec = replace(chapter_draws.spec, imputations=20)
    few = replace(chapter_draws, imputed=chapter_draws.imputed[:7], spec=spec, stopped=True)
    assert imputations(few, DATA)["imputation"].max() == 7


def test_a_csv_file_holds_the_same(chapter_draws, tmp_path):
    save_imputations(chapter_draws, DATA, tmp_path / "a.csv", 2, incomplete=True)
    read = read_data(tmp_path / "a.csv")
    pd.testing.assert_frame_equal(read, imputations(chapter_draws, DATA, 2, incomplete=True))


def test_a_parquet_file_holds_the_same(chapter_draws, tmp_path):
    pytest.importorskip("pyarrow")
    save_imputations(chapter_draws, DATA, tmp_path / "a.parquet", 2)
    read = pd.read_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(read, imputations(chapter_draws, DATA, 2))
    mixed = DATA.assign(text=[1, "a"] * 300)
    with pytest.raises(TutorkitError, match=r"cannot hold these data: .*"):
        save_imputations(chapter_draws, mixed, tmp_path / "b.parquet", 2)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("a.xlsx", "must end in .csv or .parquet"),
        ("no/a.csv", "there is no folder"),
        ("folder.csv", "is a folder"),
        ("a.parquet", "parquet files need the package pyarrow"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused(
    chapter_draws, tmp_path, monkeypatch, file, message
):
    (tmp_path / "folder.csv").mkdir()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(TutorkitError, match=message):
        save_imputations(chapter_draws, DATA, tmp_path / file)
