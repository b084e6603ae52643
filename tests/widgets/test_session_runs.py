"""Runs of a session: in the background, one at a time, and what they leave."""

import threading

import pytest
from runs import plant_breakdown, wait_for

from tutorkit import TutorkitError
from tutorkit.widgets.session import FAILED, FINISHED, SAMPLING, STOPPED


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
    with monkeypatch.context() as patch:
        plant_breakdown(patch)
        short.start()
        with pytest.raises(TutorkitError, match="broke down"):
            short.wait()
    assert short.status == FAILED
    short.start()
    short.wait()
    assert short.status == FINISHED
