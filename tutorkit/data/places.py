"""Errors of data that mark a place of the model in its script."""

from __future__ import annotations

from tutorkit.errors import DataError, Place
from tutorkit.model.expressions import names
from tutorkit.model.script import spot
from tutorkit.model.spec import ModelSpec


def mistake(spec: ModelSpec, message: str, hint: str, place: Place) -> DataError:
    """Return the error that marks a place of the model in its script."""
    return DataError(message, hint, place=place, spot=spot(spec, place))


def place_of(spec: ModelSpec, name: str) -> Place:
    """Return where a variable is made by TRANSFORM, or else where it first stands in the model."""
    if any(transform.name == name for transform in spec.transforms):
        return ("transform", name)
    for equation in spec.equations:
        if name in (equation.outcome, equation.selects):
            return ("outcome", equation.outcome)
        if name in equation.inputs:
            return ("predictor", equation.outcome, name)
    for transform in spec.transforms:
        if name in names(transform.expression):
            return ("transform", transform.name, name)
    return ("cluster",) if name == spec.cluster else ("fixed", name)
