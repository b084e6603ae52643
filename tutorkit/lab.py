"""Open the lessons in JupyterLab."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from jupyterlab.labapp import LabApp

PACKAGE = Path(__file__).parent
COPY = "tutorkit-lessons"


def lessons_folder(here: Path) -> Path:
    """Return a folder with the lessons in which a learner's work can be saved.

    In a checkout that is its own ``lessons``. Elsewhere the lessons of the installed package are
    copied to ``tutorkit-lessons``; files that are there already are left as they are.
    """
    checkout = PACKAGE.parent / "lessons"
    if checkout.is_dir():
        return checkout
    folder = here / COPY
    for source in sorted((PACKAGE / "lessons").rglob("*")):
        place = source.relative_to(PACKAGE / "lessons")
        target = folder / place
        hidden = any(part.startswith(".") for part in place.parts)  # such as notebook checkpoints
        if source.is_file() and not hidden and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return folder


def open_lab(arguments: Sequence[str]) -> None:
    """Run JupyterLab on the lessons, in this process, until it is closed.

    Meanwhile the sampler is compiled in another, so that the first run in a lesson starts at once.
    """
    folder = lessons_folder(Path.cwd())
    first = sorted(folder.glob("*.ipynb"))[0]
    options = [f"--ServerApp.root_dir={folder}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    warm = [sys.executable, "-m", "tutorkit", "warm"]
    subprocess.Popen(warm, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    LabApp.launch_instance([str(first), *options, *arguments])
