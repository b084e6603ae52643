"""A comparison of the chapter's run, nothing of which is drawn."""

from dataclasses import replace

import pytest
from compared import NAME

from tutorkit import Picture, datasets
from tutorkit.widgets.comparison import Comparison
from tutorkit.widgets.session import Session


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Leave the drawing out: it takes most of the time and is tested elsewhere."""
    monkeypatch.setattr(Picture, "svg", lambda picture: "<svg></svg>")


@pytest.fixture
def session():
    """Return a session whose model is the chapter's."""
    return Session(NAME, datasets.script(NAME))


@pytest.fixture
def run(session, chapter_draws):
    """Return the chapter's run as one of the model in the editor."""
    return replace(chapter_draws, spec=session.spec)


@pytest.fixture
def view(session, run):
    """Return the comparison after that run."""
    session.draws = run
    return Comparison(session)
