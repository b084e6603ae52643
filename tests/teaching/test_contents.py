"""What lessons ask is complete: each wrong choice is explained, each figure is that of the data."""

import numpy as np
import pytest

from tutorkit import TutorkitError, datasets, fit_reml, parse, shipped_study
from tutorkit.teaching import Prediction, Question, lesson, numbers

LESSONS = [lesson(number) for number in numbers()]
ITEMS = [(content.number, item) for content in LESSONS for item in content.items]


@pytest.mark.parametrize(("number", "item"), ITEMS, ids=lambda v: getattr(v, "key", v))
def test_items_are_complete(number, item):
    choices = item.choices
    if choices:
        assert 2 < len(choices) < 6
        assert sum(choice.right for choice in choices) == 1
        texts = [choice.text for choice in choices]
        assert len(set(texts)) == len(texts)
        for choice in choices:
            assert len(choice.words) > 25
            assert choice.words.rstrip()[-1] in ".?"
    else:
        assert isinstance(item, Prediction)
        assert item.low < item.actual < item.high
        assert 0 < item.close < (item.high - item.low) / 4
    if isinstance(item, Prediction):
        assert len(item.words) > 40


@pytest.mark.parametrize("content", LESSONS, ids=lambda c: c.number)
def test_lessons_are_complete(content):
    assert len(set(content.keys)) == len(content.keys)
    assert 20 <= content.minutes <= 40
    assert len(content.objectives) >= 3
    assert content.done_of({}) == ()


def test_there_is_no_other_lesson():
    with pytest.raises(TutorkitError, match=r"no lesson 99[\s\S]*lessons 1"):
        lesson(99)
    with pytest.raises(TutorkitError, match=r"nothing called 'row'[\s\S]*'rows'"):
        lesson(1).item("row")


def test_when_something_is_done():
    content = lesson(1)
    assert not content.is_done("x2i", {"x2i": [1, 2]})
    assert content.is_done("x2i", {"x2i": [1, 0]})
    assert content.is_done("slope", {"slope": 0})  # a prediction need not come true
    assert content.is_done("harmless", {"harmless": ["MAR", 0.3]})
    assert content.done_of({"x2i": [0], "slope": 1, "x1i": [0]}) == ("x2i", "slope")


def test_the_first_lessons_figures_are_those_of_the_data():
    data = datasets.load("04_multilevel")
    complete = datasets.load("04_multilevel", complete=True)
    rates = (100 * data.isna().mean()).round(1)
    rows = lesson(1).item("rows")
    for name in ("x1i", "x2i", "y"):
        assert f"{rates[name]}% of {name}" in rows.text
    assert rows.actual == len(data.dropna())
    shares = 1 - data[["x1i", "x2i", "y"]].isna().mean()
    assert f"= {len(data) * shares.prod():.0f} rows" in rows.words
    spec = parse("CLUSTERID: j; MODEL: y ~ x1i x2i x3i x2i*x3i | x1i;")
    whole, listwise = (fit_reml(spec, table) for table in (complete, data))
    slope = lesson(1).item("slope")
    assert f"{whole.estimate[1]:.2f}" in slope.text
    assert f"falls to {listwise.estimate[1]:.2f}" in slope.words
    assert f"{whole.estimate[0]:.2f} to {listwise.estimate[0]:.2f}" in slope.words
    assert 1.5 < (whole.estimate[1] - listwise.estimate[1]) / listwise.se[1] < 2.5


def test_the_typical_fall_is_that_of_the_study():
    """The text has two decimals, the mean's Monte Carlo error is .003."""
    found = shipped_study("chapter")
    found = found[(found["parameter"] == "x1i") & (found["method"] == "listwise")]["estimate"]
    text = lesson(1).item("typical").text
    assert f"{0.95:.2f} on average" in text
    assert found.mean() == pytest.approx(0.95, abs=0.012)
    assert "an SD of about 0.10" in text
    assert found.std() == pytest.approx(0.10, abs=0.012)
    assert isinstance(lesson(1).item("typical"), Question)
    assert np.isclose(found.mean() - 1, -0.05, atol=0.012)
