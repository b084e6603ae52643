"""A run that others watch: what can be read while it goes, and after it."""

import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from tutorkit import DataError, SpecError, TutorkitError, datasets, parse, sample
from tutorkit.progress import MOST, convergence, time_left
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
        (89, "about 89 seconds left"),
        (5390, "about 90 minutes left"),
        (5410, "about 1.5 hours left"),
        (600, "about 10 minutes left"),
        (9000, "about 2.5 hours left"),
    ],
)
def test_time_left_is_said_as_people_do(seconds, words):
    assert time_left(seconds) == words


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


@pytest.mark.parametrize(
    ("done", "span"),
    [
        (38, None),
        (40, (True, 21, 40)),
        (60, (True, 31, 60)),
        (110, (True, 51, 100)),
        (119, (True, 51, 100)),
        (120, (False, 101, 120)),
    ],
)
def test_convergence_is_of_half_the_burn_in_until_enough_is_kept(chapter, data, done, span):
    found = convergence(drawn(chapter, data, done))
    assert (found and (found.burning, found.first, found.last)) == span


def test_convergence_looks_at_few_draws_and_overlooks_what_stands_still(chapter, data, monkeypatch):
    sizes = []
    monkeypatch.setattr(
        "tutorkit.progress.split_psr", lambda draws: sizes.append(draws.shape) or np.ones(3)
    )
    run = drawn(chapter, data, 3 * MOST)
    convergence(run)
    assert MOST / 2 < sizes[0][1] <= MOST
    monkeypatch.undo()
    run = drawn(chapter, data, 200)
    run.out[:, :, 1] = 7
    assert convergence(run).psr > 0
    run.out[:] = 7
    assert convergence(run) is None


def drawn(spec, data, done):
    """Return a run of which as much is said to be drawn."""
    run = Run(spec, data, burn=100, iterations=40_000)
    run.out[:] = np.random.default_rng(1).normal(size=run.out.shape[1:])
    run.out[1] = -run.out[1]
    run.chains = [SimpleNamespace(done=done)] * 2
    return run


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
