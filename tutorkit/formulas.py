"""The model as equations: one piece of LaTeX for each equation of a model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from tutorkit.model.spec import Equation, ModelSpec, Term
from tutorkit.model.tokens import variable_of

Role = Literal["focal", "auxiliary", "selection"]
MOST_TERMS = 3  # with variables, in a line
MOST_LETTERS = 30  # of names in a line, the outcome's among them
# letters of coefficients, random effects and residuals
_LETTERS: dict[Role, tuple[str, str, str]] = {
    "focal": (r"\beta", "u", r"\varepsilon"),
    "auxiliary": (r"\alpha", "v", "e"),
    "selection": (r"\gamma", "w", "r"),
}


@dataclass(frozen=True)
class Formula:
    r"""One equation with the distributions of its random effects and residuals.

    ``latex`` stands without dollar signs, and is an ``aligned`` environment.
    """

    outcome: str
    role: Role
    latex: str


def formulas(spec: ModelSpec) -> tuple[Formula, ...]:
    r"""Return one formula for each equation of a model, in its order.

    Coefficients are :math:`\beta` in the focal, :math:`\alpha` in auxiliary and :math:`\gamma` in
    selection models, random effects u, v and w. Of several equations of a role each has a number,
    which is the first index. The index i counts rows, in clusters j. Probit equations (ORDINAL
    outcomes, missingness indicators) state the probability that a normal latent response with
    variance 1 lies above a threshold. Whether a variable has one value a cluster only data can
    tell, so every variable has the index i. Labels of coefficients are not shown.
    """
    roles = [role_of(spec, e) for e in spec.equations]
    out = []
    for k, (role, equation) in enumerate(zip(roles, spec.equations, strict=True)):
        number = roles[: k + 1].count(role) if roles.count(role) > 1 else None
        latex = _Writer(spec, equation, role, number).lines()
        out.append(Formula(equation.outcome, role, latex))
    return tuple(out)


def role_of(spec: ModelSpec, equation: Equation) -> Role:
    """Return the role an equation has; a long-form missingness indicator has a selection model."""
    if equation.selects or equation.outcome in dict(spec.indicators):
        return "selection"
    return "focal" if equation == spec.focal else "auxiliary"


class _Writer:
    """One equation on its way to LaTeX."""

    def __init__(self, spec: ModelSpec, equation: Equation, role: Role, number: int | None) -> None:
        self.spec, self.equation, self.role, self.number = spec, equation, role, number
        self.coefficient, self.effect, self.residual = _LETTERS[role]
        self.unit = "i" if spec.cluster is None else "ij"
        self.random = spec.cluster is not None and equation.random_intercept
        self.probit = spec.is_probit(equation)
        self.selects = equation.selects or dict(spec.indicators).get(equation.outcome)

    def lines(self) -> str:
        right = [(self.indexed(self.coefficient, 0), 0)]
        for k, term in enumerate(self.equation.predictors, start=1):
            right.append(self.times(self.indexed(self.coefficient, k), term))
        if self.random:
            right.append((self.indexed(self.effect, 0, "j"), 0))
            for k, term in enumerate(self.equation.slopes, start=1):
                right.append(self.times(self.indexed(self.effect, k, "j"), term))
        if not self.probit:
            right.append((self.noise(), 0))
        first, *rest = _rows(right, MOST_LETTERS - len(self.equation.outcome))
        lines = [self.left() + (r" &= \Phi(" if self.probit else " &= ") + first]
        lines += [rf"&\quad {{}} + {row}" for row in rest]
        if self.probit:
            lines[-1] += ")" if self.selects else r" - \kappa_c)"
        return "\\begin{aligned}\n" + " \\\\\n".join(lines + self.below()) + "\n\\end{aligned}"

    def left(self) -> str:
        if self.selects:
            return rf"\Pr({self.plain(self.selects)}\text{{ missing}})"
        outcome = self.plain(self.equation.outcome)
        return rf"\Pr({outcome} > c)" if self.probit else outcome

    def noise(self) -> str:
        return rf"{self.residual}_{{{self.number or ''}{self.unit}}}"

    def below(self) -> list[str]:
        """Return the lines below the equation: distributions and thresholds."""
        lines = [self.effects()] if self.random else []
        if not self.probit:
            of = "" if self.role == "focal" else rf"_{{{self.residual}{self.number or ''}}}"
            lines.append(rf"{self.noise()} &\sim N(0, \sigma{of}^2)")
        elif not self.selects:
            lines.append(r"\kappa_1 &= 0 < \kappa_2 < \dots")
        return lines

    def effects(self) -> str:
        """Return the random effects' distribution; the focal one's parameters as in table 7.1."""
        n = 1 + len(self.equation.slopes)
        effects = [self.indexed(self.effect, k, "j") for k in range(n)]
        of = "" if self.role == "focal" else rf"_{{{self.effect}{self.number or ''}}}"
        if n == 1:
            variance = r"\tau_{00}" if self.role == "focal" else rf"\tau{of}"
            return rf"{effects[0]} &\sim N(0, {variance})"
        vector = rf"({', '.join(effects)})"
        if n > 2 or self.role != "focal":
            return rf"{vector} &\sim N(\mathbf{{0}}, \mathbf{{T}}{of})"
        matrix = r"\begin{pmatrix} \tau_{00} & \tau_{01} \\ \tau_{01} & \tau_{11} \end{pmatrix}"
        return rf"{vector} &\sim N\left(\mathbf{{0}}, {matrix}\right)"

    def indexed(self, letter: str, k: int, unit: str = "") -> str:
        parts = [str(k)] if self.number is None else [str(self.number), str(k)]
        between = "," if any(len(part) > 1 for part in parts) else ""
        return f"{letter}_{{{between.join(parts)}{',' * bool(between and unit)}{unit}}}"

    def times(self, coefficient: str, term: Term) -> tuple[str, int]:
        """Return a coefficient times a term, and how many letters the term's names have."""
        powers = [(name, len(list(same))) for name, same in groupby(term.factors)]
        shown = [self.power(name, power) for name, power in powers]
        letters = sum(len(variable_of(name)) for name, _ in powers)
        return "\\,".join([coefficient, *shown]), letters

    def power(self, factor: str, power: int) -> str:
        spec, variable = self.spec, variable_of(factor)
        if factor != variable:
            shown, middle = self.mean(variable, "j"), self.mean(variable)
            centred = factor in spec.grand_mean
        else:
            shown = self.plain(variable)
            middle = self.mean(variable, "j" if factor in spec.group_mean else "")
            centred = factor in (*spec.group_mean, *spec.grand_mean)
        if centred:
            return f"({shown} - {middle})" + (f"^{power}" if power > 1 else "")
        return shown + (f"^{power}" if power > 1 else "")

    def plain(self, variable: str) -> str:
        return f"{name_latex(variable)}_{{{self.unit}}}"

    def mean(self, variable: str, unit: str = "") -> str:
        shown = rf"\overline{{{name_latex(variable)}}}"
        return f"{shown}_{{{unit}}}" if unit else shown


def name_latex(name: str) -> str:
    """Return the name of a variable as LaTeX: a single letter in italics, others upright."""
    if re.fullmatch("[A-Za-z]", name):
        return name
    escaped = re.sub(r"([_%&$#{}])", r"\\\1", name)
    return rf"\text{{{escaped}}}"


def _rows(terms: list[tuple[str, int]], most_letters: int) -> list[str]:
    """Join terms to lines of at most MOST_TERMS with names, fewer if the names are long."""
    rows: list[list[str]] = [[]]
    named = letters = 0
    for shown, length in terms:
        if named and length and (named == MOST_TERMS or letters + length > most_letters):
            rows.append([])
            named = letters = 0
        rows[-1].append(shown)
        named += length > 0
        letters += length
    return [" + ".join(row) for row in rows]
