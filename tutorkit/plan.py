"""The model and its data as flat arrays: what the kernels read and never change."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tutorkit.arrays import Floats, Integers
from tutorkit.data import ModelData
from tutorkit.model.spec import INTERCEPT, Equation, ModelSpec, Term


class Plan(NamedTuple):
    """Arrays of fixed type and dimension, so that one compiled sweep serves every model.

    Columns are the model's variables, then one latent propensity for each selection model. Terms
    are numbered equation by equation, an equation's random terms after its fixed ones.
    """

    columns: Floats  # (n_columns, n_rows), missing values and propensities nan
    cluster: Integers  # (n_rows,)
    cluster_start: Integers  # (n_clusters + 1,), or (2,) without clusters: rows are sorted
    unit: Integers  # (n_rows,) unit of the likelihood: the cluster, or the row without clusters
    unit_rows: Integers  # (n_units,)
    # equations
    outcome: Integers  # (n_equations,) column
    probit: Integers  # (n_equations,) 1 if the outcome is a propensity
    term_start: Integers  # (n_equations + 1,) terms of e are term_start[e]:term_start[e + 1]
    random_start: Integers  # (n_equations,) the random ones begin here
    residual_shape: Floats  # (n_equations,) prior of the residual variance
    residual_scale: Floats  # (n_equations,)
    random_df: Floats  # (n_equations,) prior of the random effects' covariance matrix
    random_scale: Floats  # (n_equations,)
    # terms
    term_equation: Integers  # (n_terms,)
    factor_start: Integers  # (n_terms + 1,)
    factor: Integers  # (n_factors,) columns whose product the term is
    prior_precision: Floats  # (n_terms,) of the coefficient, 0 if flat
    selected_term: Integers  # (n_terms,) 1 if a selection equation's term with its own variable
    # variables
    own: Integers  # (n_columns,) equation of which it is the outcome, or -1
    degree: Integers  # (n_columns,) highest power in any term
    touch_start: Integers  # (n_columns + 1,)
    touch: Integers  # (n_touches,) terms a column is part of, ascending
    touch_power: Integers  # (n_touches,) and its power there
    missing_start: Integers  # (n_columns + 1,)
    missing_row: Integers  # (n_missing,)
    impute: Integers  # (n_imputed,) columns drawn one value at a time
    # selection models
    select_equation: Integers  # (n_selections,)
    select_variable: Integers  # (n_selections,) column whose missingness is modelled
    select_integrated: Integers  # (n_selections,) 1 if drawn with that variable integrated out
    select_tau: Integers  # (n_selections,) 1 if its only random effect is the intercept
    is_missing: Integers  # (n_selections, n_rows)


def compile_plan(spec: ModelSpec, data: ModelData) -> Plan:
    """Lay out a checked model and its data (from `tutorkit.data.prepare`) for the kernels."""
    n_variables, n_rows = data.values.shape
    selections = spec.selection
    column = {name: k for k, name in enumerate(data.variables)}
    column |= {e.outcome: n_variables + k for k, e in enumerate(selections)}
    n_columns = len(column)
    columns = np.full((n_columns, n_rows), np.nan)
    columns[:n_variables] = data.values
    terms = [t for e in spec.equations for t in (*e.terms, *_random_terms(spec, e))]
    n_random = [len(_random_terms(spec, e)) for e in spec.equations]
    sizes = [len(e.terms) + r for e, r in zip(spec.equations, n_random, strict=True)]
    term_equation = np.repeat(np.arange(len(sizes)), sizes)
    touches = [
        [(t, term.power(name)) for t, term in enumerate(terms) if name in term.factors]
        for name in column
    ]
    missing = [np.flatnonzero(np.isnan(row)) for row in columns[:n_variables]]
    missing += [np.arange(0)] * len(selections)
    own = np.full(n_columns, -1)
    for k, equation in enumerate(spec.equations):
        own[column[equation.outcome]] = k
    degree = [max((power for _, power in touch), default=0) for touch in touches]
    integrated = [_can_integrate(e, degree[column[str(e.selects)]]) for e in selections]
    drawn_there = {column[str(e.selects)] for e, i in zip(selections, integrated, strict=True) if i}
    impute = [
        v
        for v in range(n_variables)
        if len(missing[v]) and own[v] >= 0 and v not in drawn_there
    ]  # fmt: skip
    cluster_start = np.searchsorted(data.cluster, np.arange(max(data.n_clusters, 1) + 1))
    unit = data.cluster if data.n_clusters else np.arange(n_rows)
    priors = spec.priors
    return Plan(
        columns=columns,
        cluster=_integers(data.cluster),
        cluster_start=_integers(cluster_start),
        unit=_integers(unit),
        unit_rows=_integers(np.bincount(unit)),
        outcome=_integers([column[e.outcome] for e in spec.equations]),
        probit=_integers([e.selects is not None for e in spec.equations]),
        term_start=_offsets(sizes),
        random_start=_integers(
            [s + len(e.terms) for s, e in zip(_offsets(sizes), spec.equations, strict=False)]
        ),
        residual_shape=np.full(len(sizes), priors.residual_shape),
        residual_scale=np.full(len(sizes), priors.residual_scale),
        random_df=np.array([priors.random_df * (r + 1) for r in n_random], dtype=np.float64),
        random_scale=np.full(len(sizes), priors.random_scale),
        term_equation=_integers(term_equation),
        factor_start=_offsets([len(term.factors) for term in terms]),
        factor=_integers([column[name] for term in terms for name in term.factors]),
        prior_precision=_prior_precision(spec, term_equation),
        selected_term=_integers(
            [
                spec.equations[e].selects in term.factors
                for e, term in zip(term_equation, terms, strict=True)
            ]
        ),
        own=_integers(own),
        degree=_integers(degree),
        touch_start=_offsets([len(touch) for touch in touches]),
        touch=_integers([t for touch in touches for t, _ in touch]),
        touch_power=_integers([power for touch in touches for _, power in touch]),
        missing_start=_offsets([len(rows) for rows in missing]),
        missing_row=_integers(np.concatenate(missing)),
        impute=_integers(impute),
        select_equation=_integers([spec.equations.index(e) for e in selections]),
        select_variable=_integers([column[str(e.selects)] for e in selections]),
        select_integrated=_integers(integrated),
        select_tau=_integers([len(_random_terms(spec, e)) == 1 for e in selections]),
        is_missing=_integers(
            [np.isnan(columns[column[str(e.selects)]]) for e in selections]
        ).reshape(len(selections), n_rows),
    )


def _random_terms(spec: ModelSpec, equation: Equation) -> tuple[Term, ...]:
    return () if spec.cluster is None else (INTERCEPT, *equation.slopes)


def _can_integrate(equation: Equation, degree: int) -> bool:
    """Tell whether the variable enters every equation linearly, and this one not as a slope."""
    return degree <= 1 and not any(equation.selects in t.factors for t in equation.slopes)


def _prior_precision(spec: ModelSpec, term_equation: Integers) -> Floats:
    probit, normal = 1 / spec.priors.probit_variance, 1 / spec.priors.coefficient_variance
    return np.array(
        [normal if spec.equations[e].selects is None else probit for e in term_equation]
    )


def _integers(values: object) -> Integers:
    return np.ascontiguousarray(values, dtype=np.int64)


def _offsets(sizes: list[int]) -> Integers:
    return _integers(np.concatenate([[0], np.cumsum(sizes)]))
