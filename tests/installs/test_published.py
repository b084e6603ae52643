"""Wheel and sdist: whole, and with nothing that does not belong there."""

import email
import subprocess
import tarfile
import zipfile

import pytest
from environments import ROOT

NEEDED = [
    "lessons/00_whole_analysis.ipynb", "lessons/07_the_exercise.ipynb", "lessons/workbench.ipynb",
    "lessons/images/workbench.png",
    "datasets/04_multilevel.csv", "datasets/04_multilevel_complete.csv",
    "datasets/04_multilevel.imp", "datasets/exercise_04.csv", "datasets/exercise_04_complete.csv",
    "datasets/README.md", "teaching/lesson_1.toml", "teaching/glossary.toml",
    "assignment/example.toml", "assignment/GUIDE.md", "METHOD.md", "CHANGELOG.md", "CITATION.cff",
]  # fmt: skip
JUNK = (".pyc", ".ipynb_checkpoints", ".artefacts", ".venv", ".hypothesis", "_cache/", ".nbc")


def tracked():
    """Return the files of the repository."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not in a repository")
    return {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}


def in_wheel(published):
    return set(zipfile.ZipFile(published.wheel).namelist())


@pytest.mark.parametrize("name", NEEDED)
def test_the_wheel_holds_lessons_data_and_documents(published, name):
    assert f"tutorkit/{name}" in in_wheel(published)


def test_the_wheel_holds_every_file_of_the_package_and_no_other(published):
    names = {n for n in in_wheel(published) if ".dist-info/" not in n}
    package = {n for n in tracked() if n.startswith("tutorkit/")}
    lessons = {f"tutorkit/{n}" for n in tracked() if n.startswith("lessons/")}
    assert names == package | lessons


def test_the_sdist_holds_the_repository_and_no_junk(published):
    with tarfile.open(published.sdist) as archive:
        names = {m.name.split("/", 1)[1] for m in archive.getmembers() if m.isfile()}
    assert not {name for name in names if any(part in name for part in JUNK)}
    assert tracked() - names == set()
    assert names - tracked() == {"PKG-INFO"}


def test_its_description_is_the_readme(published):
    archive = zipfile.ZipFile(published.wheel)
    (place,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
    about = email.message_from_bytes(archive.read(place))
    assert about["Requires-Python"] == "<3.14,>=3.11"
    assert about["License-Expression"] == "MIT"
    assert about.get_payload().strip().startswith("# tutorkit")
    for version in ("3.11", "3.12", "3.13"):
        assert f"Programming Language :: Python :: {version}" in about.get_all("Classifier")
