"""Compile the sampler once, or load it from the cache, while others can do something else."""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
from tqdm import tqdm

from tutorkit.chain import Chain
from tutorkit.data import prepare
from tutorkit.kernels import blocks
from tutorkit.layout import compile_plan
from tutorkit.model.spec import Equation, ModelSpec, Term
from tutorkit.parameters import recorded

_compiled = threading.Event()
_compiling = threading.Lock()


def warm() -> float:
    """Compile the sampler, or load it from the cache; return the seconds it took.

    Code that was just compiled adds in another order than the same code loaded from the cache, so
    that a seed's draws would change with the next restart. So another process compiles, and this
    one always loads.
    """
    began = time.perf_counter()
    with _compiling:
        run = _example()
        if not blocks.is_ready(run.rng, run.plan, run.state, run.out):
            _compile_elsewhere()
        run.run()
        if run.error is not None:
            raise run.error
    _compiled.set()
    return time.perf_counter() - began


def is_warm() -> bool:
    """Return whether the next run would start at once, with nothing to compile."""
    run = _example()
    return bool(blocks.is_ready(run.rng, run.plan, run.state, run.out))


def _example() -> Chain:
    """Return a short run of a small model, which needs all that any other needs."""
    spec = ModelSpec(
        (Equation("y", (Term(("x",)),)), Equation("y.missing", (Term(("y",)),))),
        cluster="j",
        burn=1,
        iterations=2,
    )
    row = np.arange(24)
    y = np.where(row % 5 == 0, np.nan, np.sin(row))
    data = pd.DataFrame({"y": y, "x": row % 7, "j": row // 6})
    prepared = prepare(spec, data)
    plan = compile_plan(prepared.model, prepared, spec.priors)
    out = np.empty((spec.burn + spec.draws_per_chain, len(recorded(prepared.model))))
    return Chain(plan, np.random.SeedSequence(0), spec, out, threading.Event())


def _compile_elsewhere() -> None:
    """Fill the cache from two other processes; where that fails, the next call compiles here."""
    with contextlib.suppress(OSError):
        for process in [_python(f"compile_half({half})") for half in (0, 1)]:
            process.wait()


def compile_half(half: int) -> None:
    """Compile one half of the sampler and keep it in the cache."""
    gc.disable()  # the process ends when this is done
    run = _example()
    blocks.compile_half(half, run.rng, run.plan, run.state, run.out)


def _python(call: str) -> subprocess.Popen[bytes]:
    """Call a function of this module in another process, out of reach of interrupts."""
    path = os.pathsep.join(sys.path)
    return subprocess.Popen(
        [sys.executable, "-c", f"from tutorkit import compiling; compiling.{call}"],
        env=os.environ | {"PYTHONPATH": path}, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def compile_in_background(announce: bool) -> float:
    """Call `warm` in a thread, so that the wait can be announced and interrupted."""
    if _compiled.is_set():
        return 0.0
    began = time.perf_counter()
    failures: list[Exception] = []

    def work() -> None:
        try:
            warm()
        except Exception as error:  # raised again below, in the thread that waits
            failures.append(error)

    thread = threading.Thread(target=work, daemon=True, name="tutorkit compiler")
    thread.start()
    thread.join(2.0)
    if thread.is_alive() and announce:
        tqdm.write("Compiling the sampler: once on this machine, about half a minute.")
    while thread.is_alive():
        thread.join(0.1)
    if failures:
        raise failures[0]
    return time.perf_counter() - began
