"""What a study found: bias, spread, error and coverage of each method, and which is closer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tutorkit.comparison import is_coefficient
from tutorkit.diagnostics import TARGET_PSR
from tutorkit.errors import TutorkitError, did_you_mean

ALL = "all coefficients"


def performance(results: pd.DataFrame) -> pd.DataFrame:
    """Return how each method did, by parameter, from the table of `study`.

    Returns
    -------
    DataFrame
        One row per parameter and method: ``parameter``, ``method``, ``truth``, ``n`` (data sets
        with an estimate), ``mean`` (of the estimates), ``bias``, ``bias_mcse``, ``spread``
        (empirical SD of the estimates), ``mean_sd`` (of the posterior SDs or standard errors),
        ``rmse``, ``coverage`` (share of 95 % intervals that hold the truth; nan without
        intervals), ``coverage_mcse``, ``failed`` (data sets in which the method failed) and
        ``disagreed`` (those in which its chains did not agree: the worst PSR is above 1.05). Monte
        Carlo standard errors are those of Morris, White & Crowther (2019, table 6).

    Raises
    ------
    TutorkitError
        If there is no estimate at all.
    """
    known = _known(results)
    failed = results[results["problem"] != ""].groupby("method").size()
    rows = []
    for (parameter, method), found in known.groupby(["parameter", "method"], sort=False):
        errors = (found["estimate"] - found["truth"]).to_numpy()
        n, spread = len(errors), errors.std(ddof=1) if len(errors) > 1 else np.nan
        intervals = found[found["lower"].notna() & found["truth"].notna()]
        held = intervals["truth"].between(intervals["lower"], intervals["upper"])
        covered = held.mean() if len(intervals) else np.nan
        rows.append(
            {
                "parameter": parameter,
                "method": method,
                "truth": found["truth"].iloc[0],
                "n": n,
                "mean": found["estimate"].mean(),
                "bias": errors.mean(),
                "bias_mcse": spread / np.sqrt(n),
                "spread": spread,
                "mean_sd": found["sd"].mean(),
                "rmse": np.sqrt((errors**2).mean()),
                "coverage": covered,
                "coverage_mcse": np.sqrt(covered * (1 - covered) / max(len(intervals), 1)),
                "failed": int(failed.get(method, 0)),
                "disagreed": int((found["psr"] > TARGET_PSR).sum()),
            }
        )
    return pd.DataFrame(rows)


def closer(results: pd.DataFrame, method: str, than: str) -> pd.DataFrame:
    """Return in how many data sets one method is closer to the truth than another.

    Only data sets in which both have an estimate count, and parameters whose truth is known.

    Returns
    -------
    DataFrame
        One row per parameter, and a last one, ``all coefficients``, that compares the sum of
        their squared errors, each in units of the other method's empirical SD. Columns:
        ``parameter``, ``n``, ``share`` (of data sets in which ``method`` is closer) and
        ``share_mcse`` (its Monte Carlo standard error).

    Raises
    ------
    TutorkitError
        If a method is not in the table, or there are fewer than two data sets with both.
    """
    known = _known(results)
    methods = list(dict.fromkeys(results["method"]))
    for name in (method, than):
        if name not in methods:
            raise TutorkitError(f"The study has no method '{name}'", did_you_mean(name, methods))
    signed, other_signed = (_errors(known[known["method"] == name]) for name in (method, than))
    parameters = [name for name in signed if name in other_signed]
    signed, other_signed = (
        signed[parameters].dropna().align(other_signed[parameters].dropna(), join="inner", axis=0)
    )
    one, other = signed.abs(), other_signed.abs()
    if len(one) < 2 or not parameters:
        raise TutorkitError(f"There are too few data sets with both '{method}' and '{than}'")
    better = {str(name): (one[name] < other[name]).to_numpy() for name in parameters}
    coefficients = [name for name in parameters if is_coefficient(str(name))]
    unit = other_signed[coefficients].std()
    sums = [((table[coefficients] / unit) ** 2).sum(axis=1) for table in (one, other)]
    better[ALL] = (sums[0] < sums[1]).to_numpy()
    return pd.DataFrame([_share(name, found) for name, found in better.items()])


def _errors(rows: pd.DataFrame) -> pd.DataFrame:
    """Return estimates minus truth, (replication, parameter), the parameters in order."""
    rows = rows[rows["truth"].notna()]
    rows = rows.assign(error=rows["estimate"] - rows["truth"])
    order = list(dict.fromkeys(rows["parameter"]))
    return rows.pivot(index="replication", columns="parameter", values="error")[order]


def _share(name: str, better: NDArray[np.bool_]) -> dict[str, object]:
    share, n = float(better.mean()), len(better)
    mcse = np.sqrt(share * (1 - share) / n)
    return {"parameter": name, "n": n, "share": share, "share_mcse": mcse}


def _known(results: pd.DataFrame) -> pd.DataFrame:
    known = results[results["estimate"].notna()]
    if known.empty:
        problems = [problem for problem in results["problem"] if problem]
        hint = f"The first problem was: {problems[0]}" if problems else "Let it run longer."
        raise TutorkitError("The study has no estimate yet", hint)
    return known
