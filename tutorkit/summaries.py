"""Draws turned into a tidy table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tutorkit.diagnostics import effective_sizes, split_psr
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError


def summarize(draws: Draws) -> pd.DataFrame:
    """Return one row per numbered parameter, then one per residual correlation.

    Columns: ``number`` (of the output; missing for residual correlations), ``outcome``, ``group``
    and ``name`` as in the report, posterior ``median``, ``sd``, ``lower`` and ``upper`` (2.5 % and
    97.5 % quantiles), ``psr`` (split-chain), ``ess_bulk``, ``ess_tail``, ``mcse_mean``.

    Raises
    ------
    TutorkitError
        If the run was stopped before it kept any draw.
    """
    if draws.n_kept == 0:
        raise TutorkitError(
            "The run was stopped during burn-in, before any draw was kept",
            "Run it to the end, or with a smaller BURN.",
        )
    parameters = (*draws.parameters, *draws.residual_correlations)
    values = draws.values[:, :, : len(parameters)]
    numbers = [*range(1, len(draws.parameters) + 1), *[None] * len(draws.residual_correlations)]
    lower, median, upper = np.quantile(values, (0.025, 0.5, 0.975), axis=(0, 1))
    return pd.DataFrame(
        {
            "number": pd.array(numbers, dtype="Int64"),
            "outcome": [p.outcome for p in parameters],
            "group": [p.group for p in parameters],
            "name": [p.name for p in parameters],
            "median": median,
            "sd": values.std(axis=(0, 1), ddof=1 if draws.n_kept > 1 else 0),
            "lower": lower,
            "upper": upper,
            "psr": split_psr(values),
            **effective_sizes(values),
        }
    )


def worst_mixing(table: pd.DataFrame) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the rows of `summarize` with the highest PSR and with the smallest bulk ESS.

    Among the numbered parameters; None if the run is too short to tell.
    """
    rows = table[table["number"].notna() & table["psr"].notna() & table["ess_bulk"].notna()]
    if rows.empty:
        return None
    records: list[dict[str, Any]] = [
        {str(k): v for k, v in r.items()} for r in rows.to_dict("records")
    ]
    return max(records, key=lambda r: r["psr"]), min(records, key=lambda r: r["ess_bulk"])
