"""Fits of one focal model under several assumptions: picture and report."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tutorkit.charts.intervals import interval_chart
from tutorkit.charts.picture import Picture
from tutorkit.comparison import TRUTH, Fit, compare, figure, focal_values, is_coefficient
from tutorkit.diagnostics import TARGET_PSR, split_psr
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError
from tutorkit.truth import Truth
from tutorkit.wording import listed

UNTESTABLE = (
    "Which assumption about the missing values holds cannot be tested: the data do not hold them."
)


def sensitivity_picture(fits: Mapping[str, Fit], truth: Truth | None = None) -> Picture:
    """Return estimates under several assumptions, with a report of what depends on them.

    Parameters
    ----------
    fits
        Fits of one focal model to the same data, by the name of their assumption, for example
        ``{"MAR": ..., "MNAR": ...}``.
    truth
        True values where the data were simulated; they are drawn, and the report does not use them.

    Returns
    -------
    Picture
        Its text says, for each parameter, from where to where its estimates go, how far that is in
        posterior SDs (or standard errors: the largest of the fits), and for coefficients whether
        all intervals agree about 0. Its table has a row for each: ``parameter``, ``lowest`` and the
        assumption it is ``lowest under``, ``highest`` and ``highest under``, ``SDs apart``, and the
        numbers of fits whose interval lies ``above 0``, ``below 0`` or holds it, ``around 0``.

    Raises
    ------
    TutorkitError
        If there are fewer than two fits, or as `tutorkit.compare` does.
    """
    if len(fits) < 2:
        hint = "Fit the model under another assumption as well, for example with a selection model."
        raise TutorkitError("Sensitivity needs fits under two assumptions or more", hint)
    table = compare(fits, truth)
    rows = table[table["estimate"].notna() & (table["method"] != TRUTH)]
    found = pd.DataFrame(
        [_range(str(name), group) for name, group in rows.groupby("parameter", sort=False)]
    )
    lines = [
        f"{len(fits)} fits of the focal model: {listed(fits)}.",
        *(_words(row, len(fits)) for row in found.to_dict("records")),
        *_disagreeing(fits),
        UNTESTABLE,
    ]
    return Picture(interval_chart(table), "\n".join(lines), found)


def _disagreeing(fits: Mapping[str, Fit]) -> list[str]:
    """Say whose chains do not agree."""
    lines = []
    for name, fit in fits.items():
        if isinstance(fit, Draws):
            psr = np.nanmax(split_psr(focal_values(name, fit)))
            if psr > TARGET_PSR:
                lines.append(
                    f"The chains of {name} do not agree (PSR {psr:.2f}): run it longer before it "
                    "is reported."
                )
    return lines


def _range(name: str, rows: pd.DataFrame) -> dict[str, Any]:
    ordered = rows.sort_values("estimate")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    above, below = rows["lower"] > 0, rows["upper"] < 0
    return {
        "parameter": name,
        "lowest": low["estimate"],
        "lowest under": low["method"],
        "highest": high["estimate"],
        "highest under": high["method"],
        "SDs apart": (high["estimate"] - low["estimate"]) / rows["sd"].max(),
        "above 0": int(above.sum()),
        "below 0": int(below.sum()),
        "around 0": int((rows["lower"].notna() & ~above & ~below).sum()),
    }


def _words(row: dict[Hashable, Any], n: int) -> str:
    apart = f", {row['SDs apart']:.1f} SDs apart" if row["SDs apart"] == row["SDs apart"] else ""
    span = (
        f"{row['parameter']}: from {figure(row['lowest'])} ({row['lowest under']}) to "
        f"{figure(row['highest'])} ({row['highest under']}){apart}"
    )
    if not is_coefficient(row["parameter"]):
        return f"{span}."
    if n in (row["above 0"], row["below 0"]):
        return f"{span}; all intervals lie {'above' if row['above 0'] else 'below'} 0."
    if row["around 0"] == n:
        return f"{span}; all intervals hold 0."
    told = [(row["above 0"], "lies above 0", "lie above 0"), (row["below 0"], "lies below 0",
            "lie below 0"), (row["around 0"], "holds 0", "hold 0")]  # fmt: skip
    parts = listed(f"{k} {one if k == 1 else many}" for k, one, many in told if k)
    return f"{span}; whether it differs from 0 depends on the assumption: of {n} intervals {parts}."
