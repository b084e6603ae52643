"""What test cells call, in the kernel that has run a student's code."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from pathlib import Path

from tutorkit.nbgrader.verdicts import UNKNOWN, Verdict, judge

KEY_FILE, KEY = "TUTORKIT_KEY_FILE", "TUTORKIT_SUB_KEY"


def points(part: str) -> float:
    """Print the words for one part of a student's answers, and return its points.

    Nothing a student hands in makes it raise, and it writes nothing to stderr, for which nbgrader
    would give no points.
    """
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        file, key = os.environ.get(KEY_FILE), os.environ.get(KEY)
        verdict = judge(Path(), Path(file), key) if file and key else Verdict(problem=UNKNOWN)
        words, value = verdict.of(part)
        print(words)
    return value
