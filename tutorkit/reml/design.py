"""From a spec and a table to what REML needs: complete rows, well-scaled columns, plain errors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tutorkit.arrays import Floats
from tutorkit.errors import DataError, did_you_mean
from tutorkit.model.expressions import evaluate
from tutorkit.model.expressions import names as names_of
from tutorkit.model.spec import INTERCEPT, ModelSpec, Term
from tutorkit.model.tokens import variable_of
from tutorkit.reml.core import Moments, cross_products

SAME = 1e-7  # a column whose own part is this small, relative to its SD, adds nothing
EXACT = 1e-12  # relative size of what is left only by rounding
TINY = 1e-100  # squares of smaller values underflow
SATURATED = 1e-8  # share of residual below which sigma2 / tau loses its digits


class Design(NamedTuple):
    """The complete rows of a focal equation in columns of mean 0 and SD 1.

    The outcome of ``moments`` is what ordinary least squares leaves of y, divided by ``unit``, its
    SD. Raw coefficients are ``to_raw`` @ (``ols`` + ``unit`` * REML's), plus ``origin`` in the
    intercept.
    """

    moments: Moments
    fixed: tuple[Term, ...]
    random: tuple[Term, ...]  # empty without clusters
    to_raw: Floats  # (c, c): centred and scaled columns are raw columns @ to_raw
    ols: Floats  # (p,)
    origin: float
    unit: float
    df: int  # rows minus parameters


def build_design(spec: ModelSpec, data: pd.DataFrame) -> Design:
    """Prepare the focal equation of ``spec``; DataError where ``data`` cannot identify it.

    Columns are centred and scaled so that neither the units nor the origin of a variable matter
    to the fit, and y enters as its least-squares residual so that no digits cancel.
    """
    values, cluster = _complete_rows(spec, data)
    fixed = spec.focal.terms
    clustered = spec.cluster is not None and spec.focal.random_intercept
    random = (INTERCEPT, *spec.focal.slopes) if clustered else ()
    terms = tuple({term.key: term for term in (*fixed, *random)}.values())
    keys = [term.key for term in terms]
    varying = np.array([keys.index(term.key) for term in random], dtype=np.intp)
    p, r, n = len(fixed), len(random), len(cluster)
    df = n - p - (r * (r + 1) // 2 + 1 if r else 0)
    _check_counts(n, int(cluster.max()) + 1, r, df)
    columns, to_raw = _standardise(terms, values, n)
    _check_rank(fixed, columns[:, :p])
    _check_rank(random, columns[:, varying])
    y, origin, unit = _centre(values[spec.focal.outcome], f"The outcome '{spec.focal.outcome}'")
    ols = np.asarray(np.linalg.lstsq(columns[:, :p], y, rcond=None)[0], dtype=np.float64)
    rest = y - columns[:, :p] @ ols
    spread = float(np.sqrt(np.mean(rest**2)))
    rest /= max(spread, EXACT)
    moments = Moments(cross_products(np.column_stack([columns, rest]), cluster), p, varying, n)
    if spread < EXACT or _unexplained(moments) < SATURATED:
        raise DataError(
            f"Predictors and clusters can explain '{spec.focal.outcome}' without any residual, "
            "so the residual variance cannot be estimated",
            "More rows per cluster, or fewer predictors or random effects, are needed."
            if random
            else "",
        )
    return Design(moments, fixed, random, to_raw, ols * unit, origin, unit * spread, df)


def _complete_rows(
    spec: ModelSpec, data: pd.DataFrame
) -> tuple[dict[str, Floats], NDArray[np.intp]]:
    """Return the focal variables and cluster codes 0 .. J - 1 of the complete rows."""
    equation = spec.focal
    _check_class(spec)
    wanted = dict.fromkeys((equation.outcome, *equation.inputs))
    made = {transform.name: transform for transform in spec.transforms}
    sources = [v for t in spec.transforms for v in names_of(t.expression) if v not in made]
    raw = dict.fromkeys([*(v for v in wanted if v not in made), *(sources if made else [])])
    for name in [*raw, *([spec.cluster] if spec.cluster else [])]:
        found = list(data.columns).count(name)
        if not found:
            hint = did_you_mean(name, map(str, data.columns))
            raise DataError(f"The data have no column '{name}'", hint)
        if found > 1:
            raise DataError(f"The data have {found} columns named '{name}'", "Rename all but one.")
    columns = {name: _numbers(name, data[name], spec.missing) for name in raw}
    for transform in spec.transforms:
        value = evaluate(transform.expression, columns)
        columns[transform.name] = np.array(np.broadcast_to(value, len(data)))
    values = {name: columns[name] for name in wanted}
    names = list(values)
    keep = ~np.any([np.isnan(column) for column in values.values()], axis=0)
    codes = np.zeros(len(data), dtype=np.intp)
    if spec.cluster:
        keep &= data[spec.cluster].notna().to_numpy()
        codes = pd.factorize(data[spec.cluster].where(keep))[0]
    if not keep.any():
        raise DataError(
            f"No row is complete in {', '.join(names)}",
            "Listwise deletion keeps only rows without missing values, and here none is left.",
        )
    return {name: column[keep] for name, column in values.items()}, codes[keep]


def _check_class(spec: ModelSpec) -> None:
    """Refuse a focal equation that is no linear mixed model of the data's own columns."""
    equation = spec.focal
    if equation.selects:
        raise DataError(
            f"'{equation.outcome}' is a missingness indicator; REML needs a numeric outcome"
        )
    if spec.is_probit(equation):
        raise DataError(f"'{equation.outcome}' is ORDINAL; REML needs a continuous outcome")
    centred = {*spec.grand_mean, *spec.group_mean}
    for factor in equation.factors:
        if factor != variable_of(factor) or factor in centred:
            what = "is a latent cluster mean" if factor not in centred else "is centred"
            raise DataError(f"'{factor}' {what}; REML takes the columns of the data as they are")


def _numbers(name: str, column: pd.Series, missing: tuple[float, ...]) -> Floats:
    """Return a column as numbers, nan where it is missing or holds a missing-value code."""
    try:
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise DataError(f"The column '{name}' holds something that is not a number") from None
    if np.isinf(numbers).any():
        raise DataError(f"The column '{name}' holds an infinite value")
    return np.where(np.isin(numbers, missing), np.nan, numbers)


def _check_counts(n: int, n_clusters: int, r: int, df: int) -> None:
    """Refuse too few rows or clusters for the number of parameters."""
    if df < 1:
        raise DataError(f"There are too few complete rows ({n}) for the parameters of the model")
    if r and n_clusters < 2:
        raise DataError("All complete rows belong to one cluster; random effects need several")


def _centre(column: Floats, what: str) -> tuple[Floats, float, float]:
    """Return (column - origin) / unit with mean 0 and SD 1, the origin and the unit."""
    size = float(np.abs(column).max())
    if not size < 1 / TINY:
        raise DataError(f"{what} has values too large to compute with", "Change its unit.")
    origin = float(column.mean())
    centred = column - origin
    peak = float(np.abs(centred).max())  # divided out below, as squares could underflow
    if peak <= EXACT * size:
        raise DataError(f"{what} has the same value in all {len(column)} complete rows")
    if peak < TINY:
        raise DataError(f"{what} has values too small to compute with", "Change its unit.")
    unit = peak * float(np.sqrt(np.mean((centred / peak) ** 2)))
    return centred / unit, origin, unit


def _standardise(
    terms: tuple[Term, ...], values: dict[str, Floats], n: int
) -> tuple[Floats, Floats]:
    """Return the centred and scaled columns D of the terms, (n, c), and B with D = raw @ B."""
    design, back = np.ones((n, len(terms))), np.eye(len(terms))
    for k, term in enumerate(terms):
        if not term.factors:
            continue
        with np.errstate(over="ignore"):
            column = np.prod([values[name] for name in term.factors], axis=0)
        design[:, k], origin, unit = _centre(column, f"The term '{term}'")
        back[0, k], back[k, k] = -origin / unit, 1 / unit
    return design, back


def _check_rank(terms: tuple[Term, ...], design: Floats) -> None:
    """Refuse a term that is a linear combination of those before it, and name it."""
    left = np.abs(np.diag(np.linalg.qr(design, mode="r"))) / np.sqrt(len(design))
    for term, part in zip(terms, left, strict=True):
        if part < SAME:
            raise DataError(
                f"The term '{term}' says nothing beyond the terms before it in the "
                f"{len(design)} complete rows, so it cannot have a coefficient of its own",
                "Take it out of the equation.",
            )


def _unexplained(moments: Moments) -> float:
    """Return the share of y left by X and by every cluster's own coefficients of Z."""
    products, p, random, _ = moments
    within = products.sum(0)
    if random.size:
        zw = products[:, random]
        within = within - (zw.mT @ np.linalg.pinv(zw[..., random], hermitian=True) @ zw).sum(0)
    beta = np.linalg.pinv(within[:p, :p], hermitian=True) @ within[:p, -1]
    return float((within[-1, -1] - within[-1, :p] @ beta) / products[:, -1, -1].sum())
