"""What labels and statements beside MODEL must satisfy: ORDINAL, CENTER, TRANSFORM and so on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tutorkit.errors import ScriptError, SpecError, did_you_mean
from tutorkit.model import expressions
from tutorkit.model.statements import SAVED_ENDINGS, SAVED_KINDS, Assignment
from tutorkit.model.tokens import (
    MEAN_SUFFIX,
    VARIANCE_SUFFIXES,
    factor_problem,
    name_problem,
    variable_of,
)

if TYPE_CHECKING:
    from tutorkit.model.spec import Equation, ModelSpec, Simple

_ONCE = "Write it once."


def check_labels(spec: ModelSpec) -> None:
    """Demand that each label names one coefficient of the model."""
    seen: set[str] = set()
    for equation in spec.equations:
        terms = list(map(str, equation.terms))
        for label, term in equation.labels:
            _check_quantity(label, ("label", label))
            if label in seen:
                raise SpecError(
                    f"The label '{label}' is given to two coefficients",
                    "Each needs a label of its own; if the equation has several outcomes, "
                    "write one equation for each.",
                    place=("label again", label),
                )
            if term not in terms:
                raise SpecError(
                    f"'{label}' labels '{term}', which the equation of '{equation.outcome}' has "
                    "not, or has twice, or has further left",
                    "Labels stand in the order of the terms, one for each at most.",
                    place=("label", label),
                )
            seen.add(label)
            del terms[: terms.index(term) + 1]


def check_statements(spec: ModelSpec) -> None:
    """Refuse statements that contradict each other or the equations."""
    for part in ("columns", "ordinal", "grand_mean", "group_mean"):
        _check_once(part, getattr(spec, part))
    _check_ordinal(spec)
    _check_center(spec)
    _check_transforms(spec)
    _check_indicators(spec)
    _check_parameters(spec)
    _check_simple(spec)
    _check_save(spec)


def _check_once(part: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    kind = "center" if part.endswith("_mean") else part
    command = {"columns": "VARIABLES", "ordinal": "ORDINAL", "center": "CENTER"}[kind]
    for name in names:
        if name in seen:
            message = f"'{name}' stands twice under {command}"
            raise SpecError(message, _ONCE, place=(f"{kind} again", name))
        seen.add(name)


def _check_ordinal(spec: ModelSpec) -> None:
    ordinal = set(spec.ordinal)
    for name in spec.ordinal:
        if name == spec.cluster:
            raise SpecError(
                f"'{name}' is the cluster variable and cannot be ORDINAL",
                "Leave it out there.",
                place=("ordinal", name),
            )
    for equation in spec.equations:
        for factor in equation.factors:
            if factor.endswith(MEAN_SUFFIX) and variable_of(factor) in ordinal:
                raise SpecError(
                    f"tutorkit does not support the cluster means of the ORDINAL variable "
                    f"'{variable_of(factor)}'",
                    "Take it out of ORDINAL to treat it as continuous, or leave the mean out.",
                    place=("predictor", equation.outcome, factor),
                )


def _check_center(spec: ModelSpec) -> None:
    predictors = {factor for equation in spec.equations for factor in equation.factors}
    grand, group, ordinal = set(spec.grand_mean), set(spec.group_mean), set(spec.ordinal)
    for name in (*spec.grand_mean, *spec.group_mean):
        problem = factor_problem(name)
        variable = variable_of(name)
        if not problem and name in grand and name in group:
            problem = f"'{name}' is centred at its grand mean and at its group means", "Choose one."
        elif not problem and variable == spec.cluster:
            hint = "Clusters enter through the random effects."
            problem = f"'{name}' is the cluster variable and cannot be centred", hint
        elif not problem and variable in ordinal:
            hint = "Leave it out of CENTER; its coefficients are changes from one category up."
            problem = f"tutorkit does not support centring the ORDINAL variable '{variable}'", hint
        elif not problem and name in group and name != variable:
            hint = f"It does not vary within clusters: write 'grandmean = {name}'."
            problem = f"'{name}' cannot be centred at its group means", hint
        elif not problem and name in group and spec.cluster is None:
            hint = "Name the cluster variable, for example 'CLUSTERID: j;'."
            problem = f"Centring '{name}' at its group means needs clusters", hint
        elif not problem and name not in predictors:
            hint = did_you_mean(name, predictors) or "Only predictors are centred."
            problem = f"'{name}' is centred, but no equation has it as a predictor", hint
        if problem:
            raise SpecError(*problem, place=("center", name))


def _check_transforms(spec: ModelSpec) -> None:
    made: set[str] = set()
    columns = {*spec.columns, spec.cluster}
    all_names = {transform.name for transform in spec.transforms}
    for transform in spec.transforms:
        name = transform.name
        problem = name_problem(name)
        if problem:
            raise SpecError(*problem, place=("transform", name))
        if name in made:
            hint = "Choose another name for one of them."
            raise SpecError(
                f"TRANSFORM makes '{name}' twice", hint, place=("transform again", name)
            )
        for used in _names(transform, "transform"):
            if used in all_names - made and used != name:
                message = f"'{used}' is used before TRANSFORM makes it"
                hint = f"Move '{used} = …' up; if the data have '{used}' too, choose a new name."
                raise SpecError(message, hint, place=("transform", name, used))
            if used not in made:
                columns.add(used)
        if name in columns:
            raise SpecError(
                f"'{name}' is a column of the data and cannot be made anew by TRANSFORM",
                f"Choose a new name, as in '{name}_new = …', and use it in the equations.",
                place=("transform", name),
            )
        made.add(name)


def _names(statement: Assignment, kind: str) -> tuple[str, ...]:
    """Check the expression of a statement; return its names."""
    place = (kind, statement.name)
    is_transform = kind == "transform"
    functions = expressions.TRANSFORM_FUNCTIONS if is_transform else expressions.PARAMETER_FUNCTIONS
    try:
        tidy = expressions.tidy(statement.expression, functions)
    except ScriptError as error:
        raise SpecError(error.message, error.hint, place=place) from None
    if tidy != statement.expression:
        message = f"The expression '{statement.expression}' is not in its tidy form"
        raise SpecError(message, f"Write '{tidy}'.", place=place)
    used = expressions.names(tidy)
    for name in used if is_transform else ():
        problem = name_problem(name)
        if problem:
            raise SpecError(*problem, place=(*place, name))
    return used


def _check_indicators(spec: ModelSpec) -> None:
    selected = {str(e.selects): e.outcome for e in spec.equations if e.selects}
    for name, variable in spec.indicators:
        if variable in selected:
            raise SpecError(
                f"'{name}' and '{selected[variable]}' are the same missingness indicator",
                f"Keep the equation of one of them: each models the missing values of "
                f"'{variable}'.",
                place=("outcome", name),
            )
        selected[variable] = name


def _check_quantity(name: str, place: tuple[str, ...]) -> None:
    """Refuse what can be no label and no parameter."""
    problem = name_problem(name)
    if problem or name.endswith(VARIANCE_SUFFIXES):
        message = f"'{name}' cannot be the name of a coefficient or parameter"
        raise SpecError(message, "Choose a plain word such as 'b1' or 'indirect'.", place=place)


def _check_parameters(spec: ModelSpec) -> None:
    known = {label: "label" for equation in spec.equations for label, _ in equation.labels}
    variances = {e.outcome + suffix for e in spec.equations for suffix in VARIANCE_SUFFIXES}
    all_names = {parameter.name for parameter in spec.parameters}
    for parameter in spec.parameters:
        place = ("parameter", parameter.name)
        _check_quantity(parameter.name, place)
        if parameter.name in known:
            raise SpecError(
                f"'{parameter.name}' is the name of a {known[parameter.name]} already",
                "Choose a new name.",
                place=("parameter again", parameter.name),
            )
        for name in _names(parameter, "parameter"):
            if name not in known and name not in variances:
                hint = did_you_mean(name, [*known, *sorted(variances)] if known else variances)
                if name in all_names:
                    hint = f"Define '{name}' before it is used."
                elif not known:
                    hint = "Label the coefficient under MODEL, as in 'y ~ x@b1;'."
                message = f"'{name}' is neither a label nor an earlier parameter"
                raise SpecError(message, hint, place=(*place, name))
        known[parameter.name] = "parameter"


def _check_simple(spec: ModelSpec) -> None:
    focal = spec.focal
    terms = {term.key for term in focal.predictors}
    seen: set[tuple[str, str]] = set()
    for simple in spec.simple:
        pair = (simple.focal, simple.moderator)
        problem = _simple_problem(simple, focal, terms)
        if problem:
            raise SpecError(*problem, place=("simple", *pair))
        if pair in seen:
            message = f"'{pair[0]} | {pair[1]}' stands twice under SIMPLE"
            hint = "Write all values behind one '@'."
            raise SpecError(message, hint, place=("simple again", *pair))
        seen.add(pair)


def _simple_problem(
    simple: Simple, focal: Equation, terms: set[tuple[str, ...]]
) -> tuple[str, str] | None:
    """Return why a conditional effect cannot be had (message and hint), or None if it can."""
    pair = (simple.focal, simple.moderator)
    for name in pair:
        if (name,) not in terms:
            known = [term.factors[0] for term in focal.predictors if len(term.factors) == 1]
            what = f"'{name}' stands under SIMPLE, but is no predictor of '{focal.outcome}'"
            return what, did_you_mean(name, known)
    if simple.focal == simple.moderator:
        hint = "Name the focal predictor, then its moderator: 'SIMPLE: x1i | x2i;'."
        return f"'{simple.focal}' cannot moderate itself", hint
    if tuple(sorted(pair)) not in terms:
        return (
            f"The equation of '{focal.outcome}' lacks the product '{'*'.join(pair)}'",
            "Without it, the effect is the same at all values of the moderator.",
        )
    if not all(map(math.isfinite, simple.values)):
        return "The values of a moderator must be numbers", "Write for example '@ -1 0 1'."
    return None


def _check_save(spec: ModelSpec) -> None:
    kinds: set[str] = set()
    files: set[str] = set()
    for save in spec.save:
        place = ("save", save.kind)
        if save.kind not in SAVED_KINDS:
            hint = did_you_mean(save.kind, SAVED_KINDS)
            raise SpecError(f"'{save.kind}' cannot be saved", hint, place=place)
        if not save.file.lower().endswith(SAVED_ENDINGS) or set(save.file) & set('"\r\n\0'):
            raise SpecError(
                f"A file under SAVE must end in {' or '.join(SAVED_ENDINGS)}",
                f"Write for example '{save.kind} = imputations.csv'.",
                place=place,
            )
        if save.kind in kinds or save.file in files:
            what = f"'{save.kind}'" if save.kind in kinds else f"The file '{save.file}'"
            hint = "Keep one of them." if save.kind in kinds else "Name a file for each."
            raise SpecError(
                f"{what} stands twice under SAVE", hint, place=("save again", save.kind)
            )
        kinds.add(save.kind)
        files.add(save.file)
    if spec.save and not spec.imputations:
        raise SpecError(
            "SAVE needs to know how many imputed data sets to write",
            "Add for example 'NIMPS: 20;'.",
            place=("save", spec.save[0].kind),
        )
