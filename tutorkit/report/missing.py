"""The report's view of missing values: which are missing together, and what was imputed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tutorkit.draws import Draws
from tutorkit.patterns import imputation_summary, missing_patterns
from tutorkit.report.parts import Grid, Lines, Part, Section, figures

MOST_PATTERNS = 10
LONGEST_LABEL = 60
HEAD = ("N", "Mean", "StdDev", "Min", "25%", "Median", "75%", "Max")
COLUMNS = ("mean", "sd", "min", "q25", "median", "q75", "max")


def patterns(draws: Draws) -> Section:
    """Show the most frequent patterns of missing values."""
    title = "Missing data patterns"
    table = missing_patterns(draws)
    names = list(table.columns[:-2])
    if not names:
        return Section(title, (Lines(("No values of the model's variables are missing.",)),))
    records: list[dict[Any, Any]] = table.to_dict("records")
    rows = [
        (_label([name for name in names if row[name]]), f"{row['rows']}", f"{row['percent']:.2f}")
        for row in records[:MOST_PATTERNS]
    ]
    parts: list[Part] = [Grid(("Missing together", "Rows", "%"), (("", tuple(rows)),))]
    rest = table.iloc[MOST_PATTERNS:]
    if len(rest):
        more = f"{len(rest)} more pattern{'s' * (len(rest) > 1)}"
        parts.append(Lines((f"{more} in the other {rest['rows'].sum()} rows.",)))
    return Section(title, tuple(parts))


def _label(names: list[str]) -> str:
    if not names:
        return "nothing"
    label = " ".join(names)
    if len(label) <= LONGEST_LABEL:
        return label
    return f"{label[:LONGEST_LABEL].rpartition(' ')[0]} … ({len(names)} variables)"


def imputed_data(draws: Draws, saved: Sequence[str] = ()) -> tuple[Section, ...]:
    """Show observed and imputed values side by side, and say what SAVE has written."""
    table = imputation_summary(draws)
    if table.empty and not draws.spec.save:
        return ()
    groups = tuple((str(name), _rows(rows)) for name, rows in table.groupby("variable", sort=False))
    kept = len(draws.imputed)
    note = (
        f"Imputed values are those of {kept} imputations, equally spaced over the iterations and "
        "the chains. Unless values are missing completely at random, they may well differ from "
        "the observed ones."
    )
    parts: list[Part] = [Grid(("Variable", *HEAD), groups), Lines((note,))] if groups else []
    if saved:
        parts.append(Lines(tuple(saved)))
    elif draws.spec.save:
        line = (
            "SAVE is carried out by 'tutorkit fit'; in Python, write "
            "save_imputations(draws, data, 'file.csv')."
        )
        parts.append(Lines((line,)))
    return (Section("Imputed data", tuple(parts)),)


def _rows(table: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    records: list[dict[Any, Any]] = table.to_dict("records")
    return tuple(
        (str(row["values"]), f"{row['n']}", *figures(*(row[key] for key in COLUMNS)))
        for row in records
    )
