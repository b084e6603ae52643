"""What the reader of a run must be warned about."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tutorkit.derived import generated, share, without_value
from tutorkit.diagnostics import TARGET_ESS, TARGET_PSR
from tutorkit.draws import Draws
from tutorkit.summaries import worst_mixing

LOW_ACCEPTANCE = 0.5


def warnings_of(draws: Draws, table: pd.DataFrame) -> tuple[str, ...]:
    """Return one sentence or two for everything that limits what the run can tell."""
    found = [*draws.data.warnings]
    if draws.stopped:
        asked = draws.spec.draws_per_chain * draws.spec.chains
        found.append(f"The run was stopped: {draws.n_kept} of {asked} iterations were kept.")
    found += _mixing(table)
    for label, n in without_value(generated(draws)).items():
        found.append(f"{label} has no value in {share(n, draws)}: see GENERATED PARAMETERS.")
    for equation, rate in zip(draws.model.blocks, draws.acceptance.min(axis=0), strict=True):
        if rate < LOW_ACCEPTANCE:
            found.append(
                f"The proposals for {equation.name} were accepted with probability {rate:.2f} "
                "only. Use a longer BURN."
            )
    return tuple(found)


def _mixing(table: pd.DataFrame) -> list[str]:
    worst = worst_mixing(table)
    if worst is None:
        return ["Too few iterations to judge convergence. Use more ITERATIONS."]
    found = []
    highest, least = worst
    if highest["psr"] > TARGET_PSR:
        found.append(
            f"The chains disagree: PSR {highest['psr']:.3f} for {_named(highest)}. "
            "Use a longer BURN and more ITERATIONS."
        )
    if least["ess_bulk"] < TARGET_ESS:
        found.append(
            f"Only {least['ess_bulk']:.0f} effective draws of {_named(least)}. Use more ITERATIONS."
        )
    return found


def _named(row: dict[str, Any]) -> str:
    return f"{row['label']} (parameter {row['number']})"
