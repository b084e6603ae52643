"""A run that others watch: what can be read while it goes, and after it."""

import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from tutorkit import DataError, SpecError, TutorkitError, datasets, parse, sample
from tutorkit.progress import convergence
from tutorkit.run import Run, _model_fit


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
    assert 0 < draws.timing.sample_s
    run.join()
    run.stop()
    again = run.draws()
    assert again.timing.sample_s == draws.timing.sample_s
    assert not again.stopped  # it was over before
    assert (draws.values[0] != draws.values[1]).any()


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


def finished(spec, data, **settings):
    run = Run(spec, data, **settings)
    run.compile()
    run.start()
    run.join()
    return run


def test_a_setting_of_nought_is_not_taken_for_none(chapter, data):
    assert Run(chapter, data, burn=0, iterations=20).spec.burn == 0


def test_an_error_shows_the_script_as_written_also_where_settings_are_given(data):
    with pytest.raises(TutorkitError, match="nothing") as caught:
        Run(parse("MODEL: y ~ nothing;"), data, iterations=20)
    assert caught.value.spot.text == "MODEL: y ~ nothing;"


def test_draws_that_do_not_fit_in_memory_are_refused_counting_all_chains(chapter, data):
    width = Run(chapter, data, burn=1, iterations=2).out.shape[2]
    burn = int(0.7 * 4e9 / (8 * width))  # of one chain it would fit
    with pytest.raises(SpecError, match="would need 6 GB") as caught:
        Run(chapter, data, burn=burn, iterations=2)
    assert caught.value.hint == "Ask for fewer iterations: 71% of them would fit."


def test_chains_share_the_time_to_wait(chapter, data):
    run, waits = Run(chapter, data), []
    run.chains = [SimpleNamespace(join=waits.append, is_alive=lambda: True)] * 2
    run.join(1)
    assert waits == [0.5, 0.5]


def test_the_time_of_a_run_is_taken_at_its_end(chapter, data):
    run = Run(chapter, data, iterations=10**6)
    run.compile()
    run.start()
    run.join(0.02)
    time.sleep(0.2)
    run.stop()
    run.join()
    assert run.draws().timing.sample_s > 0.2


def test_an_error_in_one_chain_ends_the_other_and_is_raised(chapter, data, monkeypatch):
    run = Run(chapter, data, burn=10, iterations=2000)
    run.compile()

    def plant(rng, plan, state, out, start, end, burn):
        out[start:end] = 0
        if out is run.chains[0].out:
            raise ValueError("planted")

    monkeypatch.setattr("tutorkit.chain.run_block", plant)
    run.start()
    run.join()
    assert run.stopping
    with pytest.raises(ValueError, match="planted"):
        run.draws()


def test_a_breakdown_is_told_with_iteration_chain_and_parameter(chapter, data, monkeypatch):
    run = Run(chapter, data, burn=10, iterations=20)
    run.compile()

    def plant(rng, plan, state, out, start, end, burn):
        out[start:end] = 0
        if out is run.chains[1].out and start == 0:
            out[2, 1] = np.nan

    monkeypatch.setattr("tutorkit.chain.run_block", plant)
    run.start()
    run.join()
    with pytest.raises(TutorkitError, match="iteration 3 of chain 2: 'y: L2 : Cov"):
        run.draws()


def test_a_block_that_takes_long_does_not_make_the_next_one_empty(chapter, data, monkeypatch):
    def slow(rng, plan, state, out, start, end, burn):
        out[start:end] = 0
        time.sleep(0.02)

    monkeypatch.setattr("tutorkit.chain.run_block", slow)
    monkeypatch.setattr("tutorkit.chain.BLOCK_SECONDS", 0.001)
    run = Run(chapter, data, chains=1, burn=3, iterations=3)
    run.start()
    run.join(2)
    assert run.done == [6]
    run.stop()


def test_a_stop_in_burn_in_leaves_the_warmup_drawn_and_no_imputations(chapter, data):
    run = Run(chapter, data, burn=10**6)
    run.compile()
    run.start()
    while min(run.done) < 20:
        time.sleep(0.01)
    run.stop()
    run.join()
    draws = run.draws()
    assert draws.warmup.shape[1] == min(run.done)
    assert np.isfinite(draws.warmup).all()
    assert (draws.n_kept, len(draws.imputed)) == (0, 0)


def test_acceptance_is_the_share_after_burn_in(chapter, data):
    draws = finished(chapter, data, burn=900, iterations=200).draws()
    assert (draws.acceptance > 0.4).all()


def test_the_latest_imputations_are_those_of_the_last_block(chapter, data):
    run = finished(chapter, data, burn=100, iterations=1000, watched=True)
    at = [k for k, (name, _) in enumerate(run.cells) if name == "x2i"]
    for chain, shown in zip(run.chains, run.imputed_now("x2i"), strict=True):
        cells = chain.state.columns[run.plan.cell_column, run.plan.cell_row]
        np.testing.assert_array_equal(shown, cells[at])


def test_fit_of_two_chains_is_that_of_all_draws_together():
    rng = np.random.default_rng(3)
    chains = [rng.normal(-1, 0.3, size=(40, 5)), rng.normal(-1.5, 0.3, size=(60, 5))]
    states = [
        SimpleNamespace(
            fit_count=np.array([len(one)]),
            fit=np.column_stack(
                [
                    one.max(axis=0),
                    np.exp(one - one.max(axis=0)).sum(axis=0),
                    one.mean(axis=0),
                    len(one) * one.var(axis=0),
                ]
            ),
        )
        for one in chains
    ]
    both = np.concatenate(chains)
    lppd = np.log(np.exp(both).mean(axis=0)).sum()
    found = _model_fit(states)
    assert found.waic == pytest.approx(-2 * lppd + 2 * both.var(axis=0, ddof=1).sum())
    assert found.dic2 == pytest.approx(-4 * both.mean(axis=0).sum() + 2 * lppd)
