"""The progress bar: in a notebook a widget, elsewhere a line of text."""

from __future__ import annotations

import warnings

from tqdm import TqdmExperimentalWarning

with warnings.catch_warnings():  # tqdm.auto does the same, but imports asyncio for its own bars
    warnings.simplefilter("ignore", TqdmExperimentalWarning)
    from tqdm.autonotebook import tqdm

__all__ = ["tqdm"]
