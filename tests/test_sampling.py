"""Running the sampler: reproducible, stoppable, honest about what it kept."""

import math
import threading
from dataclasses import replace

import numpy as np
import pytest

from tutorkit import DataError, SpecError, TutorkitError, datasets, report, sample, summarize


@pytest.fixture(scope="module")
def data():
    return datasets.load("04_multilevel")


def test_same_seed_gives_the_same_draws(chapter, data):
    runs = [sample(chapter, data, seed=5, burn=60, iterations=80, progress=False) for _ in range(2)]
    np.testing.assert_array_equal(runs[0].values, runs[1].values)
    np.testing.assert_array_equal(runs[0].warmup, runs[1].warmup)
    other = sample(chapter, data, seed=6, burn=60, iterations=80, progress=False)
    assert not np.array_equal(runs[0].values, other.values)


def test_a_chain_does_not_depend_on_how_many_others_run(chapter, data):
    one, four = (
        sample(chapter, data, chains=n, burn=60, iterations=40 * n, progress=False) for n in (1, 4)
    )
    np.testing.assert_array_equal(one.values[0], four.values[0])
    assert four.values.shape[:2] == (4, 40)


def test_rows_may_come_in_any_order(chapter, data):
    shuffled = data.sample(frac=1, random_state=1)
    draws = sample(chapter, shuffled, burn=20, iterations=20, progress=False)
    assert list(draws.data.cluster) == sorted(draws.data.cluster)
    back = shuffled["y"].to_numpy()[draws.data.rows]
    np.testing.assert_array_equal(back, draws.data.values[draws.data.variables.index("y")])


def test_without_a_seed_one_is_made_and_reported(chapter, data):
    spec = replace(chapter, seed=None)
    first, second = (sample(spec, data, burn=5, iterations=10, progress=False) for _ in range(2))
    assert first.seed != second.seed
    assert f"{first.seed} (chosen at random)" in str(report(first))


def test_progress_is_told_from_start_to_end(chapter, data):
    calls = []
    sample(
        chapter,
        data,
        burn=200,
        iterations=400,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert calls[-1] == (800, 800)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


def test_a_stop_keeps_what_was_drawn(chapter, data):
    stop = threading.Event()

    def stop_when_sampling(done, total):
        if done > 600:
            stop.set()

    draws = sample(
        chapter, data, burn=100, iterations=2_000_000, progress=stop_when_sampling, stop=stop
    )
    assert draws.stopped
    assert 0 < draws.n_kept < 2_000_000
    assert np.isfinite(draws.values).all()
    assert "The run was stopped" in str(report(draws))


def test_a_stop_during_burn_in_says_so(chapter, data):
    stop = threading.Event()
    stop.set()
    draws = sample(chapter, data, progress=False, stop=stop)
    assert draws.stopped
    assert draws.n_kept == 0
    with pytest.raises(TutorkitError, match="stopped during burn-in"):
        summarize(draws)


def test_an_interrupt_keeps_what_was_drawn(chapter, data):
    def interrupt(done, total):
        if done > 600:
            raise KeyboardInterrupt

    draws = sample(chapter, data, burn=100, iterations=2_000_000, progress=interrupt)
    assert draws.stopped
    assert draws.n_kept > 0


def test_a_failing_progress_function_leaves_no_chain_running(chapter, data):
    def fail(done, total):
        raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        sample(chapter, data, burn=100, iterations=2_000_000, progress=fail)
    assert not [t for t in threading.enumerate() if t.name == "tutorkit chain"]


def test_a_run_too_large_for_memory_is_refused(chapter, data):
    with pytest.raises(SpecError, match="GB of memory"):
        sample(chapter, data, iterations=10**9, progress=False)


def test_settings_given_are_checked(chapter, data):
    with pytest.raises(SpecError, match="CHAINS"):
        sample(chapter, data, chains=0, progress=False)
    with pytest.raises(DataError, match="DataFrame"):
        sample(chapter, data.to_numpy(), progress=False)


def test_parameters_are_numbered_as_in_the_chapter(chapter_draws):
    names = [(p.outcome, p.name, p.group) for p in chapter_draws.parameters]
    assert len(names) == 51
    assert names[43 - 1] == ("y.missing", "x2i*x3i", "Coefficients")
    assert names[51 - 1][:2] == ("y.missing", "by Level-1 Residual Variation")
    assert names[26 - 1][:2] == ("x1i", "by Level-2 Random Intercepts")
    assert sum(p.free for p in chapter_draws.parameters) == 25
    assert len(chapter_draws.frame().columns) == 53


def test_variance_shares_sum_to_one_in_every_draw(chapter_draws):
    for outcome, n_shares in (("y", 4), ("x1i", 3), ("x2i", 3), ("y.missing", 3)):
        shares = [
            chapter_draws.get(outcome, p.name, p.group)
            for p in chapter_draws.parameters
            if p.outcome == outcome and p.name.startswith("by ")
        ]
        assert len(shares) == n_shares
        np.testing.assert_allclose(np.sum(shares, axis=0), 1)


def test_derived_rows_are_near_the_chapters(chapter_draws):
    """Standardized coefficients, shares, DIC2 and WAIC of other data from the same process.

    The chapter's figures come from its own data: half a printed SD is the closeness to expect.
    """
    printed = {
        ("y", "by Coefficients", None): (0.822, 0.021),
        ("y", "by Level-2 Random Intercepts", None): (0.033, 0.013),
        ("y", "by Level-2 Random Slopes", None): (0.027, 0.012),
        ("y", "by Level-1 Residual Variation", None): (0.115, 0.011),
        ("y", "x2i", "Standardized Coefficients"): (0.344, 0.020),
        ("x1i", "x3i", "Standardized Coefficients"): (0.280, 0.039),
        ("y.missing", "by Coefficients", None): (0.673, 0.054),
        ("y.missing", "by Level-2 Random Intercepts", None): (0.026, 0.024),
    }
    for (outcome, name, group), (median, sd) in printed.items():
        own = np.median(chapter_draws.get(outcome, name, group))
        assert abs(own - median) < 0.75 * sd, (outcome, name, own)
    assert chapter_draws.fit.dic2 == pytest.approx(6837.7, rel=0.01)
    assert chapter_draws.fit.waic == pytest.approx(7167.7, rel=0.01)


def test_residual_correlations_scatter_as_in_the_chapter(chapter_draws):
    pairs = [p.name for p in chapter_draws.residual_correlations]
    assert pairs == [
        "y, x1i", "y, x2i", "y, y.missing", "x1i, x2i", "x1i, y.missing", "x2i, y.missing",
    ]  # fmt: skip
    for name in pairs:
        own = chapter_draws.get(name, name)
        assert abs(np.median(own)) < 0.01
        assert own.std() == pytest.approx(math.sqrt(2 / 600), rel=0.05)


def test_an_unknown_parameter_is_named_with_those_there_are(chapter_draws):
    with pytest.raises(TutorkitError, match="No parameter 'x9i' of 'y'"):
        chapter_draws.get("y", "x9i")
