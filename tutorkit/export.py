"""A run as JSON, for other programs."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from tutorkit.derived import derived
from tutorkit.draws import Draws
from tutorkit.report.warnings import warnings_of

STATISTICS = ("median", "sd", "lower", "upper", "psr", "ess_bulk", "ess_tail", "mcse_mean")


def to_json(draws: Draws, table: pd.DataFrame, import_s: float) -> dict[str, Any]:
    """Return a run and its table of `summarize` as plain values; what cannot be computed is None.

    ``parameters`` lists ``outcome``, ``group`` and ``name`` as spelled in the report with their
    statistics; ``generated_parameters`` likewise, of what is computed from the draws (see
    `tutorkit.derived`); ``timing`` is in seconds, ``import_s`` being the caller's own.

    Raises
    ------
    TutorkitError
        If the run was stopped before it kept any draw.
    """
    spec, data = draws.spec, draws.data
    numbered = table["number"].notna()
    return {
        "parameters": _rows(table[numbered], ("outcome", "group", "name")),
        "residual_correlations": _rows(table[~numbered], ("group", "name")),
        "generated_parameters": _rows(derived(draws), ("outcome", "group", "name")),
        "model_fit": {name: _plain(value) for name, value in vars(draws.fit).items()},
        "data_information": {
            "data": spec.data,
            "cluster": spec.cluster,
            "sample_size": data.values.shape[1],
            "clusters": data.n_clusters,
            "missing_rates": {name: data.missing_rate(name) for name in data.variables},
        },
        "warnings": list(warnings_of(draws, table)),
        "seed": draws.seed,
        "chains": spec.chains,
        "burn": spec.burn,
        "iterations": draws.n_kept,
        "timing": {"import_s": import_s, **vars(draws.timing)},
    }


def _rows(table: pd.DataFrame, labels: tuple[str, ...]) -> list[dict[str, Any]]:
    records = table[[*labels, *STATISTICS]].to_dict("records")
    return [{str(key): _plain(value) for key, value in record.items()} for record in records]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
