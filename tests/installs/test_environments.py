"""The package installed from its wheel, in fresh environments without the repository.

Other Pythons, and the lowest versions of what it needs: the chapter's model is fitted, notebooks
are run, and the check that a lecturer makes finds that all works.
"""

import json
import math

import numpy as np
import pytest
from arviz_stats.base import array_stats
from environments import environment

RUN = ["--seed", "1", "--burn", "300", "--iterations", "4000", "--quiet"]
AXES = {"chain_axis": 0, "draw_axis": 1}
NOTEBOOKS = ["00_whole_analysis.ipynb", "06_against_the_truth.ipynb", "workbench.ipynb"]
WIDGET = "application/vnd.jupyter.widget-view+json"
SET_UPS = {"3.12": ("3.12", "highest"), "3.13": ("3.13", "highest"), "lowest": ("3.11", "lowest")}


@pytest.fixture(scope="module", params=SET_UPS, ids=lambda name: f"python-{name}")
def installed(request, published, tmp_path_factory):
    version, which = SET_UPS[request.param]
    fresh = environment(tmp_path_factory.mktemp(f"python-{request.param}"), version)
    if fresh is None:
        pytest.skip(f"there is no Python {version} here (pyenv or uv can install it)")
    resolution = "highest" if which == "highest" else "lowest-direct"
    fresh.install("--resolution", resolution, published.wheel)
    return fresh


def test_nothing_is_wrong_or_missing(installed):
    said = installed.run(installed.programs / "tutorkit", "warm")
    assert said.startswith("The sampler is ready after ")
    place = installed.run(installed.python, "-c", "import tutorkit; print(tutorkit.__file__)")
    assert "site-packages" in place


def test_it_fits_the_chapters_model_as_it_does_here(installed, chapter_draws):
    """Medians of 25 parameters, |z| < 5 in the MCSEs of both runs; its ESS scales ours."""
    installed.run(installed.programs / "tutorkit", "fit", "04_multilevel.imp", *RUN, "--json", "o")
    rows = json.loads((installed.home / "o").read_text())["parameters"]
    found = {(row["outcome"], row["name"]): row for row in reversed(rows)}  # of two, the first
    free = [p for p in chapter_draws.parameters if p.free]
    assert len(free) == 25
    for parameter in free:
        row = found[parameter.outcome, parameter.name]
        here = chapter_draws.get(parameter.outcome, parameter.name)
        mcse = array_stats.mcse(here, method="median", **AXES)
        ess = array_stats.ess(here, method="bulk", **AXES)
        both = mcse * math.sqrt(1 + ess / row["ess_bulk"])
        assert abs(row["median"] - np.median(here)) < 5 * both, row


def test_notebooks_run(installed):
    """One with charts, two with widgets."""
    installed.run(installed.programs / "tutorkit", "lessons")
    folder = installed.home / "tutorkit-lessons"
    installed.run(installed.programs / "jupyter-execute", "--inplace", *NOTEBOOKS, folder=folder)
    for name in NOTEBOOKS:
        cells = json.loads((folder / name).read_text(encoding="utf-8"))["cells"]
        shown = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
        if name == NOTEBOOKS[0]:
            assert sum("<svg" in "".join(data.get("text/html", "")) for data in shown) == 2
        else:
            assert any(WIDGET in data for data in shown), name


def test_the_offline_check_finds_that_all_works(installed):
    said = installed.run(installed.programs / "tutorkit", "lab", "--offline-check")
    assert "All works without a network." in said
