"""The package as it is published."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from environments import ROOT, uv


@dataclass(frozen=True)
class Published:
    """The files of a release."""

    sdist: Path
    wheel: Path


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """Build the sdist from this folder, and the wheel from the sdist, as `build` does."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--out-dir", folder, ROOT)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return Published(sdist, wheel)
