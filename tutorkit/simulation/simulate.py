"""Draw data from a model whose parameters are known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tutorkit.arrays import Floats, Integers
from tutorkit.errors import DataError, SpecError
from tutorkit.model.spec import INTERCEPT, Equation, ModelSpec
from tutorkit.parameters import RESIDUAL_VARIANCE
from tutorkit.simulation.columns import check_generator, complete_numbers
from tutorkit.truth import Truth, check_truth


@dataclass(frozen=True, eq=False)
class Simulated:
    """Simulated rows as a learner sees them, and as they were before values were deleted.

    Both tables hold the columns of ``given``, then the outcomes in the order of the equations.
    Without a ``.missing`` equation they are equal.
    """

    data: pd.DataFrame
    complete: pd.DataFrame


def simulate(
    spec: ModelSpec,
    truth: Truth,
    given: pd.DataFrame,
    rng: np.random.Generator,
    *,
    skewness: float = 0.0,
) -> Simulated:
    """Draw the outcomes of all equations, then delete values as ``.missing`` equations say.

    Each outcome is its fixed part, plus cluster effects drawn from their covariance matrix, plus a
    normal residual; predictors are drawn before what they predict. A ``v.missing`` equation makes v
    missing where its propensity, with residual variance 1, is positive. All equations see complete
    values: what is deleted is not seen, but it has worked.

    Parameters
    ----------
    spec
        The model; its priors, seed and settings of the run play no part.
    truth
        A value for each free parameter of the model, for example ``truth["y", "x2i*x3i"]`` and
        ``truth["y", "L2 : Var(Intercept)"]``. Variances are variances, not SDs, and may be 0.
    given
        One row per observation: the cluster variable and all variables without an equation,
        complete. Other columns are carried along.
    rng
        ``np.random.default_rng(seed)``; the same seed gives the same data.
    skewness
        Of the focal model's residuals: 0 for normal ones, otherwise they are gamma distributed
        with the same mean and variance, the long tail on the side of its sign. A model that
        assumes normal ones is then wrong.

    Raises
    ------
    SpecError
        If the truth lacks a parameter, names an unknown one or is impossible.
    DataError
        If ``given`` lacks a variable, or holds an outcome, missing values or text.
    """
    check_generator(rng)
    check_truth(spec, truth)
    if not math.isfinite(skewness):
        raise SpecError(f"The skewness must be a finite number, not {skewness}")
    roots = {e.outcome: _effects_root(spec, e, truth) for e in spec.equations}
    columns, cluster = _given_columns(spec, given)
    deleted: dict[str, NDArray[np.bool_]] = {}
    for equation in _ordered(spec):
        effects = _draw_effects(roots[equation.outcome], cluster, rng)
        # a probit equation's residual variance is fixed at 1
        variance = 1.0 if equation.selects else truth[equation.outcome, RESIDUAL_VARIANCE]
        skewed = skewness if equation is spec.focal else 0.0
        noise = math.sqrt(variance) * _residuals(skewed, len(given), rng)
        value = _mean(equation, truth, columns, effects) + noise
        if not np.isfinite(value).all():
            raise DataError(
                f"The simulated values of '{equation.outcome}' are too large to compute with",
                "Choose smaller true values, or smaller values of its predictors.",
            )
        if equation.selects is None:
            columns[equation.outcome] = value
        else:
            deleted[equation.selects] = value > 0
    outcomes = [e.outcome for e in spec.equations if e.selects is None]
    complete = given.assign(**{v: columns[v] for v in outcomes})
    data = complete.assign(**{v: np.where(gone, np.nan, columns[v]) for v, gone in deleted.items()})
    return Simulated(data, complete)


def _ordered(spec: ModelSpec) -> list[Equation]:
    """Return the equations, each after those of its predictors; a spec has no cycles."""
    outcomes = {e.outcome for e in spec.equations}
    # lists, not sets: the order must not change from one Python process to the next
    needs = {e.outcome: [v for v in e.inputs if v in outcomes] for e in spec.equations}
    return [spec.equation(outcome) for outcome in TopologicalSorter(needs).static_order()]


def _mean(
    equation: Equation, truth: Truth, columns: Mapping[str, Floats], effects: Floats
) -> Floats:
    """Return the fixed part plus the random one; ``effects`` (n_rows, n_random) of each row."""
    fixed = [(truth[equation.outcome, str(term)], term) for term in equation.terms]
    random = zip(effects.T, (INTERCEPT, *equation.slopes), strict=False)  # none without clusters
    mean = np.zeros(len(effects))
    with np.errstate(over="ignore", invalid="ignore"):
        for coefficient, term in (*fixed, *random):
            product = np.ones(len(effects))
            for name in term.factors:
                product *= columns[name]
            mean += coefficient * product
    return mean


def _residuals(skewness: float, n: int, rng: np.random.Generator) -> Floats:
    """Draw n residuals with mean 0, variance 1 and this skewness."""
    if skewness == 0:
        return rng.standard_normal(n)
    shape = 4 / skewness**2  # a gamma distribution's skewness is 2 / sqrt(shape)
    drawn: Floats = (rng.standard_gamma(shape, n) - shape) / math.sqrt(shape)
    return math.copysign(1.0, skewness) * drawn


def _draw_effects(root: Floats, cluster: Integers, rng: np.random.Generator) -> Floats:
    """Draw cluster effects with covariance root root', (n_rows, n_random): those of each row."""
    n_clusters = int(cluster.max(initial=-1)) + 1
    effects: Floats = rng.standard_normal((n_clusters, len(root))) @ root.T
    return effects[cluster]


def _effects_root(spec: ModelSpec, equation: Equation, truth: Truth) -> Floats:
    """Return the lower triangular root of the random effects' covariance matrix, maybe singular."""
    outcome = equation.outcome
    random = spec.cluster is not None and equation.random_intercept
    names = [str(term) for term in (INTERCEPT, *equation.slopes)] if random else []
    covariance = np.zeros((len(names), len(names)))
    for a, name in enumerate(names):
        covariance[a, a] = truth[outcome, f"L2 : Var({name})"]
        for b in range(a):
            value = truth[outcome, f"L2 : Cov({name},{names[b]})"]
            covariance[a, b] = covariance[b, a] = value
    if np.linalg.eigvalsh(covariance).min(initial=0.0) < -1e-10 * np.trace(covariance):
        raise SpecError(
            f"The true covariance matrix of the random effects of '{outcome}' is not positive "
            "semidefinite",
            "A covariance squared is at most the product of its two variances.",
        )
    root = np.zeros_like(covariance)
    for k in range(len(names)):
        rest = covariance[:, k] - root[:, :k] @ root[k, :k]
        if rest[k] > 1e-12 * covariance[k, k]:  # else this effect is given by those before it
            root[k:, k] = rest[k:] / math.sqrt(rest[k])
    return root


def _given_columns(spec: ModelSpec, given: pd.DataFrame) -> tuple[dict[str, Floats], Integers]:
    """Return the variables without an equation, and each row's cluster counted from 0."""
    if not isinstance(given, pd.DataFrame):
        raise DataError(f"'given' must be a pandas DataFrame, not {type(given).__name__}")
    if not len(given):
        raise DataError("'given' has no rows", "One row makes one observation.")
    outcomes = {e.outcome for e in spec.equations}
    for name in (v for v in given.columns if v in outcomes):
        what = f"'{name}' has an equation and is to be drawn, but 'given' holds it already"
        raise DataError(what, f"Leave it out: given.drop(columns='{name}').")
    columns = {v: complete_numbers(given, v, "given") for v in spec.variables if v not in outcomes}
    for name, values in columns.items():
        if np.isin(values, spec.missing).any():
            raise DataError(f"'{name}' in 'given' holds a code listed under MISSING")
    if spec.cluster is None:
        return columns, np.zeros(len(given), dtype=np.int64)
    codes, _ = pd.factorize(complete_numbers(given, spec.cluster, "given"))
    return columns, codes.astype(np.int64)
