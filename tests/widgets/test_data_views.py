"""The view of the data before a model: what it offers, draws and hides."""

import pytest

from tutorkit import datasets
from tutorkit.widgets import data_views
from tutorkit.widgets.data_views import CLUSTERS, COMPLETE, DEPENDS, TOGETHER, DataViews
from tutorkit.widgets.model_session import ModelSession
from tutorkit.widgets.session import Session

DATA = datasets.load("04_multilevel")


@pytest.fixture
def session():
    return Session("04_multilevel")


@pytest.fixture
def view(session):
    return DataViews(session)


def visible(control):
    return control.layout.display != "none"


def text(view):
    assert view.message.value == ""
    return str(view.display.picture or "")


def test_it_begins_with_what_is_missing_together(view):
    assert view.kind.value == TOGETHER
    assert text(view).startswith("383 of 600 rows")
    assert "<svg" in view.display.value
    assert not visible(view.variable)
    assert not visible(view.by)
    assert visible(view.kind)
    assert visible(view.reveal)


def test_every_control_has_a_name(view):
    controls = (view.kind, view.variable, view.by, view.reveal)
    assert len({control.description for control in controls}) == 4


def test_missingness_is_shown_by_any_other_variable(view):
    view.kind.value = DEPENDS
    assert visible(view.variable)
    assert visible(view.by)
    assert view.variable.options == ("y", "x1i", "x2i")
    view.variable.value = "x1i"
    assert view.by.options == ("y", "x2i", "x3i")
    view.by.value = "x2i"
    assert text(view).startswith("Missingness of x1i clearly rises with x2i")
    assert "51 rows in which x2i itself is missing" in text(view)


def test_a_variable_is_compared_with_itself_only_where_that_is_revealed(session, view):
    view.kind.value = DEPENDS
    view.variable.value = "y"
    assert "y" not in view.by.options
    view.reveal.value = True
    assert session.revealed
    view.by.value = "y"
    assert "Only a simulation permits this look" in text(view)
    session.revealed = False
    assert view.reveal.value is False
    assert view.by.value == "x1i"
    assert "Only a simulation" not in text(view)


def test_complete_values_are_hidden_until_they_are_revealed(session, view):
    view.kind.value = COMPLETE
    assert view.display.picture is None
    assert data_views.HIDDEN.split("'")[1] == view.reveal.description
    assert "The complete values are hidden" in view.display.value
    session.revealed = True
    assert view.reveal.value is True
    assert text(view).startswith("Observed y: mean -0.75")
    session.revealed = False
    assert view.display.picture is None
    assert "mean 0.22" not in view.display.value


def test_data_of_ones_own_have_nothing_to_reveal(session):
    own = Session(DATA)
    own.revealed = True
    view = DataViews(own)
    assert not visible(view.reveal)
    assert visible(DataViews(session).reveal)
    view.kind.value = COMPLETE
    assert "Only a simulation knows" in view.display.value
    view.kind.value = DEPENDS
    assert view.variable.value not in view.by.options
    assert "These data cannot show" in text(view)


def test_clusters_of_any_variable_are_shown(session, view):
    view.kind.value = CLUSTERS
    assert view.variable.options == ("y", "x1i", "x2i", "x3i")
    view.variable.value = "x3i"
    assert text(view).startswith("30 clusters of 20 rows. The mean of x3i")
    session.choose_cluster(None)
    assert data_views.NO_CLUSTER in view.display.value
    assert view.variable.value == "x3i"


def test_other_data_are_shown_when_they_are_loaded(session, view):
    view.kind.value = DEPENDS
    view.variable.value = "x2i"
    session.load("exercise_04")
    assert view.variable.options == ("x1i", "x2i")
    assert view.variable.value == "x2i"
    assert text(view).startswith("There is no sign that missingness of x2i rises or falls with x1i")
    session.load(datasets.load("exercise_04", complete=True), "full")
    assert data_views.NOTHING_MISSING in view.display.value
    assert not visible(view.variable)
    view.kind.value = CLUSTERS
    assert text(view).startswith("30 clusters")


def test_codes_for_missing_of_the_model_count_as_missing():
    session = Session(DATA.fillna(-99))
    view = DataViews(session)
    assert data_views.NOTHING_MISSING in view.display.value
    session.write("MISSING: -99; CLUSTERID: j; MODEL: y ~ x3i;")
    assert text(view).startswith("383 of 600 rows")
    view.kind.value = CLUSTERS
    assert "(j 23)" in text(view)


def test_a_variable_that_holds_words_is_explained():
    view = DataViews(Session(DATA.assign(z=["a", "b"] * 300)))
    view.kind.value = DEPENDS
    view.by.value = "z"
    assert "'z' holds text, not numbers. Give each word" in view.display.value.replace(
        "&#x27;", "'"
    )
    view.by.value = "x3i"
    assert text(view).startswith("Missingness of y")


def test_a_single_variable_is_compared_with_nothing():
    view = DataViews(Session(DATA[["y"]]))
    view.kind.value = DEPENDS
    assert data_views.ONE_VARIABLE in view.display.value


def test_data_of_the_same_variables_are_drawn_anew(session, view):
    session.load(DATA[:300], "half")
    assert "of 300 rows" in text(view)


def test_gaps_are_counted_once_for_each_redraw(session, view, monkeypatch):
    counted = []
    real = ModelSession.missing.fget
    counting = property(lambda s: counted.append(1) or real(s))
    monkeypatch.setattr(ModelSession, "missing", counting)
    view.kind.value = DEPENDS
    assert len(counted) == 1


def test_an_edit_of_the_model_draws_nothing_anew(session, view, monkeypatch):
    monkeypatch.setattr(data_views, "patterns_picture", None)
    session.begin("y")
    assert text(view).startswith("383 of 600 rows")
