"""Where data come from: what is taken, and what is refused in words."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tutorkit import datasets
from tutorkit.errors import DataError
from tutorkit.widgets.sources import find

FRAME = pd.DataFrame({"y": [1.0, 2.0], "x": [0.5, np.nan]})


def test_a_table_is_copied():
    given = FRAME.copy()
    found = find(given)
    given.loc[0, "y"] = 99
    given.columns = ["a", "b"]
    pd.testing.assert_frame_equal(found["data"], FRAME)
    assert (found["name"], found["file"]) == ("your data", None)


@pytest.mark.parametrize(
    ("columns", "names"),
    [([0, 1], ["0", "1"]), ([("a", 1), "b"], ["('a', 1)", "b"]), ([2.5, "b"], ["2.5", "b"])],
)
def test_names_of_columns_become_texts(columns, names):
    table = FRAME.copy()
    table.columns = columns
    assert list(find(table)["data"].columns) == names
    assert list(table.columns) == columns


@pytest.mark.parametrize("columns", [["x", "x"], [1, "1"]])
def test_two_columns_of_one_name_are_refused(columns):
    with pytest.raises(DataError, match=f"two columns named '{columns[1]}'"):
        find(FRAME.set_axis(columns, axis=1))


@pytest.mark.parametrize(
    ("source", "what"), [(None, "None"), (4, "int"), ({"y": [1.0]}, "dict"), ([1], "list")]
)
def test_other_things_are_refused(source, what):
    with pytest.raises(DataError, match=f"a name, a file or a DataFrame, not {what}"):
        find(source)


@pytest.mark.parametrize(
    "text", [datasets.script("04_multilevel") * 20, "x" * 5000, "a\0b", "04_multilvel"]
)
def test_a_text_that_names_nothing_is_an_unknown_name(text):
    with pytest.raises(DataError) as caught:
        find(text)
    assert "data set" in caught.value.message
    assert len(caught.value.message) < 200


def test_files_and_names_are_found(tmp_path):
    path = tmp_path / "mine.csv"
    FRAME.to_csv(path, index=False)
    for source in (path, str(path)):
        assert find(source)["name"] == "mine.csv"
    assert "truth" in find("04_multilevel")
    with pytest.raises(DataError, match="no file"):
        find(Path("none.csv"))
    with pytest.raises(DataError, match="no rows"):
        find(FRAME[:0])
