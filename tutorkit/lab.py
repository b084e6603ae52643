"""Open the lessons in JupyterLab."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from jupyterlab.labapp import LabApp

from tutorkit.teaching.overview import start_notebook

PACKAGE = Path(__file__).parent
COPY = "tutorkit-lessons"
START = "start.ipynb"


def lessons_folder(here: Path) -> Path:
    """Return a folder with the lessons in which a learner's work can be saved.

    It is ``tutorkit-lessons`` in the folder given. Notebooks come there without solutions; files
    that are there already are left as they are.
    """
    folder = here / COPY
    source = PACKAGE.parent / "lessons"  # in a checkout
    source = source if source.is_dir() else PACKAGE / "lessons"
    for file in sorted(source.rglob("*")):
        place = file.relative_to(source)
        target = folder / place
        hidden = any(part.startswith(".") for part in place.parts)  # such as notebook checkpoints
        if file.is_file() and not hidden and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            if file.suffix == ".ipynb":
                text = without_solutions(file.read_text(encoding="utf-8"))
                target.write_text(text, encoding="utf-8")
            else:
                shutil.copyfile(file, target)
    return folder


def without_solutions(notebook: str) -> str:
    """Return a notebook without the cells tagged "solution" and without outputs."""
    tree = json.loads(notebook)
    tree["cells"] = [
        cell for cell in tree["cells"] if "solution" not in cell["metadata"].get("tags", ())
    ]
    for cell in tree["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def open_lab(arguments: Sequence[str]) -> None:
    """Run JupyterLab on the lessons, in this process, until it is closed.

    Meanwhile the sampler is compiled in another, so that the first run in a lesson starts at once.
    """
    folder = lessons_folder(Path.cwd())
    first = folder / START
    first.write_text(start_notebook(folder), encoding="utf-8")
    options = [f"--ServerApp.root_dir={folder}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    warm = [sys.executable, "-m", "tutorkit", "warm"]
    subprocess.Popen(warm, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    LabApp.launch_instance([str(first), *options, *arguments])
