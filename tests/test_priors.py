"""Prior densities: the sampler's own, checked against scipy and by simulation."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats
from wide_scripts import SCRIPTS, wide_data

from tutorkit import parse, sample
from tutorkit.model.spec import NAMED_PRIORS, Priors
from tutorkit.parameters import VARIANCES
from tutorkit.priors import prior_density

GRID = np.linspace(-3, 6, 181)


@pytest.fixture(scope="module")
def ordinal():
    """Return a model with an implied binary and an implied ordinal predictor."""
    spec = parse(SCRIPTS["ordinal predictor"])
    return sample(spec, wide_data(), burn=20, iterations=40, seed=1, progress=False)


@pytest.fixture(scope="module")
def centred():
    """Return a model with implied normal predictors and grand means."""
    spec = parse(SCRIPTS["grand mean"])
    return sample(spec, wide_data(), burn=20, iterations=40, seed=1, progress=False)


def density(draws, outcome, name, priors=None, group=None, grid=GRID):
    parameter = next(
        p
        for p in draws.parameters
        if (p.outcome, p.name) == (outcome, name) and group in (None, p.group)
    )
    return prior_density(draws.model, priors or draws.spec.priors, parameter, grid)


PRIOR1 = Priors(**NAMED_PRIORS["PRIOR1"])
PRIOR3 = Priors(**NAMED_PRIORS["PRIOR3"])
STRONG = Priors(coefficient_variance=2.0, probit_variance=0.5, residual_shape=3, residual_scale=2)


@pytest.mark.parametrize(
    ("outcome", "name", "priors", "expected"),
    [
        ("y", "x1i", STRONG, stats.norm(0, np.sqrt(2))),
        ("y.missing", "x1i", Priors(), stats.norm(0, np.sqrt(5))),
        ("y.missing", "Intercept", STRONG, stats.norm(0, np.sqrt(0.5))),
        ("y", "Residual Var.", PRIOR1, stats.invgamma(1, scale=0.5)),
        ("x1i", "Residual Var.", STRONG, stats.invgamma(3, scale=2)),
        # one random effect: df = 1 * (1 + 1); two: df = 1 * (2 + 1)
        ("x1i", "L2 : Var(Intercept)", PRIOR1, stats.invgamma(1, scale=0.5)),
        ("y", "L2 : Var(x1i)", PRIOR1, stats.invgamma(1, scale=0.5)),
        (
            "y",
            "L2 : Var(x1i)",
            Priors(random_df=2, random_scale=3),
            stats.invgamma(2.5, scale=1.5),
        ),
    ],
)
def test_proper_priors_are_the_densities_of_scipy(chapter_draws, outcome, name, priors, expected):
    found = density(chapter_draws, outcome, name, priors)
    assert found.proper
    np.testing.assert_allclose(found.values, expected.pdf(GRID), rtol=1e-12)


def test_a_variance_in_an_inverse_wishart_has_the_marginal_given(chapter_draws):
    priors = Priors(random_df=2, random_scale=3)
    wishart = stats.invwishart(df=6, scale=3 * np.eye(2))
    drawn = wishart.rvs(20_000, random_state=np.random.default_rng(1))[:, 0, 0]
    edges = np.quantile(drawn, np.linspace(0.05, 0.95, 10))
    grid = np.linspace(1e-3, edges[-1], 20_001)
    found = density(chapter_draws, "y", "L2 : Var(Intercept)", priors, grid=grid)
    below = integrate.cumulative_trapezoid(found.values, grid, initial=0)
    # a proportion of 20,000 has a standard deviation of at most 0.0035
    np.testing.assert_allclose(
        np.interp(edges, grid, below), np.linspace(0.05, 0.95, 10), atol=0.014
    )


@pytest.mark.parametrize(
    ("outcome", "name", "priors", "shape", "words"),
    [
        ("y", "x1i", Priors(), lambda x: np.ones_like(x), "Flat: "),
        ("y", "Residual Var.", Priors(), lambda x: 1.0 * (x > 0), "Flat over all positive"),
        ("x1i", "L2 : Var(Intercept)", Priors(), lambda x: 1.0 * (x > 0), "Flat over all positive"),
        ("y", "Residual Var.", PRIOR3, lambda x: (x > 0) / np.abs(x), "to the power of -1"),
        (
            "y",
            "Residual Var.",
            Priors(residual_shape=-1, residual_scale=0.5),
            lambda x: (x > 0) * np.exp(-0.5 / np.where(x > 0, x, 1)),
            "shape -1 and scale 0.5",
        ),
    ],
)
def test_improper_priors_give_their_shape_and_say_so(
    chapter_draws, outcome, name, priors, shape, words
):
    grid = GRID + 0.01  # not at 0
    found = density(chapter_draws, outcome, name, priors, grid=grid)
    assert not found.proper
    assert words in found.words
    assert "improper" in found.words
    np.testing.assert_allclose(found.values, shape(grid) / shape(grid).max(), rtol=1e-12)


@pytest.mark.parametrize(
    ("outcome", "name", "group", "words"),
    [
        ("y", "L2 : Var(x1i)", None, "-3 degrees of freedom"),
        ("y", "L2 : Cov(x1i,Intercept)", None, "no simple formula"),
        ("y.missing", "Residual Var.", None, "fixed at 1"),
        ("y", "x1i", "Standardized Coefficients", "computed from other parameters"),
        ("y", "by Coefficients", None, "computed from other parameters"),
    ],
)
def test_what_has_no_formula_has_words(chapter_draws, outcome, name, group, words):
    found = density(chapter_draws, outcome, name, group=group)
    assert found.values is None
    assert words in found.words


def test_implied_equations_have_priors_of_their_own(centred, ordinal):
    priors = replace(STRONG, random_df=4, random_scale=4)
    own = stats.invgamma(1, scale=0.5).pdf(GRID)
    equation = next(e for e in centred.model.implied if not e.name.endswith(".mean"))
    found = density(centred, equation.name, "Residual Var.", priors)
    np.testing.assert_allclose(found.values, own, rtol=1e-12)
    slope = equation.labels[-1]
    assert not density(centred, equation.name, slope, priors, "Coefficients").proper
    found = density(ordinal, "b", "Intercept", priors)
    np.testing.assert_allclose(found.values, stats.norm(0, np.sqrt(0.5)).pdf(GRID), rtol=1e-12)
    found = density(ordinal, "b", "L2 : Var(Intercept)", priors)
    np.testing.assert_allclose(found.values, own, rtol=1e-12)


def test_grand_means_are_flat_and_thresholds_have_words(centred, ordinal):
    assert (density(centred, "x1i", "Grand Mean").values == 1).all()
    assert "fixed at 0" in density(ordinal, "o", "Tau 1").words
    assert "in order" in density(ordinal, "o", "Tau 2").words


@pytest.mark.parametrize("name", ["chapter", "centred", "ordinal"])
@pytest.mark.parametrize("priors", [Priors(), PRIOR1, PRIOR3])
def test_every_parameter_has_words_and_no_value_that_is_not_a_number(name, priors, request):
    draws = request.getfixturevalue("chapter_draws" if name == "chapter" else name)
    for parameter in draws.parameters:
        found = prior_density(draws.model, priors, parameter, GRID)
        assert found.words.endswith(".")
        if found.values is not None:
            assert np.isfinite(found.values).all()
            assert (found.values >= 0).all()
            if parameter.group == VARIANCES:
                assert (found.values[GRID <= 0] == 0).all()
