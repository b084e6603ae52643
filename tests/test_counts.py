"""The number of parameters, by equation."""

import pytest

from tutorkit import datasets, parse
from tutorkit.counts import describe_counts, parameter_counts
from tutorkit.data import prepare


def counted(script):
    spec = parse(script)
    return parameter_counts(spec, prepare(spec, datasets.load("04_multilevel")).model)


def test_the_chapters_model_has_25(chapter):
    table = parameter_counts(chapter, prepare(chapter, datasets.load("04_multilevel")).model)
    assert dict(zip(table["outcome"], table["total"], strict=True)) == {
        "y": 9, "x1i": 5, "x2i": 4, "y.missing": 7,
    }  # fmt: skip
    assert table[["Variances", "Coefficients"]].sum(axis=1).tolist() == table["total"].tolist()
    assert describe_counts(table) == (
        "The model has 25 free parameters: 9 for y, 5 for x1i, 4 for x2i, 7 for y.missing."
    )


@pytest.mark.parametrize(
    ("script", "rows"),
    [
        ("MODEL: y ~ x3i;", [("y", "focal", 3)]),
        ("MODEL: y ~ x1i; FIXED: x3i;", [("y", "focal", 3), ("x1i", "added", 2)]),
    ],
)
def test_added_models_count_as_well(script, rows):
    table = counted(script)
    assert list(table[["outcome", "model", "total"]].itertuples(index=False, name=None)) == rows
