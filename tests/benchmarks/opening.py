"""From the command to a lesson that can be used, and the memory that a session needs.

Counted are the seconds from starting ``tutorkit lab`` until, in a browser that is open already and
goes to the notebook as soon as the server answers and runs all of it as soon as it can,

- lesson 1: the first question can be answered, and the first chart is drawn;
- the workbench with the chapter's script: its diagram is drawn, and Run can be pressed.

Warm and cold are the caches of the compiled sampler; with a cold one it is compiled meanwhile, as
``tutorkit lab`` does. Memory is the proportional set size (Linux) of the server with its kernel, as
Binder starts them, the largest that was seen while the chapter's model is fitted in the workbench.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from tests.benchmarks.results import Options, Result, Row
from tests.benchmarks.timing import interleaved
from tests.lab_server import jupyterlab

LESSON = "01_what_is_missing.ipynb"
WORKBENCH = "bench.ipynb"
CELLS = [
    "from tutorkit import Workbench, datasets",
    "bench = Workbench('04_multilevel', datasets.script('04_multilevel'))\nbench",
]
OUTPUT = ".jp-OutputArea-output"
WORDS = {LESSON: "lesson 1 usable", WORKBENCH: "the workbench usable"}
# what must be there, as functions of the page's document
USABLE = {
    LESSON: f"""() => document.querySelector('{OUTPUT} figure svg')
      && [...document.querySelectorAll('{OUTPUT} input')].some(field => !field.disabled)""",
    WORKBENCH: f"""() => document.querySelector('{OUTPUT} svg')
      && [...document.querySelectorAll('{OUTPUT} button')].some(
        button => button.textContent.trim() === 'Run' && !button.disabled)""",
}
RUN = """() => [...document.querySelectorAll('button')].find(
  button => button.textContent.trim() === 'Run').click()"""
RUNNING = """() => [...document.querySelectorAll('button')].some(
  button => button.textContent.trim().startsWith('Stop') && !button.disabled)"""


def run(options: Options) -> Result:
    """Measure openings in turn, and a session's memory once, where there is a browser to do so."""
    if importlib.util.find_spec("playwright") is None:
        return Result(skipped="needs playwright (pip install -e '.[test]')")
    names = [WORKBENCH] if options.quick else list(USABLE)
    runs = {"warm": options.runs, "cold": 0 if options.quick else (options.runs + 1) // 2}
    seconds: dict[str, dict[str, list[float]]] = {}
    with TemporaryDirectory() as folder, _browser() as browser:
        opening = partial(_opening, browser, Path(folder))
        for name in names:  # fills the cache, and the disk's
            opening("warm", name, 0)
        for state, times in runs.items():
            seconds[state] = interleaved({n: partial(opening, state, n) for n in names}, times)
        memory = _memory(browser, Path(folder))
    rows = [
        Row(
            f"from the command to {WORDS[name]}, {state} cache",
            tuple(values),
            "s",
            at_most=6 if state == "warm" else None,
        )
        for state, openings in seconds.items()
        for name, values in openings.items()
        if values
    ]
    rows.append(Row("memory of a session with a fit running", (memory,), "MB", at_most=700))
    return Result(tuple(rows), {"seconds": seconds, "memory_mb": memory})


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import FLAGS, find_chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


def _opening(browser: Any, top: Path, state: str, name: str, seed: int) -> float:
    """Return the seconds until a notebook can be used; every run has a folder of its own."""
    from tests.browser.lab_page import Notebook

    cache = top / ("warm" if state == "warm" else f"cold-{name}-{seed}")
    page = browser.new_page(viewport={"width": 1180, "height": 900})
    with TemporaryDirectory(dir=top) as folder:
        began = time.perf_counter()
        with jupyterlab(Path(folder), variables={"NUMBA_CACHE_DIR": str(cache)}) as lab:
            if name == WORKBENCH:
                lab.write(name, CELLS)
            notebook = Notebook(page)
            notebook.open(lab, name)
            notebook.begin_all()
            page.wait_for_function(USABLE[name], timeout=120_000)
            seconds = time.perf_counter() - began
            page.close()
    return seconds


def _memory(browser: Any, top: Path) -> float:
    """Return the most megabytes of JupyterLab and its kernel while a fit runs in the workbench."""
    from tests.browser.lab_page import Notebook

    page = browser.new_page(viewport={"width": 1180, "height": 900})
    most = 0.0
    with TemporaryDirectory(dir=top) as folder:
        root = Path(folder) / "root"
        root.mkdir()
        cache = {"NUMBA_CACHE_DIR": str(top / "warm"), "NUMBA_CPU_NAME": "generic"}
        with jupyterlab(Path(folder), root, variables=cache) as lab:
            lab.write(WORKBENCH, CELLS)
            notebook = Notebook(page)
            notebook.open(lab, WORKBENCH)
            notebook.begin_all()
            page.wait_for_function(USABLE[WORKBENCH], timeout=120_000)
            page.evaluate(RUN)
            page.wait_for_function(RUNNING, timeout=120_000)
            end = time.monotonic() + 60
            while page.evaluate(RUNNING) and time.monotonic() < end:
                most = max(most, _megabytes(lab.pid))
                time.sleep(0.2)
            page.close()
    return most


def _megabytes(pid: int) -> float:
    """Return the proportional set size of a process and all that it has started."""
    if sys.platform != "linux":
        raise NotImplementedError("only Linux says what processes share")
    top = psutil.Process(pid)
    return sum(p.memory_full_info().pss for p in [top, *top.children(recursive=True)]) / 1e6
