"""The estimates of the report: residual correlations, outcome models, the REML baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from tutorkit.data.joint import JointEquation
from tutorkit.diagnostics import TARGET_PSR
from tutorkit.draws import Draws
from tutorkit.parameters import (
    COEFFICIENTS,
    EXPLAINED,
    GRAND_MEANS,
    RESIDUAL_CORRELATIONS,
    STANDARDIZED,
    THRESHOLDS,
    VARIANCES,
)
from tutorkit.reml import RemlFit
from tutorkit.report.parts import Grid, Lines, Part, Section, figures
from tutorkit.summaries import worst_mixing

HEAD = ("Median", "StdDev", "2.5%", "97.5%", "PSR", "N_Eff")
STATISTICS = ["median", "sd", "lower", "upper"]
GROUPS = (VARIANCES, COEFFICIENTS, THRESHOLDS, STANDARDIZED, EXPLAINED)
BASELINE = "Focal model by REML"
LEVELS = ("Level-1", "Level-2")


def residual_correlations(draws: Draws, table: pd.DataFrame) -> Section:
    """Show each pair of outcomes' residual correlation, level by level."""
    rows = table[table["number"].isna()]
    title = "Correlations among residuals"
    if rows.empty:
        return Section(title, (Lines(("No residual correlations.",)),))
    names = LEVELS if draws.spec.cluster else ("Single level",)
    grids = [
        Grid(("Correlations", *HEAD), (("", shown(rows[rows["group"] == group])),), f"{name}:")
        for name, group in zip(names, RESIDUAL_CORRELATIONS, strict=False)
        if (rows["group"] == group).any()
    ]
    return Section(title, (basis(draws), *grids))


def outcome_models(draws: Draws, table: pd.DataFrame) -> Section:
    """Show every written equation's estimates, block by block."""
    parts: list[Part] = [basis(draws), *_fixed(draws, table)]
    block = ""
    for equation in draws.model.written:
        if equation.block != block:
            block = equation.block
            parts.append(Lines((), f"{block} block:"))
        latent = equation.categories and not equation.is_ordinal
        kind = "Latent variable" if latent else "Outcome variable"
        between = " (level 2)" if equation.level == 2 else ""
        parts.append(_equation(equation, table, f"{kind}:  {equation.name}{between}"))
    return Section("Outcome model estimates", tuple(parts))


def _fixed(draws: Draws, table: pd.DataFrame) -> list[Lines]:
    """Explain nan, if a parameter of a written equation does not vary."""
    written = [equation.name for equation in draws.model.written]
    own = table[table["outcome"].isin(written) & table["number"].notna()]
    text = "A parameter that is fixed, or the same in all draws, has a PSR and an N_Eff of nan."
    return [Lines((text,))] if own["psr"].isna().any() else []


def predictor_models(draws: Draws, table: pd.DataFrame) -> Section:
    """Show the equations that were added for predictors: grand means, then level by level."""
    title = "Predictor model estimates"
    if not draws.model.implied:
        none = "None: every modelled variable has an equation of its own."
        return Section(title, (Lines((none,)),))
    parts: list[Part] = [basis(draws)]
    means = table[table["group"] == GRAND_MEANS]
    if not means.empty:
        rows = shown(means.assign(name=means["outcome"]))
        parts.append(Grid(("Parameters", *HEAD), ((GRAND_MEANS, rows),), "Grand Mean block:"))
    for level, name in enumerate(("Level 1 block:", "Level 2 block:"), start=1):
        equations = [e for e in draws.model.implied if e.level == level]
        if equations and draws.spec.cluster is not None:
            parts.append(Lines((), name))
        parts += [_equation(e, table, f"Predictor:  {e.name}") for e in equations]
    return Section(title, tuple(parts))


def _equation(equation: JointEquation, table: pd.DataFrame, title: str) -> Grid:
    own = table[(table["outcome"] == equation.name) & table["number"].notna()]
    groups = tuple(
        (group, shown(own[own["group"] == group]))
        for group in GROUPS
        if (own["group"] == group).any()
    )
    return Grid(("Parameters", *HEAD), groups, title)


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
    return Section(BASELINE, (*parts, *([Lines(tuple(notes))] if notes else [])))


def reading(table: pd.DataFrame) -> Section:
    """Say what to look at first, and what no output can show."""
    lines = []
    worst = worst_mixing(table)
    if worst is not None:
        highest, least = worst
        lines += [
            f"Convergence: the highest PSR is {highest['psr']:.3f} ({highest['label']}); below "
            f"{TARGET_PSR} the chains agree.",
            f"Precision: the fewest effective draws are {least['ess_bulk']:.0f} "
            f"({least['label']}). Another seed moves its mean by about {least['mcse_mean']:.3f}.",
        ]
    lines.append(
        "Mechanism: whether values are missing at random (MAR) or not (MNAR) cannot be tested with "
        "the observed data. Where theory does not decide, fit models under both assumptions and "
        "report how far they differ."
    )
    return Section("Reading this output", (Lines(tuple(lines)),))


def basis(draws: Draws) -> Lines:
    """Say what the summaries of a section are based on."""
    chains = draws.values.shape[0]
    text = f"Summaries based on {draws.n_kept} iterations using {chains} chain{'s' * (chains > 1)}."
    return Lines((text,))


def shown(table: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Return rows of `tutorkit.summarize` or `tutorkit.derived` as those of a `Grid`."""
    return tuple(map(_row, _records(table)))


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _row(record: Mapping[Any, Any]) -> tuple[str, ...]:
    values = figures(*(record[name] for name in STATISTICS))
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
