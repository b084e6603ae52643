"""What lessons ask is complete: each wrong choice is explained, each figure is that of the data."""

import pytest

from tutorkit import (
    TutorkitError,
    chapter_scenario,
    compare,
    datasets,
    fit_reml,
    parse,
    sample,
    shipped_study,
    study,
)
from tutorkit.model.script import render
from tutorkit.teaching import Prediction, Task, lesson, numbers
from tutorkit.teaching.checking import findings

FOCAL = "MODEL: focal: y ~ x1i x2i x3i x2i*x3i | x1i;"
LESSONS = [lesson(number) for number in numbers()]
ITEMS = [(content.number, item) for content in LESSONS for item in content.items]


@pytest.mark.parametrize(("number", "item"), ITEMS, ids=lambda v: getattr(v, "key", v))
def test_items_are_complete(number, item):
    if isinstance(item, Task):
        assert len(item.hints) == 3
        assert len(item.words) > 40
        return
    choices = item.choices
    if choices:
        assert 2 < len(choices) < 6
        assert sum(choice.right for choice in choices) == 1
        texts = [choice.text for choice in choices]
        assert len(set(texts)) == len(texts)
        for choice in choices:
            assert len(choice.words) > 25
            assert choice.words.rstrip(" )")[-1] in ".?"
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
    assert content.is_done("harmless", {"harmless": "MAR with 30% missing"})
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
    spec = parse(f"CLUSTERID: j; {FOCAL}")
    whole, listwise = (fit_reml(spec, table) for table in (complete, data))
    slope = lesson(1).item("slope")
    assert f"{whole.estimate[1]:.2f}" in slope.text
    assert f"falls to {listwise.estimate[1]:.2f}" in slope.words
    assert f"{whole.estimate[0]:.2f} to {listwise.estimate[0]:.2f}" in slope.words
    assert 1.5 < (whole.estimate[1] - listwise.estimate[1]) / listwise.se[1] < 2.5


def test_the_typical_fall_is_that_of_the_study():
    found = shipped_study("chapter")
    found = found[found["parameter"] == "x1i"]
    estimates = found.pivot(index="replication", columns="method", values="estimate")
    falls = estimates["complete data"] - estimates["listwise"]
    item = lesson(1).item("typical")
    assert len(falls) == 1000
    assert "0.06 on average, with an SD of 0.04" in item.text
    assert [round(falls.mean(), 2), round(falls.std(), 2)] == [0.06, 0.04]
    assert f"reached in {(falls >= 0.175).sum()} of the 1,000" in item.choices[1].words
    data = [datasets.load("04_multilevel", complete=whole) for whole in (True, False)]
    whole, listwise = (fit_reml(parse(f"CLUSTERID: j; {FOCAL}"), table) for table in data)
    assert f"{whole.estimate[1] - listwise.estimate[1]:.2f}" in item.text


# --- models to be built ---------------------------------------------------------------------------

TASKS = [(number, item) for number, item in ITEMS if isinstance(item, Task)]


@pytest.mark.parametrize(("number", "task"), TASKS, ids=lambda v: getattr(v, "key", v))
def test_the_solution_passes_and_the_beginning_does_not(number, task):
    wanted = parse(task.script)
    assert findings(wanted, wanted, task.roles, task.free) == []
    assert findings(parse(render(wanted)), wanted, task.roles, task.free) == []
    start = parse(task.start) if task.start else None
    assert findings(start, wanted, task.roles, task.free)


# --- lesson 2 -------------------------------------------------------------------------------------


def test_the_second_lessons_standard_errors_are_those_of_the_data():
    complete = datasets.load("04_multilevel", complete=True)
    both = fit_reml(parse(f"CLUSTERID: j; {FOCAL}"), complete)
    flat = fit_reml(parse(FOCAL.replace(" | x1i", "")), complete)
    level = fit_reml(parse(f"CLUSTERID: j; {FOCAL.replace(' | x1i', '')}"), complete)
    se = lesson(2).item("se")
    assert f"of the intercept is {both.se[0]:.2f}".replace("0.", ".") in se.text
    assert f"It falls to {flat.se[0]:.2f}".replace("0.", ".") in se.words
    ses = [f"{fit.se[1]:.3f}".removeprefix("0") for fit in (flat, level, both)]
    assert "{} without clusters, {} with random intercepts alone, {} with".format(*ses) in se.words
    ses = [f"{fit.se[2]:.3f}".removeprefix("0") for fit in (flat, both)]
    assert "as that of x2i, are not affected in this way ({} and {})".format(*ses) in se.words
    figures = [f"{fit.sigma2:.2f}".removeprefix("0") for fit in (both, flat)]
    assert "from {} to {}".format(*figures) in se.choices[2].words


def test_reml_is_singular_in_as_many_small_data_sets_as_the_lesson_says():
    small = chapter_scenario(n_clusters=10, cluster_size=8)
    found = study(small, {"REML": "listwise"}, replications=40, progress=False)
    rho = found.loc[found["parameter"] == "ρ01", "estimate"].abs()
    assert len(rho) == 40
    assert (rho > 0.999).sum() == lesson(2).item("singular").actual
    large = shipped_study("chapter")
    rows = large[(large["parameter"] == "ρ01") & (large["method"] == "listwise")]
    assert (rows["estimate"].abs() > 0.999).mean() < 0.01
    bayes = large[(large["parameter"] == "ρ01") & large["method"].isin(["MAR", "MNAR"])]
    assert bayes["estimate"].abs().max() < 0.999


def test_keeping_all_rows_does_not_bring_the_intercept_nearer():
    data = datasets.load("04_multilevel")
    spec = parse(lesson(2).item("focal").script)
    table = compare({"run": sample(spec, data, seed=1, progress=False)})
    row = table.set_index("parameter").loc["Intercept"]
    listwise = fit_reml(spec, data).estimate[0]
    assert f"{listwise:.2f}" in lesson(2).item("intercept").text
    assert row["estimate"] == pytest.approx(-0.32, abs=0.01 + 4 * row["mcse"])
    assert abs(row["estimate"] - listwise) < 0.3 * row["sd"]
    assert lesson(2).item("intercept").after_run


def test_right_answers_stand_now_here_now_there():
    places = [
        [choice.right for choice in item.choices].index(True)
        for _, item in ITEMS
        if getattr(item, "choices", ())
    ]
    assert all(0.2 < places.count(k) / len(places) < 0.5 for k in range(3))
