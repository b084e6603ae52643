"""Runs and fits that several tests read."""

import pytest

from tutorkit import Draws, datasets, fit_reml, parse, sample
from tutorkit.model.spec import ModelSpec


@pytest.fixture(scope="session")
def chapter() -> ModelSpec:
    return parse(datasets.script("04_multilevel"))


@pytest.fixture(scope="session")
def chapter_draws(chapter) -> Draws:
    return sample(
        chapter, datasets.load("04_multilevel"), burn=1000, iterations=8000, progress=False
    )


@pytest.fixture(scope="session")
def listwise(chapter):
    return fit_reml(chapter, datasets.load("04_multilevel"))


@pytest.fixture(scope="session")
def complete(chapter):
    return fit_reml(chapter, datasets.load("04_multilevel", complete=True))
