"""The lessons: stored clean, and run with what they claim checked."""

import ast
import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tutorkit.lab import without_solutions
from tutorkit.teaching import lesson, numbers

LESSONS = Path(__file__).parents[2] / "lessons"
NOTEBOOKS = sorted(LESSONS.glob("*.ipynb"))
MOST_LINES = 10


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_cells_are_short_plain_and_stored_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        assert cell.outputs == []
        assert cell.execution_count is None
        assert len(cell.source.splitlines()) <= MOST_LINES
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, ast.FunctionDef | ast.For | ast.While | ast.Lambda)


def test_the_workbench_opens_in_its_notebook():
    notebook = nbformat.read(LESSONS / "workbench.ipynb", as_version=4)
    run = nbformat.v4.new_code_cell("bench.session.begin('y')\nprint(bench.run().n_kept)")
    notebook.cells.append(run)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    views = [o for c in notebook.cells for o in c.get("outputs", []) if "data" in o]
    live = "application/vnd.jupyter.widget-view+json"
    assert sum(live in output["data"] for output in views) == 2
    assert notebook.cells[-1].outputs[-1].text.strip() == "8000"


FACTS = """
import json
_rows = table.set_index(["method", "parameter"])
print(json.dumps({
    "bias": {m: _rows.loc[m, "bias"].to_dict() for m in ["listwise", "MNAR-aware"]},
    "sds": {m: _rows.loc[m, "bias_in_sds"].to_dict() for m in ["listwise", "MNAR-aware"]},
    "sd": {m: _rows.loc[m, "sd"].to_dict() for m in ["listwise", "MNAR-aware"]},
    "dropped": full.n_observations - listwise.n_observations,
    "rates": data.isna().mean().to_dict(),
    "missing_y": complete["y"][data["y"].isna()].mean(),
    "seen_y": data["y"].mean(),
    "psr": float(tk.summarize(draws)["psr"].max()),
}))
"""


@pytest.fixture(scope="module")
def facts():
    """Run the notebook from top to bottom and read its variables; an error in a cell raises."""
    notebook = nbformat.read(LESSONS / "00_whole_analysis.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(FACTS))
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert (
                output.output_type != "stream"
                or output.name != "stderr"
                or ("Sampling" in output.text or "Compiling" in output.text)
            ), output
    return json.loads(notebook.cells[-1].outputs[0].text)


def test_the_rates_are_the_chapters(facts):
    rates = {name: round(100 * rate, 1) for name, rate in facts["rates"].items()}
    assert rates == {"j": 0, "y": 23.5, "x1i": 13.2, "x2i": 8.5, "x3i": 0}
    assert facts["dropped"] == 217


def test_missing_values_of_y_are_larger_than_those_seen(facts):
    assert facts["missing_y"] > facts["seen_y"] + 1


def test_listwise_deletion_is_too_low_in_intercept_and_x1i(facts):
    assert facts["sds"]["listwise"]["Intercept"] < -2
    assert -2.5 < facts["sds"]["listwise"]["x1i"] < -1.5


def test_the_mnar_aware_model_comes_closer_and_claims_less(facts):
    for name in ("Intercept", "x1i"):
        error = {method: abs(facts["bias"][method][name]) for method in facts["bias"]}
        assert error["MNAR-aware"] < 0.6 * error["listwise"]
        assert facts["sd"]["MNAR-aware"][name] > facts["sd"]["listwise"][name]


def test_the_notebooks_run_converges(facts):
    assert facts["psr"] < 1.05


# --- the lessons that are numbered ----------------------------------------------------------------

NUMBERED = sorted(LESSONS.glob("0[1-9]_*.ipynb"))
DONE = "print(sorted(set(lesson.content.keys) - set(lesson.done)))"


def run_lesson(text, folder):
    """Run a lesson's notebook in a folder; return what is not done at its end."""
    notebook = nbformat.reads(text, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(DONE))
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    return ast.literal_eval(notebook.cells[-1].outputs[0].text)


@pytest.mark.parametrize("path", NUMBERED, ids=lambda p: p.stem)
def test_the_solution_does_all_there_is_to_do(path, tmp_path):
    assert run_lesson(path.read_text(encoding="utf-8"), tmp_path) == []


@pytest.mark.parametrize("path", NUMBERED, ids=lambda p: p.stem)
def test_the_learners_notebook_runs_and_begins_with_nothing_done(path, tmp_path):
    text = without_solutions(path.read_text(encoding="utf-8"))
    assert "solution" not in text
    assert run_lesson(text, tmp_path) == sorted(lesson(int(path.stem[:2])).keys)


@pytest.mark.parametrize("number", numbers())
def test_each_lesson_has_one_notebook(number):
    assert len([path for path in NUMBERED if path.stem.startswith(f"{number:02}_")]) == 1
