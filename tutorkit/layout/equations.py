"""The equations of a plan: their terms and priors."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from tutorkit.arrays import Floats, Integers
from tutorkit.data.joint import MEAN, XPRIOR1
from tutorkit.layout.numbering import Numbering, integers, offsets
from tutorkit.model.spec import INTERCEPT, Priors
from tutorkit.parameters import GRAND_MEANS, monitored

FAR = 100.0  # standard deviations from zero


def equation_arrays(numbers: Numbering, priors: Priors) -> dict[str, Any]:
    """Return what the plan says of each equation."""
    equations = numbers.model.equations
    variances = [XPRIOR1 if e.implicit else priors for e in equations]
    start = offsets(numbers.sizes)
    n_random = np.array([len(e.random) for e in equations])
    written = [
        [k for k, e in enumerate(equations) if not e.implicit and e.level == level]
        for level in (1, 2)
    ]
    sizes = Counter(p.outcome for p in monitored(numbers.model) if p.group != GRAND_MEANS)
    return {
        "outcome": integers(numbers.outcome),
        "probit": integers([bool(e.categories) for e in equations]),
        "level": integers([e.level for e in equations]),
        "explicit": integers([not e.implicit for e in equations]),
        "term_start": start,
        "random_start": integers(start[1:] - n_random),
        "residual_shape": np.array([p.residual_shape for p in variances]),
        "residual_scale": np.array([p.residual_scale for p in variances]),
        "random_df": np.array([p.random_df for p in variances]) * (n_random + 1.0),
        "random_scale": np.array([p.random_scale for p in variances]),
        "written_start": integers(np.cumsum([0, *map(len, written)])),
        "written": integers([e for level in written for e in level]),
        "record_start": offsets([sizes[e.name] for e in equations]),
    }


def term_arrays(numbers: Numbering, priors: Priors, columns: Floats) -> dict[str, Any]:
    """Return what the plan says of each term."""
    factors = numbers.factors
    chosen = dict(zip(numbers.blocks, numbers.integrated, strict=True))
    centre = _centres(numbers, priors, columns)
    place = _places(numbers, centre)
    moves = [_moves(numbers, column.name, place) for column in numbers.model.columns]
    return {
        "move_start": offsets([len(places) for places in moves]),
        "move": integers([k for places in moves for k in places]),
        "term_equation": integers(numbers.term_equation),
        "place": place,
        "alike_start": offsets(np.bincount(place).tolist()),
        "alike": integers(np.argsort(place, kind="stable")),
        "factor_start": offsets([len(own) for own in factors]),
        "factor": integers([column for own in factors for column in own]),
        "centre": centre,
        "prior_precision": _prior_precision(numbers, priors),
        "selected_term": integers(
            [
                chosen.get(int(e), -1) in own
                for e, own in zip(numbers.term_equation, factors, strict=True)
            ]
        ),
        "twin": _twins(numbers, place),
        "same_term": _same_terms(numbers),
    }


def _places(numbers: Numbering, centre: Floats) -> Integers:
    """Return of each term where its values are; equal terms have the same place."""
    values = [
        (*sorted(factors), float(middle))
        for factors, middle in zip(numbers.factors, centre, strict=True)
    ]
    number = {value: k for k, value in enumerate(dict.fromkeys(values))}
    return integers([number[value] for value in values])


def _moves(numbers: Numbering, name: str, place: Integers) -> list[int]:
    """Return the places of the terms that move with a column."""
    moving = {numbers.index[column] for column in numbers.moving(name)}
    return sorted({int(k) for k, f in zip(place, numbers.factors, strict=True) if moving & {*f}})


def _twins(numbers: Numbering, place: Integers) -> Integers:
    """Return of each term the one on the other side, fixed or random, with the same place, or -1.

    Random terms are not centred, so a centred fixed term has none.
    """
    twin = np.full(len(numbers.terms), -1)
    start = offsets(numbers.sizes)
    for e, equation in enumerate(numbers.model.equations):
        middle = start[e] + len(equation.terms)
        for random in range(middle, start[e + 1]):
            for fixed in range(start[e], middle):
                if place[fixed] == place[random]:
                    twin[fixed], twin[random] = random, fixed
    return integers(twin)


def _same_terms(numbers: Numbering) -> Integers:
    """Return of each fixed term of a block the same term of its variable's own equation, or -1."""
    start = offsets(numbers.sizes)
    same = np.full(len(numbers.terms), -1)
    for e, v in zip(numbers.blocks, numbers.integrated, strict=True):
        if v < 0:
            continue
        own = numbers.outcome.index(v)
        terms = [sorted(term.factors) for term in numbers.model.equations[own].terms]
        for k, term in enumerate(numbers.model.equations[e].terms):
            if sorted(term.factors) in terms:
                same[start[e] + k] = start[own] + terms.index(sorted(term.factors))
    return integers(same)


def _prior_precision(numbers: Numbering, priors: Priors) -> Floats:
    probit, normal = 1 / priors.probit_variance, 1 / priors.coefficient_variance
    own = [
        probit if e.categories else 0.0 if e.implicit else normal for e in numbers.model.equations
    ]
    return np.array([own[e] for e in numbers.term_equation], dtype=np.float64)


def _centres(numbers: Numbering, priors: Priors, columns: Floats) -> Floats:
    """Return the means of terms that lie far from zero, 0 for all others.

    Sums of squares of such a term would lose the digits that its coefficient depends on. With a
    flat prior centring changes the intercept only; otherwise, and without one, it must not be done.
    """
    columns = columns.copy()
    for k, column in enumerate(numbers.model.columns):
        if column.kind == MEAN:  # not known yet, but about as large as what it is the mean of
            columns[k] = columns[numbers.index[column.plus]]
    centres: list[float] = []
    for equation in numbers.model.equations:
        flat = np.isinf(priors.coefficient_variance) or equation.implicit
        movable = flat and not equation.categories and INTERCEPT in equation.terms
        for term in equation.terms:
            product = columns[[numbers.index[f] for f in term.factors]].prod(axis=0)
            known = product[~np.isnan(product)]
            far = movable and known.size > 1 and abs(known.mean()) > FAR * known.std() > 0
            centres.append(float(known.mean()) if far else 0.0)
        centres += [0.0] * len(equation.random)
    return np.array(centres)
