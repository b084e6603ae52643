"""Odd settings, chains that break down, and memory."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hostile import CLUSTERS, made, run, without

from tutorkit import SpecError, TutorkitError, chain, parse, report, sample, summarize
from tutorkit.data import prepare
from tutorkit.kernels.blocks import run_block
from tutorkit.layout import compile_plan
from tutorkit.parameters import recorded
from tutorkit.run import Run
from tutorkit.start import initial_state

DATA = without(made(), x=5, y=4)
MODEL = CLUSTERS + "y ~ x z | x; x ~ z; y.missing ~ y z;"
WIDE = "ORDINAL: o;" + CLUSTERS + "y ~ z w o | z; o ~ z; y.missing ~ z o;"
GRADED = DATA.assign(o=np.clip(np.round(DATA.x), -1, 1))

MEMORY = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from hostile import made
from tutorkit import parse, sample
spec, data = parse("MODEL: y ~ x;"), made()
sizes = []
for iterations in (1_000, int(sys.argv[2])):
    draws = sample(spec, data, seed=1, burn=0, iterations=iterations, progress=False)
    sizes.append(1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(sizes[1] - sizes[0], draws.values.nbytes)
"""


@pytest.mark.parametrize("burn", [0, 1, 2, 49, 50, 51])
def test_any_burn_in_will_do(burn):
    draws = run(MODEL, DATA, burn=burn, iterations=20)
    assert draws.warmup.shape[1] == burn
    str(report(draws))


def test_the_burn_in_is_not_kept(monkeypatch):
    def count(rng, plan, state, out, start, stop, burn):
        out[start:stop] = np.arange(start, stop)[:, None]

    monkeypatch.setattr(chain, "run_block", count)
    draws = sample(parse(MODEL), DATA, seed=1, burn=7, iterations=20, chains=2, progress=False)
    np.testing.assert_array_equal(draws.warmup[:, :, 0], 2 * [range(7)])
    np.testing.assert_array_equal(draws.values[:, :, 0], 2 * [range(7, 17)])


@pytest.mark.parametrize("burn", [0, 1, 19, 20, 21, 50, 76, 100, 400, 20_000])
def test_windows_of_the_burn_in_follow_each_other(burn):
    spec = parse(MODEL)
    prepared = prepare(spec, DATA)
    plan = compile_plan(prepared.model, prepared, spec.priors)
    ends = [0, *initial_state(plan, np.random.default_rng(1), burn).window_end, burn]
    assert len(ends) == 2 if burn < 20 else len(ends) > 3
    assert burn == 0 or (np.diff(ends) > 0).all()


def test_a_run_stopped_at_once_has_proposed_nothing():
    stop = threading.Event()
    stop.set()
    draws = sample(parse(MODEL), DATA, seed=1, burn=0, iterations=20, stop=stop, progress=False)
    assert draws.stopped
    assert (draws.acceptance == 0).all()


def test_one_iteration_per_chain():
    draws = run(MODEL, DATA, burn=1, iterations=2)
    assert draws.values.shape[:2] == (2, 1)
    assert "Too few iterations to judge convergence" in str(report(draws))
    assert np.isnan(summarize(draws)["psr"]).all()


@pytest.mark.parametrize("chains", [1, 8])
def test_any_number_of_chains(chains):
    draws = run(MODEL, DATA, burn=60, iterations=160, chains=chains)
    assert draws.values.shape[:2] == (chains, 160 // chains)
    assert len({chain.tobytes() for chain in draws.values}) == chains
    str(report(draws))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "array", ["columns", "coefficient", "sigma2", "tau", "effect", "cut", "step_size", "mass_head"]
)
def test_a_chain_that_breaks_down_ends_the_run(monkeypatch, array, value):
    """What is not finite is planted everywhere in an array of one chain, between two blocks."""
    broken, after = [], []

    def plant(rng, plan, state, out, start, stop, burn):
        if start >= 30 and (not broken or broken[0] is state):
            broken[:] = [state]
            getattr(state, array)[...] = value
        after.extend(broken)
        assert len(after) < 200, "the run goes on"
        run_block(rng, plan, state, out, start, stop, burn)

    monkeypatch.setattr(chain, "run_block", plant)
    if array in ("step_size", "mass_head"):  # proposals are refused, and the draws stay good
        run(WIDE, GRADED, burn=60, iterations=100)
        return
    with pytest.raises(TutorkitError) as caught:
        run(WIDE, without(GRADED, o=7), burn=100, iterations=10_000_000)
    assert "The sampler broke down at iteration" in caught.value.message
    assert "Rescale variables" in caught.value.hint
    assert "of chain 1" in str(caught.value) or "of chain 2" in str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("number", [1, 2])
def test_a_breakdown_is_told_with_its_place(monkeypatch, number, value):
    asked = Run(parse(MODEL), DATA, seed=3, burn=10, iterations=100, chains=2)

    def plant(rng, plan, state, out, start, stop, burn):
        run_block(rng, plan, state, out, start, stop, burn)
        if threading.current_thread() is asked.chains[number - 1] and start <= 17 < stop:
            out[17, 4] = value

    asked.compile()
    monkeypatch.setattr(chain, "run_block", plant)
    asked.start()
    asked.join()
    place = f"at iteration 18 of chain {number}: 'y: Intercept' was no"
    with pytest.raises(TutorkitError, match=place):
        asked.draws()


def test_memory_is_that_of_the_draws():
    """400,000 iterations more take their draws' memory and, to 8 MB of other things, no more."""
    command = [sys.executable, "-c", MEMORY, str(Path(__file__).parent), "400000"]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    grown, draws = map(int, found.stdout.split())
    assert draws > 1.5e7
    assert grown < draws + 8e6


def test_a_run_too_large_is_refused_before_anything_is_done(monkeypatch):
    monkeypatch.setattr("tutorkit.run.compile_in_background", lambda announce: pytest.fail("late"))
    width = len(recorded(prepare(parse(MODEL), DATA).model))
    with pytest.raises(SpecError, match=f"need {8 * width} GB of memory") as caught:
        run(MODEL, DATA, burn=0, iterations=10**9)
    assert f"{4 / (8 * width):.0%} of them would fit" in caught.value.hint
