"""Simulation-based calibration of the two lesson models, small; the full run is a command.

Tolerance: no p-value below ALARM / (number of p-values), 1e-3 / 62 and 1e-3 / 58: each test fails a
right sampler with probability about 1e-3 (the chi-square approximation makes 1.6e-5 about 2.6e-5;
the ECDF's p-value is exact; the p-values are dependent, which makes alarms rarer).

Bugs planted in copies of the package, chapter's model at this size, and the smallest p-value:

- prior precision of selection coefficients doubled: 8e-11 (their sum of squares; alone 4e-3)
- degrees of freedom of covariance matrices random_df * p instead of random_df * (p + 1): 1e-17
- x1i and x2i imputed from their own equations only: 3e-27
- not seen: residual shape + 1 (0.007) and one degree of freedom too few in the covariance matrices'
  conditional (0.008) shift posteriors by a quarter of their SD or less: 300 to 1,000 data sets
  would show it. Nor is y imputed without regard to its propensity (0.008): the selection model is
  drawn with y integrated out. All three were seen red elsewhere: the first by
  tests/kernels/test_coefficients.py, the others by the joint-distribution tests. These in turn read
  the prior from the plan, so they cannot see a plan that mistakes the user's `Priors`, as here.
"""

import numpy as np
import pytest
from calibration import DESIGNS, PRIORS, calibrate, given_rows, specification
from calibration_ranks import N_DRAWS, draw_truth, judge, log_likelihood, term_values
from scipy.special import ndtr
from scipy.stats import kstest, multivariate_normal

from tutorkit import simulate

REPLICATIONS, CLUSTERS, ROWS = 110, 10, 8


@pytest.mark.slow
@pytest.mark.parametrize("model", DESIGNS)
def test_ranks_of_the_truth_are_uniform(model):
    result = calibrate(model, replications=REPLICATIONS, clusters=CLUSTERS, rows=ROWS)
    assert result.passed, f"\n{result}"
    # what was refused, and what mixed too slowly, was not tested
    assert len(result.refused()) <= 0.05 * REPLICATIONS, f"\n{result}"
    assert len(result.slow()) <= 0.05 * REPLICATIONS, f"\n{result}"


@pytest.mark.parametrize("n", [60, 200])
def test_p_values_of_uniform_ranks_are_uniform(n):
    """Kolmogorov-Smirnov, at 1e-4 each; the chi-square's are discrete, so only their tails count.

    800 sets of ranks: a share of 0.05 has a standard error of 0.008.
    """
    rng = np.random.default_rng(n)
    verdicts = [judge("any", rng.integers(0, N_DRAWS + 1, n)) for _ in range(800)]
    assert kstest([v.p_ecdf for v in verdicts], "uniform").pvalue > 1e-4
    assert abs(np.mean([v.p_bins < 0.05 for v in verdicts]) - 0.05) < 0.035


@pytest.mark.parametrize(
    ("name", "distort"),
    {
        "shifted": lambda u: u**1.5,
        "too narrow": lambda u: np.where(u < 0.5, 2 * u**2, 1 - 2 * (1 - u) ** 2),
        "bad at one end": lambda u: np.where(u > 0.8, 0.8 + (u - 0.8) / 2, u),
    }.items(),
)
def test_ranks_that_are_not_uniform_are_found(name, distort):
    u = distort(np.random.default_rng(3).random(600))
    verdict = judge(name, (100 * u).astype(int))
    assert max(verdict.p_bins, verdict.p_ecdf) < 1e-5


def test_truths_come_from_the_prior():
    """Prior means of each kind of parameter, and z in standard errors of 4,000 draws."""
    spec, rng, n = specification(DESIGNS["chapter"]), np.random.default_rng(4), 4000
    truths = [draw_truth(spec, rng) for _ in range(n)]
    expected = {
        ("y", "x2i*x3i"): (0.0, PRIORS.coefficient_variance),
        ("y.missing", "y"): (0.0, PRIORS.probit_variance),
        ("y", "Residual Var."): (1.0, 0.5),  # inverse gamma(4, 3): 3 / 3, 9 / (9 * 2)
        ("x1i", "L2 : Var(Intercept)"): (1 / 3, 1 / 18),  # inverse gamma(4, 1)
        # inverse Wishart(2 I, 12): 2 / 9; each variance is inverse gamma(11 / 2, 1)
        ("y", "L2 : Var(x1i)"): (2 / 9, (2 / 9) ** 2 / 3.5),
    }
    for key, (mean, variance) in expected.items():
        values = np.array([truth[key] for truth in truths])
        for deviation in (values - mean, (values - mean) ** 2 - variance):
            z = deviation.mean() / (deviation.std() / np.sqrt(n))
            assert abs(z) < 6, (key, z)  # heavy tails: the variance's own error is rough
    names = ("L2 : Cov(x1i,Intercept)", "L2 : Var(x1i)", "L2 : Var(Intercept)")
    cov, one, two = (np.array([truth["y", name] for truth in truths]) for name in names)
    rho = cov / np.sqrt(one * two)
    for deviation in (rho, rho**2 - 1 / 12):  # see tests/statistics/joint_model.py
        assert abs(deviation.mean() / (deviation.std() / np.sqrt(n))) < 5


def test_log_likelihood_is_the_multivariate_normal_written_out():
    spec, rng = specification(DESIGNS["chapter"]), np.random.default_rng(5)
    truth = draw_truth(spec, rng)
    data = simulate(spec, truth, given_rows(CLUSTERS, ROWS, rng), rng).data
    values = {key: np.full(3, value) for key, value in truth.items()}
    equation = spec.equation("y")
    expected = 0.0
    for _, rows in data.dropna().groupby("j"):
        z = np.column_stack([np.ones(len(rows)), rows["x1i"]])
        beta = [truth["y", str(term)] for term in equation.terms]
        cov = truth["y", "L2 : Cov(x1i,Intercept)"]
        tau = np.array([[truth["y", "L2 : Var(Intercept)"], cov], [cov, 0.0]])
        tau[1, 1] = truth["y", "L2 : Var(x1i)"]
        variance = z @ tau @ z.T + truth["y", "Residual Var."] * np.eye(len(rows))
        mean = term_values(equation.terms, rows) @ beta
        expected += multivariate_normal(mean, variance).logpdf(rows["y"])
    constant = -0.5 * len(data.dropna()) * np.log(2 * np.pi)  # ranks need none
    np.testing.assert_allclose(log_likelihood(equation, data, values) + constant, expected)

    equation = spec.equation("y.missing")
    rows = data.dropna()
    eta = term_values(equation.terms, rows) @ [
        truth["y.missing", str(term)] for term in equation.terms
    ]
    p = ndtr(-eta / np.sqrt(1 + truth["y.missing", "L2 : Var(Intercept)"]))
    np.testing.assert_allclose(log_likelihood(equation, data, values), np.log(p).sum())
