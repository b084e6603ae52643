"""The report's description of the model: parameters, roles of predictors, equations, priors."""

from __future__ import annotations

import numpy as np

from tutorkit.data.implied import free_predictors, needs_means
from tutorkit.data.joint import MEAN, XPRIOR1, JointEquation
from tutorkit.diagnostics import window_psr
from tutorkit.draws import Draws
from tutorkit.model.spec import Priors
from tutorkit.model.tokens import variable_of
from tutorkit.parameters import (
    COEFFICIENTS,
    GRAND_MEANS,
    RESIDUAL_VARIANCE,
    THRESHOLDS,
    VARIANCES,
    Parameter,
)
from tutorkit.report.parts import Facts, Grid, Lines, Part, Section, figures

N_LAST = 5  # windows of the burn-in shown by pinfo
GRAND = "GrandMean"


def model_information(draws: Draws) -> Section:
    """State the number of parameters, the roles of variables and the equations."""
    written = {equation.name for equation in draws.model.written}
    free = [p for p in draws.parameters if p.free]
    outcome = sum(p.outcome in written and p.group != GRAND_MEANS for p in free)
    counts = (
        ("Outcome models", f"{outcome}"),
        ("Predictor models", f"{len(free) - outcome}"),
    )
    return Section(
        "Model information",
        (
            Facts(counts, "NUMBER OF PARAMETERS"),
            Facts(_roles(draws) or (("Fixed variables", "None"),), "PREDICTORS"),
            Lines(tuple(_listing(draws)), "MODELS", verbatim=True),
            *_notes(draws),
        ),
    )


def _roles(draws: Draws) -> tuple[tuple[str, str], ...]:
    """Say of each predictor without an equation in the script what becomes of it."""
    spec, model = draws.spec, draws.model
    implied = {variable_of(equation.name) for equation in model.implied}
    free = free_predictors(spec)
    names: dict[str, list[str]] = {"Fixed variables": list(spec.fixed)}
    for name in (*free, *(v for v in draws.data.variables if v not in free)):
        is_predictor = name in free
        if not is_predictor and not _is_bystander(draws, name):
            continue
        complete = draws.data.missing_rate(name) == 0
        kind = "ordinal" if name in spec.ordinal else "continuous"
        role = f"{'Complete' if complete else 'Incomplete'} {kind}"
        if complete and name not in implied:
            role = "Complete, taken as fixed"
        elif name not in implied:
            role = "Not imputed"
        names.setdefault(role, []).append(name)
    names["Centered at grand mean"] = [_centred(draws, name) for name in spec.grand_mean]
    names["Centered at group mean"] = [_centred(draws, name) for name in spec.group_mean]
    names["Latent cluster means"] = [c.plus for c in model.columns if c.kind == MEAN]
    return tuple((role, " ".join(variables)) for role, variables in names.items() if variables)


def _is_bystander(draws: Draws, name: str) -> bool:
    """Tell whether only the missingness of a variable is modelled."""
    spec = draws.spec
    used = {*spec.fixed, *(e.outcome for e in spec.equations), *free_predictors(spec)}
    return name not in used and any(e.selects == name for e in spec.equations)


def _centred(draws: Draws, name: str) -> str:
    observed = variable_of(name) in draws.spec.fixed
    return f"{name} (observed mean)" if observed else name


def _listing(draws: Draws) -> list[str]:
    lines: list[str] = []
    block = ""
    number = 0
    for equation in draws.model.written:
        number += 1
        if equation.block != block:
            block = equation.block
            lines += ["", f"   {block}:"] if lines else [f"   {block}:"]
        lines.append(f"    [{number}]  {_written_out(equation)}")
    for title, equations, first in predictor_blocks(draws):
        lines += ["", f"   {title}:"]
        for equation in equations:
            number += 1
            lines.append(f"    [{number}]  {_written_out(equation, first)}")
    return lines


def _written_out(equation: JointEquation, first: str = "") -> str:
    random = equation.random_labels
    left = [first] if first else []
    right = " ".join((*left, *equation.labels)) + (f" | {' '.join(random)}" if random else "")
    return f"{equation.name} ~ {right}"


def predictor_blocks(draws: Draws) -> list[tuple[str, tuple[JointEquation, ...], str]]:
    """Return the implied equations by block: title, equations, and what stands for the intercept.

    Equations of predictors modelled around their means have no intercept.
    """
    around = [e for e in draws.model.implied if not _has_intercept(e)]
    alone = tuple(e for e in draws.model.implied if _has_intercept(e))
    blocks = [("predictor models (implied)", alone, "")]
    if draws.spec.cluster is None:
        blocks.append(("predictor models (implied), around grand means", tuple(around), GRAND))
    for level, title, first in (
        (1, "predictor models (implied), within clusters", "ClusterMean"),
        (2, "predictor models (implied), between clusters", GRAND),
    ):
        if draws.spec.cluster is not None:
            blocks.append((title, tuple(e for e in around if e.level == level), first))
    return [block for block in blocks if block[1]]


def _has_intercept(equation: JointEquation) -> bool:
    return any(not term.factors for term in equation.terms)


def _notes(draws: Draws) -> tuple[Part, ...]:
    if not draws.model.implied:
        return ()
    lines = [
        "The predictor models were added by tutorkit: each predictor without an equation in the "
        "script is regressed on those listed below it and on complete predictors."
    ]
    if needs_means(draws.spec):
        lines.append(
            "Means are estimated: predictors vary between clusters around their grand means, and "
            "within clusters around their latent cluster means."
            if draws.spec.cluster is not None
            else "Grand means are estimated, and predictors vary around them."
        )
    return (Lines(tuple(lines)),)


def parameter_list(draws: Draws) -> Section:
    """List every parameter by number, with its prior and its last PSRs of the burn-in."""
    spans, psr = window_psr(draws.warmup[:, :, : len(draws.parameters)])
    shown = spans[-N_LAST:]
    head = ("Parameter", "#", "Prior", *(f"{first} to {last}" for first, last in shown))
    equations = {equation.name: equation for equation in draws.model.equations}
    groups: dict[str, list[tuple[str, ...]]] = {}
    for k, parameter in enumerate(draws.parameters):
        prior = _prior(parameter, equations.get(parameter.outcome), draws.spec.priors)
        last = figures(*psr[-N_LAST:, k]) if shown else ()
        row = (parameter.name, f"{k + 1}", prior, *last)
        groups.setdefault(f"{parameter.outcome}, {parameter.group}", []).append(row)
    note = (
        "N(mean, variance), IG(shape, scale) and IW(scale times the identity, degrees of freedom) "
        "are prior distributions. The last columns are the potential scale reduction in these "
        "iterations of the burn-in."
    )
    if not shown:
        note += " There were too few of them to compute it."
    table = Grid(head, tuple((title, tuple(rows)) for title, rows in groups.items()))
    return Section("Parameter list", (Lines((note,)), table))


def _prior(parameter: Parameter, equation: JointEquation | None, priors: Priors) -> str:
    if parameter.group == GRAND_MEANS:
        return _normal(np.inf)
    if equation is None or parameter.group not in (VARIANCES, COEFFICIENTS, THRESHOLDS):
        return "derived"
    if parameter.group == THRESHOLDS:
        return "flat" if parameter.free else "fixed"
    if parameter.group == COEFFICIENTS:
        normal = np.inf if equation.implicit else priors.coefficient_variance
        return _normal(priors.probit_variance if equation.categories else normal)
    if not parameter.free:
        return "fixed"
    used = XPRIOR1 if equation.implicit else priors
    if parameter.name == RESIDUAL_VARIANCE:
        return f"IG({_number(used.residual_shape)}, {_number(used.residual_scale)})"
    df = used.random_df * (len(equation.random) + 1)
    return f"IW({_number(used.random_scale)}, {_number(df)})"


def _normal(variance: float) -> str:
    return f"N(0.0, {'Inf' if np.isinf(variance) else _number(variance)})"


def _number(value: float) -> str:
    return f"{value:.1f}" if round(value, 1) == value else f"{value:g}"
