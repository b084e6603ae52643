"""Advice on a whole model."""

from __future__ import annotations

import pandas as pd

from tutorkit.advice import auxiliary, clusters, run, selection, terms
from tutorkit.advice.advice import Advice
from tutorkit.advice.known import known_of
from tutorkit.model.spec import ModelSpec


def advise(spec: ModelSpec, data: pd.DataFrame) -> tuple[Advice, ...]:
    """Return advice on a model of these data, most important first; none on the chapter's.

    The data need not fit the model. Nothing is said about gaps in a variable that they lack.
    """
    known = known_of(spec, data)
    return (
        *run.improper_priors(spec),
        *clusters.too_few(spec, data),
        *selection.self_left_out(spec),
        *auxiliary.no_model(spec, known),
        *clusters.none(known),
        *terms.no_main_effect(spec),
        *terms.no_fixed_slope(spec),
        *selection.no_selection_model(spec, known),
        *auxiliary.unrelated(spec, known),
        *auxiliary.order(spec, known),
        *auxiliary.predicted_by_focal_outcome(spec),
        *auxiliary.outside(spec, known),
        *selection.many_predictors(spec),
        *selection.several(spec),
        *auxiliary.needless(spec, known),
        *auxiliary.not_fixed(spec, known),
        *run.few_iterations(spec),
    )
