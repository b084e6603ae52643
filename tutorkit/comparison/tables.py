"""The focal model's estimates by several methods, beside the truth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats
from tutorkit.comparison.focal import Fit, comparable, focal_names, short_names, true_values
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError, did_you_mean
from tutorkit.parameters import COEFFICIENTS, VARIANCES
from tutorkit.reml import RemlFit
from tutorkit.summaries import statistics
from tutorkit.truth import Truth

TRUTH = "truth"
COLUMNS = ["parameter", "method", "estimate", "sd", "lower", "upper", "mcse", "truth", "bias"]


def compare(fits: Mapping[str, Fit], truth: Truth | None = None) -> pd.DataFrame:
    """Return one tidy table of the focal model's estimates by several methods.

    Parameters
    ----------
    fits
        A name for each fit, for example
        ``{"listwise": fit_reml(spec, data), "MNAR-aware": sample(spec, data)}``.
    truth
        True values by (outcome, parameter name), as from `tutorkit.datasets.truth`.

    Returns
    -------
    DataFrame
        One row per parameter and method; where the truth is known it is the first "method".
        Columns: ``parameter`` (coefficients by name, then σ², τ00, τ11, ρ01 as in table 7.1),
        ``method``, ``estimate`` (posterior median, or REML estimate), ``sd`` (posterior SD, or
        standard error), ``lower`` and ``upper`` (95 % interval), ``mcse`` (Monte Carlo error of
        the posterior mean; nan for REML), ``truth``, ``bias`` (estimate - truth) and
        ``bias_in_sds``. REML gives variances and correlations no sd or interval: nan.

    Raises
    ------
    TutorkitError
        If there is no fit, a run kept no draw, or the fits are of different focal models.
    """
    if not fits:
        raise TutorkitError("There is nothing to compare", "Pass at least one fit.")
    if TRUTH in fits:
        raise TutorkitError(f"'{TRUTH}' cannot be the name of a fit", "Choose another name.")
    tables = {name: _focal_table(name, fit) for name, fit in fits.items()}
    (first_name, first), *_ = fits.items()
    _, others = comparable(fits)
    if others:
        raise TutorkitError(
            f"'{first_name}' and '{next(iter(others))}' have different focal models",
            "Compare fits of one focal model.",
        )
    true = true_values(first, truth or {})
    rows = []
    for parameter in tables[first_name].index:
        value = true.get(parameter, np.nan)
        shared = {"parameter": parameter, "truth": value}
        if not np.isnan(value):
            rows.append(shared | {"method": TRUTH, "estimate": value})
        for name, table in tables.items():
            estimate = table.loc[parameter].to_dict()
            bias = estimate["estimate"] - value
            rows.append(shared | {"method": name, "bias": bias} | estimate)
    out = pd.DataFrame(rows, columns=COLUMNS)
    out["bias_in_sds"] = out["bias"] / out["sd"]
    return out


def wide(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of `compare` with a row for each parameter, to be shown.

    Columns are pairs: ("", "parameter"), ("", "truth") where it is known, and for each fit
    (name, "estimate (sd)"), a text, and with the truth (name, "SDs from truth").
    """
    parameters = list(dict.fromkeys(table["parameter"]))
    columns = {("", "parameter"): parameters}
    for method in dict.fromkeys(table["method"]):
        rows = table[table["method"] == method]
        by = rows.set_index("parameter").reindex(parameters)
        if method == TRUTH:
            columns["", TRUTH] = by["estimate"].to_list()
            continue
        columns[method, "estimate (sd)"] = [
            _with_sd(*pair) for pair in zip(by["estimate"], by["sd"], strict=True)
        ]
        if table["truth"].notna().any():
            columns[method, "SDs from truth"] = (
                by["bias_in_sds"].round(1) + 0.0
            ).to_list()  # no -0
    return pd.DataFrame(columns)


def difference(table: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """Return how far the estimates of one fit lie from those of another.

    Fits of the same data, or of parts of it, are not independent: the difference says how much
    the method matters, and is no test. Its SDs are a yardstick, not its standard error.

    Parameters
    ----------
    table
        The table of `compare`.
    first, second
        Names of two of its fits.

    Returns
    -------
    DataFrame
        One row per parameter: ``parameter``, ``first`` and ``second`` (the estimates),
        ``difference`` (second - first), ``in_sds`` (difference / sd of the first; nan if it has
        none) and ``mcse`` (how much of the difference may be Monte Carlo error, as a standard
        error; 0 between two REML fits).

    Raises
    ------
    TutorkitError
        If a fit is not in the table.
    """
    known = [name for name in dict.fromkeys(table["method"]) if name != TRUTH]
    for name in (first, second):
        if name not in known:
            raise TutorkitError(f"There is no fit '{name}' to compare", did_you_mean(name, known))
    one, two = (table[table["method"] == name].set_index("parameter") for name in (first, second))
    change = two["estimate"] - one["estimate"]
    out = pd.DataFrame(
        {
            "first": one["estimate"],
            "second": two["estimate"],
            "difference": change,
            "in_sds": change / one["sd"],
            "mcse": np.hypot(one["mcse"].fillna(0.0), two["mcse"].fillna(0.0)),
        }
    )
    return out.reset_index()


def figure(value: float) -> str:
    """Return a number with two decimals, and without a minus sign if they are 0.00."""
    return f"{round(value, 2) + 0.0:.2f}"


def is_coefficient(parameter: str) -> bool:
    """Tell whether this name, as `compare` has it, is a coefficient's; else σ², τ or ρ."""
    return not parameter.startswith(("σ²", "τ", "ρ"))


def focal_draws(name: str, fit: Draws) -> dict[str, Floats]:
    """Return the focal model's draws by short name, each of shape (chain, draw).

    Raises
    ------
    TutorkitError
        If the run, called ``name``, kept no draw.
    """
    if fit.n_kept == 0:
        raise TutorkitError(
            f"'{name}' was stopped during burn-in, before any draw was kept",
            "Run it to the end, or with a smaller BURN.",
        )
    outcome, random = focal_names(fit)
    groups = (COEFFICIENTS, VARIANCES)
    named = [p for p in fit.parameters if p.outcome == outcome and p.group in groups]
    return short_names({p.name: fit.get(outcome, p.name, p.group) for p in named}, random)


def focal_values(name: str, fit: Draws) -> Floats:
    """Return the focal model's draws, (chain, draw, parameter), in the order of `focal_draws`.

    Raises
    ------
    TutorkitError
        If the run, called ``name``, kept no draw.
    """
    return np.stack(list(focal_draws(name, fit).values()), axis=-1)


def focal_estimates(fit: RemlFit) -> pd.DataFrame:
    """Return estimate, sd, lower and upper of a REML fit by the parameters' short names."""
    table = fit.table().rename(columns={"se": "sd"}).set_index("parameter")
    return table.drop(index=["ICC", "N", "Observations"], errors="ignore")


def _focal_table(name: str, fit: Fit) -> pd.DataFrame:
    """Return estimate, sd, lower, upper and mcse, indexed by the parameters' short names."""
    if isinstance(fit, RemlFit):
        return focal_estimates(fit).assign(mcse=np.nan)
    draws = focal_draws(name, fit)
    values = np.stack(list(draws.values()), axis=-1)  # (chain, draw, parameter)
    table = pd.DataFrame(statistics(values), index=pd.Index(draws, name="parameter"))
    table = table.rename(columns={"median": "estimate", "mcse_mean": "mcse"})
    return table[["estimate", "sd", "lower", "upper", "mcse"]]


def _with_sd(estimate: float, sd: float) -> str:
    """Return an estimate with its SD in brackets; empty if there is none."""
    if np.isnan(estimate):
        return ""
    return figure(estimate) + ("" if np.isnan(sd) else f" ({sd:.2f})")
