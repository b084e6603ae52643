"""Binder: what repo2docker makes of binder/, and the same steps in an environment of our own.

The image is built on one machine and runs on others. Here the processor's name that numba is told
changes between them, as it would there.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import requires
from pathlib import Path

import pytest
from environments import ROOT, environment
from lab_server import free_port, serving
from packaging.requirements import Requirement

BINDER = ROOT / "binder"
FIRST = "01_what_is_missing.ipynb"
START_PAGE = "tutorkit-lessons/start.ipynb"
IMAGE = ("jupyterlab", "ipywidgets", "jupyter_server", "jupyter_client", "notebook")

# what another machine looks like to numba
PROCESSOR = """
import os
import llvmlite.binding
llvmlite.binding.get_host_cpu_name = lambda: os.environ["PROCESSOR"]
"""
FIT = """
import os
import llvmlite.binding
import tutorkit
from numba.core.event import install_recorder
def compiled():
    return sum(len(files) for _, _, files in os.walk(os.environ["NUMBA_CACHE_DIR"]))
before = compiled()
with install_recorder("numba:compile") as recorder:
    model = tutorkit.parse(tutorkit.datasets.script("04_multilevel"))
    data = tutorkit.datasets.load("04_multilevel")
    tutorkit.sample(model, data, burn=52, iterations=60, progress=False)
# nothing was compiled in this process, nor in others for it
print(llvmlite.binding.get_host_cpu_name(), before > 0, compiled() - before, len(recorder.buffer))
"""


@pytest.fixture(scope="module")
def dockerfile():
    """Return what repo2docker would build, line by line."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--no-run", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (done.stdout + done.stderr).splitlines()


def line_of(dockerfile, pattern):
    """Return the number of the one line that a pattern is found in."""
    (found,) = [k for k, line in enumerate(dockerfile) if re.search(pattern, line)]
    return found


def test_repo2docker_takes_the_python_that_the_tests_take(dockerfile):
    assert line_of(dockerfile, r"environment-2epy-2d3-2e11-2dlinux|environment\.py-3\.11-linux")
    assert (BINDER / "runtime.txt").read_text() == "python-3.11\n"


def test_the_package_is_installed_once_the_repository_is_there(dockerfile):
    copied = line_of(dockerfile, r"^COPY .*src/ \$\{REPO_DIR\}/$")
    install = line_of(dockerfile, r'pip install .*-r "binder/requirements.txt"')
    built = line_of(dockerfile, r"^RUN \./binder/postBuild$")
    assert copied < install < built


def test_the_versions_that_are_pinned_are_ones_that_the_package_allows():
    allowed = {r.name: r.specifier for r in map(Requirement, requires("tutorkit"))}
    lines = (BINDER / "requirements.txt").read_text().splitlines()
    pinned = [Requirement(line) for line in lines if "==" in line]
    assert len(pinned) == 8
    for requirement in pinned:
        (pin,) = requirement.specifier
        assert allowed[requirement.name].contains(pin.version), requirement


def test_sessions_begin_with_the_start_script(dockerfile):
    assert line_of(dockerfile, r'R2D_ENTRYPOINT="\$\{REPO_DIR\}/binder/start"')
    for name in ("postBuild", "start"):
        assert os.access(BINDER / name, os.X_OK)
        assert (BINDER / name).read_text().startswith("#!/bin/bash\n")


def versions_in_the_image():
    """Return the versions of Jupyter's parts that repo2docker's image comes with."""
    folder = Path(importlib.util.find_spec("repo2docker").origin).parent
    lock = folder / "buildpacks/conda/environment.py-3.11-linux-64.lock"
    found = dict(re.findall(r"/(\w+)-(\d[\d.]*)-\w+\.conda", lock.read_text()))
    return {name: found[name] for name in IMAGE}


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """Do what the Dockerfile does: Jupyter, a copy of the repository, requirements, postBuild."""
    made = environment(tmp_path_factory.mktemp("binder"), "3.11")
    if made is None:
        pytest.skip("there is no Python 3.11 here")
    made.install(*(f"{name}=={version}" for name, version in versions_in_the_image().items()))
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).exists() and not name.startswith("tests/"):
            (made.home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, made.home / name)
    made.install("--requirements", "binder/requirements.txt")
    others = made.folder / "processor"
    others.mkdir()
    (others / "sitecustomize.py").write_text(PROCESSOR)
    made.run("./binder/postBuild", PROCESSOR="haswell", PYTHONPATH=str(others))
    return made


@pytest.fixture(scope="module")
def session(image):
    """Return a function that runs a command as a session would, on another processor."""

    def run(*command):
        others = str(image.folder / "processor")
        return image.run("./binder/start", *command, PROCESSOR="znver4", PYTHONPATH=others)

    return run


def test_jupyter_is_that_of_the_image(image):
    """Nothing that tutorkit needs takes the place of what Binder itself relies on."""
    code = f"from importlib.metadata import version\nfor p in {IMAGE}: print(p, version(p))"
    found = dict(line.split() for line in image.run(image.python, "-c", code).splitlines())
    assert found == versions_in_the_image()


def test_what_was_compiled_when_the_image_was_built_serves_on_another_processor(session):
    assert session("python", "-c", FIT).split() == ["znver4", "True", "0", "0"]


def test_all_works_in_a_session(session):
    assert "All works without a network." in session("tutorkit", "lab", "--offline-check")


def test_a_session_lands_on_the_start_page_and_begins_the_first_lesson(image):
    """Whether the link says so, as the README's does, or not; with the options Binder gives."""
    port, base = free_port(), "/user/somebody/"
    command = [
        "./binder/start", "jupyter-lab", "--ip=0.0.0.0", f"--port={port}", "--no-browser",
        "--allow-root", "--IdentityProvider.token=abc", f"--ServerApp.base_url={base}",
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}{base}"

    def ask(path):
        request = urllib.request.Request(address + path, headers={"Authorization": "token abc"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.url.removeprefix(address), answer.read()

    settings = {"JUPYTER_CONFIG_DIR": str(image.home / ".jupyter")}  # as where there is none
    variables = image.variables(**settings)
    with serving(command, image.home, lambda: ask("api/status"), variables=variables):
        assert ask("")[0] == f"lab/tree/{START_PAGE}"
        page = json.loads(ask(f"api/contents/{START_PAGE}")[1])
        assert b"@jupyterlab/apputils-extension:announcements" in ask("lab")[1]  # is switched off
        end = time.monotonic() + 60
        while not (sessions := json.loads(ask("api/sessions")[1])) and time.monotonic() < end:
            time.sleep(0.1)
    assert FIRST in json.dumps(page["content"])
    assert [session["path"] for session in sessions] == [f"tutorkit-lessons/{FIRST}"]


def test_the_readmes_link_opens_the_start_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\(https://mybinder\.org/v2/gh/[\w/-]+/HEAD\?urlpath=(.+?)\)", readme)
    assert links == [f"lab/tree/{START_PAGE}"]
