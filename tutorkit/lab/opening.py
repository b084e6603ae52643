"""Open the lessons in JupyterLab."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tutorkit.compiling import is_warm
from tutorkit.errors import DataError
from tutorkit.imports import lean
from tutorkit.lab.ahead import begin_next_lesson, end_unless_used
from tutorkit.lab.copies import COPY, copy_lessons

with lean():
    from jupyterlab.labapp import LabApp

# nobody is asked about Jupyter's news, and nothing is fetched from the network to look for them
SETTINGS = Path(__file__).parent / "config"
FOLDERS = ("--ServerApp.root_dir", "--ServerApp.notebook_dir", "--notebook-dir", "--root-dir")


def open_lab(arguments: Sequence[str]) -> None:
    """Run JupyterLab on the lessons, in this process, until it is closed.

    Meanwhile the next lesson's kernel is started, and the sampler compiled if it never was, so that
    neither has to be waited for.

    Raises
    ------
    DataError
        If the lessons cannot be copied to this folder, or the arguments name another.
    """
    for argument in arguments:
        if argument.partition("=")[0] in FOLDERS:
            what = f"{argument} cannot be used: the lessons are opened in '{COPY}' in this folder"
            raise DataError(what, "Change to another folder before you run this.")
    first = copy_lessons(Path.cwd())
    options = [
        f"--ServerApp.root_dir={first.parent}",
        f"--LabApp.default_url=/lab/tree/{first.name}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    others = filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(SETTINGS), *others])
    threading.Thread(target=_ahead, args=[first.parent], daemon=True).start()
    LabApp.launch_instance([*options, *arguments])


def _ahead(folder: Path) -> None:
    """Do what can be done ahead; what fails is done, or told, when it is needed."""
    begun = None
    with suppress(Exception):
        begun = begin_next_lesson(folder, os.getpid())
    with suppress(Exception):
        if not is_warm():
            _warm_gently()
    with suppress(Exception):
        if begun is not None:
            end_unless_used(*begun)


def _warm_gently() -> None:
    """Compile the sampler in another process, in what time the page and its kernel leave over."""
    warm = [sys.executable, "-m", "tutorkit", "warm"]
    process = subprocess.Popen(warm, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, process.pid, 10)
