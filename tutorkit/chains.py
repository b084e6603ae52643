"""Tidy tables of one run's chains: burn-in PSR, traces, ranks, autocorrelations, densities.

``k`` is always a parameter's position in ``draws.parameters``, its number in the output minus 1.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats
from tutorkit.diagnostics import psr_windows, split_psr
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError
from tutorkit.summaries import QUANTILES, demand_draws

FEWEST_KEPT = 20
GRID = 200
Z_95 = 1.96


def psr_table(draws: Draws) -> pd.DataFrame:
    """Return the burn-in's highest potential scale reduction, window by window.

    Columns: ``first`` and ``last`` iteration, ``psr``, ``number`` (of the output) and ``parameter``
    (label) of the one that has it; 20 rows. See `tutorkit.diagnostics.psr_windows`.

    Raises
    ------
    TutorkitError
        If the run kept no draw, or its burn-in is too short for this table.
    """
    demand_draws(draws)
    parameters = draws.parameters
    windows = psr_windows(draws.warmup[:, :, : len(parameters)])
    if not windows:
        raise TutorkitError(
            "The burn-in is too short to compare the chains window by window", "Use a longer BURN."
        )
    known = [w.parameter >= 0 for w in windows]
    numbers = [w.parameter + 1 if ok else None for w, ok in zip(windows, known, strict=True)]
    return pd.DataFrame(
        {
            "first": [w.first for w in windows],
            "last": [w.last for w in windows],
            "psr": [w.psr for w in windows],
            "number": pd.array(numbers, dtype="Int64"),
            "parameter": ["" if n is None else parameters[n - 1].label for n in numbers],
        }
    )


def trace_table(draws: Draws, k: int, points: int = 300) -> pd.DataFrame:
    """Return one parameter's path through burn-in and kept iterations.

    Columns: ``chain`` and ``iteration`` (from 1), ``value``, ``phase`` ("burn-in" or "kept"). At
    most ``points`` iterations a chain, evenly spaced, the first and the last among them.

    Raises
    ------
    TutorkitError
        If there is no such parameter, or the run kept too few draws.
    """
    _kept(draws, k)
    burn = draws.warmup.shape[1]
    path = np.concatenate([draws.warmup[:, :, k], draws.values[:, :, k]], axis=1)
    n = path.shape[1]
    at = np.linspace(0, n - 1, min(points, n)).round().astype(int)
    return _by_chain(
        {
            "iteration": at + 1,
            "phase": np.where(at < burn, "burn-in", "kept"),
        },
        {"value": path[:, at]},
    )


def rank_table(draws: Draws, k: int, bins: int = 20) -> pd.DataFrame:
    """Return how many of each chain's draws lie in each bin of their ranks among all draws.

    Chains that explore the same distribution have about as many in each bin (Vehtari et al. 2021,
    figure 6). Columns: ``chain``, ``bin`` (from 1, lowest values first), ``count``, ``expected``,
    and the 95 % band ``lower`` to ``upper``. Neighbouring draws tend to share a bin, so n draws
    count as fewer: as ESS, of the bin's indicator (1 in the bin, else 0) in that chain. With m
    chains, and v = p (1 - p) n^2 / ESS of each, the variance of a chain's count is
    (1 - 2/m) v + (sum of all chains' v) / m^2, as the ranks are those among all chains' draws.

    Raises
    ------
    TutorkitError
        If there is no such parameter, it never changes, the run kept too few draws, or has one
        chain.
    """
    from arviz_stats.base import array_stats

    values = _moving(draws, k)
    chains, n = values.shape
    if chains == 1:
        raise TutorkitError("Ranks compare chains, and this run has one", "Use CHAINS: 2 or more.")
    ranks = array_stats.compute_ranks(values, axis=(0, 1))
    edges = np.linspace(0.5, chains * n + 0.5, bins + 1)
    inside = np.digitize(ranks, edges[1:-1])[:, :, None] == np.arange(bins)  # (chain, draw, bin)
    ess = array_stats.ess(inside.astype(float), chain_axis=None, draw_axis=1, method="mean")
    share = 1 / bins
    expected = n * share
    alone = share * (1 - share) * n**2 / ess  # (chain, bin)
    reach = Z_95 * np.sqrt((1 - 2 / chains) * alone + alone.sum(axis=0) / chains**2)
    table = _by_chain(
        {"bin": np.arange(1, bins + 1)}, {"count": inside.sum(axis=1), "reach": reach}
    )
    return table.assign(
        expected=expected,
        lower=np.maximum(expected - table["reach"], 0.0),
        upper=expected + table["reach"],
    ).drop(columns="reach")


def autocorrelation_table(draws: Draws, k: int, lags: int = 40) -> pd.DataFrame:
    """Return the correlation of each chain's draws with those some iterations earlier.

    Columns: ``chain``, ``lag`` (from 0 to ``lags`` iterations), ``autocorrelation``.

    Raises
    ------
    TutorkitError
        If there is no such parameter, it never changes, or the run kept too few draws.
    """
    from arviz_stats.base import array_stats

    found = array_stats.autocorr(_moving(draws, k), axis=-1)[:, : lags + 1]
    return _by_chain({"lag": np.arange(found.shape[1])}, {"autocorrelation": found})


def density_table(draws: Draws, k: int) -> pd.DataFrame:
    """Return the posterior density of one parameter, all chains together.

    Columns: ``value`` and ``density`` (a kernel estimate at 200 points from the smallest draw to
    the largest), and the same in every row ``median``, ``lower`` and ``upper`` (2.5 % and 97.5 %).

    Raises
    ------
    TutorkitError
        If there is no such parameter, it never changes, or the run kept too few draws.
    """
    from arviz_stats.base import array_stats

    values = _moving(draws, k)
    grid, density, _ = array_stats.kde(values, axis=(0, 1), grid_len=GRID)
    lower, median, upper = np.quantile(values, QUANTILES)
    return pd.DataFrame(
        {"value": grid, "density": density, "median": median, "lower": lower, "upper": upper}
    )


def moving(draws: Draws) -> list[int]:
    """Return the parameters whose kept draws differ at all, as positions; fixed ones do not.

    Raises
    ------
    TutorkitError
        If the run kept no draw.
    """
    demand_draws(draws)
    values = draws.values[:, :, : len(draws.parameters)]
    return [int(k) for k in np.flatnonzero(np.ptp(values, axis=(0, 1)) > 0)]


def worst_parameter(draws: Draws) -> int:
    """Return the position of the parameter with the highest PSR of the kept draws.

    The first that moves where there are too few draws for a PSR.

    Raises
    ------
    TutorkitError
        If the run kept no draw, or only one.
    """
    positions = moving(draws)
    if not positions:
        raise TutorkitError("Too few draws were kept to look at", "Use more ITERATIONS.")
    psr = split_psr(draws.values[:, :, positions])
    return positions[0 if np.isnan(psr).all() else int(np.nanargmax(psr))]


def _kept(draws: Draws, k: int) -> Floats:
    """Return the kept draws of parameter k, (chain, draw)."""
    demand_draws(draws)
    n = len(draws.parameters)
    if not 0 <= k < n:
        raise TutorkitError(f"There is no parameter at position {k}", f"Choose from 0 to {n - 1}.")
    values: Floats = draws.values[:, :, k]
    if values.shape[1] < FEWEST_KEPT:
        raise TutorkitError(
            f"Only {values.shape[1]} draws a chain were kept, too few to show",
            "Run it to the end, or with more ITERATIONS.",
        )
    return values


def _moving(draws: Draws, k: int) -> Floats:
    values = _kept(draws, k)
    if np.ptp(values) == 0:
        raise TutorkitError(
            f"'{draws.parameters[k].label}' has the same value in every draw: it is fixed",
            "Choose another parameter.",
        )
    return values


def _by_chain(shared: dict[str, np.ndarray], own: dict[str, np.ndarray]) -> pd.DataFrame:
    """Stack chains: columns the same in every chain, and columns (chain, row) of its own."""
    chains, rows = next(iter(own.values())).shape
    return pd.DataFrame(
        {
            "chain": np.repeat(np.arange(1, chains + 1), rows),
            **{name: np.tile(column, chains) for name, column in shared.items()},
            **{name: column.ravel() for name, column in own.items()},
        }
    )
