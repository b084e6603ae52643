"""Draw data from a model whose parameters are known, and delete values by known mechanisms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from tutorkit.arrays import Floats, Integers
from tutorkit.errors import DataError, SpecError, did_you_mean
from tutorkit.model.spec import INTERCEPT, Equation, ModelSpec
from tutorkit.parameters import RESIDUAL_VARIANCE
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
    spec: ModelSpec, truth: Truth, given: pd.DataFrame, rng: np.random.Generator
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

    Raises
    ------
    SpecError
        If the truth lacks a parameter, names an unknown one or is impossible.
    DataError
        If ``given`` lacks a variable, or holds an outcome, missing values or text.
    """
    _check_generator(rng)
    check_truth(spec, truth)
    roots = {e.outcome: _effects_root(spec, e, truth) for e in spec.equations}
    columns, cluster = _given_columns(spec, given)
    deleted: dict[str, NDArray[np.bool_]] = {}
    for equation in _ordered(spec):
        effects = _draw_effects(roots[equation.outcome], cluster, rng)
        # a probit equation's residual variance is fixed at 1
        variance = 1.0 if equation.selects else truth[equation.outcome, RESIDUAL_VARIANCE]
        noise = math.sqrt(variance) * rng.standard_normal(len(given))
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


def delete_mcar(
    data: pd.DataFrame, variable: str, rate: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the data with each value of ``variable`` missing with probability ``rate``.

    Missing completely at random: whatever the values. The rate is met in expectation, not exactly;
    values already missing stay so.
    """
    _check_rate(rate, rng)
    values = _numbers(data, variable, "data")
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
    (complete in these rows) and a such that the probabilities' mean over the rows is ``rate``.
    With a negative strength small values of ``on`` go with missing ones. This is missing at random
    only as long as ``on`` stays complete: delete none of its values afterwards.
    """
    _check_rate(rate, rng)
    if not math.isfinite(strength):
        raise SpecError(f"The strength must be a finite number, not {strength}")
    if on == variable:
        raise SpecError(
            f"'{variable}' missing by its own values is not missing at random",
            f"Simulate from a model with the equation '{variable}.missing ~ {variable};'.",
        )
    values, cause = _numbers(data, variable, "data"), _complete(data, on, "data")
    if not cause.std() > 0:
        raise DataError(f"'{on}' has the same value in every row, so nothing can depend on it")
    slope_part = strength * (cause - cause.mean()) / cause.std()
    propensity = _with_intercept(slope_part, rate) + rng.standard_normal(len(data))
    return data.assign(**{variable: np.where(propensity > 0, np.nan, values)})


def _with_intercept(slope_part: Floats, rate: float) -> Floats:
    """Return a + ``slope_part`` whose probit probabilities have the mean ``rate``, by bisection."""
    reach = 10.0 + float(np.abs(slope_part).max())
    low, high = -reach, reach
    for _ in range(200):
        middle = (low + high) / 2
        too_many = ndtr(middle + slope_part).mean() > rate
        low, high = (low, middle) if too_many else (middle, high)
    return slope_part + low


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
    columns = {v: _complete(given, v, "given") for v in spec.variables if v not in outcomes}
    for name, values in columns.items():
        if np.isin(values, spec.missing).any():
            raise DataError(f"'{name}' in 'given' holds a code listed under MISSING")
    if spec.cluster is None:
        return columns, np.zeros(len(given), dtype=np.int64)
    codes, _ = pd.factorize(_complete(given, spec.cluster, "given"))
    return columns, codes.astype(np.int64)


def _complete(table: pd.DataFrame, name: str, where: str) -> Floats:
    values = _numbers(table, name, where)
    if not np.isfinite(values).all():
        raise DataError(
            f"'{name}' has missing or infinite values in '{where}'",
            "What other variables depend on must be known in every row.",
        )
    return values


def _numbers(table: pd.DataFrame, name: str, where: str) -> Floats:
    names = list(table.columns)
    if name not in names:
        raise DataError(f"'{where}' has no column '{name}'", did_you_mean(name, map(str, names)))
    if names.count(name) > 1:
        raise DataError(f"'{where}' has two columns named '{name}'")
    try:
        return table[name].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise DataError(f"'{name}' in '{where}' holds something that is not a number") from None


def _check_rate(rate: float, rng: np.random.Generator) -> None:
    _check_generator(rng)
    if not 0 < rate < 1:
        what = f"The rate of missing values must lie between 0 and 1, and is {rate}"
        raise SpecError(what, "Write 0.2 for 20 percent.")


def _check_generator(rng: np.random.Generator) -> None:
    if not isinstance(rng, np.random.Generator):
        what = f"'rng' must be a numpy random generator, not {type(rng).__name__}"
        raise SpecError(what, "Write for example np.random.default_rng(1).")
