"""The view that compares fits: what it offers, shows and says."""

from dataclasses import replace

import pytest
from compared import NAME, methods

from tutorkit import datasets, fit_reml, parse
from tutorkit.widgets.comparison import Comparison
from tutorkit.widgets.session import Session


def silent(view):
    return view.message.value == ""


def shown(box):
    return box.layout.display != "none"


def test_fits_are_shown_as_far_as_they_are_known(view):
    assert methods(view) == ["listwise", "last run"]
    assert "Intercept: last run" in view.densities.picture.text
    assert silent(view)
    assert view.notes.value == ""


def test_both_pictures_are_drawn(session, chapter_draws, undrawn, monkeypatch):
    monkeypatch.undo()
    session.draws = chapter_draws
    view = Comparison(session)
    assert view.intervals.value.count("</svg>") == view.densities.value.count("</svg>") == 1


def test_truth_and_complete_data_appear_when_they_are_revealed(view, session):
    assert shown(view.truth)
    assert not shown(view.complete)
    view.truth.value = True
    assert session.revealed
    assert shown(view.complete)
    assert methods(view) == ["truth", "complete data", "listwise", "last run"]
    assert "The truth is 0.00." in view.densities.picture.text
    session.revealed = False
    assert view.truth.value is False
    assert methods(view) == ["listwise", "last run"]


def test_data_without_a_truth_offer_none(session, chapter_draws):
    own = Session(session.data, datasets.script(NAME))
    own.draws, own.revealed = chapter_draws, True
    view = Comparison(own)
    assert not shown(view.truth)
    assert not shown(view.complete)
    assert methods(view) == ["listwise", "last run"]


@pytest.mark.parametrize(
    ("box", "left"),
    [
        ("complete", ["truth", "listwise", "last run"]),
        ("listwise", ["truth", "complete data", "last run"]),
        ("last", ["truth", "complete data", "listwise"]),
    ],
)
def test_a_box_takes_its_fit_out_and_brings_it_back(view, box, left):
    view.truth.value = True
    before = methods(view)
    getattr(view, box).value = False
    assert methods(view) == left
    assert set(view.first.options) == set(left) - {"truth"}
    getattr(view, box).value = True
    assert methods(view) == before


def test_fits_are_kept_under_a_name(view, session, run):
    view.name.value = " with y.missing "
    view.keep.click()
    assert session.fits == {"with y.missing": run}
    assert view.name.value == ""
    assert "The last run is kept as &#x27;with y.missing&#x27;." in view.message.value
    assert [box.description for box in view.kept_row.children] == ["with y.missing"]
    # one run is not drawn twice
    assert methods(view) == ["listwise", "with y.missing"]
    assert "The last run is shown as" in view.notes.value
    view.kept["with y.missing"].value = False
    assert methods(view) == ["listwise", "last run"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "needs a name"), ("truth", "is taken"), ("a", "is taken"), ("listwise", "is taken")],
)
def test_impossible_names_are_explained(view, session, chapter_draws, name, message):
    session.fits = {"a": chapter_draws}
    view.name.value = name
    view.keep.click()
    assert message in view.message.value
    assert list(session.fits) == ["a"]
    assert view.name.value == name


def test_without_a_run_there_is_nothing_to_keep(session):
    view = Comparison(session)
    view.name.value = "a"
    view.keep.click()
    assert "There is no run to keep yet" in view.message.value
    assert "There is no run yet" in view.notes.value
    assert methods(view) == ["listwise"]
    assert "Two fits are needed here" in view.densities.value
    assert view.last.disabled


@pytest.mark.parametrize(("same", "back"), [(True, "keep it again"), (False, "run its model")])
def test_a_kept_run_can_be_taken_out_and_one_is_told_how_to_have_it_back(
    view, session, run, same, back
):
    fit = run if same else replace(run)
    session.fits = {"a": fit, "b": fit}
    view.kept_run.value = "b"
    view.take_out.click()
    assert list(session.fits) == ["a"]
    assert view.kept_run.options == ("a",)
    assert "&#x27;b&#x27; was taken out." in view.message.value
    assert back in view.message.value
    view.take_out.click()
    assert session.fits == {}
    assert view.kept_row.children == ()
    view.take_out.click()
    assert "There is no kept run to take out" in view.message.value


def test_controls_are_not_rebuilt(view, session, chapter_draws):
    session.fits = {"a": replace(chapter_draws)}
    before = [id(widget) for widget in view.children]
    box = view.kept["a"]
    box.value = False
    session.fits = {"a": session.fits["a"], "b": replace(chapter_draws)}
    view.truth.value = True
    assert [id(widget) for widget in view.children] == before
    assert view.kept["a"] is box
    assert box.value is False
    assert view.kept_row.children[0] is box
    assert methods(view) == ["truth", "complete data", "listwise", "last run", "b"]


def test_fits_of_other_focal_models_are_named_not_shown(view, session, chapter_draws):
    other = fit_reml(parse("CLUSTERID: j; MODEL: y ~ x1i;"), session.data)
    session.fits = {"a": other, "b": replace(chapter_draws)}
    assert methods(view) == ["listwise", "last run", "b"]
    assert "Not shown: &#x27;a&#x27; has another focal model (y ~ x1i)." in view.notes.value
    assert "untick the fits of y ~ x1i x2i x3i x2i*x3i | x1i" in view.notes.value
    for box in (view.listwise, view.last, view.kept["b"]):
        box.value = False
    assert methods(view) == ["a"]
    assert view.notes.value == ""
    assert view.parameter.options == ("Intercept", "x1i", "σ²", "τ00")


def test_messages_stand_under_the_row_that_keeps_a_run(view):
    rows = list(view.children)
    keep = next(k for k, row in enumerate(rows) if view.keep in getattr(row, "children", ()))
    assert view.message in rows[keep + 1 : keep + 3]
    assert rows.count(view.message) == 1
    assert rows.index(view.message) < rows.index(view.intervals)


def test_what_takes_runs_out_is_there_while_a_run_is_kept(view, session, run):
    row = next(row for row in view.children if view.take_out in getattr(row, "children", ()))
    assert not shown(row)
    session.fits = {"a": run}
    assert shown(row)
    session.forget("a")
    assert not shown(row)


def test_baselines_are_of_the_last_runs_model_whatever_is_in_the_editor(view, session):
    before = view.intervals.value
    session.write("CLUSTERID: j; MODEL: y ~ x1i;")
    assert view.intervals.value == before
    session.draws = None
    assert view.parameter.options == ("Intercept", "x1i", "σ²", "τ00")


def test_where_reml_fails_the_rest_still_works(view, session):
    session.data = session.data.assign(x3i=1.0)
    assert "Not shown: &#x27;listwise&#x27;." in view.notes.value
    assert "⚠" in view.notes.value
    assert methods(view) == ["last run"]
    view.truth.value = True
    assert methods(view) == ["truth", "complete data", "last run"]
    assert silent(view)


def test_a_run_that_kept_no_draw_is_named_not_shown(view, session, chapter_draws):
    session.draws = replace(chapter_draws, values=chapter_draws.values[:, :0])
    assert methods(view) == ["listwise"]
    assert "before any draw was kept" in view.notes.value
    assert silent(view)


def test_without_a_model_there_is_a_sentence():
    view = Comparison(Session(NAME))
    assert "Nothing to compare yet" in view.intervals.value
    assert "Two fits are needed here" in view.densities.value
    assert view.intervals.picture is view.densities.picture is None
    assert silent(view)


def test_two_fits_are_chosen_for_the_curves(view):
    view.truth.value = True
    view.parameter.value = "x1i"
    assert (view.first.value, view.second.value) == ("listwise", "last run")
    view.second.value = "complete data"
    assert view.densities.picture.text.startswith(
        "x1i: complete data (1.01) is 0.18 above listwise"
    )
    view.first.value = "complete data"  # which then cannot be the second
    assert view.second.options == ("listwise", "last run")
    assert view.densities.picture.text.startswith("x1i: last run (0.9")
    view.complete.value = False
    assert view.parameter.value == "x1i"
    assert (view.first.value, view.second.value) == ("listwise", "last run")


def test_where_no_fit_has_a_curve_there_is_a_sentence(view):
    view.truth.value = True
    view.last.value = False
    view.parameter.value = "τ00"
    assert "None of these fits has a curve for τ00" in view.densities.value
    assert silent(view)


def test_every_control_has_a_name(view, session, chapter_draws):
    session.fits = {"a": replace(chapter_draws)}
    controls = [w for w in vars(view).values() if hasattr(w, "description")]
    named = [
        w.description for w in controls if type(w).__name__ not in ("HTML", "Message", "Display")
    ]
    assert len(named) == 11
    assert all(named)
    assert len(set(named)) == len(named)


def test_what_did_not_change_is_not_drawn_again(view, session):
    before = view.intervals.picture
    session.fits = {}
    session.write("CLUSTERID: j; MODEL: y ~ x1i;")
    session.spec = None
    assert view.intervals.picture is before
