"""Delete values of the chapter data so that the chapter's listwise table comes out.

A Metropolis walk over missingness patterns with the printed counts of missing values. Its target
is (probability of the pattern under the true mechanisms) x exp(-weight x misfit of the listwise
table), with a weight that rises: roughly a draw from the mechanisms given the table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr, ndtri

from tutorkit.arrays import Floats
from tutorkit.datasets.recipe_chapter import CLUSTER, START, N, columns_of, figures, focal_moments
from tutorkit.reml.core import Moments, cross_products, minimise

Flags = NDArray[np.bool_]

SEED = 5  # selected, see README.md
N_MISSING = {"y": 141, "x1i": 79, "x2i": 51}  # the printed rates of 600 rows
N_COMPLETE = 383
MOVES = np.array([0.6, 0.85])  # a step changes y with probability .6, x1 .25, x2 .15
MAX_STEPS = 30_000
SLOPE_Y, SLOPE_X1 = 0.4, 1.0  # probit slopes of y.missing on y and of x1i.missing on x2i

# Table 7.1, listwise deletion, in the order of `figures`.
PRINTED = np.array([
    -.33, .83, .91, 1.01, 1.02,  .10, .09, .07, .07, .07,  -.53, .66, .78, .88, .89,
    -.13, 1.00, 1.04, 1.14, 1.15,  .90, .20, .11, .58, .22,
])  # fmt: skip


class Mechanism:
    """How values go missing: y by its own value, x1 by x2 where x2 is seen, x2 by chance.

    P(y missing) = Phi(a + .4 y). P(x1 missing) = Phi(b + x2), or 79/600 where x2 itself is
    missing, so that it never depends on an unseen value. The intercepts make the expected counts
    the printed ones.
    """

    def __init__(self, data: dict[str, Floats]) -> None:
        p = N_MISSING["x1i"] / N
        self.eta_y = _with_intercept(SLOPE_Y * data["y"], N_MISSING["y"])
        self.eta_x1 = _with_intercept(SLOPE_X1 * data["x2i"], N_MISSING["x1i"])
        self.eta_x1_unseen = float(ndtri(p))
        eta_x1 = np.array([self.eta_x1, np.full(N, self.eta_x1_unseen)])
        # Log probabilities: [y missing][row] and [x2 missing][x1 missing][row].
        self.log_y: Floats = log_ndtr(np.array([-self.eta_y, self.eta_y]))
        self.log_x1: Floats = log_ndtr(np.stack([-eta_x1, eta_x1], axis=1))

    def draw(self, rng: np.random.Generator) -> Flags:
        """Draw which values are missing, (3, n) for y, x1, x2, with exactly the printed counts."""
        x2 = largest(rng.standard_normal(N), N_MISSING["x2i"])
        eta_x1 = np.where(x2, self.eta_x1_unseen, self.eta_x1)
        x1 = largest(eta_x1 + rng.standard_normal(N), N_MISSING["x1i"])
        y = largest(self.eta_y + rng.standard_normal(N), N_MISSING["y"])
        return np.array([y, x1, x2])

    def loglik(self, missing: Flags, rows: NDArray[np.intp]) -> float:
        """Return the log probability of the pattern (3, n) in ``rows``."""
        y, x1, x2 = missing[:, rows].astype(np.intp)
        return float((self.log_y[y, rows] + self.log_x1[x2, x1, rows]).sum())


def largest(score: Floats, count: int) -> Flags:
    """Return which ``count`` elements are the largest."""
    flags = np.zeros(score.size, dtype=bool)
    flags[np.argsort(-score, kind="stable")[:count]] = True
    return flags


def _with_intercept(slope_part: Floats, count: int) -> Floats:
    """Return the probit propensity whose intercept makes the expected count ``count``."""
    low, high = -20.0, 20.0
    while high - low > 1e-13:
        intercept = (low + high) / 2
        too_many = ndtr(intercept + slope_part).sum() > count
        low, high = (low, intercept) if too_many else (intercept, high)
    return slope_part + low


def misfit(table: Floats, n: int) -> float:
    """Return how far the listwise table is from the printed one, in rounding units squared."""
    off = np.maximum(np.abs(table - PRINTED) - 0.0045, 0) / 0.005
    return float((off**2).sum() + 0.25 * (n - N_COMPLETE) ** 2)


def incomplete_data(data: dict[str, Floats]) -> dict[str, Floats]:
    """Return the chapter data with nan where a value is missing."""
    rng = np.random.default_rng(SEED)
    missing = _walk(data, Mechanism(data), rng)
    hidden = dict(zip(("y", "x1i", "x2i"), missing, strict=True))
    return {k: np.where(hidden[k], np.nan, v) if k in hidden else v for k, v in data.items()}


def _walk(data: dict[str, Floats], mechanism: Mechanism, rng: np.random.Generator) -> Flags:
    """Return the first pattern whose listwise table is the printed one, (3, n)."""
    columns = columns_of(data)
    outer = columns[:, :, None] * columns[:, None, :]
    missing = mechanism.draw(rng)
    used = ~missing.any(0)
    moments = focal_moments(cross_products(columns[used], CLUSTER[used]), int(used.sum()))
    theta, best = minimise(moments, START)
    table = figures(theta, best, moments)
    cost = misfit(table, moments.n)
    for step in range(MAX_STEPS):
        if moments.n == N_COMPLETE and np.abs(table - PRINTED).max() < 0.0049:
            return missing
        weight = 0.02 * 1e4 ** min(step / 20_000, 1.0)
        which = int(np.searchsorted(MOVES, rng.random(), side="right"))
        swap = np.array([_pick(missing[which], rng), _pick(~missing[which], rng)])
        log_u = np.log(rng.random())
        trial = missing.copy()
        trial[which, swap] = False, True
        gain = mechanism.loglik(trial, swap) - mechanism.loglik(missing, swap)
        if log_u >= gain + weight * cost:  # refused even if the table came out perfectly
            continue
        change = missing[:, swap].any(0).astype(int) - trial[:, swap].any(0)
        trial_moments = _with_rows(moments, swap, change, outer)
        trial_theta, trial_best = minimise(trial_moments, theta)
        if min(abs(trial_theta[0]), abs(trial_theta[2])) < 1e-4:  # singular
            continue
        trial_table = figures(trial_theta, trial_best, trial_moments)
        trial_cost = misfit(trial_table, trial_moments.n)
        if log_u < gain - weight * (trial_cost - cost):
            missing, moments, theta = trial, trial_moments, trial_theta
            table, cost = trial_table, trial_cost
    raise RuntimeError("the walk did not reach the printed listwise table")


def _pick(flags: Flags, rng: np.random.Generator) -> int:
    """Return a random position where ``flags`` is true."""
    places = np.flatnonzero(flags)
    return int(places[int(rng.random() * places.size)])


def _with_rows(
    moments: Moments, rows: NDArray[np.intp], change: NDArray[np.int_], outer: Floats
) -> Moments:
    """Return the moments after rows have entered (+1), left (-1) or stayed as they were (0)."""
    products = moments.products.copy()
    for row, sign in zip(rows, change, strict=True):
        products[CLUSTER[row]] += sign * outer[row]
    return moments._replace(products=products, n=moments.n + int(change.sum()))
