"""What the columns of a model must satisfy for its parameters to be estimable."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tutorkit.arrays import Floats, Integers
from tutorkit.data.implied import mean_factors
from tutorkit.data.joint import Facts
from tutorkit.data.kinds import check_kinds
from tutorkit.data.places import mistake, place_of
from tutorkit.errors import Place
from tutorkit.model.spec import Equation, ModelSpec, Term
from tutorkit.model.tokens import variable_of

Columns = Mapping[str, Floats]  # variable -> (n_rows,), missing values nan

_LARGE, _SMALL = 1e100, 1e-100  # squares and sums of squares stay finite and above zero
_EXACT = 5e-8  # share of a column's spread below which sums of squares have no digits left
_MANY_TERMS = 500  # the search for redundant terms would take long


def check_columns(
    spec: ModelSpec,
    columns: Columns,
    facts: Mapping[str, Facts],
    cluster: Integers,
    n_clusters: int,
) -> None:
    """Refuse data from which the model cannot be estimated; see `tutorkit.data.prepare`."""
    for equation in spec.selection:
        if not np.isnan(columns[str(equation.selects)]).any():
            what = (
                f"'{equation.selects}' has no missing values, so '{equation.outcome}' is always 0"
            )
            hint = "Take this equation out of the model."
            raise mistake(spec, what, hint, ("outcome", equation.outcome))
    for name, values in columns.items():
        _check_variable(spec, name, values)
    _check_fixed(spec, columns)
    check_kinds(spec, facts)
    columns = {**columns, **_cluster_means(spec, columns, cluster)}
    for equation in spec.equations:
        wanted = dict.fromkeys((*equation.terms, *equation.slopes))
        terms = {term: _product(term, columns) for term in wanted}
        _check_products(spec, equation, terms)
        level = facts[equation.selects or equation.outcome].level
        _check_rows(spec, equation, columns, cluster if level == 2 else None)
        if n_clusters and level == 1:
            _check_within(spec, equation, terms, cluster)
            if equation.random_intercept:
                _check_clusters(spec, equation, columns, cluster)
        _check_redundant(spec, equation, columns, terms)


def _cluster_means(spec: ModelSpec, columns: Columns, cluster: Integers) -> dict[str, Floats]:
    """Return the observed cluster means that stand for ``x.mean`` in these checks."""
    means = {}
    for factor in mean_factors(spec):
        values = pd.Series(columns[variable_of(factor)])
        means[factor] = values.groupby(cluster).transform("mean").to_numpy(dtype=np.float64)
    return means


def _check_variable(spec: ModelSpec, name: str, values: Floats) -> None:
    observed = values[~np.isnan(values)]
    place = place_of(spec, name)
    if place[0] == "transform" and (not observed.size or observed.min() == observed.max()):
        has = f"the same value ({observed[0]:g})" if observed.size else "no value"
        what = f"TRANSFORM gives '{name}' {has} in every row"
        hint = "Check its expression: one of its variables may be missing or constant, too."
        raise mistake(spec, what, hint, place)
    if not observed.size:
        hint = "Take it out of the model."
        raise mistake(spec, f"'{name}' is missing in every row", hint, place)
    if observed.min() == observed.max():
        what = f"'{name}' has the same value ({observed[0]:g}) in every row"
        hint = "A constant cannot be told from the intercept: take it out of the model."
        raise mistake(spec, what, hint, place)
    largest = np.abs(observed).max()
    if not _SMALL < largest < _LARGE:
        what = (
            f"The values of '{name}' are too {'large' if largest > 1 else 'small'} to compute with"
        )
        hint = "Rescale it: measure it in another unit."
        raise mistake(spec, what, hint, place)


def _check_fixed(spec: ModelSpec, columns: Columns) -> None:
    for name in spec.fixed:
        n_missing = int(np.isnan(columns.get(name, np.zeros(0))).sum())
        if n_missing:
            what = (
                f"'{name}' is FIXED but {n_missing} of its {len(columns[name])} values are missing"
            )
            hint = f"Drop it from FIXED and add '{_equation_for([name], spec, columns)}' to MODEL."
            raise mistake(spec, what, hint, ("fixed", name))


def _equation_for(names: Sequence[str], spec: ModelSpec, columns: Columns) -> str:
    """Write a factored equation that the model lacks; complete variables predict."""
    taken = {*names, *(equation.outcome for equation in spec.equations)}
    right = [v for v, x in columns.items() if v not in taken and not np.isnan(x).any()]
    return f"{' '.join(names)} ~ {' '.join(right[:5]) or 'intercept'};"


def _product(term: Term, columns: Columns) -> Floats:
    product = np.ones(len(next(iter(columns.values()))))
    with np.errstate(over="ignore", under="ignore"):
        for name in term.factors:
            product = product * columns[name]
    return product


def _check_products(spec: ModelSpec, equation: Equation, terms: Mapping[Term, Floats]) -> None:
    for term, values in terms.items():
        if np.nanmax(np.abs(values), initial=0.0) > _LARGE:
            what = f"The values of '{term}' are too large to compute with"
            place = ("predictor", equation.outcome, str(term))
            raise mistake(spec, what, "Rescale its variables, for example divide by 1000.", place)


def _check_rows(
    spec: ModelSpec, equation: Equation, columns: Columns, cluster: Integers | None
) -> None:
    """Refuse fewer values than coefficients, or than flat priors need for a proper posterior.

    The residual variance given all else is inverse gamma with shape a + (n - k) / 2, where k
    counts the coefficients with flat priors. Of level 2, ``cluster`` given, clusters count.
    """
    used, n_terms = _rows_used(equation, columns), len(equation.terms)
    n_observed = int(used.sum()) if cluster is None else len(np.unique(cluster[used]))
    needed = n_terms
    if not spec.is_probit(equation):
        n_flat = n_terms if math.isinf(spec.priors.coefficient_variance) else 0
        needed = max(n_terms, math.floor(n_flat - 2 * spec.priors.residual_shape) + 1)
    if n_observed < needed:
        what = f"'{equation.outcome}' has too few values ({n_observed}) for its equation"
        terms = f"{n_terms} coefficient{'s' * (n_terms > 1)}"
        hint = f"At least {needed} are needed for {terms} under these priors."
        raise mistake(spec, what, hint, ("outcome", equation.outcome))


def _rows_used(equation: Equation, columns: Columns) -> NDArray[np.bool_]:
    """Return the rows that tell about an equation: those in which its outcome is known."""
    values = columns[equation.selects or equation.outcome]
    return np.full(len(values), True) if equation.selects else ~np.isnan(values)


def _check_within(
    spec: ModelSpec, equation: Equation, terms: Mapping[Term, Floats], cluster: Integers
) -> None:
    """Refuse a random slope's term with one value per cluster."""
    for term in equation.slopes:
        if not _varies_within(terms[term], cluster):
            what = f"'{term}' has a random slope but does not vary within clusters"
            hint = "Take it off the right of '|'."
            raise mistake(spec, what, hint, ("slope", equation.outcome, str(term)))


def _varies_within(values: Floats, cluster: Integers) -> bool:
    known = ~np.isnan(values)
    values, cluster = values[known], cluster[known]
    return bool((np.diff(values) != 0)[np.diff(cluster) == 0].any())


def _check_clusters(
    spec: ModelSpec, equation: Equation, columns: Columns, cluster: Integers
) -> None:
    """Refuse too few clusters for a proper posterior of the random effects' covariance matrix.

    J clusters that tell about p effects contribute |S|^(-J/2) as S grows; a flat prior on the
    effects' means (the coefficients of the same terms) takes one cluster's worth away. With the
    prior's |S|^(-(df + p + 1)/2) the integral is finite if J - 1 + df > p - 1, and if one of the
    means is not free, so that the smaller block decides, if J + df > p - 1 (compare Gelman 2006,
    Bayesian Analysis 1:515, section 3.2). In a probit equation only clusters in which both
    answers occur count: a one-sided cluster fits an infinite effect.
    """
    p = 1 + len(equation.slopes)
    df = spec.priors.random_df * (p + 1)
    priors, selects, probit = spec.priors, equation.selects, spec.is_probit(equation)
    variance = priors.probit_variance if probit else priors.coefficient_variance
    fixed = {term.key for term in equation.terms}
    free = math.isinf(variance) and all(term.key in fixed for term in equation.slopes)
    needed = math.floor((p if free else p - 1) - df) + 1
    values = columns[selects or equation.outcome]
    answers = pd.Series(np.isnan(values) if selects else values).groupby(cluster).nunique()
    telling = answers.index[answers >= (2 if probit else 1)]
    if len(telling) >= needed:
        return
    effects = f"{p} random effects" if p > 1 else "random intercept"
    which = f" in which '{equation.outcome}' varies" if probit else ""
    which = f" in which '{selects}' is partly missing" if selects else which
    what = (
        f"The {effects} of '{equation.outcome}' need{'s' * (p == 1)} at least {needed} "
        f"clusters{which}, and the data have {len(telling)}"
    )
    hint = "Add 'OPTIONS: prior1;' to the script" + (
        " or use fewer random slopes." * (p > 1) or "."
    )
    place = ("slope", equation.outcome, str(equation.slopes[0])) if p > 1 else (
        "outcome", equation.outcome,
    )  # fmt: skip
    raise mistake(spec, what, hint, place)


def _check_redundant(
    spec: ModelSpec, equation: Equation, columns: Columns, terms: Mapping[Term, Floats]
) -> None:
    """Refuse a term, or an outcome, that the terms before it give exactly in the complete rows."""
    outcome = equation.outcome
    names = [str(term) for term in equation.terms]
    design = [terms[term] for term in equation.terms]
    if not spec.is_probit(equation):
        names, design = [*names, outcome], [*design, columns[outcome]]
    matrix = np.array(design).T
    matrix = matrix[~np.isnan(matrix).any(axis=1)]
    if len(names) > _MANY_TERMS or len(matrix) < 2 * len(names):
        return
    means, largest = matrix.mean(axis=0), np.abs(matrix).max(axis=0)
    matrix[:, 1:] -= means[1:]  # the first is the intercept
    matrix[:, np.abs(matrix).max(axis=0) < 1e-13 * largest] = 0.0  # a constant, rounded
    norms = np.linalg.norm(matrix, axis=0)
    triangle: Floats = np.asarray(np.linalg.qr(matrix / np.where(norms > 0, norms, 1.0)).R)
    exact = np.flatnonzero(np.abs(np.diag(triangle)) < _EXACT)
    if exact.size:
        k = int(exact[0])  # the diagonal holds what the columns before leave unexplained
        weights = np.linalg.solve(triangle[:k, :k], triangle[:k, k])
        others = [names[i] for i in np.flatnonzero(np.abs(weights) > 1e-6)]
        scaled = means[: k + 1] / np.where(norms > 0, norms, 1.0)[: k + 1]
        if not others or abs(scaled[k] - weights[1:] @ scaled[1:k]) > 1e-6:
            others = ["Intercept", *others]
        what = f"'{names[k]}' can be computed exactly from {_listed(others)}"
        hint = f"The {len(matrix)} complete rows cannot tell them apart: leave one of them out."
        place: Place = ("predictor", outcome, names[k])
        if k == len(equation.terms):
            hint, place = (
                "There is no residual left to model: check the data.",
                ("outcome", outcome),
            )
        raise mistake(spec, what, hint, place)


def _listed(names: Sequence[str]) -> str:
    shown = [f"'{name}'" for name in names[:5]] + ["…"] * (len(names) > 5)
    return ", ".join(shown).replace("'Intercept'", "the intercept")
