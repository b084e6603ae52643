"""The estimates of the report: residual correlations, outcome models, the REML baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from tutorkit.draws import Draws
from tutorkit.parameters import COEFFICIENTS, EXPLAINED, STANDARDIZED, VARIANCES
from tutorkit.reml import RemlFit
from tutorkit.report.parts import Grid, Lines, Part, Section, figures
from tutorkit.report.warnings import HIGH_PSR
from tutorkit.summaries import worst_mixing

HEAD = ("Median", "StdDev", "2.5%", "97.5%", "PSR", "N_Eff")
SHOWN = ["median", "sd", "lower", "upper"]
GROUPS = (VARIANCES, COEFFICIENTS, STANDARDIZED, EXPLAINED)


def residual_correlations(draws: Draws, table: pd.DataFrame) -> Section:
    """Show each pair of outcomes' residual correlation."""
    rows = table[table["number"].isna()]
    title = "Correlations among residuals"
    if rows.empty:
        return Section(title, (Lines(("No residual correlations.",)),))
    level = "Level-1" if draws.spec.cluster else "Single level"
    grid = Grid(("Correlations", *HEAD), (("", tuple(map(_row, _records(rows)))),), f"{level}:")
    return Section(title, (Lines((_basis(draws),)), grid))


def outcome_models(draws: Draws, table: pd.DataFrame) -> Section:
    """Show every equation's estimates, block by block."""
    parts: list[Part] = [Lines((_basis(draws),))]
    block = ""
    for equation in draws.spec.equations:
        if equation.block != block:
            block = equation.block
            parts.append(Lines((), f"{block} block:"))
        kind = "Outcome variable" if equation.selects is None else "Latent variable"
        own = table[(table["outcome"] == equation.outcome) & table["number"].notna()]
        groups = tuple(
            (group, tuple(map(_row, _records(own[own["group"] == group]))))
            for group in GROUPS
            if (own["group"] == group).any()
        )
        parts.append(Grid(("Parameters", *HEAD), groups, f"{kind}:  {equation.outcome}"))
    return Section("Outcome model estimates", tuple(parts))


def nothing_derived() -> tuple[Section, Section]:
    """Say that no parameters were generated and no predictor models derived."""
    none = "None: every modelled variable has an equation of its own."
    return (
        Section("Predictor model estimates", (Lines((none,)),)),
        Section("Generated parameters", (Lines(("None.",)),)),
    )


def baseline(fits: Mapping[str, RemlFit]) -> Section:
    """Show the chapter's table 7.1: the focal model by REML, fit beside fit."""
    tables = [fit.table().set_index("parameter") for fit in fits.values()]
    head = ["Parameter"]
    for name in fits:
        head += [name, "SE", "CI"]
    rows = [
        (str(name), *(cell for table in tables for cell in _baseline_cells(str(name), table)))
        for name in tables[0].index
    ]
    n_fixed = len(next(iter(fits.values())).names)
    groups = (("Fixed effects", tuple(rows[:n_fixed])), ("Random effects", tuple(rows[n_fixed:])))
    notes = [f"{name}: {fit.singular_note}" for name, fit in fits.items() if fit.singular]
    parts: list[Part] = [Grid(tuple(head), groups)]
    return Section("Focal model by REML", (*parts, *([Lines(tuple(notes))] if notes else [])))


def reading(table: pd.DataFrame) -> Section:
    """Say what to look at first, and what no output can show."""
    lines = []
    worst = worst_mixing(table)
    if worst is not None:
        highest, least = worst
        lines += [
            f"Convergence: the highest PSR is {highest['psr']:.3f} ({highest['outcome']}: "
            f"{highest['name']}); below {HIGH_PSR} the chains agree.",
            f"Precision: the fewest effective draws are {least['ess_bulk']:.0f} "
            f"({least['outcome']}: {least['name']}). Another seed moves its mean by about "
            f"{least['mcse_mean']:.3f}.",
        ]
    lines.append(
        "Mechanism: whether values are missing at random (MAR) or not (MNAR) cannot be tested with "
        "the observed data. Where theory does not decide, fit models under both assumptions and "
        "report how far they differ."
    )
    return Section("Reading this output", (Lines(tuple(lines)),))


def _basis(draws: Draws) -> str:
    chains = draws.values.shape[0]
    return f"Summaries based on {draws.n_kept} iterations using {chains} chain{'s' * (chains > 1)}."


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _row(record: Mapping[Any, Any]) -> tuple[str, ...]:
    values = figures(*(record[name] for name in SHOWN))
    return (str(record["name"]), *values, *_precise((record["psr"], record["ess_bulk"])))


def _precise(values: Sequence[float]) -> tuple[str, ...]:
    return tuple("nan" if v != v else f"{v:.3f}" for v in values)


def _baseline_cells(name: str, table: pd.DataFrame) -> tuple[str, str, str]:
    """Return estimate, standard error and interval; counts are whole, variances have no more."""
    row: dict[Any, Any] = table.loc[name].to_dict()
    if name in ("N", "Observations"):
        return f"{row['estimate']:.0f}", "", ""
    if row["se"] != row["se"]:
        return figures(row["estimate"], digits=2)[0], "", ""
    estimate, se, lower, upper = figures(
        *(row[key] for key in ("estimate", "se", "lower", "upper")), digits=2
    )
    return estimate, se, f"{lower} – {upper}"
