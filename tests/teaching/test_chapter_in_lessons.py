"""Every statement and figure of the chapter's sections 7.1 to 7.4 has its place in a lesson."""

import re
from pathlib import Path

import nbformat
import pytest

from tutorkit import Lesson, datasets, parse, sample, summarize
from tutorkit.data import prepare
from tutorkit.parameters import monitored
from tutorkit.teaching import lesson, numbers
from tutorkit.teaching.chapter import chapter_estimates

LESSONS = Path(__file__).parents[2] / "lessons"


def text_of(number):
    """Return all that a lesson says, in its notebook and its questions."""
    (path,) = LESSONS.glob(f"{number:02}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    found = [cell.source for cell in cells if "solution" not in cell.metadata.get("tags", ())]
    models = [script for _, script in lesson(number).models]
    return " ".join(" ".join([*lesson(number).texts, *found, *models]).split())


TEXT = {number: text_of(number) for number in numbers()}

# lesson and what it must say, in the chapter's order
FACTS = [
    # 7.1
    (1, "600 observations"), (1, "30 clusters"), (1, "20 in each"),
    (1, "13.2% of x1i, 8.5% of x2i and 23.5% of y"),
    (1, "Its missingness depends on its own unobserved values"),
    (1, "The larger x2i, the more often x1i is missing"), (1, "x2i was deleted by throwing a die"),
    (1, "under MAR and MNAR estimates are biased"),
    (1, "lesson.table("), (1, "by about two standard errors"), (1, "-0.11 to -0.33"),
    (1, "coefficients (all 1"), (2, "correlation of intercepts and slopes is .5"),
    # 7.2
    (2, "CLUSTERID: j;"), (2, "must be numeric"), (2, "random intercept comes by itself"),
    (2, "y ~ x | x"), (3, "interaction of two variables, at least one of which has missing"),
    (3, "higher missing rate first"), (3, "x1i (13.2% missing) before x2i (8.5%)"),
    (3, "x1i x2i ~ x3i;"), (3, "FIXED"), (4, "second auxiliary model"),
    (4, "y.missing ~ y x1i x2i x3i x2i*x3i;"), (4, ".missing` suffix"), (4, "ordinal"),
    (4, "probit regression"), (4, "a variable predicts whether it is itself missing"),
    (4, "errors are normal"), (4, "is not a problem"), (4, "slow convergence"),
    (5, "can lead to convergence issues"), (6, "knew in advance that `y` was MNAR"),
    (6, "we cannot know whether data are MAR or MNAR"),
    (1, "impossible to test without those values"), (4, "good theoretical reason"),
    (6, "fit models under different assumptions and report any uncertainty"),
    (6, "Du et al., 2022"),
    (5, "more complex than those in the chapters before"), (5, "over 50 parameters"),
    (5, "need more iterations"), (4, "DATA: 04_multilevel.csv;"), (4, "SEED: 123;"),
    (4, "BURN: 20000;"), (4, "ITERATIONS: 20000;"),
    # 7.3
    (5, "fully Bayesian, model-based"), (5, "latent means"), (5, "PRIOR2"),
    (5, "random starting values"), (5, "lesson.chapter_burn_in("), (5, "each cut into halves"),
    (5, ".498"), (5, ".500"), (5, "25 are free"), (3, "25 parameters of *outcome models*"),
    (4, "6837.722"), (4, "7167.662"), (4, "conditional likelihood"), (4, '"correlations", after'),
    (4, 'lesson.chapter("y", "y.missing"'), (3, 'lesson.chapter("x1i", "x2i"'),
    (2, ".822"), (2, ".033"), (2, ".027"), (2, ".115"), (2, ".338"), (2, ".397"),
    (5, "261"), (5, "20,214"), (5, "785"), (6, "notice all those qualifiers"),
    (6, "with this simulated data set, with this seed, did remarkably well"),
    (6, "many iterations of these models were tested and reconfigured"),
    (6, "with median 1? No."), (6, "almost always more accurate than listwise deletion? Yes"),
    (6, "random effect variances moved closer"), (2, "exactly 1"),
    (2, "a perfect 1.00"), (6, ".609 in the chapter's"),
    # 7.4
    (7, "exercise_04"), (7, "regress y on x1i, x2i and x3i"),
    (7, "reason to believe that x1i is missing not at random"),
    (7, "x2i is missing conditional on x3i"), (7, "The groups are j"),
    (7, "slope of x3i varies across groups"), (7, "coefficients are around 1"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "words"), FACTS)
def test_it_is_said_where_it_belongs(number, words):
    assert words in TEXT[number]


def test_the_chapters_tables_have_all_rows_of_its_parameters():
    spec, data = parse(datasets.script("04_multilevel")), datasets.load("04_multilevel")
    named = [(p.outcome, p.group, p.name) for p in monitored(prepare(spec, data).model)]
    found = []
    for outcome in ("y", "x1i", "x2i", "y.missing"):
        table = chapter_estimates(outcome)
        found += zip(table["outcome"], table["group"], table["name"], strict=True)
        assert table["median"].between(table["lower"], table["upper"]).all()
    assert found == named
    assert len(chapter_estimates("correlations")) == 6


@pytest.fixture
def fourth(tmp_path):
    return Lesson(4, tmp_path)


def test_the_chapters_output_waits_and_the_run_stands_beside_it(fourth):
    place = fourth.chapter("y", "y.missing", "correlations", after="mnar")
    assert place.view is None
    fourth.give("mnar", "At 0, the truth")
    html = place.view.tables.value
    for figure in ("-0.142", "0.941", "-1.312", "0.547", "0.224", "0.874", "416", "20,214"):
        assert f"<td>{figure}</td>" in html
    assert "yours</th>" not in html
    assert html.count("<tr>") == 3 + 4 + 4 + 1 + 17 + 16 + 6
    fourth.session.show_me()
    html = place.view.tables.value
    assert html.count("yours</th>") == 9
    row = summarize(fourth.session.draws).set_index(["outcome", "group", "name"])
    own = row.loc[("y", "Coefficients", "x1i"), "median"]
    assert re.search(rf'<td>0.950</td><td style="[^"]*">{own:.3f}</td>', html)
    pair = row[row.index.get_level_values("outcome") == "y, y.missing"]["median"].iloc[0]
    assert re.search(rf'<td>-0.008</td><td style="[^"]*">{pair:.3f}</td>', html)


def test_only_y_has_an_effect_surely_not_0_here_as_well():
    spec = parse(lesson(4).item("selection").script)
    table = summarize(sample(spec, datasets.load("04_multilevel"), seed=2, progress=False))
    rows = table[(table["outcome"] == "y.missing") & (table["group"] == "Coefficients")]
    rows = rows.set_index("name").drop("Intercept")
    away = (rows["lower"] > 0) | (rows["upper"] < 0)
    assert away[away].index.tolist() == ["y"]
    chapter = chapter_estimates("y.missing")
    chapter = chapter[chapter["group"] == "Coefficients"].set_index("name").drop("Intercept")
    away = (chapter["lower"] > 0) | (chapter["upper"] < 0)
    assert away[away].index.tolist() == ["y"]
    for name in ("y", "x1i", "x2i", "x3i", "x2i*x3i"):
        figure = f"{chapter.loc[name, 'median']:.3f}".replace("0.", ".")
        assert f"{figure} of {name}" in lesson(4).item("effects").text


def test_criteria_of_different_outcomes_differ_as_said():
    spec = parse(lesson(3).item("auxiliary").script)
    fit = sample(spec, datasets.load("04_multilevel"), seed=2, progress=False).fit
    assert fit.dic2 == pytest.approx(4930, abs=15)
    assert "DIC2 of about 4,930 here" in lesson(4).item("criteria").text
