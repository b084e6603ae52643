"""A small class for nbgrader: what is released, what is handed in, and the real nbgrader."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pandas as pd

from tutorkit import sample
from tutorkit.assignment.answers import Answers, summary_of
from tutorkit.assignment.manifest import ANSWERS, DATA, NOTEBOOK, read_manifest
from tutorkit.assignment.reading import read_assignment

KEY = "ps1"
ASSIGNMENT = f"""
key = "{KEY}"
title = "A small one"
due = 2027-12-11T23:59:00+01:00
iterations = 1000
[data]
clusters = 15
cluster_size = 10
[criteria]
ess = 20
psr = 1.5
[[prediction]]
key = "direction"
text = "Where will the intercept be?"
choices = ["Lower", "Higher"]
[[question]]
key = "mechanism"
text = "Which analysis is biased?"
choices = ["Both", "Neither"]
right = "Both"
points = 1.5
[[question]]
key = "report"
text = "What do you report?"
points = 3
rubric = "The rubric that nobody sees"
"""
FULL = {"mark-focal": 4, "mark-auxiliary": 3, "mark-selection": 3, "mark-convergence": 2,
        "mark-estimates": 4, "mark-mechanism": 1.5}  # fmt: skip


def answers_of(folder: Path, file: Path, **changes) -> str:
    """Return an honest student's answers, with the right model run on their own data."""
    manifest = read_manifest(folder)
    spec = read_assignment(file).data.keys()[0]
    data = pd.read_csv(folder / DATA, na_values="NA")
    draws = sample(spec, data, seed=1, burn=500, iterations=1000, progress=False)
    run = summary_of(draws)
    given = {"direction": 0, "mechanism": 0}
    parts = {"submitted": "2027-12-01T10:00:00+00:00", "script": run.script, "run": run}
    parts |= {"given": given} | changes
    return Answers(manifest.assignment, manifest.handle, manifest.sha256, **parts).to_json()


def notebook_in(folder: Path) -> dict:
    return json.loads((folder / NOTEBOOK).read_text(encoding="utf-8"))


def code(source: str) -> dict:
    return {"cell_type": "code", "id": uuid.uuid4().hex[:8], "metadata": {}, "source": source,
            "outputs": [], "execution_count": None}  # fmt: skip


def named(notebook: dict, name: str) -> dict:
    """Return the cell with a name, to be changed."""
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def copied(cell: dict) -> dict:
    """Return a cell as JupyterLab copies it: all the same, with an id of its own."""
    return json.loads(json.dumps(cell)) | {"id": uuid.uuid4().hex[:8]}


def hand_in(course: Path, student: str, notebook: dict | str, answers: str | bytes | None) -> None:
    folder = course / "submitted" / student / KEY
    folder.mkdir(parents=True)
    text = notebook if isinstance(notebook, str) else json.dumps(notebook)
    (folder / NOTEBOOK).write_text(text, encoding="utf-8")
    if answers is not None:
        content = answers if isinstance(answers, bytes) else answers.encode()
        (folder / ANSWERS).write_bytes(content)


def nbgrader(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run the real nbgrader, as an instructor does."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
