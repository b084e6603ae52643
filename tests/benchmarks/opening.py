"""From the command to a lesson that can be used, and the memory that a session needs.

Counted are the seconds from starting ``tutorkit lab`` until, in a browser that is open already and
goes to the notebook as soon as the server answers and runs all of it as soon as it can,

- lesson 1: questions can be answered, and the first chart is drawn;
- the workbench with the chapter's script: its diagram is drawn, and Run can be pressed. Its kernel
  is not started ahead.

Warm: the sampler is compiled, and tutorkit was opened before, in this browser. Cold: neither; the
sampler is compiled meanwhile, as ``tutorkit lab`` does.

Memory is the proportional set size (Linux) of all that Binder would start, the largest that was
seen while the chapter's model is fitted in the workbench, from the first second on: the server, the
kernel of the start page and that of the workbench. (That of lesson 1, started ahead, and what
started it are ended when the workbench is opened.)
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from tests.benchmarks.results import Options, Result, Row
from tests.benchmarks.timing import ROOT, interleaved
from tests.browser.lab_page import READY
from tests.installs.environments import Environment, environment
from tests.lab_server import Lab, free_port, jupyterlab
from tutorkit.lab import copy_lessons

START, LESSON, WORKBENCH = "start.ipynb", "01_what_is_missing.ipynb", "bench.ipynb"
CELLS = [
    "from tutorkit import Workbench, datasets",
    "bench = Workbench('04_multilevel', datasets.script('04_multilevel'))\nbench",
]
WORDS = {LESSON: "lesson 1 usable", WORKBENCH: "the workbench usable"}
SIZE = {"width": 1180, "height": 900}
PATIENCE = 120_000  # milliseconds
DIAGRAM = ".jp-OutputArea-output svg"
PICTURE = ".jp-OutputArea-output figure svg"
RUNNING = """() => [...document.querySelectorAll('button')].some(
  button => button.textContent.trim() === 'Stop' && !button.disabled)"""


@dataclass(frozen=True)
class Place:
    """Where openings take place: a browser program, tutorkit as users install it, one port.

    Without ``installed`` what runs the benchmarks is taken, with what it has compiled.
    """

    chromium: Any
    folder: Path
    installed: Environment | None
    port: int

    @property
    def python(self) -> Path:
        """The Python that has tutorkit."""
        return self.installed.python if self.installed else Path(sys.executable)

    @contextmanager
    def page(self, seen: str) -> Iterator[Any]:
        """Open a page in a browser that has, or has not, seen JupyterLab before."""
        from tests.browser.chromium import FLAGS, find_chromium

        context = self.chromium.launch_persistent_context(
            self.folder / f"profile-{seen}",
            executable_path=find_chromium(),
            args=FLAGS,
            viewport=SIZE,
        )
        try:
            yield context.new_page()
        finally:
            context.close()


def run(options: Options) -> Result:
    """Measure openings in turn, and a session's memory once, where there is a browser to do so."""
    if importlib.util.find_spec("playwright") is None:
        return Result(skipped="needs playwright (pip install -e '.[test]')")
    from playwright.sync_api import sync_playwright

    names = [LESSON] if options.quick else list(WORDS)
    runs = {"warm": options.runs, "cold": 0 if options.quick else (options.runs + 1) // 2}
    seconds: dict[str, dict[str, list[float]]] = {}
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        top = Path(folder)
        installed = None if options.quick else _installed(top)
        place = Place(playwright.chromium, top, installed, free_port())
        for name in names * options.pick(2, 0):  # fills caches; the browser's at the second time
            _opening(place, "warm", name, 0)
        for state, times in runs.items():
            opening = {name: partial(_opening, place, state, name) for name in names}
            seconds[state] = interleaved(opening, times)
        memory = _memory(place)
    rows = [
        Row(
            f"from the command to {WORDS[name]}, {state}",
            tuple(values),
            "s",
            at_most=6 if (name, state) == (LESSON, "warm") else None,
        )
        for state, openings in seconds.items()
        for name, values in openings.items()
        if values
    ]
    rows.append(Row("memory of a session with a fit running", (memory,), "MB", at_most=700))
    return Result(tuple(rows), {"seconds": seconds, "memory_mb": memory})


def _installed(top: Path) -> Environment:
    """Return an environment into which tutorkit was installed as by its README, and compiled."""
    made = environment(top, "{}.{}".format(*sys.version_info))
    made.install(ROOT)
    cache = str(top / "numba-warm")
    made.run(made.python, "-m", "tutorkit", "warm", NUMBA_CACHE_DIR=cache)
    return made


def _opening(place: Place, state: str, name: str, seed: int) -> float:
    """Return the seconds until a notebook can be used."""
    seen = "warm" if state == "warm" else f"cold-{name}-{seed}"
    cache = {"NUMBA_CACHE_DIR": str(place.folder / f"numba-{seen}")} if place.installed else {}
    folder = place.folder / seen
    folder.mkdir(exist_ok=True)
    with place.page(seen) as page:
        began = time.perf_counter()
        with jupyterlab(folder, port=place.port, variables=cache, python=[place.python]) as lab:
            if name == WORKBENCH:
                lab.write(name, CELLS)
            _open(page, lab, name)
            seconds = time.perf_counter() - began
    if place.installed:
        _end_compiling(place.installed.python)
    return seconds


def _end_compiling(python: Path) -> None:
    """End what would go on compiling, by a Python of these openings alone, during the next."""
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or [""]
        if words[0] == str(python) and "compile_half" in words[-1]:
            process.kill()
            process.wait()


def _open(page: Any, lab: Lab, name: str) -> None:
    """Open a notebook and run it, until it can be used."""
    page.goto(f"{lab.address}/lab/tree/{name}?token={lab.token}&reset", wait_until="commit")
    page.wait_for_function(f"() => ({READY})() === 'connected idle'", timeout=PATIENCE)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    if name == LESSON:
        page.locator("input:enabled").first.wait_for(state="attached", timeout=PATIENCE)
        page.locator(PICTURE).first.wait_for(state="attached", timeout=PATIENCE)
    if name == WORKBENCH:
        page.locator(DIAGRAM).first.wait_for(state="attached", timeout=PATIENCE)
        page.get_by_role("tab", name="Run", exact=True).click()
        run = page.get_by_role("button", name="Run the model")
        run.and_(page.locator(":enabled")).wait_for(timeout=PATIENCE)


def _memory(place: Place) -> float:
    """Return the most megabytes of a session while a fit runs in its workbench."""
    most = 0.0
    with place.page("warm") as page, TemporaryDirectory(dir=place.folder) as folder:
        home, python, variables = Path(folder), [place.python], {}
        if place.installed:
            place.installed.run(ROOT / "binder" / "postBuild", folder=home, HOME=folder)
            python = [ROOT / "binder" / "start", place.python]
            variables = place.installed.variables(HOME=folder)
        lessons = copy_lessons(home).parent
        with jupyterlab(home, lessons, variables=variables, python=python) as lab:
            _open(page, lab, START)
            lab.write(WORKBENCH, CELLS)
            _open(page, lab, WORKBENCH)
            page.get_by_role("button", name="Run the model").click()
            page.wait_for_function(RUNNING, timeout=PATIENCE)
            while page.evaluate(RUNNING):
                most = max(most, _megabytes(lab.pid))
                page.wait_for_timeout(100)
    return most


def _megabytes(pid: int) -> float:
    """Return the proportional set size of a process, its session and all that these started."""
    total = 0.0
    for process in _belonging(pid):
        with suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().pss / 1e6
    return total


def _belonging(pid: int) -> set[psutil.Process]:
    """Return the processes of a session: what starts a kernel ahead is no child of the server."""
    found = set()
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getsid(process.pid) == pid:
                found |= {process, *process.children(recursive=True)}
    return found
