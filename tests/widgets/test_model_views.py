"""The model's views agree with each other, and follow the session."""

import re

import pytest

from tutorkit import DataError, Session, datasets
from tutorkit.advice import STEPS
from tutorkit.diagram import estimates_of
from tutorkit.model.editing import remove_equation
from tutorkit.widgets.model_views import (
    AdviceView,
    CountView,
    DiagramView,
    EquationsView,
    ModelViews,
)


@pytest.fixture
def chapter_session():
    return Session("04_multilevel", datasets.script("04_multilevel"))


def shown(view):
    return view.display.value


@pytest.mark.parametrize("kind", [EquationsView, DiagramView, CountView, AdviceView])
def test_without_a_model_each_view_says_what_to_do(kind, session):
    view = kind(session)
    assert "choose an outcome" in shown(view)
    session.begin("y")
    assert "choose an outcome" not in shown(view)
    assert view.message.value == ""


def test_all_three_follow_the_model(chapter_session):
    views = ModelViews(chapter_session)
    kept = (views.equations.display, views.diagram.display, views.count.display)
    assert r"\gamma" in shown(views.equations)
    assert "x1i → y.missing" in shown(views.diagram)
    assert "25 free parameters" in shown(views.count)
    chapter_session.edit(remove_equation, "y.missing")
    assert r"\gamma" not in shown(views.equations)
    assert "y.missing" not in shown(views.diagram)
    assert "18 free parameters" in shown(views.count)
    assert kept == (views.equations.display, views.diagram.display, views.count.display)


def test_all_three_have_a_named_tab(chapter_session):
    views = ModelViews(chapter_session)
    assert views.tabs.titles == ("Equations", "Path diagram", "Parameters")
    assert views.tabs.children == (views.equations, views.diagram, views.count)


def test_a_script_with_a_mistake_leaves_the_last_good_model(chapter_session):
    view = EquationsView(chapter_session)
    before = shown(view)
    chapter_session.write("MODEL: y ~~ x;")
    assert chapter_session.problem is not None
    assert shown(view) == before


def test_roles_are_told_by_words_and_kind_of_border_as_well_as_colour(chapter_session):
    html = shown(EquationsView(chapter_session))
    borders = re.findall(r"border-left:5px (\w+) (#\w+)", html)
    assert len(borders) == 4
    assert len({kind for kind, _ in borders}) == len({colour for _, colour in borders}) == 3
    assert html.count("<b>auxiliary model</b>") == 2
    assert "<b>selection model</b> of y.missing" in html


def test_formulas_are_escaped_for_html(chapter_session):
    html = shown(EquationsView(chapter_session))
    assert "y_{ij} &amp;= " in html
    assert html.count(r"$\begin{aligned}") == html.count(r"\end{aligned}$") == 4


def test_estimates_are_shown_while_they_are_of_this_model(chapter_session, chapter_draws):
    view = DiagramView(chapter_session)
    x1i = estimates_of(chapter_draws)["y", "x1i"]
    assert f">{x1i}</text>" not in shown(view)
    chapter_session.draws = chapter_draws
    assert f">{x1i}</text>" in shown(view)
    assert f"y is predicted by x1i ({x1i})" in shown(view)
    chapter_session.edit(iterations=5000)
    assert f">{x1i}</text>" in shown(view)
    chapter_session.edit(remove_equation, "y.missing")
    assert f">{x1i}</text>" not in shown(view)


def test_the_diagram_comes_with_words_and_a_table(chapter_session):
    view = DiagramView(chapter_session)
    assert view.display.picture.text.startswith("y is predicted by")
    assert len(view.display.picture.table) == 12
    assert "<details>" in shown(view)


def test_two_diagrams_on_a_page_do_not_share_names(chapter_session):
    ids = [set(re.findall(r' id="([^"]+)"', shown(DiagramView(chapter_session)))) for _ in range(2)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_a_model_too_large_for_a_diagram_is_told_in_words(chapter_session):
    view = DiagramView(chapter_session)
    chapter_session.write(f"MODEL: y ~ {' '.join(f'x{k}' for k in range(200))};")
    assert "The model has 200 paths, too many for one diagram. Read its" in shown(view)


def test_counts_say_why_a_model_does_not_fit_the_data_and_recover():
    data = datasets.load("04_multilevel")
    session = Session(data, "MODEL: y ~ x3i;")
    view = CountView(session)
    session.write("MODEL: y ~ x9;")
    assert "The data have no column &#x27;x9&#x27;" in shown(view)
    assert "free parameters" not in shown(view)
    session.write("MODEL: y ~ x3i;")
    assert "3 free parameters: 3 for y" in shown(view)
    assert view.message.value == ""


def test_advice_is_of_one_step_or_of_all(chapter_session):
    text = datasets.script("04_multilevel").replace("y.missing ~ y", "y.missing ~")
    chapter_session.write(text.replace("BURN: 20000", "BURN: 10"))
    all_steps, so_far = AdviceView(chapter_session), AdviceView(chapter_session, so_far=True)
    counts = []
    for chapter_session.step in range(len(STEPS)):
        assert shown(all_steps).count("<li") == 2
        counts.append(shown(so_far).count("<li"))
    assert counts == [0, 0, 0, 1, 2]
    assert "can only model MAR" in shown(all_steps)
    chapter_session.write(datasets.script("04_multilevel"))
    for view in (all_steps, so_far):
        assert "does not prove" in shown(view)


def test_advice_knows_the_data():
    data = datasets.load("04_multilevel")
    session = Session(data, "FIXED: x3i; MODEL: y ~ x3i; y.missing ~ y;")
    view = AdviceView(session)
    assert "&#x27;j&#x27; looks like a cluster variable" in shown(view)
    assert "The data also hold &#x27;x1i&#x27; and &#x27;x2i&#x27;" in shown(view)


def test_a_view_that_fails_says_so(chapter_session, monkeypatch):
    def fail(*arguments):
        raise DataError("It failed", "Do something.")

    view = EquationsView(chapter_session)
    monkeypatch.setattr("tutorkit.widgets.model_views.formulas", fail)
    chapter_session.edit(remove_equation, "y.missing")
    assert "It failed" in view.message.value
