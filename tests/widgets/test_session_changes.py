"""The session as its observers and other threads see it: never half changed, nothing stale."""

import threading
import time

import pytest

from tutorkit import Session, TutorkitError, datasets
from tutorkit.model.editing import set_fixed
from tutorkit.run import Run
from tutorkit.widgets.session import COMPILING, FAILED, FINISHED, READY, SAMPLING

SHORT = "CLUSTERID: j; MODEL: y ~ x3i; BURN: 20; ITERATIONS: 60; SEED: 1;"


def looks(session, names, look):
    """Return a list that grows by a look at the session at each change."""
    seen = []
    session.observe(lambda _: seen.append(look(session)), names)
    return seen


# -- one thing at a time


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("load", ["exercise_04"]),
        ("begin", ["x1i"]),
        ("edit", [set_fixed, "x3i", True]),
        ("choose_cluster", [None]),
        ("write", ["MODEL: y ~ x1i;"]),
        ("undo", []),
        ("start", []),
        ("keep", ["a"]),
        ("forget", ["a"]),
        ("_follow", []),
    ],
)
def test_who_changes_the_session_waits_for_who_does_so(method, arguments):
    session = Session("04_multilevel", SHORT)
    began, ended = threading.Event(), threading.Event()

    def call():
        began.set()
        try:
            getattr(session, method)(*arguments)
        except TutorkitError:
            pass
        ended.set()

    with session.lock:
        threading.Thread(target=call, daemon=True).start()
        assert began.wait(5)
        assert not ended.wait(0.1)
    assert ended.wait(5)
    session.wait()


# -- what observers see


def test_other_data_come_all_at_once():
    session = Session("04_multilevel", SHORT)
    seen = looks(
        session, ["data", "name", "spec", "script"], lambda s: (s.name, len(s.data), s.spec)
    )
    session.load("exercise_04")
    assert set(seen) == {("exercise_04", len(datasets.load("exercise_04")), None)}


def test_script_model_and_mistake_change_together():
    session = Session("04_multilevel", SHORT)
    seen = looks(
        session,
        ["spec", "script", "problem"],
        lambda s: (str(s.spec.focal), "x1i" in s.script, s.problem is not None),
    )
    session.write("MODEL: y ~ x1i;")
    assert set(seen) == {("y ~ x1i", True, False)}
    seen.clear()
    session.write("MODEL: y ~ ~;")
    assert set(seen) == {("y ~ x1i", False, True)}
    session.undo()
    seen.clear()
    session.undo()
    assert set(seen) == {("y ~ x3i", False, False)}


def test_draws_are_there_when_they_are_told_and_the_fits_are_new_each_time():
    session = Session("04_multilevel", SHORT)
    seen = looks(session, "draws", lambda s: (s.status, s.draws.n_kept))
    kept = looks(session, "fits", lambda s: list(s.fits))
    session.start()
    session.wait()
    session.keep("a")
    session.forget("a")
    assert seen == [(FINISHED, 60)]
    assert kept == [["a"], []]


def test_the_status_goes_from_phase_to_phase(monkeypatch):
    session = Session("04_multilevel", SHORT)
    compile_run = Run.compile

    def slow(run):
        time.sleep(0.5)  # two ticks
        compile_run(run)

    monkeypatch.setattr(Run, "compile", slow)
    statuses, ticks = [], []
    session.observe(lambda change: statuses.append(change["new"]), "status")
    session.observe(lambda _: ticks.append(session.status), "tick")
    session.start()
    session.wait()
    assert statuses[0] == COMPILING
    assert statuses[-1] == FINISHED
    assert ticks[0] == COMPILING


# -- nothing stale


def test_nothing_of_the_last_data_is_left_with_other_data():
    session = Session("04_multilevel", SHORT)
    session.start()
    session.wait()
    session.revealed, session.step = True, 3
    session.failure = TutorkitError("planted")
    session.write("MODEL: y ~ ~;")
    session.load("exercise_04")
    for name in ("spec", "problem", "draws", "run", "failure"):
        assert getattr(session, name) is None
    assert (session.status, session.revealed, session.step) == (READY, False, 0)
    with pytest.raises(TutorkitError, match="nothing to undo"):
        session.undo()
    session.load("04_multilevel")
    assert session.status == FINISHED
    assert session.script == "MODEL: y ~ ~;"


def test_undo_returns_to_the_cluster_as_well():
    session = Session("04_multilevel", SHORT)
    session.write("MODEL: y ~ x3i;")
    assert session.cluster is None
    session.undo()
    assert session.cluster == "j"


def test_a_comment_is_kept_though_the_model_is_the_same():
    session = Session("04_multilevel", SHORT)
    session.write(SHORT + " # mine")
    assert session.script.endswith("# mine")


def test_a_cluster_that_is_chosen_does_not_replace_a_script_with_a_mistake():
    session = Session("04_multilevel")
    session.write("MODEL y")
    session.choose_cluster(None)
    assert session.script == "MODEL y"


def test_a_mistake_that_is_typed_is_no_rewritten_text():
    session = Session("04_multilevel", SHORT + " # mine")
    session.edit(iterations=500)
    assert session.rewritten
    session.write("MODEL: y ~ ~;")
    assert not session.rewritten


def test_the_choice_of_the_cluster_that_is_chosen_changes_nothing():
    session = Session("04_multilevel")
    session.choose_cluster("j")
    with pytest.raises(TutorkitError, match="nothing to undo"):
        session.undo()


def test_slopes_of_all_equations_go_with_the_clusters():
    session = Session("04_multilevel", "CLUSTERID: j; MODEL: y ~ x1i; x1i ~ x2i | x2i;")
    session.choose_cluster(None)
    assert [str(e) for e in session.spec.equations] == ["y ~ x1i", "x1i ~ x2i"]


@pytest.mark.parametrize("name", ["truth", "complete data", "listwise", "last run"])
def test_names_of_other_fits_are_taken(name):
    session = Session("04_multilevel", SHORT)
    session.start()
    session.wait()
    with pytest.raises(TutorkitError, match="is taken"):
        session.keep(name)


def test_a_first_run_stopped_in_burn_in_is_shown_but_not_kept():
    session = Session("04_multilevel", SHORT)
    session.edit(burn=10**7)
    session.start()
    end = time.monotonic() + 60
    while not sum(session.run.done) and time.monotonic() < end:
        time.sleep(0.01)
    session.stop()
    session.wait()
    assert session.draws.n_kept == 0
    with pytest.raises(TutorkitError, match="no run to keep"):
        session.keep("a")


# -- runs that fail


def test_an_error_before_the_first_draw_is_told_and_the_next_run_works(monkeypatch):
    session = Session("04_multilevel", SHORT)

    def fail(run):
        raise OSError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(Run, "compile", fail)
        session.start()
        session._worker.wait(10)
        assert not session.running
        with pytest.raises(OSError, match="planted"):
            session.wait()
    assert session.status == FAILED
    session.start()
    assert session.failure is None
    session.wait()
    assert session.status == FINISHED


def test_to_wait_for_some_time_ends_after_that_time(long):
    long.start()
    began = time.monotonic()
    long._worker.wait(0.3)
    assert 0.2 < time.monotonic() - began < 5
    assert long.running
    assert long.status in (COMPILING, SAMPLING)


def test_an_observer_that_fails_at_the_end_does_not_keep_the_session_waiting(
    short, monkeypatch, capsys
):
    monkeypatch.setattr("threading.excepthook", lambda caught: None)

    def fail(change):
        raise ValueError("planted")

    short.observe(fail, "draws")
    short.start()
    short._worker.wait(20)
    assert short._worker._told.is_set()
    assert not short.running


@pytest.mark.parametrize("trait", ["status", "draws"])
def test_an_observer_that_fails_at_the_end_of_a_run_loses_nothing(short, capsys, trait):
    def fail(change):
        if short.status == FINISHED:
            raise ValueError("planted")

    short.observe(fail, trait)
    short.start()
    short.wait()
    assert short.draws.n_kept == 200
    assert not short.running
    assert "planted" in capsys.readouterr().err


def test_whoever_hears_that_a_run_has_finished_finds_its_draws(short):
    seen = []
    short.observe(lambda change: seen.append(short.draws), "status")
    short.start()
    short.wait()
    assert seen[-1] is short.draws is not None


def test_the_same_mistake_written_twice_is_one_step_back(session):
    session.write("MODEL: y ~ x3i;")
    for _ in range(2):
        session.write("MODEL: y ~ ~;")
    session.undo()
    assert session.script == "MODEL: y ~ x3i;"
