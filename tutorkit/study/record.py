"""The file of a study: one line for each finished replication, so that it can go on later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tutorkit.errors import DataError
from tutorkit.files import append, mend, read_lines
from tutorkit.model.script import render
from tutorkit.model.spec import ModelSpec
from tutorkit.study.scenario import Scenario

VERSION = 1  # of the file and of what a replication computes


def fingerprint(scenario: Scenario, methods: Mapping[str, str | ModelSpec], seed: int) -> str:
    """Return a text that is the same for the same study, whatever its number of replications."""
    settings = {
        "version": VERSION,
        "seed": seed,
        "spec": render(scenario.spec),
        "truth": sorted([*key, value] for key, value in scenario.truth.items()),
        "deletions": [[d.variable, d.rate, dict(d.causes)] for d in scenario.deletions],
        "size": [scenario.n_clusters, scenario.cluster_size],
        "skewness": scenario.skewness,
        "given": [scenario.given, scenario.given_sd],
        "methods": [[n, render(m) if isinstance(m, ModelSpec) else m] for n, m in methods.items()],
    }
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=float).encode()).hexdigest()[
        :16
    ]


def read_record(file: Path, study: str) -> dict[int, dict[str, Any]]:
    """Return the replications in a study's file by number, and begin the file if there is none.

    A last line that was not written to its end is cut off.

    Raises
    ------
    DataError
        If the file cannot be read or written, is no study's file, or is that of another study.
    """
    if not file.exists():
        append(file, {"study": study})
        return {}
    try:
        lines = read_lines(file)
        found = lines[0]["study"]
        replications = {line["replication"]: line for line in lines[1:]}
    except (ValueError, LookupError, TypeError):
        raise DataError(f"'{file}' is not the file of a study", "Choose another name.") from None
    if found != study:
        raise DataError(
            f"'{file}' is the file of another study",
            "Scenario, methods and seed must be those it began with; else choose another name.",
        )
    mend(file)
    return replications
