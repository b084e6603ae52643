"""The session: data, model and script in sync, runs in the background, fits kept."""

import pandas as pd
import pytest

from tutorkit import DataError, Session, SpecError, TutorkitError, datasets, parse, render
from tutorkit.model.editing import set_term
from tutorkit.model.spec import Term

FRAME = pd.DataFrame({"y": [1.0, 2, 3, None], "x": [0.5, 1, 2, 4], "school": [1, 1, 2, 2]})


# -- data


def test_a_built_in_data_set_comes_with_its_truth(session):
    assert session.name == "04_multilevel"
    assert session.data.isna().sum().sum() == 271
    assert session.complete.notna().all(axis=None)
    assert session.truth["y", "x1i"] == 1
    assert session.cluster == "j"
    assert session.variables == ("y", "x1i", "x2i", "x3i")
    assert not session.revealed


def test_a_table_or_a_file_is_one_s_own_data(tmp_path):
    FRAME.to_csv(tmp_path / "mine.csv", index=False)
    for source, name in ((FRAME, "your data"), (tmp_path / "mine.csv", "mine.csv")):
        session = Session(source)
        assert session.name == name
        assert session.complete is None
        assert session.truth is None
        assert session.missing["y"] == 0.25
    assert "DATA: mine.csv;" in session.script


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("04_multilevl", "Did you mean '04_multilevel'"),
        ("nothing.csv", "There is no file"),
        (FRAME.iloc[:0], "no rows"),
    ],
)
def test_data_that_are_not_there_leave_the_session_as_it_was(session, source, message):
    session.begin("y")
    before = session.script
    with pytest.raises(DataError, match=message):
        session.load(source)
    assert (session.name, session.script) == ("04_multilevel", before)


def test_work_returns_with_its_data(short):
    short.start()
    short.wait()
    short.keep("mine")
    draws = short.draws
    short.load("exercise_04")
    assert (short.spec, short.draws, short.fits) == (None, None, {})
    short.begin("y")
    short.load("04_multilevel")
    assert short.draws is draws
    assert short.fits["mine"] is draws
    assert [str(e) for e in short.spec.equations] == ["y ~ x3i"]
    short.load("exercise_04")
    assert short.spec.focal.outcome == "y"


def test_a_corrected_file_keeps_the_model_and_drops_what_was_drawn(short):
    frame = datasets.load("exercise_04")
    short.load(frame, "mine.csv")
    short.write("CLUSTERID: j; MODEL: y ~ x3i; BURN: 50; ITERATIONS: 200;")
    short.start()
    short.wait()
    short.keep("a")
    short.load(frame.assign(x3i=-frame["x3i"]), "mine.csv")
    assert [str(e) for e in short.spec.equations] == ["y ~ x3i"]
    assert (short.draws, short.fits) == (None, {})


# -- model and script


def test_a_model_begins_with_the_chosen_cluster(session):
    session.choose_cluster(None)
    session.begin("y")
    assert session.spec.cluster is None
    session.choose_cluster("j")
    assert session.spec.cluster == "j"
    assert session.script == render(session.spec)


def test_random_slopes_go_with_the_clusters(session):
    session.write("CLUSTERID: j; MODEL: y ~ x1i | x1i;")
    session.choose_cluster(None)
    assert str(session.spec.focal) == "y ~ x1i"


def test_a_cluster_that_is_in_the_model_is_refused_and_nothing_changes(session):
    session.write("CLUSTERID: j; MODEL: y ~ x3i;")
    with pytest.raises(SpecError, match="x3i"):
        session.choose_cluster("x3i")
    assert session.cluster == session.spec.cluster == "j"


def test_typing_changes_the_model_and_a_mistake_leaves_it(session):
    session.write("MODEL: y ~ x3i;")
    good = session.spec
    session.write("MODEL: y ~ x3i x2i;")
    assert session.spec.focal.predictors[-1] == Term(("x2i",))
    better = session.spec
    session.write("MODEL: y ~ ;;~")
    assert session.spec is better is not good
    assert session.script == "MODEL: y ~ ;;~"
    assert session.problem.spot.text == session.script


def test_an_edit_after_a_mistake_goes_on_from_the_last_good_model_and_undo_brings_the_text(session):
    session.write("MODEL: y ~ x3i;")
    session.write("MODEL: y ~ ~;")
    session.edit(set_term, "y", Term(("x2i",)), True)
    assert session.problem is None
    assert "y ~ x3i x2i;" in session.script
    session.undo()
    assert session.script == "MODEL: y ~ ~;"
    assert session.problem is not None
    session.undo()
    assert session.script == "MODEL: y ~ x3i;"
    assert session.problem is None
    session.undo()
    assert session.spec is None
    with pytest.raises(TutorkitError, match="nothing to undo"):
        session.undo()


def test_an_impossible_edit_changes_nothing(session):
    session.write("MODEL: y ~ x1i; x1i ~ x3i;")
    before = (session.spec, session.script)
    with pytest.raises(SpecError, match="cycle"):
        session.edit(set_term, "x1i", Term(("y",)), True)
    assert (session.spec, session.script) == before
    with pytest.raises(SpecError, match="ITERATIONS"):
        session.edit(iterations=0)
    assert (session.spec, session.script) == before


def test_an_edit_that_changes_nothing_is_not_remembered(session):
    session.write("MODEL: y ~ x1i;")
    session.edit(set_term, "y", Term(("x1i",)), True)
    session.write("MODEL: y ~ x1i;")
    session.undo()
    assert session.spec is None


def test_a_script_to_begin_with_must_be_right(chapter_script):
    assert Session("04_multilevel", chapter_script).spec == chapter_script
    with pytest.raises(TutorkitError, match="outside MODEL"):
        Session("04_multilevel", "MODEL y ~ x;")


def test_missing_codes_of_the_script_count_as_missing():
    session = Session(FRAME)
    session.write("MISSING: 4; MODEL: y ~ x;")
    assert session.missing["x"] == 0.25


def test_a_text_that_was_typed_is_not_replaced_without_a_word(session):
    session.write("MODEL: y ~ x3i; # mine")
    assert not session.rewritten
    session.edit(iterations=500)
    assert session.rewritten
    session.edit(iterations=600)
    assert not session.rewritten  # of this text nothing was typed
    session.undo()
    session.undo()
    assert session.script == "MODEL: y ~ x3i; # mine"


def test_the_choice_of_a_cluster_before_there_is_a_model_can_be_undone(session):
    session.choose_cluster(None)
    session.undo()
    assert session.cluster == "j"
    assert "CLUSTERID: j;" in session.script


# -- runs


# -- fits


def test_runs_are_kept_under_names(short):
    with pytest.raises(TutorkitError, match="no run to keep"):
        short.keep("a")
    short.start()
    short.wait()
    short.keep(" a ")
    assert short.fits == {"a": short.draws}
    for name, message in {"a": "taken", "": "needs a name", "truth": "taken"}.items():
        with pytest.raises(TutorkitError, match=message):
            short.keep(name)
    short.forget("a")
    assert short.fits == {}


def test_parse_of_the_script_is_the_model(session):
    session.begin("y")
    session.edit(set_term, "y", Term(("x1i",)), True)
    assert parse(session.script) == session.spec
    assert session.script.startswith("DATA: 04_multilevel.csv;")
    assert datasets.names()
