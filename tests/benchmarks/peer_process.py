"""A cold process of the peer: build, compile, sample and print a converged table.

Run by the benchmark ``cold`` as ``python -m tests.benchmarks.peer_process TUNE DRAWS SEED``.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd

from tests.benchmarks.models import chapter_data, chapter_model, parameter_names
from tests.benchmarks.peer import compile_nutpie, largest_r_hat, sample_nutpie


def main(tune: int, draws: int, seed: int) -> None:
    """Print the table, then a line of JSON with what the benchmark checks."""
    spec = chapter_model()
    compiled = compile_nutpie(chapter_data(), spec.priors.probit_variance)
    run = sample_nutpie(compiled, tune, draws, seed)
    names = parameter_names()
    quantiles = np.quantile(run.values, [0.5, 0.025, 0.975], axis=(0, 1)).T
    table = pd.DataFrame(quantiles, index=names, columns=["median", "lower", "upper"])
    ess = run.ess
    print(table.assign(ess=ess).round(3).to_string())
    checks = {"ess": float(ess.min()), "r_hat": largest_r_hat(run.values)}
    print(json.dumps(checks | {"sample_s": run.sample_s}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
