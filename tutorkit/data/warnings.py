"""What the user of a model must be warned of before it is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from tutorkit.arrays import Floats
from tutorkit.data.joint import JointModel
from tutorkit.model.expressions import names
from tutorkit.model.spec import Equation, ModelSpec, Simple
from tutorkit.model.tokens import MEAN_SUFFIX, variable_of

FEW_VALUES = 7  # a variable with so many different whole numbers may be a rating scale


def data_warnings(
    spec: ModelSpec,
    model: JointModel,
    columns: Mapping[str, Floats],
    given: Mapping[str, Floats],
    n_dropped: int,
) -> tuple[str, ...]:
    """Return one sentence or two for each thing to know, most important first.

    ``columns`` are the model's variables in the rows used, ``given`` these and the sources of
    TRANSFORM in all rows; missing values are nan.
    """
    return (
        *_dropped(n_dropped),
        *(f"{what}: {todo}" for what, todo in prior_warnings(spec)),
        *_indicators(spec),
        *_implied(spec, model),
        *_fixed_means(spec),
        *_uncentred(spec),
        *_transforms(spec, given),
        *_rating_scales(spec, model, columns),
    )


def _dropped(n: int) -> Iterator[str]:
    if n:
        have, they = ("observations have", "They have") if n > 1 else ("observation has", "It has")
        yield (
            f"{n} {have} all variables in the imputation model missing. "
            f"{they} been dropped from the data set."
        )


def prior_warnings(spec: ModelSpec) -> Iterator[tuple[str, str]]:
    """Warn of priors that leave no posterior distribution: what is wrong, and what to do."""
    priors = spec.priors
    if spec.cluster is not None and priors.random_df >= 0 and priors.random_scale == 0:
        yield (
            "The prior of the random effects is infinite at zero variance, so the posterior is "
            "improper",
            "prefer 'OPTIONS: prior1;' or the default prior2.",
        )
    long_form = dict(spec.indicators)
    for equation in spec.equations:
        selects = equation.selects or long_form.get(equation.outcome)
        if np.isinf(priors.probit_variance) and selects in equation.inputs:
            yield (
                f"With a flat prior on its coefficients the posterior of '{equation.outcome}' is "
                f"improper, because '{selects}' itself is among its predictors",
                "give probit_variance a finite value.",
            )


def _indicators(spec: ModelSpec) -> Iterator[str]:
    for name in spec.undeclared_indicators:
        yield (
            f"'{name}' is a missingness indicator but not ORDINAL, so its equation would be fitted "
            f"as a linear probability model with normal residuals. Add 'ORDINAL: {name};' for a "
            "probit selection model."
        )


def _implied(spec: ModelSpec, model: JointModel) -> Iterator[str]:
    outcomes = {e.name.removesuffix(MEAN_SUFFIX): None for e in model.implied}
    if outcomes:
        what = "predictor " if len(outcomes) == 1 else "predictors "
        yield (
            f"MODEL has no equation for the {what}{_listed(outcomes)}. A predictor model was added "
            "for the sake of missing values or means: see MODELS and PREDICTOR MODEL ESTIMATES."
        )
    modelled = {e.outcome for e in spec.equations} | set(outcomes)
    for equation in spec.selection:
        name = str(equation.selects)
        if name not in modelled:
            yield (
                f"No equation explains or uses '{name}', so its missing values are not imputed: "
                f"only whether they are missing is modelled. Add an equation '{name} ~ …;'."
            )


def _fixed_means(spec: ModelSpec) -> Iterator[str]:
    means = [f for e in spec.equations for f in e.factors if f.endswith(MEAN_SUFFIX)]
    wanted = dict.fromkeys((*spec.grand_mean, *spec.group_mean, *means))
    fixed = [name for name in wanted if variable_of(name) in spec.fixed]
    if fixed:
        yield (
            "Means of FIXED variables are the observed ones, not means that are estimated. That "
            f"concerns {_listed(fixed)}."
        )


def _uncentred(spec: ModelSpec) -> Iterator[str]:
    """Warn where a conditional effect is one at a zero that may lie outside the data."""
    zero = {*spec.grand_mean, *spec.group_mean, *spec.ordinal}
    for name in dict.fromkeys(simple.focal for simple in spec.simple):
        if name not in zero:
            yield (
                f"SIMPLE: the focal predictor '{name}' is not centred, so the intercepts of its "
                f"conditional effects hold at {name} = 0. Centre it with 'CENTER: {name};'."
            )
    for simple in spec.simple:
        others = [v for v in third_variables(spec.focal, simple) if v not in zero]
        if others:
            yield (
                f"SIMPLE: the effect of '{simple.focal}' also depends on {_listed(others)}, and is "
                "given where that is 0. Centre it to have the effect at its mean."
            )


def third_variables(equation: Equation, simple: Simple) -> tuple[str, ...]:
    """Return the other variables that the focal predictor of SIMPLE is multiplied with."""
    terms = [t for t in equation.predictors if simple.focal in t.factors]
    pair = (simple.focal, simple.moderator)
    return tuple(dict.fromkeys(v for term in terms for v in term.factors if v not in pair))


def _transforms(spec: ModelSpec, columns: Mapping[str, Floats]) -> Iterator[str]:
    for transform in spec.transforms:
        used = [columns[name] for name in names(transform.expression) if name in columns]
        if transform.name not in columns or not used or "missing(" in transform.expression:
            continue
        gaps = np.isnan(columns[transform.name]) & ~np.isnan(used).any(axis=0)
        if gaps.any():
            yield (
                f"TRANSFORM: '{transform}' has no value in {_rows(int(gaps.sum()))} in which "
                "nothing is missing, as ln(0) has none: it counts as missing there."
            )


def _rating_scales(
    spec: ModelSpec, model: JointModel, columns: Mapping[str, Floats]
) -> Iterator[str]:
    normal = [e.name.removesuffix(MEAN_SUFFIX) for e in model.equations if not e.categories]
    found = []
    for name in dict.fromkeys(normal):
        values = np.unique(columns[name][~np.isnan(columns[name])])
        whole = values.size <= FEW_VALUES and (values == np.round(values)).all()
        is_written = any(e.outcome == name for e in spec.equations)
        if whole and (is_written or np.isnan(columns[name]).any()):
            found += [name] if name not in spec.undeclared_indicators else []
    if found:
        have, are = ("has", "is") if len(found) == 1 else ("have", "are")
        yield (
            f"{_listed(found)} {have} few different values, all of them whole numbers, but {are} "
            f"modelled as continuous. If they are ordered categories, add "
            f"'ORDINAL: {' '.join(found)};'."
        )


def _rows(n: int) -> str:
    return f"{n} row{'s' * (n > 1)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
