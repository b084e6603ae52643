"""What each fit says about one parameter, as a curve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats
from tutorkit.comparison import Fit, focal_draws, focal_estimates
from tutorkit.draws import Draws
from tutorkit.errors import TutorkitError, did_you_mean

POINTS = 128  # of each curve
OUTERMOST = 0.002  # share of the draws at each end that the curve leaves out
EXTREME = 0.0005  # share of the draws at each end that would only stretch the grid
REACH = 3.5  # standard errors on each side of a REML estimate


def density_table(fits: Mapping[str, Fit], parameter: str) -> pd.DataFrame:
    """Return the density of one parameter of the focal model under each fit.

    Of a run it is a kernel density estimate of its draws (Gaussian kernel, reflected at the ends,
    so that a variance has no density below 0 and a correlation none outside -1 to 1); of a REML
    fit the normal curve of its estimate and standard error.

    Parameters
    ----------
    fits
        Fits by name, as for `compare`.
    parameter
        A name as in `compare`: Intercept, x1i, σ², τ00, ρ01, ...

    Returns
    -------
    DataFrame
        Columns ``fit``, ``value`` and ``density``, 128 rows for each fit. A fit without a curve
        has no rows: REML gives variances and correlations no standard error, and draws that are
        all equal (or fewer than four) have no density.

    Raises
    ------
    TutorkitError
        If a fit has no such parameter, or a run kept no draw.
    """
    curves = {name: _curve(name, fit, parameter) for name, fit in fits.items()}
    drawn = {name: curve for name, curve in curves.items() if curve is not None}
    return pd.DataFrame(
        {
            "fit": np.repeat(np.array(list(drawn), dtype=object), POINTS),
            "value": np.ravel([values for values, _ in drawn.values()]),
            "density": np.ravel([density for _, density in drawn.values()]),
        }
    )


def overlap(table: pd.DataFrame, first: str, second: str) -> float:
    """Return the share of their area that two curves of `density_table` have in common.

    The overlapping coefficient (Weitzman, 1970): the area under the lower of the two curves, 1 if
    they are equal, 0 if they do not meet.
    """
    one, two = (table[table["fit"] == name] for name in (first, second))
    grid = np.union1d(one["value"], two["value"])
    lower = np.minimum(*(_at(grid, curve) for curve in (one, two)))
    return float(min(1.0, np.trapezoid(lower, grid)))


def _curve(name: str, fit: Fit, parameter: str) -> tuple[Floats, Floats] | None:
    """Return values and densities, or None if there is no curve."""
    if isinstance(fit, Draws):
        draws = focal_draws(name, fit)
        _demand(parameter, draws, name)
        return _smoothed(draws[parameter])
    estimates = focal_estimates(fit)
    _demand(parameter, estimates.index, name)
    centre, se = estimates.loc[parameter, ["estimate", "sd"]].to_numpy(float)
    if not se > 0:
        return None
    z = np.linspace(-REACH, REACH, POINTS)
    return centre + se * z, np.exp(-(z**2) / 2) / (se * np.sqrt(2 * np.pi))


def _smoothed(draws: Floats) -> tuple[Floats, Floats] | None:
    from arviz_stats.base import array_stats  # see `diagnostics.import_in_background`

    low, high = np.quantile(draws, (EXTREME, 1 - EXTREME))
    inner = draws[(draws >= low) & (draws <= high)]
    if np.unique(inner).size < 2:
        return None
    grid, density, _ = array_stats.kde(inner)
    first, last = np.quantile(inner, (OUTERMOST, 1 - OUTERMOST))
    values = np.linspace(first, last, POINTS)
    return values, np.interp(values, grid, density)


def _at(grid: Floats, curve: pd.DataFrame) -> Floats:
    values, density = curve["value"].to_numpy(float), curve["density"].to_numpy(float)
    height: Floats = np.interp(grid, values, density, left=0.0, right=0.0)
    return height


def _demand(parameter: str, known: Iterable[str], name: str) -> None:
    names = list(known)
    if parameter not in names:
        raise TutorkitError(
            f"'{name}' has no parameter '{parameter}'", did_you_mean(parameter, names)
        )
