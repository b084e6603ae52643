"""The joint model and its data as flat arrays: what the kernels read and never change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tutorkit.arrays import Floats, Integers
from tutorkit.data import ModelData
from tutorkit.data.extremes import XPRIOR1
from tutorkit.data.joint import CENTRED, DATA, GRAND_MEAN, MEAN, JointEquation, JointModel
from tutorkit.model.spec import INTERCEPT, Priors, Term
from tutorkit.parameters import GRAND_MEANS, monitored

NO_BOUND = 1e30
FAR = 100.0  # standard deviations from zero


class Plan(NamedTuple):
    """Arrays of fixed type and dimension, so that one compiled sweep serves every model.

    Columns are those of `tutorkit.data.joint.JointModel`. Terms are numbered equation by equation,
    an equation's random terms after its fixed ones. Column v is "seen" by an equation if its
    outcome or one of its terms moves with v.
    """

    columns: Floats  # (n_columns, n_rows), missing values, responses and means nan
    cluster: Integers  # (n_rows,)
    cluster_start: Integers  # (n_clusters + 1,), or (2,) without clusters: rows are sorted
    unit_start: Integers  # (n_units + 1,) units of the likelihood: clusters, or else rows
    level_start: Integers  # (3,) rows of level k equations: level_start[k - 1]:level_start[k] of
    level_row: Integers  # (n_rows + n_clusters,) all rows, then the first one of each cluster
    # columns
    plus: Integers  # (n_columns,) a centred column is plus minus minus; -1 for all others
    minus: Integers  # (n_columns,)
    derived_start: Integers  # (n_columns + 1,)
    derived: Integers  # (n_derived,) the centred columns that move with a column
    own: Integers  # (n_columns,) equation of which it is the outcome, or -1
    degree: Integers  # (n_columns,) highest power in any term, at least 1
    scale: Floats  # (n_columns,) observed standard deviation
    see_start: Integers  # (n_columns + 1,)
    see: Integers  # (n_sees,) equations that see a column, ascending
    see_sign: Floats  # (n_sees,) how the equation's outcome moves with it: 1, -1 or 0
    see_touch: Integers  # (n_sees + 1,)
    touch: Integers  # (n_touches,) the equation's terms that move with it
    missing_start: Integers  # (n_columns + 1,)
    missing_first: Integers  # (n_missing,) a missing value fills rows first ...
    missing_last: Integers  # (n_missing,) ... to last - 1
    impute: Integers  # (n_imputed,) columns drawn one value at a time
    grand_mean: Integers  # (n_grand_means,)
    described: Integers  # (n_described,) columns whose mean and SD are recorded
    cell_column: Integers  # (n_cells,) the missing cells of the data
    cell_row: Integers  # (n_cells,)
    # equations
    outcome: Integers  # (n_equations,) column
    probit: Integers  # (n_equations,) 1 if the outcome is a latent response
    level: Integers  # (n_equations,) 1, or 2: one row per cluster
    explicit: Integers  # (n_equations,) 1 if it stands in the script
    term_start: Integers  # (n_equations + 1,) terms of e are term_start[e]:term_start[e + 1]
    random_start: Integers  # (n_equations,) the random ones begin here
    residual_shape: Floats  # (n_equations,) prior of the residual variance
    residual_scale: Floats  # (n_equations,)
    random_df: Floats  # (n_equations,) prior of the random effects' covariance matrix
    random_scale: Floats  # (n_equations,)
    written_start: Integers  # (3,) script's equations of level k: written_start[k - 1]:... of
    written: Integers  # (n_written,)
    record_start: Integers  # (n_equations + 1,) where the output of each equation begins
    # terms
    term_equation: Integers  # (n_terms,)
    factor_start: Integers  # (n_terms + 1,)
    factor: Integers  # (n_factors,) columns whose product the term is
    centre: Floats  # (n_terms,) subtracted from it, for accuracy: the intercept is recorded without
    prior_precision: Floats  # (n_terms,) of the coefficient, 0 if flat
    selected_term: Integers  # (n_terms,) 1 if a block's term with the variable integrated out
    # blocks: the probit equations
    block_equation: Integers  # (n_blocks,)
    block_variable: Integers  # (n_blocks,) column integrated out with the responses, or -1
    block_hamiltonian: Integers  # (n_blocks,) 1 if coefficients move with responses integrated out
    block_tau: Integers  # (n_blocks,) 1 if they do, and the only random effect is the intercept
    category_column: Integers  # (n_blocks,) the ordinal variable, or -1
    n_categories: Integers  # (n_blocks,)
    code: Floats  # (n_blocks, n_most) value of each category
    category: Integers  # (n_blocks, n_rows) -1 if missing


@dataclass(frozen=True)
class _See:
    """How an equation sees a column: sign of the outcome, and the terms that move with it."""

    equation: int
    sign: float
    terms: tuple[int, ...]


def compile_plan(
    model: JointModel, data: ModelData, priors: Priors, described: Iterable[str] = ()
) -> Plan:
    """Lay out a joint model and its data (both from `tutorkit.data.prepare`) for the kernels."""
    index = {column.name: k for k, column in enumerate(model.columns)}
    equations = model.equations
    parts = [[*e.terms, *e.random] for e in equations]
    terms = [term for part in parts for term in part]
    term_equation = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    minus = np.array([index[c.minus] if c.kind == CENTRED else -1 for c in model.columns])
    plus = np.array([index[c.plus] if c.kind == CENTRED else -1 for c in model.columns])
    derived = [np.flatnonzero((plus == v) | (minus == v)) for v in range(len(index))]
    outcome = [index[e.outcome] for e in equations]
    sees = [
        _sees(v, derived[v], plus, outcome, [[index[f] for f in t.factors] for t in terms],
              term_equation)
        for v in range(len(index))
    ]  # fmt: skip
    columns, missing = _columns(model, data)
    own = np.full(len(index), -1)
    own[outcome] = np.arange(len(outcome))
    degree = [_degree(model, terms, column.name) for column in model.columns]
    blocks = [k for k, e in enumerate(equations) if e.categories]
    variables = [_integrated(model, equations[k], degree, index) for k in blocks]
    ordinal = {index[e.name] for e in equations if e.is_ordinal}
    impute = [
        v for v, cells in enumerate(missing)
        if len(cells) and v not in ordinal and v not in variables
    ]  # fmt: skip
    hamiltonian = [len(equations[k].categories) == 2 and equations[k].level == 1 for k in blocks]
    cells = [(v, row) for v, spans in enumerate(missing) for a, b in spans for row in range(a, b)]
    cells = [cell for cell in cells if model.columns[cell[0]].kind == DATA]
    flat = [see for column in sees for see in column]
    variances = [XPRIOR1 if e.implicit else priors for e in equations]
    starts = _offsets([len(part) for part in parts])
    first_rows = _cluster_start(data)[:-1] if data.n_clusters else _integers([])
    written = [
        [k for k, e in enumerate(equations) if not e.implicit and e.level == level]
        for level in (1, 2)
    ]
    sizes = Counter(p.outcome for p in monitored(model) if p.group != GRAND_MEANS)
    return Plan(
        columns=columns,
        cluster=_integers(data.cluster),
        cluster_start=_integers(_cluster_start(data)),
        unit_start=_integers(
            _cluster_start(data) if data.n_clusters else np.arange(columns.shape[1] + 1)
        ),
        level_start=_integers([0, len(data.cluster), len(data.cluster) + len(first_rows)]),
        level_row=_integers([*range(len(data.cluster)), *first_rows]),
        plus=_integers(plus),
        minus=_integers(minus),
        derived_start=_offsets([len(d) for d in derived]),
        derived=_integers(np.concatenate(derived)),
        own=_integers(own),
        degree=_integers(degree),
        scale=_scale(model, columns),
        see_start=_offsets([len(column) for column in sees]),
        see=_integers([see.equation for see in flat]),
        see_sign=np.array([see.sign for see in flat], dtype=np.float64),
        see_touch=_offsets([len(see.terms) for see in flat]),
        touch=_integers([t for see in flat for t in see.terms]),
        missing_start=_offsets([len(spans) for spans in missing]),
        missing_first=_integers([a for spans in missing for a, _ in spans]),
        missing_last=_integers([b for spans in missing for _, b in spans]),
        impute=_integers(impute),
        grand_mean=_integers([k for k, c in enumerate(model.columns) if c.kind == GRAND_MEAN]),
        described=_integers([index[name] for name in described]),
        cell_column=_integers([v for v, _ in cells]),
        cell_row=_integers([row for _, row in cells]),
        outcome=_integers(outcome),
        probit=_integers([bool(e.categories) for e in equations]),
        level=_integers([e.level for e in equations]),
        explicit=_integers([not e.implicit for e in equations]),
        term_start=starts,
        random_start=_integers([s + len(e.terms) for s, e in zip(starts, equations, strict=False)]),
        residual_shape=np.array([p.residual_shape for p in variances]),
        residual_scale=np.array([p.residual_scale for p in variances]),
        random_df=np.array(
            [p.random_df * (len(e.random) + 1.0) for p, e in zip(variances, equations, strict=True)]
        ),
        random_scale=np.array([p.random_scale for p in variances]),
        written_start=_integers(np.cumsum([0, *(len(level) for level in written)])),
        written=_integers([e for level in written for e in level]),
        record_start=_offsets([sizes[e.name] for e in equations]),
        term_equation=_integers(term_equation),
        factor_start=_offsets([len(term.factors) for term in terms]),
        factor=_integers([index[name] for term in terms for name in term.factors]),
        centre=_centres(priors, model, index, columns),
        prior_precision=_prior_precision(priors, equations, term_equation),
        selected_term=_selected_terms(model, terms, term_equation, blocks, variables),
        block_equation=_integers(blocks),
        block_variable=_integers(variables),
        block_hamiltonian=_integers(hamiltonian),
        block_tau=_integers(
            [h and len(equations[k].random) == 1 for k, h in zip(blocks, hamiltonian, strict=True)]
        ),
        category_column=_integers(
            [index[equations[k].name] if equations[k].is_ordinal else -1 for k in blocks]
        ),
        n_categories=_integers([len(equations[k].categories) for k in blocks]),
        code=_codes([equations[k] for k in blocks]),
        category=_categories([equations[k] for k in blocks], columns, index),
    )


def _columns(model: JointModel, data: ModelData) -> tuple[Floats, list[list[tuple[int, int]]]]:
    """Return all columns, and of each the spans of rows that a missing value fills."""
    n_rows = data.values.shape[1]
    start = _cluster_start(data)
    clusters = list(zip(start[:-1].tolist(), start[1:].tolist(), strict=True))
    columns = np.full((len(model.columns), n_rows), np.nan)
    missing: list[list[tuple[int, int]]] = []
    for k, column in enumerate(model.columns):
        spans: list[tuple[int, int]] = []
        if column.kind == DATA:
            columns[k] = data.column(column.name)
            gaps = np.isnan(columns[k])
            if column.level == 2:
                spans = [span for span in clusters if gaps[span[0]]]
            else:
                spans = [(row, row + 1) for row in np.flatnonzero(gaps).tolist()]
        elif column.kind == MEAN:
            spans = clusters
        elif column.kind == GRAND_MEAN:
            spans = [(0, n_rows)]
        missing.append(spans)
    return columns, missing


def _cluster_start(data: ModelData) -> Integers:
    start = np.searchsorted(data.cluster, np.arange(max(data.n_clusters, 1) + 1))
    return _integers(start)


def _sees(
    v: int,
    derived: Integers,
    plus: Integers,
    outcome: list[int],
    factors: list[list[int]],
    term_equation: Integers,
) -> list[_See]:
    """List the equations that see column v."""
    moving = {v, *derived.tolist()}
    sees = []
    for e, column in enumerate(outcome):
        terms = tuple(
            t for t in np.flatnonzero(term_equation == e).tolist() if moving & set(factors[t])
        )
        sign = 0.0
        if column in moving:
            sign = 1.0 if column == v or plus[column] == v else -1.0
        if terms or sign:
            sees.append(_See(e, sign, terms))
    return sees


def _degree(model: JointModel, terms: list[Term], name: str) -> int:
    """Return the highest power of a column in any term, centred columns counted as well."""
    moving = {
        name,
        *(c.name for c in model.columns if name in (c.plus, c.minus) and c.kind == CENTRED),
    }
    return max([1, *(sum(f in moving for f in term.factors) for term in terms)])


def _integrated(
    model: JointModel, equation: JointEquation, degree: list[int], index: dict[str, int]
) -> int:
    """Return the column that a selection model's block integrates out, or -1.

    Its own variable, if that has a normal equation, stands among the predictors, enters every
    equation linearly and uncentred, and has no random slope in this one.
    """
    v = equation.selects
    if v not in index or equation.level == 2 or degree[index[v]] > 1:
        return -1
    if not any(v in term.factors for term in equation.terms):
        return -1
    if any(v in term.factors for term in equation.random):
        return -1
    if any(v in (c.plus, c.minus) for c in model.columns):
        return -1
    has_own = any(e.outcome == v and e.level == 1 for e in model.equations)
    return index[v] if has_own else -1


def _selected_terms(
    model: JointModel,
    terms: list[Term],
    term_equation: Integers,
    blocks: list[int],
    variables: list[int],
) -> Integers:
    chosen = {e: model.columns[v].name for e, v in zip(blocks, variables, strict=True) if v >= 0}
    return _integers(
        [chosen.get(int(e), "") in t.factors for e, t in zip(term_equation, terms, strict=True)]
    )


def _prior_precision(
    priors: Priors, equations: tuple[JointEquation, ...], term_equation: Integers
) -> Floats:
    probit, normal = 1 / priors.probit_variance, 1 / priors.coefficient_variance
    own = [probit if e.categories else 0.0 if e.implicit else normal for e in equations]
    return np.array([own[e] for e in term_equation], dtype=np.float64)


def _centres(priors: Priors, model: JointModel, index: dict[str, int], columns: Floats) -> Floats:
    """Return the means of terms that lie far from zero, 0 for all others.

    Sums of squares of such a term would lose the digits that its coefficient depends on. With a
    flat prior centring changes the intercept only; otherwise, and without one, it must not be done.
    """
    columns = columns.copy()
    for k, column in enumerate(model.columns):
        if column.kind == MEAN:  # not known yet, but about as large as what it is the mean of
            columns[k] = columns[index[column.plus]]
    centres: list[float] = []
    for equation in model.equations:
        flat = np.isinf(priors.coefficient_variance) or equation.implicit
        movable = flat and not equation.categories and INTERCEPT in equation.terms
        for term in equation.terms:
            product = columns[[index[f] for f in term.factors]].prod(axis=0)
            known = product[~np.isnan(product)]
            far = movable and known.size > 1 and abs(known.mean()) > FAR * known.std() > 0
            centres.append(float(known.mean()) if far else 0.0)
        centres += [0.0] * len(equation.random)
    return np.array(centres)


def _scale(model: JointModel, columns: Floats) -> Floats:
    scale = np.ones(len(columns))
    for k, column in enumerate(model.columns):
        if column.kind == DATA:
            scale[k] = np.nanstd(columns[k])
    by_name = {c.name: scale[k] for k, c in enumerate(model.columns)}
    for k, column in enumerate(model.columns):
        if column.kind in (MEAN, GRAND_MEAN):
            scale[k] = by_name[column.plus]
    return np.maximum(scale, np.finfo(float).tiny)


def _codes(equations: list[JointEquation]) -> Floats:
    most = max([2, *(len(e.categories) for e in equations)])
    code = np.zeros((len(equations), most))
    for s, equation in enumerate(equations):
        code[s, : len(equation.categories)] = equation.categories
    return code


def _categories(equations: list[JointEquation], columns: Floats, index: dict[str, int]) -> Integers:
    """Return the category of every row, -1 where it is missing."""
    category = np.full((len(equations), columns.shape[1]), -1)
    for s, equation in enumerate(equations):
        if not equation.is_ordinal:
            category[s] = np.isnan(columns[index[str(equation.selects)]])
            continue
        values = columns[index[equation.name]]
        known = ~np.isnan(values)
        category[s, known] = np.searchsorted(equation.categories, values[known])
    return _integers(category)


def _integers(values: object) -> Integers:
    return np.ascontiguousarray(values, dtype=np.int64)


def _offsets(sizes: list[int]) -> Integers:
    return _integers(np.concatenate([[0], np.cumsum(sizes)]))
