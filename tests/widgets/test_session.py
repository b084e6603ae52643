"""The session: data, model and script in sync, runs in the background, fits kept."""

import threading
import time

import pandas as pd
import pytest

from tutorkit import DataError, Session, SpecError, TutorkitError, datasets, parse, render
from tutorkit.model.editing import set_term
from tutorkit.model.spec import Term
from tutorkit.widgets.session import FAILED, FINISHED, SAMPLING, STOPPED

FRAME = pd.DataFrame({"y": [1.0, 2, 3, None], "x": [0.5, 1, 2, 4], "school": [1, 1, 2, 2]})


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


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


def test_the_next_run_can_start_as_soon_as_the_last_is_said_to_be_over(short):
    starts = []

    def again(change):
        if change["new"] == FINISHED and len(starts) < 2:
            starts.append(1)
            short.start()

    short.observe(again, "status")
    short.start()
    wait_for(lambda: len(starts) == 2 and not short.running)
    assert short.status == FINISHED


def test_an_observer_that_fails_does_not_end_the_run(short, capsys):
    def fail(change):
        raise ValueError("planted")

    short.observe(fail, "tick")
    short.edit(iterations=100_000)
    short.start()
    short.wait()
    assert short.draws.n_kept == 100_000
    assert "planted" in capsys.readouterr().err


def test_a_run_goes_on_in_the_background_and_leaves_its_draws(short):
    ticks = []
    short.observe(lambda change: ticks.append(threading.current_thread()), "tick")
    short.start()
    short.wait()
    assert short.status == FINISHED
    assert short.draws.n_kept == 200
    assert all(thread is not threading.main_thread() for thread in ticks)


def test_the_same_seed_gives_the_same_draws(short):
    short.start()
    short.wait()
    first = short.draws
    short.start()
    short.wait()
    assert short.draws is not first
    assert (short.draws.values == first.values).all()


def test_a_second_run_is_refused_while_one_goes_on_and_harms_nothing(long):
    long.start()
    with pytest.raises(TutorkitError, match="A run is going on"):
        long.start()
    with pytest.raises(TutorkitError, match="to load other data"):
        long.load("exercise_04")
    run = long.run
    wait_for(lambda: min(run.done) > 1500)
    long.stop()
    long.wait()
    assert long.run is run
    assert long.status == STOPPED
    assert long.draws.stopped
    assert long.draws.n_kept == 2 * (min(run.done) - 1000)


def test_runs_started_at_once_from_many_threads_are_one(long):
    refused = []

    def start():
        try:
            long.start()
        except TutorkitError:
            refused.append(1)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    chains = [t for t in threading.enumerate() if t.name == "tutorkit chain"]
    wait_for(lambda: long.status == SAMPLING)
    assert len(chains) <= 2


def test_the_model_can_be_changed_while_it_runs_and_the_run_keeps_its_own(long):
    long.start()
    wait_for(lambda: long.status == SAMPLING)
    long.write("MODEL: y ~ x3i;")
    wait_for(lambda: min(long.run.done) > 1200)
    long.stop()
    long.wait()
    assert len(long.draws.spec.equations) == 4
    assert len(long.spec.equations) == 1


def test_an_interrupt_stops_the_run_and_keeps_what_was_drawn(long, monkeypatch):
    long.start()
    wait_for(lambda: min(long.run.done) > 1200)
    worker, calls = long._worker, []
    wait = worker.wait

    def interrupted(seconds=None):
        calls.append(seconds)
        if len(calls) == 1:
            raise KeyboardInterrupt
        wait(seconds)

    monkeypatch.setattr(worker, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        long.wait()
    assert not long.running
    assert long.draws.stopped
    assert long.draws.n_kept > 0


def test_a_run_stopped_in_burn_in_does_not_take_the_place_of_one_with_draws(short):
    short.start()
    short.wait()
    good = short.draws
    short.edit(burn=10**7)
    short.start()
    wait_for(lambda: sum(short.run.done) > 0)
    short.stop()
    short.wait()
    assert short.status == STOPPED
    assert short.draws is good


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("", "There is no model to run yet"),
        ("MODEL: y ~ ;; ~", "The script has a mistake"),
        ("MODEL: y ~ nothing;", "The data have no column 'nothing'"),
    ],
)
def test_what_cannot_be_run_is_said_at_once(session, script, message):
    if script:
        session.write(script)
    with pytest.raises(TutorkitError, match=message):
        session.start()
    assert not session.running


def test_a_run_that_breaks_down_is_reported_and_the_next_one_works(short, monkeypatch):
    def plant(rng, plan, state, out, start, end, burn):
        out[start:end] = float("nan")

    with monkeypatch.context() as patch:
        patch.setattr("tutorkit.chain.run_block", plant)
        short.start()
        with pytest.raises(TutorkitError, match="broke down"):
            short.wait()
    assert short.status == FAILED
    short.start()
    short.wait()
    assert short.status == FINISHED


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
