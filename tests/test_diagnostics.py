"""Convergence diagnostics on arrays whose answers are known."""

import numpy as np
import pytest

from tutorkit.diagnostics import effective_sizes, psr_windows, split_psr


def independent(chains=4, draws=4000, parameters=1, seed=0):
    return np.random.default_rng(seed).standard_normal((chains, draws, parameters))


def test_psr_is_the_formula_written_out():
    draws = independent(2, 7, 1)
    halves = [draws[c, start : start + 3, 0] for c in range(2) for start in (1, 4)]
    within = np.mean([np.mean((h - h.mean()) ** 2) for h in halves])
    means = np.array([h.mean() for h in halves])
    between = np.sum((means - means.mean()) ** 2) / 3
    assert split_psr(draws)[0] == pytest.approx(np.sqrt((within + between) / within))


def test_psr_of_independent_draws_is_one():
    # B is about W / 2000 for halves of 2000 draws
    assert split_psr(independent())[0] == pytest.approx(1, abs=0.002)


def test_psr_flags_shifted_and_drifting_chains_but_not_a_single_steady_one():
    shifted = independent()
    shifted[0] += 1
    drifting = independent()
    drifting += np.linspace(0, 2, 4000)[:, None]
    assert split_psr(shifted)[0] > 1.05
    assert split_psr(drifting)[0] > 1.1
    assert split_psr(independent(chains=1))[0] < 1.01


def test_constants_and_runs_too_short_have_no_diagnostics():
    draws = independent(2, 50, 2)
    draws[:, :, 1] = 1.0
    assert np.isnan(split_psr(draws)).tolist() == [False, True]
    sizes = effective_sizes(draws)
    for values in sizes.values():
        assert np.isnan(values).tolist() == [False, True]
    assert np.isnan(split_psr(draws[:, :3])).all()
    assert np.isnan(effective_sizes(draws[:, :3])["ess_bulk"]).all()


def test_windows_are_the_chapters():
    rows = psr_windows(independent(2, 20_000, 3))
    assert [(r.first, r.last) for r in rows[:3]] == [(501, 1000), (1001, 2000), (1501, 3000)]
    assert (rows[-1].first, rows[-1].last) == (10_001, 20_000)
    assert len(rows) == 20


def test_a_window_names_its_worst_parameter():
    draws = independent(2, 400, 3)
    draws[0, 300:, 2] += 5
    last = psr_windows(draws)[-1]
    assert last.parameter == 2
    assert last.psr == split_psr(draws[:, 200:])[2]
    assert psr_windows(draws[:, :19]) == []


def test_effective_size_of_independent_draws_is_their_number():
    sizes = effective_sizes(independent())
    # the estimate's own relative SD is about sqrt(2 * lags / n), a few percent
    assert sizes["ess_bulk"][0] == pytest.approx(16_000, rel=0.1)
    assert sizes["mcse_mean"][0] == pytest.approx(1 / np.sqrt(16_000), rel=0.1)


def test_effective_size_of_an_autoregression_is_a_nineteenth():
    noise = independent(4, 50_000)
    draws = noise.copy()
    for t in range(1, draws.shape[1]):
        draws[:, t] = 0.9 * draws[:, t - 1] + noise[:, t]
    # (1 - .9) / (1 + .9) = 1/19
    assert effective_sizes(draws)["ess_bulk"][0] == pytest.approx(200_000 / 19, rel=0.1)
