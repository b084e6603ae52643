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
from tutorkit.imports import lean
from tutorkit.lab.ahead import begin_next_lesson, end_unless_used
from tutorkit.lab.copies import copy_lessons

with lean():
    from jupyterlab.labapp import LabApp

# nobody is asked about Jupyter's news, and nothing is fetched from the network to look for them
SETTINGS = Path(__file__).parent / "config"


def open_lab(arguments: Sequence[str]) -> None:
    """Run JupyterLab on the lessons, in this process, until it is closed.

    Meanwhile the next lesson's kernel is started, and the sampler compiled if it never was, so that
    neither has to be waited for.

    Raises
    ------
    DataError
        If the lessons cannot be copied to this folder.
    """
    first = copy_lessons(Path.cwd())
    options = [f"--ServerApp.root_dir={first.parent}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    others = filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(SETTINGS), *others])
    threading.Thread(target=_ahead, args=[first.parent], daemon=True).start()
    LabApp.launch_instance([str(first), *options, *arguments])


def _ahead(folder: Path) -> None:
    begun = None
    with suppress(Exception):  # then the page does it
        begun = begin_next_lesson(folder)
    if not is_warm():
        warm = [sys.executable, "-m", "tutorkit", "warm"]
        process = subprocess.Popen(warm, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if hasattr(os, "setpriority"):  # the page and its kernel go first
            os.setpriority(os.PRIO_PROCESS, process.pid, 10)
    with suppress(OSError):
        if begun is not None:
            end_unless_used(*begun)
