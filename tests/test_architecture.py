"""The house's rules: who may import whom, and how long a file may be."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "tutorkit"
FILES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 300

# each storey imports only from those before it
STOREYS = [
    {"errors", "arrays", "wording", "bar", "imports"},
    {"files", "jobs"},
    {"model"},
    {"data"},
    {"parameters", "formulas"},
    {"truth", "counts"},
    {"reml", "simulation"},
    {"datasets", "plan"},
    {"layout"},
    {"state", "diagnostics", "draws", "schedule"},
    {"kernels", "start"},
    {"chain"},
    {"compiling"},
    {"run", "exploration", "priors", "advice"},
    {"sampling", "progress", "summaries", "patterns"},
    {"comparison", "derived", "completed", "chains"},
    {"densities", "study"},
    {"charts", "report"},
    {"export", "diagram", "teaching"},
    {"lab", "assignment"},
    {"widgets", "marking"},
    {"nbgrader"},
    {"commands"},
    {"", "__main__"},
]
ONLY_IN = {"numba": "kernels", "altair": "charts", "vl_convert": "charts", "scipy.optimize": "reml"}
ONLY_IN |= {"ipywidgets": "widgets", "traitlets": "widgets", "anywidget": "widgets"}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield str(node.module)


def part(module):
    """Return the storey's part a module of tutorkit belongs to."""
    return [*module.split("."), ""][1]


def storey(name):
    return next(k for k, names in enumerate(STOREYS) if name in names)


def name_of(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    own = name_of(path)
    for module in imports(path):
        if module == "tutorkit" or module.startswith("tutorkit."):
            assert part(module) == own or storey(part(module)) < storey(own) or own == "__main__", (
                f"{own or '__init__'} may not import {module}"
            )
        for library, home in ONLY_IN.items():
            if module == library or module.startswith(f"{library}."):
                assert own == home, f"{own} may not import {library}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_import_leaves_to_later_what_only_a_run_needs():
    late = ["altair", "arviz_stats", "asyncio", "ipywidgets", "jupyterlab", "vl_convert"]
    code = f"import sys, tutorkit; print([name for name in {late} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr
