"""The blocks of a plan: its probit equations."""

from __future__ import annotations

from typing import Any

import numpy as np

from tutorkit.arrays import Floats, Integers
from tutorkit.data.joint import JointEquation
from tutorkit.layout.numbering import Numbering, integers


def block_arrays(numbers: Numbering, columns: Floats) -> dict[str, Any]:
    """Return what the plan says of each block."""
    equations, index = numbers.probit, numbers.index
    where = list(zip(numbers.blocks, numbers.integrated, strict=True))
    hamiltonian = [len(e.categories) == 2 and e.level == 1 for e in equations]
    return {
        "block_equation": integers(numbers.blocks),
        "block_variable": integers(numbers.integrated),
        "block_hamiltonian": integers(hamiltonian),
        "block_main": integers([_main(numbers, e, v) for e, v in where]),
        "block_tau": integers(
            [h and len(e.random) == 1 for e, h in zip(equations, hamiltonian, strict=True)]
        ),
        "category_column": integers([index[e.name] if e.is_ordinal else -1 for e in equations]),
        "n_categories": integers([len(e.categories) for e in equations]),
        "code": _codes(equations),
        "category": _categories(equations, columns, index),
    }


def _main(numbers: Numbering, e: int, v: int) -> int:
    """Return where among the coefficients of equation e that of column v itself is, or -1."""
    own = [f for f, term in zip(numbers.factors, numbers.term_equation, strict=True) if term == e]
    fixed = own[: len(numbers.model.equations[e].terms)]
    return fixed.index([v]) if [v] in fixed else -1


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
    return integers(category)
