"""How a run stands: convergence so far, and the time it still takes."""

from types import SimpleNamespace

import numpy as np
import pytest

from tutorkit import datasets
from tutorkit.progress import MOST, convergence, time_left
from tutorkit.run import Run


@pytest.fixture(scope="module")
def data():
    return datasets.load("04_multilevel")


def drawn(spec, data, done):
    """Return a run of which as much is said to be drawn."""
    run = Run(spec, data, burn=100, iterations=40_000)
    run.out[:] = np.random.default_rng(1).normal(size=run.out.shape[1:])
    run.out[1] = -run.out[1]
    run.chains = [SimpleNamespace(done=done)] * 2
    return run


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
