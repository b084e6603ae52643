"""The baseline: a plain Gibbs sampler with data augmentation for the chapter's model.

What most multilevel imputation programs do: the latent propensity m* and every missing value are
drawn one after another from their full conditionals, coefficients given cluster effects, cluster
effects given coefficients. Priors are tutorkit's defaults: flat on the coefficients of normal
equations, on variances and on the covariance matrix, N(0, ``probit_variance``) on the selection
model's coefficients. Parameters are recorded in the order of tutorkit's free parameters.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from tests.benchmarks.plain_gibbs_kernels import N_PARAMETERS, compiled, fill_designs
from tests.benchmarks.timing import TimedRun


def sample_gibbs(
    data: pd.DataFrame,
    *,
    seed: int,
    burn: int,
    iterations: int,
    chains: int = 2,
    probit_variance: float = 5.0,
    fast_math: bool = False,
) -> TimedRun:
    """Run the chains in threads; ``iterations`` are the kept ones of all chains together.

    ``fast_math``: compile with the options of tutorkit's kernels, not with numba's own.
    """
    run = compiled(fast_math)["run"]
    data = data.sort_values("j", kind="stable")
    columns = data[["y", "x1i", "x2i", "x3i"]].to_numpy().T.copy()
    cluster = np.unique(data["j"].to_numpy(), return_inverse=True)[1]
    rngs = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(chains)]
    states = [initial_state(columns, cluster) for _ in rngs]
    rows = [np.empty((count, N_PARAMETERS)) for count in (1, burn, iterations // chains)]
    kept = [rows[2], *(np.empty_like(rows[2]) for _ in rngs[1:])]
    run(rngs[0], initial_state(columns, cluster), probit_variance, rows[0])  # compile

    def all_chains(outs: list[np.ndarray]) -> float:
        began = time.perf_counter()
        with ThreadPoolExecutor(chains) as pool:
            list(pool.map(run, rngs, states, [probit_variance] * chains, outs))
        return time.perf_counter() - began

    burn_s = all_chains([rows[1], *(np.empty_like(rows[1]) for _ in rngs[1:])])
    kept_s = all_chains(kept)
    return TimedRun(np.stack(kept), kept_s, burn_s + kept_s)


def initial_state(columns: np.ndarray, cluster: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return data, missing values, cluster of each row, designs, parameters and residuals."""
    absent = np.isnan(columns)
    x = np.where(absent, 0.0, columns)
    designs = np.ones((4, 6, x.shape[1]))
    propensity = np.where(absent[0], 0.5, -0.5)
    residuals = np.stack([x[0], x[1], x[2], propensity])  # all coefficients start at 0
    n_clusters = int(cluster.max()) + 1
    effects = np.zeros((5, n_clusters))  # of equations 0 to 3, then the slope of x1i
    covariance = np.eye(2)
    variances = np.ones((2, 4))  # residual variances; variances of the random intercepts
    fill_designs(x, designs)
    return (
        x, absent, cluster.astype(np.int64), designs, np.zeros((4, 6)), effects, covariance,
        variances, residuals, propensity,
    )  # fmt: skip
