"""Open the lessons in JupyterLab."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

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
        target = folder / source.relative_to(PACKAGE / "lessons")
        if source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return folder


def open_lab(arguments: Sequence[str]) -> int:
    """Run JupyterLab on the lessons until it is closed; return its exit status.

    Meanwhile the sampler is compiled, so that the first run in a lesson need not wait for it.
    """
    from tutorkit.sampling import warm

    folder = lessons_folder(Path.cwd())
    first = sorted(folder.glob("*.ipynb"))[0]
    command = [sys.executable, "-m", "jupyterlab", first.name, f"--ServerApp.root_dir={folder}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    threading.Thread(target=warm, daemon=True).start()
    server = subprocess.Popen([*command, *arguments], cwd=folder)
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:  # JupyterLab has it too, and asks whether to stop
            continue
