"""What the columns of a model must satisfy for its parameters to be estimable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tutorkit.errors import DataError, Place
from tutorkit.model.script import spot
from tutorkit.model.spec import Equation, ModelSpec, Term

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Columns = Mapping[str, Floats]  # variable -> (n_rows,), missing values nan

_LARGE, _SMALL = 1e100, 1e-100  # squares and sums of squares stay finite and above zero
_EXACT = 1e-8  # share of a column's length that rounding can explain
_MANY_TERMS = 500  # the search for redundant terms would take long


def mistake(spec: ModelSpec, message: str, hint: str, place: Place) -> DataError:
    """Return the error that marks a place of the model in its script."""
    return DataError(message, hint, place=place, spot=spot(spec, place))


def place_of(spec: ModelSpec, name: str) -> Place:
    """Return where a variable first stands in the model."""
    for equation in spec.equations:
        if name in (equation.outcome, equation.selects):
            return ("outcome", equation.outcome)
        if name in equation.inputs:
            return ("predictor", equation.outcome, name)
    return ("cluster",) if name == spec.cluster else ("fixed", name)


def check_columns(spec: ModelSpec, columns: Columns, cluster: Integers, n_clusters: int) -> None:
    """Refuse data from which the model cannot be estimated; see `tutorkit.data.prepare`."""
    for name, values in columns.items():
        _check_variable(spec, name, values)
    _check_fixed(spec, columns)
    _check_incomplete(spec, columns)
    for equation in spec.selection:
        if not np.isnan(columns[str(equation.selects)]).any():
            what = (
                f"'{equation.selects}' has no missing values, so '{equation.outcome}' is always 0"
            )
            hint = "Take this equation out of the model."
            raise mistake(spec, what, hint, ("outcome", equation.outcome))
    for equation in spec.equations:
        terms = {term: _product(term, columns) for term in {*equation.terms, *equation.slopes}}
        _check_scale(spec, equation, terms)
        _check_rows(spec, equation, columns)
        if n_clusters:
            _check_within(spec, equation, columns, terms, cluster)
            _check_clusters(spec, equation, columns, cluster, n_clusters)
        _check_redundant(spec, equation, columns, terms)


def _check_variable(spec: ModelSpec, name: str, values: Floats) -> None:
    observed = values[~np.isnan(values)]
    place = place_of(spec, name)
    if not observed.size:
        hint = "Take it out of the model."
        raise mistake(spec, f"'{name}' is missing in every row", hint, place)
    if observed.min() == observed.max():
        what = f"'{name}' has the same value ({observed[0]:g}) in every row"
        hint = "A constant cannot be told from the intercept: take it out of the model."
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


def _check_incomplete(spec: ModelSpec, columns: Columns) -> None:
    outcomes = {equation.outcome for equation in spec.equations}
    missing = {v: np.isnan(x).mean() for v, x in columns.items() if v not in outcomes}
    lacking = sorted((v for v in missing if missing[v] > 0), key=lambda v: -missing[v])
    if lacking:
        what = f"'{lacking[0]}' has missing values but no equation of its own"
        hint = f"Add '{_equation_for(lacking, spec, columns)}' to MODEL."
        raise mistake(spec, what, hint, place_of(spec, lacking[0]))


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


def _check_scale(spec: ModelSpec, equation: Equation, terms: Mapping[Term, Floats]) -> None:
    for term, values in terms.items():
        largest = np.nanmax(np.abs(values), initial=0.0)
        if not _SMALL < largest < _LARGE and not np.isnan(values).all():
            size = "large" if largest > 1 else "small"
            place = ("predictor", equation.outcome, str(term))
            raise mistake(spec, f"The values of '{term}' are too {size} to compute with", "", place)


def _observed(equation: Equation, columns: Columns) -> NDArray[np.bool_]:
    """Return the rows that tell about an equation: its outcome is known there."""
    values = columns[equation.selects or equation.outcome]
    return np.full(len(values), True) if equation.selects else ~np.isnan(values)
