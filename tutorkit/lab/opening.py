"""Open the lessons in JupyterLab."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from jupyterlab.labapp import LabApp

from tutorkit.lab.copies import copy_lessons


def open_lab(arguments: Sequence[str]) -> None:
    """Run JupyterLab on the lessons, in this process, until it is closed.

    Meanwhile the sampler is compiled in another, so that the first run in a lesson starts at once.

    Raises
    ------
    DataError
        If the lessons cannot be copied to this folder.
    """
    first = copy_lessons(Path.cwd())
    options = [f"--ServerApp.root_dir={first.parent}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    warm = [sys.executable, "-m", "tutorkit", "warm"]
    subprocess.Popen(warm, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    LabApp.launch_instance([str(first), *options, *arguments])
