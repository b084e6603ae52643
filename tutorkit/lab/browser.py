"""Try the browser that would open the lessons."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tempfile
import webbrowser
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60
NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)  # fmt: skip
FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--no-proxy-server", "--virtual-time-budget=20000", "--dump-dom",
)  # fmt: skip
STARTED = "jp-LabShell"  # what JupyterLab's page holds when its program runs
RECENT = "Firefox, Chrome, Edge or Safari of the last two years"


@dataclass(frozen=True)
class Tried:
    """What a browser did with JupyterLab's page, and what to do if it did not open it."""

    what: str
    do: str = ""


def opened_by(address: str) -> Tried:
    """Open the page in a browser nobody sees, if this machine has one that can do so."""
    usual = _usual()
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        if usual is None:
            do = f"Install one ({RECENT}), or open the address that 'tutorkit lab' prints in it."
            return Tried("no browser was found", do)
        return Tried(f"{usual} will open the lessons (not tried out; take {RECENT})")
    name = _version(program)
    page, trouble = _page(program, address)
    if STARTED in page:
        more = "; open the address that 'tutorkit lab' prints in it"
        if usual is not None:
            more = f"; {usual} will open the lessons"
        return Tried(f"{name} opened JupyterLab{more}")
    do = f"Bring it up to date, or take another one: {RECENT}."
    return Tried(f"{name} did not open JupyterLab{trouble}", do)


def _usual() -> str | None:
    """Return a name for the browser that JupyterLab would open."""
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return None
    name = getattr(found, "name", "")
    return Path(name).name if name and name != "default" else "the usual browser"


def _version(program: str) -> str:
    if platform.system() == "Windows":  # where asking for the version opens a window
        return Path(program).stem
    said = ""
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run([program, "--version"], capture_output=True, timeout=10, check=False)
        said = done.stdout.decode(errors="replace")
    found = re.match(r".*?\d[\d.]*", said)  # such as Chromium 150.0.7871.100
    return found[0] if found else Path(program).name


def _page(program: str, address: str) -> tuple[str, str]:
    """Return the page as the browser made it, and what is wrong if there is none."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = [*FLAGS, f"--user-data-dir={profile}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            flags.append("--no-sandbox")
        try:
            done = subprocess.run(
                [program, *flags, address], capture_output=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return "", f" within {PATIENCE} s"
        except OSError as error:
            return "", f": {error.strerror}"
    return done.stdout.decode(errors="replace"), ""
