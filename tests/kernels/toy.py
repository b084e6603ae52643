"""A few rows of data, a scattered state, and the model's densities written down a second time."""

from __future__ import annotations

from dataclasses import replace

import numba
import numpy as np
from scipy import stats

from tutorkit.data import ModelData
from tutorkit.model.script import parse
from tutorkit.model.spec import Priors
from tutorkit.plan import Plan, compile_plan
from tutorkit.state import State, initial_state

PRIORS = Priors(
    coefficient_variance=4.0,
    probit_variance=2.0,
    residual_shape=2.0,
    residual_scale=1.5,
    random_df=3.0,
    random_scale=1.2,
)
CLUSTER_SIZES = (2, 4, 1, 3, 2)  # 12 rows
MISSING_ROWS = np.array([1, 4, 8, 11])
LEAST_P = 1e-5  # of a Kolmogorov-Smirnov test; there are about eighty
MANY = 4000 if numba.config.DISABLE_JIT == 0 else 400  # draws; plain Python is slow


def toy(
    model: str,
    incomplete: str = "",
    *,
    seed: int = 1,
    clusters: bool = True,
    priors: Priors = PRIORS,
) -> tuple[Plan, State]:
    """Return plan and state of a model whose ``incomplete`` variables lack MISSING_ROWS."""
    text = f"{'CLUSTERID: j;' if clusters else ''} MODEL: {model};"
    spec = replace(parse(text), priors=priors)
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(len(CLUSTER_SIZES)), CLUSTER_SIZES)
    values = rng.standard_normal((len(spec.variables), cluster.size))
    for name in incomplete.split():
        values[spec.variables.index(name), MISSING_ROWS] = np.nan
    data = ModelData(
        variables=spec.variables,
        values=values,
        cluster=cluster if clusters else np.zeros_like(cluster),
        n_clusters=len(CLUSTER_SIZES) if clusters else 0,
        rows=np.arange(cluster.size),
    )
    plan = compile_plan(spec, data)
    state = initial_state(plan, rng, burn=0)
    for e in range(len(plan.outcome)):
        random = slice(plan.random_start[e], plan.term_start[e + 1])
        r = random.stop - random.start
        root = 0.4 * rng.standard_normal((r, r)) + 0.6 * np.eye(r)
        state.tau[e, :r, :r] = root @ root.T
        state.effect[:, random] = rng.standard_normal((len(state.effect), r)) @ root.T
        fixed = slice(plan.term_start[e], plan.random_start[e])
        state.coefficient[fixed] = 0.7 * rng.standard_normal(fixed.stop - fixed.start)
    return plan, state


def term_values(plan: Plan, columns: np.ndarray, e: int) -> np.ndarray:
    """Return equation e's terms, (n_rows, n_terms of e), computed from the columns."""
    products = [
        columns[plan.factor[plan.factor_start[t] : plan.factor_start[t + 1]]].prod(axis=0)
        for t in range(plan.term_start[e], plan.term_start[e + 1])
    ]
    return np.array(products).reshape(len(products), -1).T


def predictor(plan: Plan, state: State, columns: np.ndarray, cluster: np.ndarray, e: int):
    """Return equation e's linear predictor in every row of ``columns``."""
    terms = slice(plan.term_start[e], plan.term_start[e + 1])
    weights = state.coefficient[terms] + state.effect[cluster, terms]  # one of them is 0
    return (term_values(plan, columns, e) * weights).sum(axis=1)


def log_densities(
    plan: Plan, state: State, columns: np.ndarray, cluster: np.ndarray, without: int = -1
) -> np.ndarray:
    """Return each row's log density under all equations, leaving out equation ``without``."""
    total = np.zeros(columns.shape[1])
    for e, outcome in enumerate(plan.outcome):
        if e != without:
            mean = predictor(plan, state, columns, cluster, e)
            total += stats.norm.logpdf(columns[outcome], mean, np.sqrt(state.sigma2[e]))
    return total


def row_at(
    plan: Plan, columns: np.ndarray, v: int, i: int, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return columns and clusters of copies of row i, in which variable v has these values."""
    copies = np.repeat(columns[:, [i]], values.size, axis=1)
    copies[v] = values
    return copies, np.repeat(plan.cluster[i], values.size)


def ks_p_value(draws: np.ndarray, grid: np.ndarray, log_density: np.ndarray) -> float:
    """Test independent draws against a log density given on a grid, up to a constant."""
    density = np.exp(log_density - log_density.max())
    assert max(density[0], density[-1]) < 1e-10, "the grid is too short"
    cdf = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(grid))])
    return float(stats.kstest(draws, lambda x: np.interp(x, grid, cdf / cdf[-1])).pvalue)
