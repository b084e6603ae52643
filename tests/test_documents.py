"""The documents: their links lead somewhere, and what they say of versions and priors is so."""

import importlib.metadata
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tutorkit.data.joint import XPRIOR1
from tutorkit.model.spec import NAMED_PRIORS, Priors

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for folder in (ROOT, ROOT / ".github", ROOT / "lessons", ROOT / "tutorkit")
    for path in (folder.rglob("*.md") if folder.name == "tutorkit" else folder.glob("*.md"))
)
TOP = {"pyproject.toml", "README.md", "tutorkit", "lessons", "tests", "binder"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not link.startswith(("https://", "#")):
            assert (path.parent / link.partition("#")[0]).exists(), link


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_modules_that_are_named_exist(path):
    text = path.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:tutorkit|tests|lessons|binder)/[\w./]+)`", text):
        assert (ROOT / name).exists() or "lesson_N" in name, name
    for module in re.findall(r"python -m ((?:tests|tutorkit)\.[\w.]+)", text):
        place = ROOT / module.replace(".", "/")
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), module


@pytest.mark.parametrize("name", ["tutorkit/CHANGELOG.md", "tutorkit/CITATION.cff"])
def test_they_are_of_this_version(name):
    assert importlib.metadata.version("tutorkit") == PROJECT["version"]
    text = read(name)
    found = re.search(r"^## (\S+) \((\S+)\)|^version: (\S+)", text, re.MULTILINE)
    assert PROJECT["version"] in found.groups()


def test_the_citation_has_what_the_format_asks_for():
    text = read("tutorkit/CITATION.cff")
    keys = re.findall(r"^([\w-]+):", text, re.MULTILINE)
    assert {"cff-version", "message", "title", "authors", "version", "date-released"} <= set(keys)
    assert len(set(keys)) == len(keys)
    released = re.search(r"date-released: (\S+)", text)[1]
    assert f"## {PROJECT['version']} ({released})" in read("tutorkit/CHANGELOG.md")
    assert f"license: {PROJECT['license']}" in text


def test_the_priors_of_the_method_are_those_of_the_program():
    text = read("tutorkit/METHOD.md")
    for name, values in NAMED_PRIORS.items():
        shape, scale = (f"{values[key]:g}" for key in ("residual_shape", "residual_scale"))
        assert f"IG({shape}, {scale})" in text, name
    assert Priors().name == "PRIOR2"
    assert f"| coefficients of probit equations | N(0, {Priors().probit_variance:g})," in text
    assert f"IG({XPRIOR1.residual_shape:g}, {XPRIOR1.residual_scale:g}), that is" in text


def test_the_readme_has_one_picture_first_and_two_commands():
    text = read("README.md")
    commands = re.findall(r"^<!-- (lab|test) -->\n```sh\npython3 ", text, re.MULTILINE)
    assert commands == ["lab", "test"]
    assert text.count("![") == len(re.findall(r"!\[[^\]]{10,}\]\(", text))  # each has words


def test_the_top_level_is_what_it_was_meant_to_be():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not in a repository")
    names = {name.split("/")[0] for name in listed.stdout.splitlines()}
    assert {name for name in names if not name.startswith(".")} == TOP | {"LICENSE"}
    assert {name for name in names if name.startswith(".")} == {".ci", ".github", ".gitignore"}
