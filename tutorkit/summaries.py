"""Draws turned into a tidy table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats
from tutorkit.diagnostics import effective_sizes, split_psr
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError
from tutorkit.parameters import Parameter

QUANTILES = (0.025, 0.5, 0.975)


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
    demand_draws(draws)
    parameters = (*draws.parameters, *draws.residual_correlations)
    values = draws.values[:, :, : len(parameters)]
    numbers = [*range(1, len(draws.parameters) + 1), *[None] * len(draws.residual_correlations)]
    return pd.DataFrame(
        {
            "number": pd.array(numbers, dtype="Int64"),
            "outcome": [p.outcome for p in parameters],
            "group": [p.group for p in parameters],
            "name": [p.name for p in parameters],
            **statistics(values),
        }
    )


def demand_draws(draws: Draws) -> None:
    """Refuse a run that was stopped before it kept any draw."""
    if draws.n_kept == 0:
        raise TutorkitError(
            "The run was stopped during burn-in, before any draw was kept",
            "Run it to the end, or with a smaller BURN.",
        )


def statistics(values: Floats) -> dict[str, Floats]:
    """Return the columns of `summarize` that describe draws, (chain, draw, parameter).

    Draws that are nan are left out of median, sd, lower and upper; the other statistics of a
    parameter with such draws are nan.
    """
    n_kept = values.shape[0] * values.shape[1]
    if np.isnan(values).any():
        known = [x[~np.isnan(x)] for x in values.reshape(n_kept, -1).T]
        spans = [np.quantile(x, QUANTILES) if x.size else np.full(3, np.nan) for x in known]
        lower, median, upper = np.reshape(spans, (-1, 3)).T
        sd = np.array([x.std(ddof=1) if x.size > 1 else np.nan for x in known])
    else:
        lower, median, upper = np.quantile(values, QUANTILES, axis=(0, 1))
        sd = values.std(axis=(0, 1), ddof=1 if n_kept > 1 else 0)
    return {
        "median": median,
        "sd": sd,
        "lower": lower,
        "upper": upper,
        "psr": split_psr(values),
        **effective_sizes(values),
    }


def worst_mixing(table: pd.DataFrame) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the rows of `summarize` with the highest PSR and with the smallest bulk ESS.

    Among the numbered parameters; each row also has the parameter's full name, ``label``. None if
    the run is too short to tell.
    """
    rows = table[table["number"].notna() & table["psr"].notna() & table["ess_bulk"].notna()]
    if rows.empty:
        return None
    records: list[dict[str, Any]] = [
        {str(k): v for k, v in r.items()} for r in rows.to_dict("records")
    ]
    for record in records:
        record["label"] = Parameter(record["outcome"], record["group"], record["name"]).label
    return max(records, key=lambda r: r["psr"]), min(records, key=lambda r: r["ess_bulk"])
