"""Sessions on the chapter's data, and a small model that runs in no time."""

import pytest

from tutorkit import Session, datasets, parse
from tutorkit.widgets.model_steps import AuxiliaryStep, SelectionStep
from tutorkit.widgets.steps import DataStep, FocalStep, PriorStep

SHORT = "CLUSTERID: j; MODEL: y ~ x3i; BURN: 50; ITERATIONS: 200; SEED: 1;"


@pytest.fixture
def session():
    return Session("04_multilevel")


@pytest.fixture
def short():
    """Return a session whose model is run in a moment."""
    return Session("04_multilevel", SHORT)


@pytest.fixture
def long():
    """Return a session whose run takes minutes if nobody stops it."""
    session = Session("04_multilevel", datasets.script("04_multilevel"))
    session.edit(iterations=10**6, burn=1000)
    yield session
    session.stop()
    if session.running:
        session.wait()


@pytest.fixture
def chapter_script():
    return parse(datasets.script("04_multilevel"))


@pytest.fixture
def steps(session):
    """Return the five steps of one session."""
    kinds = (DataStep, FocalStep, AuxiliaryStep, SelectionStep, PriorStep)
    return [kind(session) for kind in kinds]
