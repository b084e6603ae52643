"""The plain half of the calibration: truths from the prior, what is ranked, are ranks uniform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import log_ndtr
from scipy.stats import binom, chisquare, invwishart, poisson

from tutorkit import Equation, ModelSpec, Term

N_DRAWS = 99  # a truth has 100 possible ranks
Values = Mapping[tuple[str, str], np.ndarray]


def draw_truth(spec: ModelSpec, rng: np.random.Generator) -> dict[tuple[str, str], float]:
    """Draw every free parameter from its prior, see `Priors`."""
    priors, truth = spec.priors, {}
    for equation in spec.equations:
        o, probit = equation.outcome, equation.selects is not None
        sd = np.sqrt(priors.probit_variance if probit else priors.coefficient_variance)
        truth |= {(o, str(term)): sd * rng.standard_normal() for term in equation.terms}
        if not probit:
            precision = rng.standard_gamma(priors.residual_shape) / priors.residual_scale
            truth[o, "Residual Var."] = 1 / precision
        names = random_names(equation)
        df, scale = priors.random_df * (len(names) + 1), priors.random_scale * np.eye(len(names))
        tau = np.atleast_2d(invwishart(df, scale).rvs(random_state=rng))
        truth |= {(o, f"L2 : Var({name})"): tau[a, a] for a, name in enumerate(names)}
        for b, a in combinations(range(len(names)), 2):
            truth[o, f"L2 : Cov({names[a]},{names[b]})"] = tau[a, b]
    return {key: float(value) for key, value in truth.items()}


def random_names(equation: Equation) -> tuple[str, ...]:
    """Return the names of an equation's random effects; the models here all have clusters."""
    return ("Intercept", *map(str, equation.slopes))


def quantities(
    spec: ModelSpec, data: pd.DataFrame, values: Values
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what is ranked: each free parameter, and functions of several and of the data.

    Each of ``values`` is (100,), the truth last. Parameters alone could not tell a sampler from one
    that ignores the data and draws from the prior; log likelihoods can.
    """
    for (outcome, name), value in values.items():
        yield f"{outcome}: {name}", value
    for equation in spec.equations:
        o, names = equation.outcome, random_names(equation)
        if equation.selects is not None:
            squares = sum(values[o, str(term)] ** 2 for term in equation.terms)
            yield f"{o}: sum of squared coefficients", squares
        for b, a in combinations(range(len(names)), 2):
            product = values[o, f"L2 : Var({names[a]})"] * values[o, f"L2 : Var({names[b]})"]
            rho = values[o, f"L2 : Cov({names[a]},{names[b]})"] / np.sqrt(product)
            yield f"{o}: correlation of {names[a]} and {names[b]}", rho
        yield f"{o}: log likelihood of complete rows", log_likelihood(equation, data, values)


def log_likelihood(equation: Equation, data: pd.DataFrame, values: Values) -> np.ndarray:
    """Return an equation's log likelihood, (100,), cluster effects integrated out.

    Of the rows in which all its variables are known. For a selection model rows count as if
    independent (a composite likelihood); if it contains its own variable these rows all have it.
    """
    o, needed = equation.outcome, list(equation.inputs)
    used = data.dropna(subset=needed if equation.selects else [o, *needed])
    terms, slopes = term_values(equation.terms, used), term_values((Term(), *equation.slopes), used)
    mean = terms @ np.array([values[o, str(term)] for term in equation.terms])  # (n_rows, 100)
    tau = covariance(equation, values)
    if equation.selects is not None:
        sd = np.sqrt(1 + np.einsum("ia,sab,ib->is", slopes, tau, slopes))
        sign = np.where(used[equation.selects].isna(), 1, -1)[:, None]
        return log_ndtr(sign * mean / sd).sum(axis=0)
    residual, sigma2 = used[o].to_numpy()[:, None] - mean, values[o, "Residual Var."]
    total = -0.5 * (len(used) * np.log(sigma2) + (residual**2).sum(axis=0) / sigma2)
    for rows in used.groupby("j").indices.values():  # the matrix determinant lemma, and Woodbury's
        z = slopes[rows]
        inner = np.linalg.inv(tau) + (z.T @ z) / sigma2[:, None, None]
        cross = residual[rows].T @ z / sigma2[:, None]  # (100, n_random)
        total += 0.5 * np.einsum("sa,sab,sb->s", cross, np.linalg.inv(inner), cross)
        total -= 0.5 * (np.linalg.slogdet(inner)[1] + np.linalg.slogdet(tau)[1])
    return total


def term_values(terms: tuple[Term, ...], data: pd.DataFrame) -> np.ndarray:
    """Return the terms' values, (n_rows, n_terms)."""
    products = [data[list(term.factors)].prod(axis=1).to_numpy() for term in terms]
    return np.column_stack(products)


def covariance(equation: Equation, values: Values) -> np.ndarray:
    """Return the covariance matrices of the random effects, (100, n_random, n_random)."""
    o, names = equation.outcome, random_names(equation)
    tau = np.array([[values[o, f"L2 : Var({a})"] for a in names] for _ in names])
    for b, a in combinations(range(len(names)), 2):
        tau[a, b] = tau[b, a] = values[o, f"L2 : Cov({names[a]},{names[b]})"]
    return np.moveaxis(tau, 2, 0)


@dataclass(frozen=True)
class Verdict:
    """Uniformity of one quantity's ranks; mean and sd are of (rank + 1/2) / 100."""

    quantity: str
    mean: float
    sd: float  # uniform: 0.289; more: draws too narrow, less: too wide
    p_bins: float
    p_ecdf: float


def judge(quantity: str, ranks: np.ndarray) -> Verdict:
    """Test ranks from 0 to 99 for uniformity."""
    counts = np.bincount(ranks, minlength=N_DRAWS + 1)
    # at least 10 expected in a bin, for the chi-square distribution to hold far out
    n_bins = next((n for n in (20, 10, 5) if len(ranks) >= 10 * n), 2)
    p_bins = float(chisquare(counts.reshape(n_bins, -1).sum(axis=1)).pvalue)
    u = (ranks + 0.5) / (N_DRAWS + 1)
    return Verdict(quantity, float(u.mean()), float(u.std()), p_bins, ecdf_p(counts))


def ecdf_p(counts: np.ndarray) -> float:
    """Return the p-value of the ECDF's largest deviation: exact, all points taken together.

    The deviation at a point is the smaller tail probability there of the binomial number of ranks
    up to it. Cells of a multinomial are independent Poisson variables given their total, so the
    probability that no point deviates as much is a chain of convolutions, cut at the bands.
    """
    total, n_cells = int(counts.sum()), len(counts)
    below = np.cumsum(counts)[:-1]
    grid = np.arange(total + 1)
    at = np.arange(1, n_cells)[:, None] / n_cells
    tails = np.minimum(binom.cdf(grid, total, at), binom.sf(grid - 1, total, at))
    worst = tails[np.arange(n_cells - 1), below].min()
    inside = np.vstack([tails > worst * (1 + 1e-9), grid == total])
    step = poisson.pmf(grid, total / n_cells)
    mass = (grid == 0).astype(float)
    for band in inside:
        mass = np.convolve(mass, step)[: total + 1] * band
    return float(np.clip(1 - mass.sum() / poisson.pmf(total, total), 0, 1))
