"""Advice on a whole model."""

from __future__ import annotations

from collections.abc import Sequence

from tutorkit.advice import auxiliary, run, selection, terms
from tutorkit.advice.advice import Advice, Missing
from tutorkit.model.spec import ModelSpec


def advise(spec: ModelSpec, missing: Missing, columns: Sequence[str] = ()) -> tuple[Advice, ...]:
    """Return advice on a model, most important first; none on one like the chapter's.

    Parameters
    ----------
    missing
        Share of missing values, from 0 to 1, by variable. Nothing is said about gaps in a variable
        that is not in it.
    columns
        The columns of the data, if known.
    """
    return (
        *run.improper_priors(spec),
        *selection.self_left_out(spec),
        *auxiliary.no_model(spec, missing),
        *terms.no_clusters(spec, columns),
        *terms.no_main_effect(spec),
        *terms.no_fixed_slope(spec),
        *selection.no_selection_model(spec, missing),
        *auxiliary.unrelated(spec, missing),
        *auxiliary.order(spec, missing),
        *auxiliary.predicted_by_focal_outcome(spec),
        *auxiliary.outside(spec, missing, columns),
        *selection.many_predictors(spec),
        *selection.several(spec),
        *auxiliary.needless(spec, missing),
        *auxiliary.not_fixed(spec, missing),
        *run.few_iterations(spec),
    )
