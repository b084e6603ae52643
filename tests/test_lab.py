"""Where `tutorkit lab` opens the lessons."""

import json
from pathlib import Path

import pytest

from tutorkit import lab
from tutorkit.lab import copies

ROOT = Path(__file__).parents[1]


def test_in_a_checkout_the_learner_works_on_copies_without_solutions(tmp_path):
    folder = lab.lessons_folder(tmp_path)
    assert folder == tmp_path / "tutorkit-lessons"
    name = "01_what_is_missing.ipynb"
    source = json.loads((ROOT / "lessons" / name).read_text(encoding="utf-8"))["cells"]
    copied = json.loads((folder / name).read_text(encoding="utf-8"))["cells"]
    solutions = [c for c in source if "solution" in c["metadata"].get("tags", [])]
    assert solutions
    assert copied == [c for c in source if c not in solutions]
    assert (folder / "images" / "workbench.png").exists()


KEPT = {"cell_type": "code", "id": "a", "metadata": {}, "source": "1"}
FIRST = {
    "cells": [
        KEPT | {"outputs": [{"output_type": "stream", "text": "old"}], "execution_count": 3},
        {"cell_type": "markdown", "id": "b", "metadata": {"tags": ["solution"]}, "source": "x"},
    ]
}
CLEAN = {"cells": [KEPT | {"outputs": [], "execution_count": None}]}


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Pretend that the package was installed from a wheel."""
    package = tmp_path / "site-packages" / "tutorkit"
    (package / "lessons" / "images").mkdir(parents=True)
    (package / "lessons" / "00_first.ipynb").write_text(json.dumps(FIRST))
    (package / "lessons" / "images" / "a.png").write_text("picture")
    (package / "lessons" / ".ipynb_checkpoints").mkdir()
    (package / "lessons" / ".ipynb_checkpoints" / "old.ipynb").write_text("old")
    monkeypatch.setattr(copies, "PACKAGE", package)
    return package


def test_elsewhere_they_are_copied_to_a_folder_of_the_learners(installed, tmp_path):
    here = tmp_path / "home"
    folder = lab.lessons_folder(here)
    assert folder == here / "tutorkit-lessons"
    assert json.loads((folder / "00_first.ipynb").read_text()) == CLEAN
    assert (folder / "images" / "a.png").read_text() == "picture"
    assert sorted(p.name for p in folder.iterdir()) == ["00_first.ipynb", "images"]


def test_a_learners_work_is_never_overwritten(installed, tmp_path):
    folder = lab.lessons_folder(tmp_path)
    (folder / "00_first.ipynb").write_text("my work")
    (installed / "lessons" / "01_second.ipynb").write_text(json.dumps(FIRST))
    lab.lessons_folder(tmp_path)
    assert (folder / "00_first.ipynb").read_text() == "my work"
    assert json.loads((folder / "01_second.ipynb").read_text()) == CLEAN
