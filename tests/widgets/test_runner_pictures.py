"""What the runner shows of a run while it goes: which parameter, which variable."""

import re

from runs import wait_for

from tutorkit import Runner


def test_what_is_watched_can_be_changed_while_it_runs(long):
    runner = Runner(long)
    runner.run.click()
    wait_for(lambda: "<polyline" in runner.trace.value)
    runner.parameter.value = "y: x1i"
    runner.variable.value = "x2i"
    assert "Trace of y: x1i" in runner.trace.value
    assert "x2i: observed" in runner.imputed.value
    runner.parameter.value = runner.variable.value = ""
    assert runner.trace.value == runner.imputed.value == ""
    long.stop()
    long.wait()


def test_the_choice_of_what_to_watch_outlives_a_run(short):
    runner = Runner(short)
    runner.run.click()
    short.wait()
    runner.parameter.value = "y: Intercept"
    runner.run.click()
    short.wait()
    assert runner.parameter.value == "y: Intercept"


def test_to_watch_nothing_is_remembered(short):
    runner = Runner(short)
    runner.run.click()
    short.wait()
    runner.parameter.value = ""
    runner.run.click()
    short.wait()
    assert runner.parameter.value == ""


def test_a_parameter_that_is_gone_gives_way_to_another(short):
    runner = Runner(short)
    runner.run.click()
    short.wait()
    short.write("CLUSTERID: j; MODEL: y ~ x2i; BURN: 50; ITERATIONS: 200;")
    assert "settings have changed since" in runner.status.value
    runner.run.click()
    short.wait()
    assert runner.parameter.value == "y: x2i"
    assert "changed since" not in runner.status.value


def test_a_variable_of_which_only_the_missingness_is_modelled_is_not_imputed(session):
    session.write("MODEL: y ~ x3i; x1i.missing ~ x3i; BURN: 20; ITERATIONS: 100;")
    runner = Runner(session)
    runner.run.click()
    session.wait()
    assert [value for _, value in runner.variable.options] == ["", "y"]


def test_a_trace_holds_what_was_drawn_and_no_more(long):
    runner = Runner(long)
    long.edit(burn=10**6)
    runner.run.click()
    wait_for(lambda: "<polyline" in runner.trace.value)
    assert "Burn-in: about" in runner.status.value
    lengths = [line.count(",") for line in re.findall('points="([^"]*)"', runner.trace.value)]
    assert max(lengths) < 480
    end = int(re.findall(r">([\d,]+)</text>", runner.trace.value)[3].replace(",", ""))
    assert end / 10 < max(long.run.done) < 10**6  # the axis grows with the run
    long.stop()
    long.wait()


def test_what_is_drawn_is_seen_by_then(short):
    runner, hidden = Runner(short), []
    for picture in (runner.trace, runner.imputed):
        picture.observe(lambda change: hidden.append(change["owner"].layout.display), "value")
    runner.run.click()
    short.wait()
    assert set(hidden) == {None}  # else the page jumps when it appears
