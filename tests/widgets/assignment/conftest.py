"""An assignment that was released, and a student's copy of it."""

import shutil

import pytest
from classroom import Classroom

from tutorkit import Assignment


@pytest.fixture(scope="package")
def released(tmp_path_factory):
    room = Classroom(tmp_path_factory.mktemp("class"), ["anna,Anna,,", "ben,Ben,,"])
    room.release()
    return room.handout


@pytest.fixture
def folder(released, tmp_path):
    shutil.copytree(released / "anna", tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def assignment(folder):
    return Assignment(folder)
