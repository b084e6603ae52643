"""The chapter's 25-parameter model and the data sets it is measured on."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd

from tutorkit import Priors, datasets, parse, read_data
from tutorkit.data import prepare
from tutorkit.model.spec import ModelSpec
from tutorkit.parameters import monitored

REFERENCE = Path(__file__).parents[1] / "reference"


def chapter_model() -> ModelSpec:
    """Return the chapter's model with the default priors: probit coefficients N(0, 5)."""
    return parse(datasets.script("04_multilevel"))


def parameter_names() -> list[str]:
    """Return the labels of the chapter's 25 free parameters, in the order of the draws."""
    model = prepare(chapter_model(), chapter_data()).model
    return [parameter.label for parameter in monitored(model) if parameter.free]


def flat_model() -> ModelSpec:
    """Return the chapter's model with flat priors throughout, as the reference posterior has."""
    return replace(chapter_model(), priors=Priors(probit_variance=math.inf))


def chapter_data() -> pd.DataFrame:
    """Return the chapter's data."""
    return datasets.load("04_multilevel")


def incomplete_123() -> pd.DataFrame:
    """Return the data of the independent reference posterior."""
    return read_data(REFERENCE / "incomplete_123.csv")
