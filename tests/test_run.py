"""A run that others watch: what can be read while it goes, and after it."""

import threading
import time

import numpy as np
import pytest

from tutorkit import DataError, TutorkitError, datasets, sample
from tutorkit.progress import convergence, time_left
from tutorkit.run import Run


@pytest.fixture(scope="module")
def data():
    return datasets.load("04_multilevel")


def test_a_run_gives_the_draws_of_sample(chapter, data):
    run = Run(chapter, data, burn=50, iterations=200)
    run.compile()
    run.start()
    run.join()
    draws = run.draws()
    same = sample(chapter, data, burn=50, iterations=200, progress=False)
    np.testing.assert_array_equal(draws.values, same.values)
    np.testing.assert_array_equal(draws.imputed, same.imputed)
    assert run.done == [150, 150]
    assert run.total == 300
    assert run.seconds_left() == 0
    assert draws.timing.sample_s > 0


def test_nothing_is_told_before_the_start(chapter, data):
    run = Run(chapter, data)
    assert run.done == [0, 0]
    assert run.seconds_left() is None
    assert not run.alive
    assert convergence(run) is None


def test_a_running_run_shows_draws_imputations_and_convergence(chapter, data):
    run = Run(chapter, data, burn=2000, iterations=10**6, watched=True)
    run.compile()
    run.start()
    phases = set()
    end = time.monotonic() + 60
    while len(phases) < 2 and time.monotonic() < end:
        found = convergence(run)
        if found is not None:
            phases.add(found.burning)
            assert found.psr >= 1
            assert found.psr_label in {p.label for p in run_parameters(run)}
            assert np.isnan(found.ess) == found.burning
        time.sleep(0.02)
    assert phases == {True, False}
    assert run.seconds_left() > 1
    shown = run.imputed_now("y")
    assert shown.shape == (2, 141)
    assert np.isfinite(shown).all()
    seen = data["y"].mean()
    assert shown.mean() > seen  # large values are missing
    run.stop()
    run.join()
    draws = run.draws()
    assert draws.stopped
    assert draws.n_kept > 0
    np.testing.assert_array_equal(draws.values, run.out[:, 2000 : min(run.done)])


def run_parameters(run):
    from tutorkit.parameters import monitored

    return [p for p in monitored(run.model) if p.free]


def test_imputations_are_kept_only_where_somebody_looks(chapter, data):
    run = Run(chapter, data, burn=10, iterations=20)
    run.compile()
    run.start()
    run.join()
    assert run.imputed_now("y").shape == (0, 141)


def test_convergence_names_the_chain_parameter_that_disagrees(chapter, data):
    run = Run(chapter, data, burn=100, iterations=400)
    run.compile()
    run.start()
    run.join()
    k = [p.label for p in run.draws().parameters].index("y: x2i")
    run.out[1, :, k] += 50
    found = convergence(run)
    assert found.psr_label == found.ess_label == "y: x2i"
    assert found.psr > 10
    assert (found.first, found.last, found.burning) == (101, 300, False)


def test_bad_data_are_refused_before_anything_runs(chapter, data):
    with pytest.raises(DataError, match="x1i"):
        Run(chapter, data.drop(columns="x1i"))


def test_a_chain_that_breaks_down_is_an_error_of_the_draws(chapter, data, monkeypatch):
    stop = threading.Event()
    run = Run(chapter, data, burn=10, iterations=2000, stop=stop)
    run.compile()

    def plant(rng, plan, state, out, start, end, burn):
        out[start:end] = np.nan

    monkeypatch.setattr("tutorkit.chain.run_block", plant)
    run.start()
    run.join()
    assert stop.is_set()
    with pytest.raises(TutorkitError, match="broke down at iteration 1"):
        run.draws()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "less than a second left"),
        (1.2, "about 1 second left"),
        (42, "about 42 seconds left"),
        (600, "about 10 minutes left"),
        (9000, "about 2.5 hours left"),
    ],
)
def test_time_left_is_said_as_people_do(seconds, words):
    assert time_left(seconds) == words
