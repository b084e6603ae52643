"""Cold starts: two at once, interrupted ones, and what they say meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numba
import numpy as np
import pytest
from hostile import CLUSTERS, made, run, without

MODEL = CLUSTERS + "y ~ x z | x; x ~ z; y.missing ~ y z;"
MESSAGE = "Compiling the sampler: once on this machine, about half a minute."

START = """
import signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)  # were it ignored where the tests started
sys.path.insert(0, sys.argv[1])
import numpy as np
from test_hostile_processes import example
from tutorkit import parse, sample
print("ready", flush=True)
spec, data = example()
settings = {"seed": 3, "burn": 60, "iterations": 100, "progress": True}
if "long" in sys.argv:
    settings["iterations"] = 8_000_000
if "interrupt" in sys.argv:
    try:
        sample(spec, data, **settings)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
draws = sample(spec, data, **settings)
np.save(sys.argv[2], draws.values)
print("stopped" if draws.stopped else "done")
print(sum(thread.name == "tutorkit chain" for thread in threading.enumerate()), "chains left")
"""

pytestmark = [
    pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="needs compiled kernels"),
    pytest.mark.skipif(os.name == "nt", reason="sends signals"),
]


def example():
    """Return the model and its data."""
    from tutorkit import parse

    return parse(MODEL), without(made(), x=5, y=4)


def started(out: Path, cache: Path | None, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", START, str(Path(__file__).parent), str(out), *arguments]
    environment = os.environ | ({"NUMBA_CACHE_DIR": str(cache)} if cache else {})
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def interrupt(process: subprocess.Popen[str]) -> None:
    """Do what Ctrl-C does: it reaches the process and those that it has started."""
    os.killpg(process.pid, signal.SIGINT)


def ended(process: subprocess.Popen[str]) -> str:
    try:
        out, err = process.communicate(timeout=300)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    assert process.returncode == 0, err
    return out + err


@pytest.mark.slow
def test_processes_that_start_cold_at_once_both_work(tmp_path):
    """One of them is interrupted while it compiles, and asked again."""
    first = started(tmp_path / "first.npy", tmp_path / "cache")
    second = started(tmp_path / "second.npy", tmp_path / "cache", "interrupt")
    time.sleep(4)
    interrupt(second)
    said = [ended(process) for process in (first, second)]
    assert all(MESSAGE in text for text in said)
    assert "interrupted" in said[1]
    expected = run(MODEL, example()[1], burn=60, iterations=100).values
    for name in ("first", "second"):
        np.testing.assert_array_equal(np.load(tmp_path / f"{name}.npy"), expected)
    # what they left behind can be used
    third = started(tmp_path / "third.npy", tmp_path / "cache")
    assert MESSAGE not in ended(third)
    np.testing.assert_array_equal(np.load(tmp_path / "third.npy"), expected)


def test_an_interrupt_while_sampling_keeps_what_was_drawn(tmp_path):
    run(MODEL, example()[1], burn=0, iterations=2)  # fills the cache
    process = started(tmp_path / "draws.npy", None, "long")
    time.sleep(8)
    interrupt(process)
    said = ended(process)
    assert "stopped" in said
    assert "0 chains left" in said
    draws = np.load(tmp_path / "draws.npy")
    assert draws.shape[1] > 0
    assert np.isfinite(draws).all()
    assert (np.diff(draws, axis=1) != 0).any(axis=2).all(), "rows that were never drawn"
