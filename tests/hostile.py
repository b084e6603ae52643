"""Data sets made to break a sampler, and one way to run them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tutorkit import Draws, parse, sample

CLUSTERS = "CLUSTERID: j; MODEL: "


def made(n_clusters: int = 20, size: int = 10, seed: int = 1) -> pd.DataFrame:
    """Return y = 1 + x + z / 2 + w / 4 + u_j + e; x and z correlated, w of level 2."""
    rng = np.random.default_rng(seed)
    j = np.repeat(np.arange(n_clusters), size)
    x, noise, e = rng.standard_normal((3, j.size))
    u, w = rng.standard_normal((2, n_clusters))
    z = 0.5 * x + noise
    y = 1 + x + z / 2 + w[j] / 4 + 0.5 * u[j] + e
    return pd.DataFrame({"j": j, "x": x, "z": z, "w": w[j], "y": y})


def without(data: pd.DataFrame, **rows: object) -> pd.DataFrame:
    """Return data in which variables are missing in some rows: a mask, or every k-th row."""
    data = data.astype(dict.fromkeys(rows, float))
    for name, which in rows.items():
        gaps = np.arange(len(data)) % which == 0 if isinstance(which, int) else np.asarray(which)
        data.loc[gaps, name] = np.nan
    return data


def run(script: str, data: pd.DataFrame, **settings: int) -> Draws:
    """Draw from the model; whatever it is, the draws must be finite."""
    settings = {"seed": 3, "burn": 300, "iterations": 1000, "chains": 2} | settings
    draws = sample(parse(script), data, progress=False, **settings)
    assert np.isfinite(draws.values).all()
    assert np.isfinite(draws.warmup).all()
    assert np.isfinite(draws.imputed).all()
    return draws


def interval(draws: Draws, outcome: str, name: str) -> tuple[float, float]:
    """Return the central 99.9 % of a parameter's draws."""
    low, high = np.quantile(draws.get(outcome, name), [0.0005, 0.9995])
    return float(low), float(high)
