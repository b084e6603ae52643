"""Convergence of bare arrays of draws, shape (chain, draw, parameter); knows no names."""

from __future__ import annotations

import importlib
import threading
from dataclasses import dataclass

import numpy as np

from tutorkit.arrays import Floats

TARGET_PSR = 1.05  # where chains are said to agree
TARGET_ESS = 100  # effective draws below which intervals are not to be trusted
N_WINDOWS = 20
TAIL = (0.05, 0.95)  # the quantiles whose smaller ESS is the tail ESS (Vehtari et al. 2021)
FEWEST_DRAWS = 4


def split_psr(draws: Floats) -> Floats:
    """Return the split-chain potential scale reduction of each parameter, nan if it is constant.

    Each chain is cut in two; with W the mean variance within the halves (divisor n) and B the
    variance of their means (divisor m - 1), PSR = sqrt((W + B) / W), as in Blimp 3
    (Gelman & Rubin 1992, with split chains). An odd first draw is left out.
    """
    half = draws.shape[1] // 2
    if half < 2:
        return np.full(draws.shape[2], np.nan)
    start = draws.shape[1] - 2 * half
    halves = np.concatenate([draws[:, start : start + half], draws[:, start + half :]])
    within = halves.var(axis=1).mean(axis=0)
    between = halves.mean(axis=1).var(axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(within > 0, np.sqrt((within + between) / within), np.nan)


@dataclass(frozen=True)
class Window:
    """One row of the burn-in table: iterations first to last, and the highest PSR in it."""

    first: int
    last: int
    psr: float
    parameter: int
    """Index of the parameter with the highest PSR; -1 if no PSR could be computed."""


def psr_windows(warmup: Floats) -> list[Window]:
    """Return the chapter's burn-in table; see `window_psr`."""
    rows = []
    for (first, last), psr in zip(*window_psr(warmup), strict=True):
        if np.isnan(psr).all():
            rows.append(Window(first, last, np.nan, -1))
        else:
            worst = int(np.nanargmax(psr))
            rows.append(Window(first, last, float(psr[worst]), worst))
    return rows


def window_psr(warmup: Floats) -> tuple[list[tuple[int, int]], Floats]:
    """Return the spans of the burn-in table and each parameter's PSR, (window, parameter).

    Row k of 20 compares the second half of the first k/20 of the warm-up: iterations
    floor(kB/20)/2 + 1 to floor(kB/20). Fewer than 20 warm-up iterations give no table.
    """
    n_burn = warmup.shape[1]
    if n_burn < N_WINDOWS:
        return [], np.empty((0, warmup.shape[2]))
    lasts = [k * n_burn // N_WINDOWS for k in range(1, N_WINDOWS + 1)]
    psr = np.stack([split_psr(warmup[:, last // 2 : last]) for last in lasts])
    return [(last // 2 + 1, last) for last in lasts], psr


def import_in_background() -> None:
    """Begin to import what `effective_sizes` needs: half a second's work."""
    threading.Thread(target=importlib.import_module, args=("arviz_stats.base",)).start()


def bulk_sizes(draws: Floats) -> Floats:
    """Return each parameter's bulk effective sample size (Vehtari et al. 2021).

    Constant parameters, and runs of fewer than 4 draws a chain, give nan.
    """
    return _moving(draws, "ess", method="bulk")


def effective_sizes(draws: Floats) -> dict[str, Floats]:
    """Return ``ess_bulk``, ``ess_tail`` and ``mcse_mean`` of each parameter (Vehtari et al. 2021).

    Constant parameters, and runs of fewer than 4 draws a chain, give nan.
    """
    return {
        "ess_bulk": bulk_sizes(draws),
        "ess_tail": _moving(draws, "ess", method="tail", prob=TAIL),
        "mcse_mean": _moving(draws, "mcse", method="mean"),
    }


def _moving(draws: Floats, statistic: str, **options: object) -> Floats:
    """Compute a statistic of the parameters that are not constant; nan for the others."""
    from arviz_stats.base import array_stats  # see `import_in_background`

    out = np.full(draws.shape[2], np.nan)
    if draws.shape[1] < FEWEST_DRAWS:
        return out
    moving = np.ptp(draws, axis=(0, 1)) > 0
    if moving.any():
        used = draws[:, :, moving]
        out[moving] = getattr(array_stats, statistic)(used, chain_axis=0, draw_axis=1, **options)
    return out
