"""From a spec to its joint model, with the equations that the data make necessary.

Incomplete predictors without an equation get one, in a sequence: the one with most missing values
first, each predicted by those behind it and by complete predictors. As soon as a latent cluster
mean or grand mean is asked for (``.mean``, CENTER), the continuous predictors that are not FIXED
are modelled together in that way, between clusters by their latent means around the grand means,
and within clusters by their deviations from the latent means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutorkit.data.joint import (
    BINARY,
    CENTRED,
    GRAND_MEAN,
    MEAN,
    RESPONSE,
    Column,
    Facts,
    JointEquation,
    JointModel,
)
from tutorkit.model.spec import INTERCEPT, Equation, ModelSpec, Term
from tutorkit.model.tokens import MEAN_SUFFIX, variable_of


def join(spec: ModelSpec, facts: Mapping[str, Facts]) -> JointModel:
    """Return the joint model of a spec whose variables, checked before, are as ``facts`` says."""
    builder = _Builder(spec, facts)
    written = [builder.written(equation) for equation in spec.equations]
    described = dict.fromkeys(builder.factor(s.moderator) for s in spec.simple)
    return JointModel(
        tuple(builder.columns.values()), (*written, *builder.implied), tuple(described)
    )


def needs_means(spec: ModelSpec) -> tuple[str, ...]:
    """Return the variables, FIXED ones left out, whose latent cluster or grand mean is a part."""
    used = map(variable_of, (*mean_factors(spec), *spec.group_mean, *spec.grand_mean))
    return tuple(v for v in dict.fromkeys(used) if v not in spec.fixed)


def mean_factors(spec: ModelSpec) -> tuple[str, ...]:
    """Return the factors ``x.mean`` of the equations, each once, in order of appearance."""
    factors = dict.fromkeys(f for equation in spec.equations for f in equation.factors)
    return tuple(f for f in factors if f.endswith(MEAN_SUFFIX))


def free_predictors(spec: ModelSpec) -> tuple[str, ...]:
    """Return the predictors without an equation of their own that are not FIXED."""
    outcomes = {e.outcome for e in spec.equations}
    names = [v for e in spec.equations for v in e.inputs]
    return tuple(v for v in dict.fromkeys(names) if v not in outcomes and v not in spec.fixed)


class _Builder:
    """Columns and equations in the making."""

    def __init__(self, spec: ModelSpec, facts: Mapping[str, Facts]) -> None:
        self.spec, self.facts = spec, facts
        self.columns = {name: Column(name, level=f.level) for name, f in facts.items()}
        self.implied: list[JointEquation] = []
        self._imply()

    # -- columns

    def grand(self, variable: str) -> str:
        name = f"{variable} grand mean"
        self.columns.setdefault(name, Column(name, GRAND_MEAN, 3, plus=variable))
        return name

    def mean(self, variable: str) -> str:
        name = f"{variable}{MEAN_SUFFIX}"
        self.columns.setdefault(name, Column(name, MEAN, 2, plus=variable))
        return name

    def centred(self, plus: str, minus: str) -> str:
        name = f"{plus} - {minus}"
        level = min(self.columns[plus].level, self.columns[minus].level)
        self.columns.setdefault(name, Column(name, CENTRED, level, plus, minus))
        return name

    def response(self, name: str, level: int) -> str:
        column = f"{name}*"
        self.columns[column] = Column(column, RESPONSE, level)
        return column

    def factor(self, name: str) -> str:
        """Return the column that stands for a variable on a right-hand side."""
        spec, variable = self.spec, variable_of(name)
        if variable in spec.fixed:
            column = fixed_column(spec, name)
            level = 2 if name != variable else self.facts[variable].level
            self.columns.setdefault(column, Column(column, level=level))
            return column
        if name != variable:
            column = self.mean(variable)
            return self.centred(column, self.grand(variable)) if name in spec.grand_mean else column
        if name in spec.group_mean:
            return self.centred(name, self.mean(name))
        if name in spec.grand_mean:
            return self.centred(name, self.grand(name))
        return name

    def term(self, term: Term) -> Term:
        return Term(tuple(self.factor(name) for name in term.factors))

    # -- equations

    def written(self, equation: Equation) -> JointEquation:
        """Translate an equation of the script."""
        spec, name = self.spec, equation.outcome
        selects = equation.selects or dict(spec.indicators).get(name)
        level = self.facts[equation.selects or name].level
        categories: tuple[float, ...] = ()
        if equation.selects:
            categories = BINARY
        elif name in spec.ordinal:
            categories = self.facts[name].categories
        random = (
            (INTERCEPT, *equation.slopes)
            if spec.cluster is not None and level == 1 and equation.random_intercept
            else ()
        )
        return JointEquation(
            name=name,
            outcome=self.response(name, level) if categories else name,
            terms=tuple(self.term(t) for t in equation.terms),
            labels=tuple(str(t) for t in equation.terms),
            random=tuple(self.term(t) for t in random),
            random_labels=tuple(str(t) for t in random),
            level=level,
            categories=categories,
            selects=selects,
            block=equation.block,
        )

    def _imply(self) -> None:
        spec, facts = self.spec, self.facts
        free = sorted(free_predictors(spec), key=lambda v: -facts[v].missing)
        joint = [v for v in free if v not in spec.ordinal] if needs_means(spec) else []
        alone = [v for v in free if v not in joint and facts[v].missing > 0]
        complete = [v for v in free if v not in joint and facts[v].missing == 0]
        fixed = [v for v in spec.fixed if v in facts]
        for k, variable in enumerate(alone):
            others = [*alone[k + 1 :], *joint, *complete, *fixed]
            if facts[variable].level == 2:
                others = [v for v in others if facts[v].level == 2]
            self._imply_alone(variable, others)
        if joint and spec.cluster is not None:
            self._imply_levels(joint, fixed)
        elif joint:
            for k, variable in enumerate(joint):
                outcome = self.centred(variable, self.grand(variable))
                around = [(v, self.centred(v, self.grand(v))) for v in joint[k + 1 :]]
                around += [(v, observed_centred(v)) for v in fixed]
                self._add(variable, outcome, around, level=1)

    def _imply_alone(self, variable: str, others: Sequence[str]) -> None:
        level = self.facts[variable].level
        categories = self.facts[variable].categories if variable in self.spec.ordinal else ()
        terms = (INTERCEPT, *(Term((v,)) for v in others))
        random = (INTERCEPT,) if self.spec.cluster is not None and level == 1 else ()
        self.implied.append(
            JointEquation(
                name=variable,
                outcome=self.response(variable, level) if categories else variable,
                terms=terms,
                labels=tuple(map(str, terms)),
                random=random,
                random_labels=tuple(map(str, random)),
                level=level,
                categories=categories,
                implicit=True,
            )
        )

    def _imply_levels(self, joint: Sequence[str], fixed: Sequence[str]) -> None:
        level = {v: self.facts[v].level for v in (*joint, *fixed)}
        within = [v for v in joint if level[v] == 1]
        between = [*within, *(v for v in joint if level[v] == 2)]
        for k, variable in enumerate(within):
            outcome = self.centred(variable, self.mean(variable))
            others = [(v, self.centred(v, self.mean(v))) for v in within[k + 1 :]]
            others += [(v, observed_within(v)) for v in fixed if level[v] == 1]
            self._add(variable, outcome, others, level=1)
        for k, variable in enumerate(between):
            others = [self._between(v, level[v]) for v in between[k + 1 :]]
            others += [(v, observed_centred(v)) for v in fixed if level[v] == 2]
            others += [(v + MEAN_SUFFIX, observed_between(v)) for v in fixed if level[v] == 1]
            name, outcome = self._between(variable, level[variable])
            self._add(name, outcome, others, level=2)

    def _between(self, variable: str, level: int) -> tuple[str, str]:
        name = self.mean(variable) if level == 1 else variable
        return name, self.centred(name, self.grand(variable))

    def _add(self, name: str, outcome: str, others: Sequence[tuple[str, str]], level: int) -> None:
        for _, column in others:
            self.columns.setdefault(column, Column(column, level=level))
        self.implied.append(
            JointEquation(
                name=name,
                outcome=outcome,
                terms=tuple(Term((column,)) for _, column in others),
                labels=tuple(label for label, _ in others),
                level=level,
                implicit=True,
            )
        )


def observed_centred(variable: str) -> str:
    """Return the name of a FIXED variable's column around its observed mean."""
    return f"{variable} - observed mean"


def observed_within(variable: str) -> str:
    """Return the name of a FIXED variable's column around its observed cluster means."""
    return f"{variable} - observed cluster mean"


def observed_mean(variable: str) -> str:
    """Return the name of the column of a FIXED variable's observed cluster means."""
    return f"{variable} observed cluster mean"


def observed_between(variable: str) -> str:
    """Return the name of the column of a FIXED variable's centred observed cluster means."""
    return f"{variable} observed cluster mean - observed mean"


def fixed_column(spec: ModelSpec, name: str) -> str:
    """Return the column that stands for a FIXED variable, or its ``.mean``, in an equation."""
    variable = variable_of(name)
    if name != variable:
        return observed_between(variable) if name in spec.grand_mean else observed_mean(variable)
    if name in spec.group_mean:
        return observed_within(name)
    return observed_centred(name) if name in spec.grand_mean else name
