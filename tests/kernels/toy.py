"""A few rows of data, a scattered state, and the model's densities written down a second time."""

from __future__ import annotations

import numba
import numpy as np
from invariants import predictors, term_values
from models import LEVEL_2, build
from scipy import stats

from tutorkit.kernels import selection
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef
from tutorkit.kernels.theta import head_size, read_theta, tail_width
from tutorkit.kernels.theta import write_theta as _write_theta
from tutorkit.model.spec import Priors
from tutorkit.plan import Plan
from tutorkit.start import initial_state
from tutorkit.state import State

PRIORS = Priors(
    coefficient_variance=4.0,
    probit_variance=2.0,
    residual_shape=2.0,
    residual_scale=1.5,
    random_df=1.5,
    random_scale=1.2,
)
CLUSTER_SIZES = (2, 4, 1, 3, 2)  # 12 rows
MISSING_ROWS = np.array([1, 4, 8, 11])
MISSING_CLUSTERS = np.array([1, 3])
LEAST_P = 1e-5  # of a Kolmogorov-Smirnov test; there are about two hundred
MANY = 4000 if numba.config.DISABLE_JIT == 0 else 400  # draws; plain Python is slow


def toy(
    model: str,
    incomplete: str = "",
    *,
    seed: int = 1,
    clusters: bool = True,
    priors: Priors = PRIORS,
    few: int = 5,
) -> tuple[Plan, State]:
    """Return plan and state of a model, see `models`; ``incomplete`` variables lack a third.

    ``few`` rows are taken at once.
    """
    rng = np.random.default_rng(seed)
    gaps = {
        v: MISSING_CLUSTERS if v.startswith(LEVEL_2) else MISSING_ROWS for v in incomplete.split()
    }
    _, _, plan = build(model, gaps, sizes=CLUSTER_SIZES, clusters=clusters, priors=priors, rng=rng)
    state = initial_state(plan, rng, burn=0, few=few)
    for e in range(len(plan.outcome)):
        random = slice(plan.random_start[e], plan.term_start[e + 1])
        r = random.stop - random.start
        root = 0.4 * rng.standard_normal((r, r)) + 0.6 * np.eye(r)
        state.tau[e, :r, :r] = root @ root.T
        state.effect[:, random] = rng.standard_normal((len(state.effect), r)) @ root.T
        fixed = slice(plan.term_start[e], plan.random_start[e])
        state.coefficient[fixed] = 0.7 * rng.standard_normal(fixed.stop - fixed.start)
    complete(plan, state)
    return plan, state


@entry_point
def _read_theta(plan, state, s, theta):
    """Call `hold` and `read_theta`; return the length of theta."""
    plan, state = PlanRef(*plan), StateRef(*state)
    selection.hold(plan, state, s)
    read_theta(plan, state, s, theta)
    return head_size(plan, s) + tail_width(plan, s) * state.effect.shape[0]


def theta(plan: Plan, state: State, s: int) -> np.ndarray:
    """Set aside what block s holds and return what it moves."""
    values = np.zeros(100)
    return values[: _read_theta(plan, state, s, values)]


@entry_point
def write_theta(plan, state, s, theta):
    """Call `write_theta`."""
    _write_theta(PlanRef(*plan), StateRef(*state), s, theta)


def complete(plan: Plan, state: State) -> None:
    """Make centred columns, terms and residuals fit the columns and parameters."""
    derive(plan, state.columns)
    state.design[plan.place] = term_values(plan, state.columns)
    state.residual[:] = state.columns[plan.outcome] - predictors(plan, state, state.columns)


def derive(plan: Plan, columns: np.ndarray) -> None:
    """Compute the centred columns of (n_columns, ..., n_rows)."""
    centred = plan.plus >= 0
    columns[centred] = columns[plan.plus[centred]] - columns[plan.minus[centred]]


def rows_of(plan: Plan, e: int) -> np.ndarray:
    """Return the rows of an equation: all, or the first of each cluster."""
    return plan.cluster_start[:-1] if plan.level[e] == 2 else np.arange(plan.cluster.size)


def log_density(plan: Plan, state: State, columns: np.ndarray, without: int = -1) -> np.ndarray:
    """Return the log density (...) of columns (n_columns, ..., n_rows), less one equation's."""
    mean = predictors(plan, state, columns)
    total = np.zeros(columns.shape[1:-1])
    for e, outcome in enumerate(plan.outcome):
        if e != without:
            rows = rows_of(plan, e)
            sd = np.sqrt(state.sigma2[e])
            total += stats.norm.logpdf(columns[outcome][..., rows], mean[e][..., rows], sd).sum(
                axis=-1
            )
    return total


def with_values(
    plan: Plan, columns: np.ndarray, v: int, rows: slice, values: np.ndarray
) -> np.ndarray:
    """Return copies (n_columns, n_values, n_rows) in which column v has these values in rows."""
    copies = np.repeat(columns[:, None], values.size, axis=1)
    copies[v, :, rows] = values[:, None]
    derive(plan, copies)
    return copies


def ks_p_value(draws: np.ndarray, grid: np.ndarray, log_density: np.ndarray) -> float:
    """Test independent draws against a log density given on a grid, up to a constant."""
    density = np.exp(log_density - log_density.max())
    assert max(density[0], density[-1]) < 1e-10, "the grid is too short"
    cdf = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(grid))])
    return float(stats.kstest(draws, lambda x: np.interp(x, grid, cdf / cdf[-1])).pvalue)


def assert_mean(draws: np.ndarray, exact: float) -> None:
    """Compare within five Monte Carlo standard errors of independent draws."""
    assert abs(draws.mean() - exact) < 5 * draws.std() / np.sqrt(draws.size)
