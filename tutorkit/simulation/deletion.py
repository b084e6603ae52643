"""Delete values by known mechanisms: MCAR, MAR and MNAR."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr

from tutorkit.arrays import Floats
from tutorkit.errors import DataError, SpecError
from tutorkit.simulation.columns import check_generator, complete_numbers, numbers


def delete_mcar(
    data: pd.DataFrame, variable: str, rate: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the data with each value of ``variable`` missing with probability ``rate``.

    Missing completely at random: whatever the values. The rate is met in expectation, not exactly;
    values already missing stay so.
    """
    _check_rate(rate, rng)
    values = numbers(data, variable, "data")
    return data.assign(**{variable: np.where(rng.random(len(data)) < rate, np.nan, values)})


def delete_mar(
    data: pd.DataFrame,
    variable: str,
    on: str,
    rate: float,
    rng: np.random.Generator,
    *,
    strength: float = 1.0,
) -> pd.DataFrame:
    """Return the data with values of ``variable`` missing the more often, the larger ``on`` is.

    A value is missing if a + strength * z + N(0, 1) > 0, with z the standardised values of ``on``
    and a such that the probabilities' mean over the rows is ``rate``. With a negative strength
    small values of ``on`` go with missing ones. Where ``on`` itself is missing, the probability is
    ``rate``: missingness never depends on a value that is not seen. This is missing at random only
    as long as none of the values of ``on`` is deleted afterwards.
    """
    if on == variable:
        raise SpecError(
            f"'{variable}' missing by its own values is not missing at random",
            "Use delete_mnar, or simulate from a model with the equation "
            f"'{variable}.missing ~ {variable};'.",
        )
    return _delete(data, variable, {on: strength}, rate, rng)


def delete_mnar(
    data: pd.DataFrame,
    variable: str,
    rate: float,
    rng: np.random.Generator,
    *,
    strength: float = 1.0,
    also: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return the data with values of ``variable`` missing the more often, the larger they are.

    Missing not at random: as `delete_mar`, with the values of ``variable`` itself as the cause.
    ``also`` names further causes and their strengths.

    Raises
    ------
    DataError
        If ``variable`` has missing values already.
    """
    complete_numbers(data, variable, "data")
    return _delete(data, variable, {variable: strength, **(also or {})}, rate, rng)


def _delete(
    data: pd.DataFrame,
    variable: str,
    strengths: Mapping[str, float],
    rate: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    _check_rate(rate, rng)
    values = numbers(data, variable, "data")
    slope_part = np.zeros(len(data))
    for on, strength in strengths.items():
        if not math.isfinite(strength):
            raise SpecError(f"The strength must be a finite number, not {strength}")
        slope_part += strength * _standardised(numbers(data, on, "data"), on)
    seen = np.isfinite(slope_part)
    propensity = _with_intercept(slope_part[seen], rate) + rng.standard_normal(int(seen.sum()))
    gone = rng.random(len(data)) < rate
    gone[seen] = propensity > 0
    return data.assign(**{variable: np.where(gone, np.nan, values)})


def _standardised(cause: Floats, name: str) -> Floats:
    seen = cause[~np.isnan(cause)]
    if np.isinf(seen).any() or not seen.size:
        raise DataError(f"'{name}' has infinite values, or no value at all")
    if not seen.std() > 0:
        raise DataError(f"'{name}' has the same value in every row, so nothing can depend on it")
    scaled: Floats = (cause - seen.mean()) / seen.std()
    return scaled


def _with_intercept(slope_part: Floats, rate: float) -> Floats:
    """Return a + ``slope_part`` whose probit probabilities have the mean ``rate``, by bisection."""
    reach = 10.0 + float(np.abs(slope_part).max())
    low, high = -reach, reach
    for _ in range(200):
        middle = (low + high) / 2
        too_many = ndtr(middle + slope_part).mean() > rate
        low, high = (low, middle) if too_many else (middle, high)
    return slope_part + low


def _check_rate(rate: float, rng: np.random.Generator) -> None:
    check_generator(rng)
    if not 0 < rate < 1:
        what = f"The rate of missing values must lie between 0 and 1, and is {rate}"
        raise SpecError(what, "Write 0.2 for 20 percent.")
