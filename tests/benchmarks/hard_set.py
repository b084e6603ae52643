"""Data like the chapter's: the hard set, and a generator for any size."""

from __future__ import annotations

import numpy as np
import pandas as pd

CORRELATIONS = [[1.0, 0.4, 0.4], [0.4, 1.0, 0.4], [0.4, 0.4, 1.0]]  # of x1i, x2i, x3i
EFFECTS = [[0.2, 0.1], [0.1, 0.2]]  # covariance of random intercept and slope of x1i


def hard_set() -> pd.DataFrame:
    """Return the hard set: 600 rows in 30 clusters, its missing values cut off sharply.

    51 values of x2i are missing at random, 79 of x1i where 0.8 x2i + N(0, 1) is largest and 141 of
    y where 0.5 y + N(0, 1) is largest. Taking the largest selects more strongly than a probit model
    would, and that is what makes the set hard. How hard depends on the draws: numpy's default
    factor of the covariance matrix is meant (through Cholesky's the plain Gibbs sampler mixes five
    times better), and the rows with the 51 smallest numbers of a permutation (with the rows that
    its first 51 numbers name it mixes 1.5 times better).
    """
    rng = np.random.default_rng(123)
    data = complete_data(rng, np.repeat(np.arange(30), 20))
    n = len(data)
    without_x2 = rng.permutation(n) < 51
    without_x1 = _largest(79, 0.8 * data["x2i"] + rng.standard_normal(n))
    without_y = _largest(141, 0.5 * data["y"] + rng.standard_normal(n))
    for name, rows in (("x2i", without_x2), ("x1i", without_x1), ("y", without_y)):
        data.loc[rows, name] = np.nan
    return data


def chapter_like(rows: int, clusters: int, seed: int = 1) -> pd.DataFrame:
    """Simulate the chapter's model at any size: 9%, about 13% and about 22% are missing.

    x2i is missing completely at random, x1i by a probit model in x2i, y by one in y.
    """
    rng = np.random.default_rng(seed)
    data = complete_data(rng, np.arange(rows) * clusters // rows)
    lost = {
        "x2i": rng.random(rows) < 0.09,
        "x1i": 0.8 * data["x2i"] - 1.45 + rng.standard_normal(rows) > 0,
        "y": 0.5 * data["y"] - 1.3 + rng.standard_normal(rows) > 0,
    }
    for name, where in lost.items():
        data.loc[where, name] = np.nan
    return data


def complete_data(rng: np.random.Generator, cluster: np.ndarray) -> pd.DataFrame:
    """Draw predictors, cluster effects and residuals, in this order, and y from them."""
    n_clusters = int(cluster[-1]) + 1
    x1, x2, x3 = rng.multivariate_normal(np.zeros(3), CORRELATIONS, len(cluster)).T
    u0, u1 = rng.multivariate_normal(np.zeros(2), EFFECTS, n_clusters).T
    mean = (1 + u1[cluster]) * x1 + x2 + x3 + x2 * x3 + u0[cluster]
    y = mean + rng.standard_normal(len(cluster))
    return pd.DataFrame({"j": cluster + 1, "y": y, "x1i": x1, "x2i": x2, "x3i": x3})


def _largest(k: int, values: pd.Series) -> np.ndarray:
    return np.argsort(values.to_numpy())[-k:]
