"""What another model does to the focal estimates: two runs side by side, and how far apart."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from tutorkit.charts.intervals import interval_chart
from tutorkit.charts.picture import Picture
from tutorkit.comparison import compare, figure
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError
from tutorkit.wording import listed

YOURS, ASKED = "your model", "the model asked for"
APART, MCSE = "SDs apart", "Monte Carlo error"
LITTLE = 0.25  # SDs; less is said to hardly matter
NOISE = 4  # Monte Carlo standard errors that may be chance
FIRST = "Your model beside the one asked for:"


def consequence_picture(yours: Draws, asked: Draws) -> Picture:
    """Show the focal estimates of a learner's run beside those of the model asked for.

    Differences are told in posterior SDs of the model asked for, and only those that are more than
    Monte Carlo error. The two may have different focal models: what one of them lacks is said.

    Raises
    ------
    TutorkitError
        If a run kept no draw, or the two explain different variables.
    """
    outcomes = [fit.spec.focal.outcome for fit in (yours, asked)]
    if outcomes[0] != outcomes[1]:
        raise TutorkitError(
            f"Your focal model explains {outcomes[0]}, the one asked for {outcomes[1]}",
            "Their estimates cannot be compared.",
        )
    tables = {
        name: _spelled(compare({name: fit})) for name, fit in ((YOURS, yours), (ASKED, asked))
    }
    both = pd.concat(tables.values(), ignore_index=True)
    order = list(dict.fromkeys([*tables[ASKED]["parameter"], *tables[YOURS]["parameter"]]))
    both = both.sort_values("parameter", key=lambda names: names.map(order.index), kind="stable")
    one, two = (table.set_index("parameter") for table in tables.values())
    shared = [name for name in order if name in one.index and name in two.index]
    moved = pd.DataFrame(
        {
            "parameter": shared,
            YOURS: one.loc[shared, "estimate"].to_numpy(),
            ASKED: two.loc[shared, "estimate"].to_numpy(),
            "SD": two.loc[shared, "sd"].to_numpy(),
            MCSE: np.hypot(one.loc[shared, "mcse"], two.loc[shared, "mcse"]).to_numpy(),
        }
    )
    moved[APART] = (moved[YOURS] - moved[ASKED]) / moved["SD"]
    lines = [FIRST, *_moves(moved), *_lacks(one, two)]
    return Picture(interval_chart(both), "\n".join(lines), moved)


def _spelled(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which the order of a product's factors plays no part."""
    return table.assign(parameter=["*".join(sorted(p.split("*"))) for p in table["parameter"]])


def _moves(moved: pd.DataFrame) -> list[str]:
    """Say which estimates lie apart, the farthest first."""
    noise = NOISE * moved[MCSE] / moved["SD"]
    if noise.isna().any():
        return ["Too few draws were kept to tell how far they lie apart."]
    apart = moved[(moved[APART].abs() > LITTLE) & (moved[APART].abs() > noise)]
    if apart.empty:
        return [
            "On these data the focal estimates are about the same, to "
            f"{max(LITTLE, noise.max()):.2f} posterior SDs. On others they need not be: that a "
            "result looks right does not show that the model is."
        ]
    ordered = apart.sort_values(APART, key=lambda values: -values.abs())
    return [_move(row) for row in ordered.to_dict("records")]


def _move(row: dict[Hashable, Any]) -> str:
    side = "below" if row[APART] < 0 else "above"
    return (
        f"{row['parameter']}: {figure(row[YOURS])} with your model, {figure(row[ASKED])} with the "
        f"one asked for: {abs(row[APART]):.1f} SDs {side}."
    )


def _lacks(one: pd.DataFrame, two: pd.DataFrame) -> list[str]:
    lines = []
    for table, other, whose in ((one, two, "Your model"), (two, one, "The model asked for")):
        lacking = [f"{name}" for name in other.index if name not in table.index]
        if lacking:
            lines.append(f"{whose} does not estimate {listed(lacking)}.")
    return lines
