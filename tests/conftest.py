"""How tests are shared out among processes; runs and fits that several of them read."""

import signal

import pytest
from xdist.scheduler import LoadScopeScheduling

from tutorkit import Draws, datasets, fit_reml, parse, sample
from tutorkit.model.spec import ModelSpec

# were it ignored where the tests are started, it would be in all that they start
signal.signal(signal.SIGINT, signal.default_int_handler)


class ByFile(LoadScopeScheduling):
    """Tests of a file run in one process, for their fixtures; all of the browser's too."""

    def _split_scope(self, nodeid):
        file = nodeid.split("::")[0]
        return "browser" if file.startswith("tests/browser/") else file


def pytest_xdist_make_scheduler(config, log):
    """Share tests out by file."""
    return ByFile(config, log)


def pytest_collection_modifyitems(items):
    """Begin with what takes longest."""
    items.sort(key=lambda item: "browser" not in item.path.parts)


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
