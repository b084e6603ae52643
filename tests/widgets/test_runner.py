"""The runner, worked as a learner works it."""

import re
import threading
import time

import numpy as np
import pytest
from runs import plant_breakdown, wait_for

from tutorkit import Runner
from tutorkit.progress import Convergence
from tutorkit.run import Run
from tutorkit.widgets.runner import _convergence
from tutorkit.widgets.session import SAMPLING


def test_run_shows_the_run_from_start_to_end(short):
    runner = Runner(short)
    assert "Press Run" in runner.status.value
    assert (runner.run.disabled, runner.stop.disabled) == (False, True)
    runner.run.click()
    short.wait()
    assert (runner.run.disabled, runner.stop.disabled) == (False, True)
    assert "Finished: 200 draws of 2 chains (seed 1)" in runner.status.value
    assert 'value="300" max="300"' in runner.bar.value
    assert "300 of 300 iterations" in runner.bar.value
    assert "target at most 1.05" in runner.convergence.value
    assert "target at least 100" in runner.convergence.value
    assert runner.parameter.value == "y: x3i"
    assert "<polyline" in runner.trace.value
    assert runner.variable.value == "y"
    assert "imputed (dashed, mean" in runner.imputed.value
    assert runner.message.value == ""


def test_a_long_run_is_shown_while_it_goes_and_stopped(long):
    runner = Runner(long)
    frames = set()
    runner.trace.observe(lambda change: frames.add(change["new"]), "value")
    runner.run.click()
    assert (runner.run.disabled, runner.stop.disabled) == (True, False)
    wait_for(lambda: "Sampling: about" in runner.status.value)
    count, began = len(frames), time.monotonic()
    time.sleep(2)
    assert (len(frames) - count) / (time.monotonic() - began) >= 3.5
    assert runner.parameter.value == "y.missing: y"
    runner.run.click()  # a second Run is refused
    assert "A run is going on" in runner.message.value
    wait_for(lambda: min(long.run.done) > 1100)
    runner.stop.click()
    long.wait()
    kept = 2 * (min(long.run.done) - 1000)
    assert f"Stopped: {kept:,} draws are kept" in runner.status.value
    assert long.draws.n_kept == kept
    assert (runner.run.disabled, runner.stop.disabled) == (False, True)


def test_a_run_that_cannot_start_says_why(session):
    runner = Runner(session)
    runner.run.click()
    assert "There is no model to run yet" in runner.message.value
    session.write("MODEL: y ~ x1i + ;")
    runner.run.click()
    assert "The script has a mistake" in runner.message.value
    assert "<mark>" in runner.message.value
    assert not runner.run.disabled


def test_a_breakdown_is_told_and_the_runner_is_ready_again(short, monkeypatch):
    runner = Runner(short)
    with monkeypatch.context() as patch:
        plant_breakdown(patch)
        runner.run.click()
        wait_for(lambda: not short.running)
    assert "The run failed" in runner.status.value
    assert "broke down" in runner.message.value
    assert not runner.run.disabled
    runner.run.click()
    short.wait()
    assert "Finished" in runner.status.value
    assert runner.message.value == ""


def test_a_stop_in_burn_in_says_that_nothing_is_kept(short):
    short.edit(burn=10**7)
    runner = Runner(short)
    runner.run.click()
    wait_for(lambda: "Burn-in: about" in runner.status.value)
    runner.stop.click()
    short.wait()
    assert "no draws are kept" in runner.status.value


def test_a_view_that_comes_late_shows_the_run_that_goes_on(long):
    long.start()
    wait_for(lambda: min(long.run.done) > 100)
    runner = Runner(long)
    assert (runner.run.disabled, runner.stop.disabled) == (True, False)
    wait_for(lambda: "<polyline" in runner.trace.value)
    long.stop()
    long.wait()
    assert "Stopped" in runner.status.value


def test_a_mistake_after_a_failed_run_is_told_and_nothing_else_breaks(short, monkeypatch):
    runner = Runner(short)
    with monkeypatch.context() as patch:
        plant_breakdown(patch)
        runner.run.click()
        wait_for(lambda: not short.running)
    short.write("MODEL: y ~ ~;")
    runner.run.click()
    assert "The script has a mistake" in runner.message.value
    short.undo()
    assert runner.message.value == ""
    runner.run.click()
    short.wait()
    assert "Finished" in runner.status.value


def test_a_failure_is_forgotten_when_a_cell_runs_the_model_again(short, monkeypatch):
    runner = Runner(short)
    with monkeypatch.context() as patch:
        plant_breakdown(patch)
        runner.run.click()
        wait_for(lambda: not short.running)
    short.edit(iterations=400)
    short.start()
    short.wait()
    assert runner.message.value == ""


def test_stop_says_at_once_that_it_was_heard(long):
    runner = Runner(long)
    runner.run.click()
    wait_for(lambda: min(long.run.done) > 1100)
    runner.stop.click()
    assert runner.stop.disabled
    long.wait()
    assert "Stopped" in runner.status.value


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ((True, 1.2, np.nan), [("PSR", "1.200", "not yet")]),
        ((False, 1.01, 99.0), [("PSR", "1.010", "✓ reached"), ("ESS", "99", "not yet")]),
        ((False, 1.2, 1234.0), [("PSR", "1.200", "not yet"), ("ESS", "1,234", "✓ reached")]),
        ((False, 1.01, np.nan), [("PSR", "1.010", "✓ reached"), ("ESS", "–", "not yet")]),
    ],
)
def test_figures_are_told_with_whether_they_suffice(found, words):
    burning, psr, ess = found
    html = _convergence(Convergence(burning, 1, 9, psr, "a", ess, "b"), True, (1.05, 100))
    rows = re.findall(r"<th[^>]*>(\w+)</th><td[^>]*>(.*?)</td><td.*?</td><td[^>]*>(.*?)<", html)
    assert rows == words
    assert ("burn-in" in html) == burning
    assert ("kept draws" in html) != burning


def test_the_figures_at_the_end_are_of_the_whole_run(short):
    short.edit(burn=200, iterations=20_000)
    runner = Runner(short)
    runner.run.click()
    short.wait()
    assert "kept draws, iterations 201 to 10,200" in runner.convergence.value
    assert "nan" not in runner.imputed.value


def test_nothing_of_the_last_run_is_shown_with_other_data(short):
    runner = Runner(short)
    runner.run.click()
    short.wait()
    short.load("exercise_04")
    assert "Press Run" in runner.status.value
    assert runner.bar.value == runner.convergence.value == ""
    assert runner.parameter.layout.display == "none"
    short.load("04_multilevel")  # its draws return, the run does not
    assert "Press Run" in runner.status.value


def test_while_the_sampler_is_compiled_that_is_said(short, monkeypatch):
    compile_run = Run.compile

    def slow(run):
        time.sleep(0.5)
        compile_run(run)

    monkeypatch.setattr(Run, "compile", slow)
    runner = Runner(short)
    runner.run.click()
    assert "Preparing the sampler" in runner.status.value
    short.wait()
    assert "Finished" in runner.status.value


def test_the_end_of_a_run_does_not_wait_until_the_figures_are_due(short):
    runner = Runner(short)
    runner._next = float("inf")  # as if they had just been worked out
    runner.run.click()
    short.wait()
    assert "kept draws, iterations 51 to 150" in runner.convergence.value


def test_stop_does_not_wait_for_a_view_that_is_being_drawn(long):
    runner = Runner(long)
    runner.run.click()
    wait_for(lambda: long.status == SAMPLING)
    with long.lock:
        click = threading.Thread(target=runner.stop.click)
        click.start()
        wait_for(lambda: long.run.stopping, seconds=5)
        long.tick += 1
        assert "Stopping…" in runner.status.value
    click.join(5)
    long.wait()
    assert "Stopped" in runner.status.value
