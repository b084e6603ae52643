"""Prior densities of single parameters, with the words that say what they assume."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tutorkit.arrays import Floats
from tutorkit.data.joint import XPRIOR1, JointEquation, JointModel
from tutorkit.model.spec import Priors
from tutorkit.parameters import (
    COEFFICIENTS,
    GRAND_MEANS,
    RESIDUAL_VARIANCE,
    THRESHOLDS,
    VARIANCES,
    Parameter,
)


@dataclass(frozen=True, eq=False)
class PriorDensity:
    """The prior density of one parameter on a grid, or words alone where it has no formula.

    ``values`` (grid point) are a density if the prior is ``proper``. An improper prior has no total
    probability: its values are relative to the highest on the grid, which is 1.
    """

    values: Floats | None
    proper: bool
    words: str


def prior_density(
    model: JointModel, priors: Priors, parameter: Parameter, grid: Floats
) -> PriorDensity:
    """Return the marginal prior density of one parameter.

    Coefficients are normal or flat. Variances are inverse gamma, density proportional to
    x^(-shape - 1) exp(-scale / x). That of one of p random effects is the marginal of an inverse
    Wishart(scale I, df) and has shape (df - p + 1)/2 and scale/2 (Gupta & Nagar 2000,
    section 3.4); an improper inverse Wishart has no marginal unless p = 1. Implied equations have
    the variance priors `tutorkit.data.joint.XPRIOR1` and flat coefficients.

    Parameters
    ----------
    model, priors
        For example ``draws.model`` and ``draws.spec.priors``.
    parameter
        One of ``draws.parameters``.
    grid
        Values (grid point) at which to take the density, on the parameter's own scale.
    """
    if parameter.group == GRAND_MEANS:
        return _normal(math.inf, grid)
    if parameter.group == THRESHOLDS:
        return PriorDensity(None, False, _threshold(parameter))
    if parameter.group == COEFFICIENTS:
        return _normal(_coefficient_variance(model.equation(parameter.outcome), priors), grid)
    if parameter.group != VARIANCES:
        words = "It is computed from other parameters and has no prior of its own."
        return PriorDensity(None, False, words)
    equation = model.equation(parameter.outcome)
    used = XPRIOR1 if equation.implicit else priors
    if parameter.name == RESIDUAL_VARIANCE:
        if not parameter.free:
            words = "It is fixed at 1, which sets the scale of the latent response."
            return PriorDensity(None, False, words)
        return _inverse_gamma(used.residual_shape, used.residual_scale, grid)
    return _random_effects(equation, used, parameter, grid)


def _coefficient_variance(equation: JointEquation, priors: Priors) -> float:
    if equation.categories:
        return priors.probit_variance
    return math.inf if equation.implicit else priors.coefficient_variance


def _threshold(parameter: Parameter) -> str:
    if not parameter.free:
        return "It is fixed at 0, as the lowest threshold always is."
    return "Flat over all thresholds that are in order; it depends on the others and is not drawn."


def _random_effects(
    equation: JointEquation, used: Priors, parameter: Parameter, grid: Floats
) -> PriorDensity:
    p = len(equation.random)
    df, scale = used.random_df * (p + 1), used.random_scale
    if p == 1:
        return _inverse_gamma(df / 2, scale / 2, grid)
    proper = df > p - 1 and scale > 0
    matrix = (
        f"inverse Wishart prior (scale {scale:g} times the identity, {df:g} degrees of freedom) of "
        f"the covariance matrix of {p} random effects"
    )
    if parameter.name.startswith("L2 : Cov("):
        words = f"It comes from the {matrix}; by itself it has no simple formula."
        return PriorDensity(None, proper, words)
    if not proper:
        words = f"It comes from the {matrix}; that is improper, so no variance has one of its own."
        return PriorDensity(None, False, words)
    own = _inverse_gamma((df - p + 1) / 2, scale / 2, grid)
    return PriorDensity(own.values, True, f"{own.words} It comes from the {matrix}.")


def _normal(variance: float, grid: Floats) -> PriorDensity:
    if math.isinf(variance):
        words = (
            "Flat: beforehand every value is as plausible as any other. It is improper, so only "
            "its shape can be drawn."
        )
        return PriorDensity(np.ones_like(grid), False, words)
    density = np.exp(-0.5 * grid**2 / variance) / math.sqrt(2 * math.pi * variance)
    sd = math.sqrt(variance)
    words = (
        f"Normal with mean 0 and variance {variance:g}: beforehand 95% of the probability lies "
        f"between {-1.96 * sd:.3g} and {1.96 * sd:.3g}."
    )
    return PriorDensity(density, True, words)


def _inverse_gamma(shape: float, scale: float, grid: Floats) -> PriorDensity:
    proper = shape > 0 and scale > 0
    kernel = np.full(grid.shape, -np.inf)
    x = grid[grid > 0]
    kernel[grid > 0] = -(shape + 1) * np.log(x) - scale / x
    if proper:
        kernel += shape * math.log(scale) - math.lgamma(shape)
        words = f"Inverse gamma with shape {shape:g} and scale {scale:g}."
        return PriorDensity(np.exp(kernel), True, words)
    if x.size:
        kernel -= kernel.max()
    if scale > 0:
        form = f"Inverse gamma with shape {shape:g} and scale {scale:g}"
    elif shape == -1:
        form = "Flat over all positive values"
    else:
        form = f"Proportional to the value to the power of {-shape - 1:g}"
    words = f"{form}. It is improper, so only its shape can be drawn."
    return PriorDensity(np.exp(kernel), False, words)
