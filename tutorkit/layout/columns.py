"""The columns of a plan: their values, what is missing of them, and which equations see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from tutorkit.arrays import Floats, Integers
from tutorkit.data import ModelData
from tutorkit.data.joint import CENTRED, DATA, GRAND_MEAN, MEAN, JointModel
from tutorkit.layout.numbering import Numbering, integers, offsets

Spans = list[tuple[int, int]]


class _See(NamedTuple):
    """How an equation sees a column: sign of the outcome, and the terms that move with it."""

    equation: int
    sign: float
    terms: tuple[int, ...]


def row_arrays(data: ModelData) -> dict[str, Any]:
    """Return which rows belong to clusters, to units of the likelihood and to levels."""
    n_rows = len(data.cluster)
    start = cluster_start(data)
    first_rows = start[:-1] if data.n_clusters else integers([])
    return {
        "cluster": integers(data.cluster),
        "cluster_start": start,
        "unit_start": start if data.n_clusters else integers(np.arange(n_rows + 1)),
        "level_start": integers([0, n_rows, n_rows + len(first_rows)]),
        "level_row": integers([*range(n_rows), *first_rows]),
    }


def column_arrays(
    numbers: Numbering, columns: Floats, missing: list[Spans], described: Iterable[str]
) -> dict[str, Any]:
    """Return what the plan says of each column."""
    model, index = numbers.model, numbers.index
    plus = np.array([index[c.plus] if c.kind == CENTRED else -1 for c in model.columns])
    minus = np.array([index[c.minus] if c.kind == CENTRED else -1 for c in model.columns])
    derived = [np.flatnonzero((plus == v) | (minus == v)) for v in range(len(index))]
    sees = [_sees(numbers, v, derived[v], plus) for v in range(len(index))]
    flat = [see for column in sees for see in column]
    own = np.full(len(index), -1)
    own[numbers.outcome] = np.arange(len(numbers.outcome))
    ordinal = {index[e.name] for e in numbers.probit if e.is_ordinal}
    elsewhere = ordinal.union(numbers.integrated)
    cells = [
        (v, row)
        for v, spans in enumerate(missing)
        if model.columns[v].kind == DATA
        for first, last in spans
        for row in range(first, last)
    ]
    return {
        "plus": integers(plus),
        "minus": integers(minus),
        "derived_start": offsets([len(d) for d in derived]),
        "derived": integers(np.concatenate(derived)),
        "own": integers(own),
        "degree": integers([numbers.degree(column.name) for column in model.columns]),
        "scale": _scale(model, columns),
        "see_start": offsets([len(column) for column in sees]),
        "see": integers([see.equation for see in flat]),
        "see_sign": np.array([see.sign for see in flat], dtype=np.float64),
        "see_touch": offsets([len(see.terms) for see in flat]),
        "touch": integers([t for see in flat for t in see.terms]),
        "missing_start": offsets([len(spans) for spans in missing]),
        "missing_first": integers([first for spans in missing for first, _ in spans]),
        "missing_last": integers([last for spans in missing for _, last in spans]),
        "wide": integers([any(b - a > 1 for a, b in spans) for spans in missing]),
        "impute": integers([v for v, spans in enumerate(missing) if spans and v not in elsewhere]),
        "grand_mean": integers([k for k, c in enumerate(model.columns) if c.kind == GRAND_MEAN]),
        "described": integers([index[name] for name in described]),
        "cell_column": integers([v for v, _ in cells]),
        "cell_row": integers([row for _, row in cells]),
    }


def fill_columns(model: JointModel, data: ModelData) -> tuple[Floats, list[Spans]]:
    """Return all columns, and of each the spans of rows that a missing value fills."""
    n_rows = data.values.shape[1]
    start = cluster_start(data)
    clusters = list(zip(start[:-1].tolist(), start[1:].tolist(), strict=True))
    columns = np.full((len(model.columns), n_rows), np.nan)
    missing: list[Spans] = []
    for k, column in enumerate(model.columns):
        spans: Spans = []
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


def cluster_start(data: ModelData) -> Integers:
    """Return where each cluster's rows begin, and where the last one's end."""
    start = np.searchsorted(data.cluster, np.arange(max(data.n_clusters, 1) + 1))
    return integers(start)


def _sees(numbers: Numbering, v: int, derived: Integers, plus: Integers) -> list[_See]:
    """List the equations that see column v."""
    moving = {v, *derived.tolist()}
    touched = [t for t, factors in enumerate(numbers.factors) if moving.intersection(factors)]
    sees = []
    for e, column in enumerate(numbers.outcome):
        terms = tuple(t for t in touched if numbers.term_equation[t] == e)
        sign = 0.0
        if column in moving:
            sign = 1.0 if column == v or plus[column] == v else -1.0
        if terms or sign:
            sees.append(_See(e, sign, terms))
    return sees


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
