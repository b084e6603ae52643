"""Models, simulated data and a brute-force likelihood shared by the tests of REML."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tutorkit.model.spec import INTERCEPT, Equation, ModelSpec, Term


def terms(text: str) -> tuple[Term, ...]:
    return tuple(Term(tuple(word.split("*"))) for word in text.split())


def spec(
    predictors: str = "x1i x2i x3i x2i*x3i", slopes: str = "x1i", cluster: str | None = "j"
) -> ModelSpec:
    return ModelSpec((Equation("y", terms(predictors), terms(slopes)),), cluster=cluster)


def simulate(
    seed: int, tau: object, slopes: str = "x1i", sizes: object = (8,) * 12, sigma2: float = 1.0
) -> pd.DataFrame:
    """Draw y = x1 + x2 + x3 + x2 x3 + Zu + e; ``tau`` may be singular."""
    rng = np.random.default_rng(seed)
    j = np.repeat(np.arange(len(sizes)), sizes)
    data = pd.DataFrame(rng.standard_normal((j.size, 3)), columns=["x1i", "x2i", "x3i"])
    values, vectors = np.linalg.eigh(np.atleast_2d(tau))
    root = vectors * np.sqrt(np.maximum(values, 0))
    u = rng.standard_normal((len(sizes), len(root))) @ root.T
    z = np.column_stack([np.ones(j.size), *(data[s] for s in slopes.split())])
    noise = np.sqrt(sigma2) * rng.standard_normal(j.size)
    x = data["x1i"] + data["x2i"] + data["x3i"] + data["x2i"] * data["x3i"]
    return data.assign(j=j, y=x + (z * u[j]).sum(1) + noise)


def term_columns(names: tuple[Term, ...], data: pd.DataFrame) -> np.ndarray:
    ones = np.ones(len(data))
    return np.column_stack([np.prod([ones, *(data[v] for v in t.factors)], axis=0) for t in names])


def brute_force_loglik(
    model: ModelSpec, data: pd.DataFrame, tau: np.ndarray, sigma2: float
) -> float:
    """REML log likelihood from the n x n covariance matrix, lme4's constant (Harville, 1974)."""
    x = term_columns(model.focal.terms, data)
    z = term_columns((INTERCEPT, *model.focal.slopes), data)
    same = data["j"].to_numpy()[:, None] == data["j"].to_numpy()
    v = z @ tau @ z.T * same + sigma2 * np.eye(len(x))
    x_v = np.linalg.solve(v, x).T
    e = data["y"] - x @ np.linalg.solve(x_v @ x, x_v @ data["y"])
    log_dets = np.linalg.slogdet(v)[1] + np.linalg.slogdet(x_v @ x)[1]
    df = len(x) - x.shape[1]
    return float(-0.5 * (log_dets + e @ np.linalg.solve(v, e) + df * np.log(2 * np.pi)))
