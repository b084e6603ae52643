"""How a run stands while it goes on: convergence so far, and how long it still takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutorkit.arrays import Floats
from tutorkit.diagnostics import bulk_sizes, split_psr
from tutorkit.parameters import monitored
from tutorkit.run import Run

FEWEST = 20  # draws of a chain below which neither PSR nor ESS says anything
MOST = 5000  # draws of a chain that are looked at, so that looking takes no time


@dataclass(frozen=True)
class Convergence:
    """The free parameter with the highest PSR and that with the smallest ESS, so far.

    During burn-in PSR is that of the second half of what was drawn, as in the chapter's table, and
    nothing has an ESS. Where draws were thinned to be looked at, the ESS is at least this.
    """

    burning: bool
    first: int
    last: int
    psr: float
    psr_label: str
    ess: float = np.nan
    ess_label: str = ""


def convergence(run: Run) -> Convergence | None:
    """Return how far the chains agree, None while there is too little to tell."""
    done = min(run.done)
    burning = done < run.spec.burn + FEWEST
    last = min(done, run.spec.burn) if burning else done
    first = last // 2 if burning else run.spec.burn
    if last - first < FEWEST:
        return None
    step = -(-(last - first) // MOST)
    free = {k: p.label for k, p in enumerate(monitored(run.model)) if p.free}
    draws: Floats = run.out[:, first:last:step][:, :, list(free)]
    labels = list(free.values())
    psr = split_psr(draws)
    if np.isnan(psr).all():
        return None
    worst = int(np.nanargmax(psr))
    found = {"psr": float(psr[worst]), "psr_label": labels[worst]}
    if not burning:
        ess = bulk_sizes(draws)
        least = int(np.nanargmin(ess))
        found |= {"ess": float(ess[least]), "ess_label": labels[least]}
    return Convergence(burning, first + 1, last, **found)  # type: ignore[arg-type]


def time_left(seconds: float) -> str:
    """Say a number of seconds as people do."""
    if seconds < 1:
        return "less than a second left"
    if seconds < 90:
        return f"about {seconds:.0f} second{'s' * (round(seconds) != 1)} left"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} minutes left"
    return f"about {seconds / 3600:.1f} hours left"
