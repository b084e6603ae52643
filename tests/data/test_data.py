"""Data: reading a file, making a model's arrays, and what data a model refuses."""

from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from tutorkit import datasets
from tutorkit.data import ModelData, prepare, read_data
from tutorkit.data.read import read_content
from tutorkit.errors import DataError
from tutorkit.model.script import parse

FOLDER = files("tutorkit") / "datasets"
CHAPTER = datasets.script("04_multilevel")
EXERCISE = """CLUSTERID: j; FIXED: x3i; MODEL: y ~ x1i x2i x3i | x3i; x1i x2i ~ x3i;
x1i.missing ~ x1i y x2i x3i;"""


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return read_data(FOLDER / "04_multilevel.csv")


# --- reading a file ------------------------------------------------------------------------------


def written(folder, content, name="a.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b\n1,2.5\n3,NA\n", {"a": [1, 3], "b": [2.5, None]}),
        ("a,b\r\nNaN,nan\r\n,1e3\r\n\r\n\r\n", {"a": [None, None], "b": [None, 1000.0]}),
        ("\ufeffa\n1\n", {"a": [1]}),
        ('"a", b \n1, NA \n2, x y\n', {"a": [1, 2], "b": [None, "x y"]}),
        ("a,b\nna,1\n999,-\n", {"a": ["na", "999"], "b": ["1", "-"]}),
        ('"",y\n1,2\n', {"Unnamed: 0": [1], "y": [2]}),
        ("é\n1\n\n2", {"é": [1, None, 2]}),
        ('a\n"1"\n', {"a": [1]}),
        ("a;b\n1,5;2\n-3,25;NA\n", {"a": [1.5, -3.25], "b": [2, None]}),
        ("a;b\n1,5;2,5 kg\n", {"a": [1.5], "b": ["2,5 kg"]}),
        ('a;b\n1.5;"x;y"\n', {"a": [1.5], "b": ["x;y"]}),
        ("a\tb\n1\t2\n\t\n", {"a": [1, None], "b": [2, None]}),
        ("a|b\n1|2\n", {"a": [1], "b": [2]}),
        ('a,b\n"1,5",2;3\n', {"a": ["1,5"], "b": ["2;3"]}),
    ],
)
def test_a_file_is_read(tmp_path, content, expected):
    read = read_data(written(tmp_path, content))
    assert list(read.columns) == list(expected)
    assert read.astype(object).where(read.notna(), None).to_dict("list") == expected


def test_the_chapters_data_are_numbers(data):
    assert data.shape == (600, 5)
    assert data["j"].dtype == np.int64
    assert data.isna().sum().to_dict() == {"j": 0, "y": 141, "x1i": 79, "x2i": 51, "x3i": 0}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "'a.csv' is empty"),
        ("\n\n", "'a.csv' is empty"),
        ("\n1,2\n", "The first line of 'a.csv' is empty"),
        ("a,b\n", "'a.csv' has a header but no data"),
        ("a,b,a\n1,2,3\n", "'a.csv' has two columns named 'a'"),
        ("a,b\n1,2\n3\n", "Line 3 of 'a.csv' has 1 value, but the header names 2 columns"),
        ("a,b\n1,2,3\n", "Line 2 of 'a.csv' has 3 values"),
        ("a,b\n1,2\n\n3,4\n", "Line 3 of 'a.csv' is empty"),
        ("a;b\n1,5\n", "Line 2 of 'a.csv' has 1 value, but the header names 2 columns"),
        (b"PK\3\4\0\0", "'a.csv' is not a csv file but holds binary data"),
        ("a\n1\n".encode("utf-16"), "holds binary data"),
        (b"a\n1\n\xe9\n", "Line 3 of 'a.csv' holds a letter that is not in UTF-8"),
        ('a,b\n1,"2\n3,4\n', "Line 3 of 'a.csv' cannot be read"),
        ("a\n" + "9" * 200_000, "Line 2 of 'a.csv' cannot be read: field larger"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, content, says):
    with pytest.raises(DataError) as caught:
        read_data(written(tmp_path, content))
    assert says in caught.value.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "1,2.5\n3,NA\n"),
        ("a.csv", "\ufeff1,2.5\r\n3,\r\n\r\n"),
        ("a.dat", "1 2.5\n3 NA\n"),
        ("A.DAT", "  1\t2.5 \n 3   NA\n\n"),
        ("a.dat", "1,2.5\n3,NA\n"),
        ("a.txt", "1 2.5\n3 nan"),
        ("a.csv", "1;2,5\n3;NA\n"),
        ("a.txt", "1;2,5\n3;\n"),
    ],
)
def test_a_file_without_a_header_takes_its_names_from_variables(tmp_path, name, content):
    read = read_data(written(tmp_path, content, name), columns=("u", "v"))
    assert read.astype(object).where(read.notna(), None).to_dict("list") == {
        "u": [1, 3], "v": [2.5, None],
    }  # fmt: skip


def test_values_with_blanks_between_them_may_have_a_header(tmp_path):
    read = read_data(written(tmp_path, "u v\n1 2\n", "a.dat"))
    assert read.to_dict("list") == {"u": [1], "v": [2]}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "1,2\n3,4\n", "Line 1 of 'a.csv' has 2 values, but VARIABLES names 3 columns"),
        ("a.csv", "1,2,3\n3,4\n", "Line 2 of 'a.csv' has 2 values, but VARIABLES names"),
        ("a.dat", "1 2 3\n1 2 3 4\n", "has 4 values, but VARIABLES names 3 columns"),
        ("a.dat", "1 2 3\n\n1 2 3\n", "Line 2 of 'a.dat' is empty"),
        ("a.csv", "u,v,w\n1,2,3\n", "'a.csv' begins with a header, and VARIABLES names"),
        ("a.csv", "x,y,z\n1,2,3\n", "begins with a header"),
        ("a.csv", "U,1,2\n1,2,3\n", "begins with a header"),
        ("a.dat", "u v w\n1 2 3\n", "begins with a header"),
        ("a.dat", "\n \n", "'a.dat' is empty"),
        ("a.csv", "", "'a.csv' is empty"),
    ],
)
def test_a_file_unlike_variables_is_refused(tmp_path, name, content, says):
    with pytest.raises(DataError) as caught:
        read_data(written(tmp_path, content, name), columns=["u", "v", "w"])
    assert says in caught.value.message


def test_a_file_that_is_not_there_brings_a_suggestion(tmp_path):
    written(tmp_path, "a\n1\n", "04_multilevel.csv")
    with pytest.raises(DataError, match="Did you mean '04_multilevel"):
        read_data(tmp_path / "04_multilvel.csv")
    with pytest.raises(DataError, match=r"Known here: 04_multilevel\.csv\."):
        read_data(str(tmp_path / "q"))
    with pytest.raises(DataError, match="There is no folder"):
        read_data(tmp_path / "no" / "a.csv")


@pytest.mark.parametrize(
    ("name", "says"), [("", "is a folder"), ("x" * 999, "cannot be opened"), ("\0", "cannot be")]
)
def test_what_is_no_file_is_refused(tmp_path, name, says):
    with pytest.raises(DataError, match=says):
        read_data(f"{tmp_path}/{name}")


@pytest.mark.parametrize(
    ("name", "content", "columns"),
    [
        ("a.csv", b"a,b\n1,NA\n", None),
        ("a.DAT", b"1 2\n3 NA\n", ("u", "v")),
        ("a.csv", b"1,2\n", ("u", "v")),
    ],
)
def test_an_upload_is_read_as_its_file(tmp_path, name, content, columns):
    expected = read_data(written(tmp_path, content, name), columns)
    pd.testing.assert_frame_equal(read_content(name, content, columns), expected)


@pytest.mark.parametrize("content", [b"", b"a;b\n1\n", b"a,b\n1\n", b"PK\0", b"a\n\xe9\n"])
def test_an_upload_is_refused_as_its_file(tmp_path, content):
    with pytest.raises(DataError) as of_file:
        read_data(written(tmp_path, content))
    with pytest.raises(DataError) as of_upload:
        read_content("a.csv", content)
    assert str(of_upload.value) == str(of_file.value)
    assert "'a.csv'" in of_upload.value.message


# --- arrays --------------------------------------------------------------------------------------


def test_the_chapters_arrays_have_its_missing_rates(data):
    made = prepare(parse(CHAPTER), data)
    assert made.variables == ("y", "x1i", "x2i", "x3i")
    assert (made.values.shape, made.values.dtype) == ((4, 600), np.float64)
    assert made.values.flags.c_contiguous
    assert made.values.flags.writeable
    assert (made.n_clusters, made.cluster.dtype, made.warnings) == (30, np.int64, ())
    rates = [round(100 * made.missing_rate(name), 2) for name in made.variables]
    assert rates == [23.5, 13.17, 8.5, 0]


def test_the_exercises_data_fit_its_model():
    made = prepare(parse(EXERCISE), read_data(FOLDER / "exercise_04.csv"))
    assert made.missing_rate("x1i") > 0


def test_rows_are_sorted_by_cluster_and_otherwise_stay_in_order(data):
    mixed = data.sample(frac=1, random_state=1).assign(j=lambda d: 10 - 2.5 * d["j"])
    made = prepare(parse(CHAPTER), mixed)
    assert (np.diff(made.cluster) >= 0).all()
    assert set(np.bincount(made.cluster)) == {20}
    assert (np.diff(made.rows)[np.diff(made.cluster) == 0] > 0).all()
    np.testing.assert_array_equal(made.values[3], mixed["x3i"].to_numpy()[made.rows])
    np.testing.assert_array_equal(made.cluster, 30 - (10 - mixed["j"].to_numpy()[made.rows]) / 2.5)


def test_without_clusters_rows_stay_in_order(data):
    made = prepare(parse("MODEL: x3i ~ intercept;"), data)
    assert (made.n_clusters, made.cluster.tolist()) == (0, [0] * 600)
    assert made.rows.tolist() == list(range(600))


def test_large_cluster_numbers_stay_apart(data):
    large = data.assign(j=data["j"] + 2**60)
    assert prepare(parse(CHAPTER), large).n_clusters == 30


def test_codes_become_missing_and_the_users_data_stay_as_they_are(data):
    coded = data.assign(y=data["y"].fillna(-99), x1i=data["x1i"].fillna(999))
    before = coded.copy()
    made = prepare(parse("MISSING: -99 999;" + CHAPTER), coded)
    np.testing.assert_array_equal(made.values, prepare(parse(CHAPTER), data).values)
    pd.testing.assert_frame_equal(coded, before)


@pytest.mark.parametrize(
    ("n", "begins"), [(1, "1 observation has all"), (28, "28 observations have all")]
)
def test_rows_without_any_value_are_dropped_with_a_warning(data, n, begins):
    blank = data.assign(x3i=data["x3i"].where(data.index >= n), y=data["y"].where(data.index >= n))
    made = prepare(parse("CLUSTERID: j; MODEL: y ~ x3i; x3i ~ intercept;"), blank)
    assert made.rows.tolist() == list(range(n, 600))
    assert made.warnings[0].startswith(f"{begins} variables in the imputation model missing.")
    assert made.warnings[0].endswith("been dropped from the data set.")


def test_no_row_is_dropped_from_a_model_of_one_variable(data):
    made = prepare(parse("CLUSTERID: j; MODEL: y ~ intercept;"), data)
    assert (len(made.rows), made.warnings) == (600, ())


@pytest.mark.parametrize(
    "convert",
    [
        lambda x: x > 0,
        lambda x: (x > 0).astype("boolean").where(x.index > 2),
        lambda x: (10 * x).round().astype("Int64").where(x.index > 2),
        lambda x: x.astype("float32"),
        lambda x: x.astype(str).where(x.index > 2, " NA "),
        lambda x: x.astype(object).where(x.index > 2, None),
        lambda x: (10 * x).round().astype("category"),
    ],
)
def test_every_kind_of_number_is_accepted(data, convert):
    column = convert(data["x3i"])
    made = prepare(parse("MODEL: y ~ x3i; x3i ~ intercept;"), data.assign(x3i=column))
    expected = pd.to_numeric(column.astype(object).where(column.index > 2), errors="coerce")
    np.testing.assert_allclose(made.values[1][3:], expected.astype(float)[made.rows][3:])


def test_columns_outside_the_model_are_ignored(data):
    other = data.assign(name="text", when=pd.Timestamp(2020, 1, 1), empty=np.nan, big=np.inf)
    other = pd.concat([other, other[["name", "big"]]], axis=1)
    other[7] = 1
    made = prepare(parse(CHAPTER), other)
    np.testing.assert_array_equal(made.values, prepare(parse(CHAPTER), data).values)


def test_model_data_can_be_compared(data):
    made = prepare(parse(CHAPTER), data)
    assert made == made
    assert made != ModelData(made.variables, made.values, made.cluster, 30, made.rows, made.model)


def test_level_2_variables_are_filled_in_where_a_row_of_their_cluster_has_them(data):
    w = (data["j"] % 7).astype(float)
    some = data.assign(w=w.where(data.index % 3 == 0).where(data["j"] != 4))
    made = prepare(parse("CLUSTERID: j; MODEL: y ~ x3i w; w ~ intercept;"), some)
    column = made.column("w")
    expected = w.where(data["j"] != 4).to_numpy()[made.rows]
    np.testing.assert_array_equal(column, expected)
    assert made.model.column("w").level == 2
    assert made.model.column("x3i").level == 1
    assert made.missing_rate("w") == pytest.approx(1 / 30)
    assert made.missing_rate("y") == pytest.approx(141 / 600)


def test_one_cluster_with_two_values_makes_a_level_1_variable(data):
    w = (data["j"] % 7).astype(float).where(data.index != 5, 99)
    made = prepare(parse("CLUSTERID: j; MODEL: y ~ x3i w;"), data.assign(w=w.where(data.j != 9)))
    assert made.model.column("w").level == 1
    assert np.isnan(made.column("w")).sum() == 20


def test_transform_makes_columns_from_columns_made_before(data):
    spec = parse(
        "MISSING: -9; TRANSFORM: a = x3i + 1; b = a^2; m = ismissing(x1i); ORDINAL: m;"
        "MODEL: y ~ b m;"
    )
    coded = data.assign(x1i=data["x1i"].fillna(-9))
    made = prepare(spec, coded)
    np.testing.assert_allclose(made.column("b"), (data["x3i"].to_numpy()[made.rows] + 1) ** 2)
    assert made.column("m").sum() == 79
