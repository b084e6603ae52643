"""The focal model's estimates by several methods, beside the truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError
from tutorkit.parameters import (
    COEFFICIENTS,
    RESIDUAL_VARIANCE,
    VARIANCES,
    covariance_labels,
)
from tutorkit.reml import RemlFit

TRUTH = "truth"
COLUMNS = ["parameter", "method", "estimate", "sd", "lower", "upper", "truth", "bias"]

Truth = Mapping[tuple[str, str], float]
Value = TypeVar("Value", float, Floats)


def compare(fits: Mapping[str, Draws | RemlFit], truth: Truth | None = None) -> pd.DataFrame:
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
        standard error), ``lower`` and ``upper`` (95 % interval), ``truth``, ``bias`` (estimate -
        truth) and ``bias_in_sds``. REML gives variances and correlations no sd or interval: nan.

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
    first_name, first = next(iter(tables.items()))
    for name, table in tables.items():
        if list(table.index) != list(first.index):
            raise TutorkitError(
                f"'{first_name}' and '{name}' have different focal models",
                "Compare fits of one focal model.",
            )
    outcome, random = _focal_names(next(iter(fits.values())))
    own = {name: value for (of, name), value in (truth or {}).items() if of == outcome}
    true = _short_names(own, random)
    rows = []
    for parameter in first.index:
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


def _focal_table(name: str, fit: Draws | RemlFit) -> pd.DataFrame:
    """Return estimate, sd, lower and upper, indexed by the parameters' short names."""
    if isinstance(fit, RemlFit):
        table = fit.table().rename(columns={"se": "sd"}).set_index("parameter")
        return table.drop(index=["ICC", "N", "Observations"], errors="ignore")
    if fit.n_kept == 0:
        raise TutorkitError(
            f"'{name}' was stopped during burn-in, before any draw was kept",
            "Run it to the end, or with a smaller BURN.",
        )
    draws = _focal_draws(fit)
    values = np.stack([column.ravel() for column in draws.values()])
    lower, median, upper = np.quantile(values, (0.025, 0.5, 0.975), axis=1)
    return pd.DataFrame(
        {"estimate": median, "sd": values.std(axis=1), "lower": lower, "upper": upper},
        index=pd.Index(draws, name="parameter"),
    )


def _focal_names(fit: Draws | RemlFit) -> tuple[str, tuple[str, ...]]:
    """Return the focal model's outcome and the names of its random effects."""
    if isinstance(fit, RemlFit):
        return fit.outcome, fit.random_names
    equation = fit.model.equation(fit.spec.focal.outcome)
    return equation.name, equation.random_labels


def _focal_draws(fit: Draws) -> dict[str, Floats]:
    """Return the focal model's draws by short name."""
    outcome, random = _focal_names(fit)
    groups = (COEFFICIENTS, VARIANCES)
    named = [p for p in fit.parameters if p.outcome == outcome and p.group in groups]
    return _short_names({p.name: fit.get(outcome, p.name, p.group) for p in named}, random)


def _short_names(values: Mapping[str, Value], random: tuple[str, ...]) -> dict[str, Value]:
    """Return coefficients under their names, then σ², variances and correlations by short name."""
    out = {n: v for n, v in values.items() if not n.startswith("L2 : ") and n != RESIDUAL_VARIANCE}
    if RESIDUAL_VARIANCE in values:
        out["σ²"] = values[RESIDUAL_VARIANCE]
    for (i, j), label in covariance_labels(random).items():
        first, second = (values.get(f"L2 : Var({random[k]})") for k in (i, j))
        shared = values.get(f"L2 : Cov({random[j]},{random[i]})")
        if i == j and first is not None:
            out[label] = first
        elif first is not None and second is not None and shared is not None:
            out[label] = shared / np.sqrt(first * second)
    return out
