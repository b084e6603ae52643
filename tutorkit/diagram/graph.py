"""What a path diagram shows: boxes in two columns, and an arrow for each term of each equation."""

from __future__ import annotations

from dataclasses import dataclass

from tutorkit.formulas import Role, role_of
from tutorkit.model.spec import Equation, ModelSpec, Term
from tutorkit.model.tokens import variable_of


@dataclass(frozen=True)
class Arrow:
    """An effect: from a variable, or a product of several, on the outcome of an equation."""

    source: str
    target: str
    role: Role
    term: str
    """How its equation spells the source: ``z*x`` may come from the node ``x*z``."""
    varies: bool = False
    """Whether the effect has a random slope."""

    @property
    def key(self) -> tuple[str, str]:
        """Outcome and name of the term, as estimates are keyed."""
        return self.target, self.term


@dataclass(frozen=True)
class Graph:
    """Nodes by name from top to bottom, and the arrows between them.

    ``left`` holds what explains the focal outcome, ``right`` that outcome and what depends on it.
    ``joins`` are the products and cluster means among the nodes on the left, each with the
    variables it is made of; they are no boxes. ``intercepts`` are the outcomes with a random
    intercept, ``indicators`` the missingness indicators.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    joins: dict[str, tuple[str, ...]]
    arrows: tuple[Arrow, ...]
    intercepts: frozenset[str]
    indicators: frozenset[str]


def graph_of(spec: ModelSpec) -> Graph:
    """Return the nodes and arrows of a model."""
    terms = [term for e in spec.equations for term in (*e.predictors, *_free_slopes(e))]
    joined: dict[tuple[str, ...], Term] = {}
    for term in terms:
        if _is_join(term):
            joined.setdefault(term.key, term)
    arrows = [
        Arrow(
            source=str(joined.get(term.key, term)),
            target=e.outcome,
            role=role_of(spec, e),
            term=str(term),
            varies=term.key in {t.key for t in e.slopes},
        )
        for e in spec.equations
        for term in (*e.predictors, *_free_slopes(e))
    ]
    right = _right(spec)
    boxes = [name for name in _factored_order(spec) if name not in right]
    joins = {str(t): tuple(dict.fromkeys(map(variable_of, t.factors))) for t in joined.values()}
    return Graph(
        left=_with_joins(boxes, joins),
        right=right,
        joins=joins,
        arrows=tuple(arrows),
        intercepts=frozenset(
            e.outcome for e in spec.equations if spec.cluster and e.random_intercept
        ),
        indicators=frozenset(e.outcome for e in spec.equations if role_of(spec, e) == "selection"),
    )


def _free_slopes(equation: Equation) -> tuple[Term, ...]:
    """Return the terms with a random slope whose fixed effect is left out."""
    fixed = {term.key for term in equation.predictors}
    return tuple(term for term in equation.slopes if term.key not in fixed)


def _is_join(term: Term) -> bool:
    return len(term.factors) > 1 or variable_of(term.factors[0]) != term.factors[0]


def _right(spec: ModelSpec) -> tuple[str, ...]:
    """Return the focal outcome, what depends on it, and the missingness indicators."""
    inputs = {e.outcome: e.inputs for e in spec.equations}
    focal = spec.focal.outcome
    right = {e.outcome for e in spec.equations if role_of(spec, e) == "selection"} | {focal}
    for _ in inputs:  # as many times as the longest way can have arrows
        right |= {name for name, others in inputs.items() if focal in others or right & {*others}}
    right -= _ancestors(focal, inputs)
    return (focal, *(name for name in inputs if name in right and name != focal))


def _ancestors(outcome: str, inputs: dict[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = [outcome]
    while waiting:
        new = {*inputs.get(waiting.pop(), ())} - found
        found |= new
        waiting += new
    return found


def _factored_order(spec: ModelSpec) -> list[str]:
    """Return all outcomes and predictors, each before those that predict it.

    Outcomes come in the order of their equations, variables without an equation at the end.
    """
    inputs = {e.outcome: e.inputs for e in spec.equations}
    outcomes = list(inputs)
    names = dict.fromkeys((*outcomes, *(v for e in spec.equations for v in e.inputs)))
    waiting, order = list(names), []
    while waiting:
        # nothing that still waits is predicted by it
        free = [v for v in waiting if not any(v in inputs.get(w, ()) for w in waiting if w != v)]
        name = next((v for v in free if v in inputs), free[0])
        order.append(name)
        waiting.remove(name)
    return order


def _with_joins(boxes: list[str], joins: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Put each product below the first of its factors, so that its lines are short."""
    rows: list[str] = []
    placed = dict.fromkeys(joins, False)
    for name in boxes:
        rows.append(name)
        for join, parts in joins.items():
            if not placed[join] and name in parts:
                rows.append(join)
                placed[join] = True
    return (*rows, *(join for join, done in placed.items() if not done))
