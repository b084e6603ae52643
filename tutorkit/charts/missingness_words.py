"""What the pictures of missingness show, in sentences."""

from __future__ import annotations

import pandas as pd

from tutorkit.exploration import COMPLETE, OBSERVED, Difference
from tutorkit.wording import listed

MOST_NAMED = 5  # variables in a sentence


def patterns_words(table: pd.DataFrame, most_patterns: int, n_left_out: int) -> str:
    """Say how many rows are complete, and what is most often missing."""
    names, n = list(table.columns[:-2]), int(table["rows"].sum())
    if not names:
        return f"No value is missing in these {n} rows."
    complete = table[~table[names].any(axis=1)]
    kept = int(complete["rows"].sum())
    lines = [
        f"{kept} of {n} rows ({kept / n:.1%}) have no missing value: listwise deletion keeps "
        "only these."
    ]
    first = table[table[names].any(axis=1)].iloc[0]
    missing = [name for name in names if first[name]]
    lines.append(
        f"The most frequent gap is {listed(missing)}{' alone' * (len(missing) == 1)}: "
        f"{first['rows']} rows ({first['percent']:.1f}%)."
    )
    totals = pd.Series({name: table.loc[table[name], "rows"].sum() / n for name in names})
    most = [f"{name} ({share:.1%})" for name, share in totals.nlargest(MOST_NAMED).items()]
    lines.append(f"Most often missing {_are(len(most))} {listed(most)}.")
    rest = table.iloc[most_patterns:]
    if len(rest):
        lines.append(
            f"The chart draws the {most_patterns} most frequent of {len(table)} patterns; "
            f"the others have {rest['rows'].sum()} rows."
        )
    if n_left_out:
        lines.append(f"{n_left_out} more incomplete variables, with fewer gaps, are left out.")
    return "\n".join(lines)


def mechanism_words(
    table: pd.DataFrame, difference: Difference, variable: str, by: str, revealed: bool
) -> str:
    """Say whether missingness goes with another variable, and what that does not tell."""
    lines = [_verdict(difference, variable, by), _extremes(table, variable, by)]
    if difference.n_left_out:
        n = difference.n_left_out
        lines.append(f"{_rows(n)} in which {by} itself is missing {_are(n)} left out.")
    if not revealed:
        lines.append(
            f"These data cannot show whether {variable} is also missing more often because of its "
            "own unseen values: MAR and MNAR look alike here."
        )
    elif by == variable:
        lines.append(
            f"Only a simulation permits this look. {variable} is MNAR if the dependence on its own "
            "values remains among rows alike in all that is observed; it may also just follow a "
            "variable that is observed."
        )
    else:
        lines.append(f"All values of {by} are used, also those that only a simulation knows.")
    return "\n".join(lines)


def observed_and_complete_words(
    table: pd.DataFrame, difference: Difference | None, variable: str
) -> str:
    """Say how far the observed values are from all values."""
    rows = table.drop_duplicates("values").set_index("values")
    counts = table.groupby("values")["n"].sum()
    figures = "; ".join(
        f"{kind} {variable}: mean {rows['mean'][kind]:.2f}, SD {rows['sd'][kind]:.2f} "
        f"({counts[kind]} values)"
        for kind in (OBSERVED, COMPLETE)
    )
    lines = [figures[0].upper() + figures[1:] + "."]
    if difference is None:
        return f"{lines[0]}\nNo value of {variable} is missing, so both are the same."
    shift = (rows["mean"][OBSERVED] - rows["mean"][COMPLETE]) / rows["sd"][COMPLETE]
    side = "above" if shift > 0 else "below"
    chance = {
        "clearly": "more than deletion by chance alone would do",
        "perhaps": "perhaps more than deletion by chance alone would do",
        "no sign": "no more than deletion by chance alone may do",
    }[difference.verdict]
    lines.append(
        f"The observed mean lies {abs(shift):.2f} SDs {side} the mean of all values: {chance}."
    )
    lines.append("Outside of a simulation only the observed values are known.")
    return "\n".join(lines)


def clusters_words(table: pd.DataFrame, icc: float, cluster: str, variable: str) -> str:
    """Say how many clusters there are, how they differ, and where values are missing."""
    known = table.dropna(subset="mean")
    low, high = known.iloc[0], known.iloc[-1]
    lines = [
        f"{len(table)} clusters of {_span(table['n'])} rows. The mean of {variable} goes from "
        f"{low['mean']:.2f} ({cluster} {low['cluster']}) to "
        f"{high['mean']:.2f} ({cluster} {high['cluster']})."
    ]
    if icc == icc:
        icc = max(icc, 0)
        lines.append(
            f"The intraclass correlation is {icc:.2f}: about {icc:.0%} of the variance of "
            f"{variable} lies between clusters."
        )
    if table["n_missing"].any():
        share = 100 * table["n_missing"] / table["n"]
        lines.append(
            f"Between {share.min():.0f}% and {share.max():.0f}% of {variable} are missing in a "
            "cluster. The means are those of the seen values: where high values are missing they "
            "are too low."
        )
    if n := len(table) - len(known):
        lines.append(f"{n} cluster{'s' * (n > 1)} {_have(n)} no value of {variable}.")
    return "\n".join(lines)


def _verdict(difference: Difference, variable: str, by: str) -> str:
    if difference.se != difference.se:
        return (
            f"There are too few rows to say whether the missingness of {variable} goes with {by}."
        )
    size = f"{abs(difference.value):.2f} SDs"
    error = f"(standard error {difference.se:.2f})"
    if difference.verdict == "no sign":
        return (
            f"There is no sign that missingness of {variable} rises or falls with {by}: the mean "
            f"of {by} differs by {size} {error} between rows with {variable} missing and seen."
        )
    return (
        f"Missingness of {variable} {difference.verdict} "
        f"{'rises' if difference.value > 0 else 'falls'} with {by}: the mean of {by} is {size} "
        f"{'higher' if difference.value > 0 else 'lower'} {error} where {variable} is missing."
    )


def _extremes(table: pd.DataFrame, variable: str, by: str) -> str:
    first, last = table.iloc[0], table.iloc[-1]
    if len(table) == 1:
        return f"{variable} is missing in {first['share']:.0%} of the rows."
    return (
        f"{variable} is missing in {first['share']:.0%} of the rows with the lowest {by} "
        f"({first['group']}) and in {last['share']:.0%} of those with the highest "
        f"({last['group']})."
    )


def _span(sizes: pd.Series) -> str:
    low, high = int(sizes.min()), int(sizes.max())
    return f"{low}" if low == high else f"{low} to {high}"


def _rows(n: int) -> str:
    return f"{n} row{'s' * (n != 1)}"


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _have(n: int) -> str:
    return "has" if n == 1 else "have"
