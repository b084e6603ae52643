"""Warnings of data that a model can be run on, but of which it can say little or goes astray."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from tutorkit.arrays import Floats, Integers
from tutorkit.data.joint import CENTRED, MEAN, XPRIOR1, JointEquation, JointModel
from tutorkit.data.places import mistake
from tutorkit.model.spec import INTERCEPT, ModelSpec, Term

_LITTLE_OWN = 1e-3  # share of a term's spread that the terms before it leave
_TIGHT = 0.3  # prior SD of a standardized probit coefficient
_NO_SPREAD = 5e-6  # within clusters, compared with all: no digits are left for residuals
_FEW = 5

Columns = Mapping[str, Floats]  # column of the joint model -> (n_rows,), missing values nan


def extreme_warnings(
    spec: ModelSpec, model: JointModel, values: Columns, cluster: Integers, n_clusters: int
) -> tuple[str, ...]:
    """Return one sentence or two for each, and refuse what cannot be computed.

    ``values`` are those of the data's variables and of the columns made of FIXED ones.
    """
    found = [w for equation in model.written for w in _copies(equation, values)]
    for equation in model.equations:
        if equation.categories:
            found += _tight_priors(spec, equation, values)
            found += _few_answers(equation, values)
            found += _separated(spec, equation, values)
            continue
        if equation.random:
            _check_spread(spec, equation, values, cluster)
        found += _heavy_priors(spec, model, equation, values, cluster, n_clusters)
    return tuple(dict.fromkeys(found))


def _values(term: Term, values: Columns) -> Floats | None:
    """Return a term's values, nan where unknown, or None if it holds means or the like."""
    if not all(factor in values for factor in term.factors):
        return None
    size = len(next(iter(values.values())))
    with np.errstate(over="ignore", under="ignore"):
        product: Floats = np.prod([np.ones(size), *(values[f] for f in term.factors)], axis=0)
    return product


def _copies(equation: JointEquation, values: Columns) -> Iterator[str]:
    """Warn of a term of which the terms before it leave little."""
    known = [(str(t), _values(t, values)) for t in equation.terms if t != INTERCEPT]
    usable = [(name, x) for name, x in known if x is not None]
    if len(usable) < 2:
        return
    matrix = np.array([x for _, x in usable]).T
    matrix = matrix[~np.isnan(matrix).any(axis=1)]
    if len(matrix) < 2 * len(usable):
        return
    matrix = matrix - matrix.mean(axis=0)
    norms = np.linalg.norm(matrix, axis=0)
    own = np.abs(np.diag(np.linalg.qr(matrix / np.where(norms > 0, norms, 1.0)).R))
    for (name, _), share in zip(usable, own, strict=True):
        if share < _LITTLE_OWN:
            yield (
                f"In the equation of '{equation.name}' the predictors before '{name}' give it "
                f"almost exactly: only {share:.0e} of its standard deviation is its own. Their "
                "coefficients can hardly be told apart: leave one out, or centre variables that "
                "are multiplied."
            )


def _tight_priors(spec: ModelSpec, equation: JointEquation, values: Columns) -> Iterator[str]:
    """Warn where N(0, v) for raw coefficients rules out any effect of a predictor.

    With the average propensity known, the intercept and the coefficient of a predictor with mean m
    and SD s leave the standardized coefficient a prior SD of sqrt(v) s / sqrt(1 + m^2).
    """
    for term, label in zip(equation.terms, equation.labels, strict=True):
        x = _values(term, values)
        if term == INTERCEPT or x is None:
            continue
        mean, sd = float(np.nanmean(x)), float(np.nanstd(x))
        if math.sqrt(spec.priors.probit_variance) * sd < _TIGHT * math.hypot(1.0, mean):
            yield (
                f"The prior N(0, {spec.priors.probit_variance:g}) of the coefficients of "
                f"'{equation.name}' leaves '{label}' (mean {mean:.3g}, SD {sd:.3g}) hardly any "
                "effect. Standardize this variable, or centre and rescale it."
            )


def _answers(equation: JointEquation, values: Columns) -> Floats:
    """Return the outcome of a probit equation, nan where it is missing."""
    if equation.is_ordinal:
        return values[equation.name]
    return np.isnan(values[str(equation.selects)]).astype(np.float64)


def _few_answers(equation: JointEquation, values: Columns) -> Iterator[str]:
    """Warn of a selection model with hardly a missing, or hardly an observed, value."""
    answers = _answers(equation, values)
    counts = [int((answers == category).sum()) for category in equation.categories]
    if not equation.is_ordinal and min(counts) < _FEW:
        which = "missing" if counts[1] <= counts[0] else "observed"
        yield (
            f"'{equation.selects}' has few {which} values ({min(counts)}), so the data say little "
            f"about '{equation.name}', and its prior much."
        )


def _separated(spec: ModelSpec, equation: JointEquation, values: Columns) -> Iterator[str]:
    """Warn of a predictor whose values tell the two answers apart without an exception."""
    if len(equation.categories) != 2:
        return
    answers = _answers(equation, values)
    for term, label in zip(equation.terms, equation.labels, strict=True):
        x = _values(term, values)
        if term == INTERCEPT or x is None or np.isnan(x[~np.isnan(answers)]).any():
            continue
        low, high = (x[answers == category] for category in equation.categories)
        if low.max() < high.min() or high.max() < low.min():
            flat = math.isinf(spec.priors.probit_variance)
            yield f"'{label}' predicts '{equation.name}' without an exception, so " + (
                "with a flat prior the posterior is improper: give probit_variance a finite value."
                if flat
                else "that only the prior keeps its coefficient from growing without end."
            )


def _check_spread(
    spec: ModelSpec, equation: JointEquation, values: Columns, cluster: Integers
) -> None:
    """Refuse an outcome whose residuals would drown in the rounding of its cluster effects."""
    x = values[equation.outcome]
    known = ~np.isnan(x)
    x, cluster = x[known] - x[known].mean(), cluster[known]
    counts = np.maximum(np.bincount(cluster), 1)
    within = x - (np.bincount(cluster, x) / counts)[cluster]
    if within.std() < _NO_SPREAD * x.std():
        what = f"'{equation.outcome}' hardly varies within clusters"
        hint = "Analyse one row per cluster, with this variable's cluster means."
        place = ("predictor" if equation.implicit else "outcome", equation.outcome)
        raise mistake(spec, what, hint, place)


def _heavy_priors(
    spec: ModelSpec,
    model: JointModel,
    equation: JointEquation,
    values: Columns,
    cluster: Integers,
    n_clusters: int,
) -> Iterator[str]:
    """Warn where a prior's sum of squares is large compared with that of the outcome itself."""
    column = model.column(equation.outcome)
    column = model.column(column.plus) if column.kind == CENTRED else column
    x = values[column.plus if column.kind == MEAN else column.name]
    known = ~np.isnan(x)
    x, where = x[known], cluster[known]
    n = x.size
    if equation.level == 2:
        x = np.bincount(where, x)[np.unique(where)] / np.bincount(where)[np.unique(where)]
        n = x.size
    variance = float(x.var())
    priors = XPRIOR1 if equation.implicit else spec.priors
    heavy = 2 * priors.residual_scale > 0.5 * n * variance
    for term in equation.random:
        z = _values(term, values)
        size = 1.0 if z is None else float(np.nanmean(z**2))
        heavy |= priors.random_scale * size > n_clusters * variance
    if heavy:
        scaled = column.plus if column.kind == MEAN else column.name
        hint = " or write an equation for it" if equation.implicit and column.kind != MEAN else ""
        yield (
            f"The prior of the variances of '{equation.name}' outweighs its data, whose values "
            f"differ so little (SD {math.sqrt(variance):.2g}): multiply '{scaled}' by a "
            f"constant{hint}."
        )
