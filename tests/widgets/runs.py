"""Waiting for a run, and breaking one down."""

import time

import numpy as np


def wait_for(condition, seconds=60):
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def plant_breakdown(patch):
    """Let chains arrive at what is no number."""

    def plant(rng, plan, state, out, start, end, burn):
        out[start:end] = np.nan

    patch.setattr("tutorkit.chain.run_block", plant)
