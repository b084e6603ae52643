"""The report's derived quantities: SDs and correlations, PARAMETERS, conditional effects."""

from __future__ import annotations

from itertools import groupby

from tutorkit.derived import (
    CONDITIONAL,
    Quantity,
    conditional,
    deviations,
    generated,
    moderator_column,
    share,
    table_of,
    without_value,
)
from tutorkit.draws import Draws
from tutorkit.report.estimates import HEAD, basis, shown
from tutorkit.report.parts import Grid, Lines, Part, Section


def standard_deviations(draws: Draws) -> tuple[Section, ...]:
    """Show SDs and correlations of random effects, equation by equation; none without any."""
    found = deviations(draws)
    if not found:
        return ()
    table = table_of(found)
    grids = [
        Grid(("Parameters", *HEAD), (("", shown(rows)),), f"Random effects:  {outcome}")
        for outcome, rows in table.groupby("outcome", sort=False)
    ]
    note = "Computed from each draw's variances and covariances; they have no parameter number."
    return (Section("Standard deviations", (Lines((note,)), *grids)),)


def generated_parameters(draws: Draws) -> Section:
    """Show what PARAMETERS defines, and how."""
    title = "Generated parameters"
    found = generated(draws)
    if not found:
        return Section(title, (Lines(("None.",)),))
    rows = shown(table_of(found))
    formulas = Lines(tuple(f"    {parameter}" for parameter in draws.spec.parameters), "", True)
    grid = Grid(("Parameters", *HEAD), (("", rows),))
    return Section(title, (basis(draws), formulas, grid, *_gaps(draws, found)))


def conditional_effects(draws: Draws) -> tuple[Section, ...]:
    """Show simple intercepts and slopes at values of each moderator; none without SIMPLE."""
    parts: list[Part] = [basis(draws)]
    outcome = draws.spec.focal.outcome
    found = conditional(draws)
    for simple in draws.spec.simple:
        own = [q for q in found if q.given.startswith(f"{simple.focal} | {simple.moderator} ")]
        groups = tuple(
            (given.partition(" | ")[2], shown(table_of([_named(q, simple.focal) for q in rows])))
            for given, rows in ((g, list(r)) for g, r in groupby(own, key=lambda q: q.given))
        )
        title = f"Effect of {simple.focal} on {outcome}, by {simple.moderator}:"
        parts.append(Grid(("Conditional effects", *HEAD), groups, title))
        around = moderator_column(draws, simple)
        if around != simple.moderator and simple.values:
            parts.append(Lines((f"Values of {simple.moderator} count from its mean.",)))
    note = "All other predictors, and the random effects, are held at zero."
    if draws.spec.is_probit(draws.spec.focal):
        note += f" Effects are on the scale of the latent response of {outcome}."
    return (Section(CONDITIONAL, (*parts, Lines((note,)))),) if found else ()


def _named(quantity: Quantity, focal: str) -> Quantity:
    name = f"Slope of {focal}" if quantity.name == "Slope" else quantity.name
    return Quantity(quantity.outcome, quantity.group, name, quantity.values)


def _gaps(draws: Draws, found: list[Quantity]) -> tuple[Lines, ...]:
    lines = tuple(
        f"{label} has no value in {share(n, draws)}, as the logarithm of a negative number has "
        "none: its summaries leave them out, and without them PSR and N_Eff cannot be computed."
        for label, n in without_value(found).items()
    )
    return (Lines(lines),) if lines else ()
