"""The numbers that columns, equations and terms of a joint model have in a plan."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from tutorkit.arrays import Integers
from tutorkit.data.joint import JointEquation, JointModel
from tutorkit.model.spec import Term


class Numbering:
    """A joint model with its columns, equations and terms numbered from 0."""

    def __init__(self, model: JointModel) -> None:
        self.model = model
        self.index = {column.name: k for k, column in enumerate(model.columns)}
        parts = [[*e.terms, *e.random] for e in model.equations]
        self.terms: list[Term] = [term for part in parts for term in part]
        self.sizes = [len(part) for part in parts]
        self.term_equation: Integers = np.repeat(np.arange(len(parts)), self.sizes)
        self.outcome = [self.index[e.outcome] for e in model.equations]
        self.blocks = [k for k, e in enumerate(model.equations) if e.categories]

    @property
    def probit(self) -> list[JointEquation]:
        """The equations of the blocks."""
        return [self.model.equations[k] for k in self.blocks]

    @cached_property
    def factors(self) -> list[list[int]]:
        """The columns whose product each term is."""
        return [[self.index[name] for name in term.factors] for term in self.terms]

    def moving(self, name: str) -> set[str]:
        """Return the columns that move with a column: itself, and those centred with it."""
        return {name, *(c.name for c in self.model.columns if name in (c.plus, c.minus))}

    def degree(self, name: str) -> int:
        """Return the highest power of a column in any term, at least 1."""
        moving = self.moving(name)
        return max([1, *(sum(f in moving for f in term.factors) for term in self.terms)])

    @cached_property
    def integrated(self) -> list[int]:
        """The column that each block integrates out, or -1."""
        return [self._integrated(equation) for equation in self.probit]

    def _integrated(self, equation: JointEquation) -> int:
        """Return its own variable, if it can be integrated out.

        It must have a normal equation, stand among the predictors, enter every equation linearly
        and uncentred, and have no random slope in this one.
        """
        v = equation.selects
        if v not in self.index or equation.level == 2 or self.degree(v) > 1:
            return -1
        if not any(v in term.factors for term in equation.terms):
            return -1
        if any(v in term.factors for term in equation.random) or len(self.moving(v)) > 1:
            return -1
        has_own = any(e.outcome == v and e.level == 1 for e in self.model.equations)
        return self.index[v] if has_own else -1


def integers(values: object) -> Integers:
    """Return values as the plan holds them."""
    return np.ascontiguousarray(values, dtype=np.int64)


def offsets(sizes: list[int]) -> Integers:
    """Return where each of several parts laid end to end begins, and where the last one ends."""
    return integers(np.concatenate([[0], np.cumsum(sizes)]))
