"""Simulated data and deleted values against closed-form moments.

Tolerance: each z below is a mean over independent clusters (or rows) divided by its Monte Carlo
standard error, so it is standard normal if the simulation is right; P(|z| > 5) = 6e-7, and all
z of this file together (under 100) exceed 5 by chance with probability below 1e-4.
"""

import math
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from tutorkit import datasets, delete_mar, delete_mcar, delete_mnar, parse, simulate

LIMIT = 5.0

CHAPTER = (
    "CLUSTERID: j; MODEL: y ~ x1i x2i x3i x2i*x3i | x1i; y.missing ~ y x1i x2i x3i x2i*x3i; "
    "x1i ~ x2i x3i; x2i ~ x3i;"
)
TRUTH = {  # no two alike, so that a mistaken name shows
    ("y", "Intercept"): 0.3, ("y", "x1i"): 0.9, ("y", "x2i"): -0.6, ("y", "x3i"): 0.5,
    ("y", "x2i*x3i"): 0.7, ("y", "Residual Var."): 0.8, ("y", "L2 : Var(Intercept)"): 0.5,
    ("y", "L2 : Cov(x1i,Intercept)"): -0.2, ("y", "L2 : Var(x1i)"): 0.3,
    ("x1i", "Intercept"): -0.4, ("x1i", "x2i"): 0.8, ("x1i", "x3i"): -0.3,
    ("x1i", "Residual Var."): 0.6, ("x1i", "L2 : Var(Intercept)"): 0.4,
    ("x2i", "Intercept"): 0.2, ("x2i", "x3i"): 0.4, ("x2i", "Residual Var."): 1.3,
    ("x2i", "L2 : Var(Intercept)"): 0.25,
    ("y.missing", "Intercept"): -0.5, ("y.missing", "y"): 0.45, ("y.missing", "x1i"): -0.35,
    ("y.missing", "x2i"): 0.15, ("y.missing", "x3i"): 0.25, ("y.missing", "x2i*x3i"): -0.1,
    ("y.missing", "L2 : Var(Intercept)"): 0.6,
}  # fmt: skip


def rows(n_clusters: int, size: int, seed: int = 1) -> pd.DataFrame:
    x3 = np.random.default_rng(seed).standard_normal(n_clusters * size)
    return pd.DataFrame({"j": np.repeat(np.arange(n_clusters), size), "x3i": x3})


def z(values) -> float:
    """Return the mean of independent values with expectation 0, in its standard errors."""
    values = np.asarray(values)
    return float(values.mean() / (values.std(ddof=1) / math.sqrt(len(values))))


def assert_zero(name: str, values) -> None:
    score = z(values)
    assert abs(score) < LIMIT, f"{name}: z = {score:.1f}"


SIZE = 6


@pytest.fixture(scope="module")
def chapter() -> dict[str, np.ndarray]:
    """Simulate the chapter's model in 6,000 clusters of 6: each column (n_clusters, size)."""
    simulated = simulate(parse(CHAPTER), TRUTH, rows(6000, SIZE), np.random.default_rng(2))
    columns = simulated.complete.assign(missing=simulated.data["y"].isna().astype(float))
    return {name: columns[name].to_numpy().reshape(-1, SIZE) for name in columns}


def residuals(columns, outcome: str, terms: dict[str, object]):
    """Return the outcome minus its fixed part, which keeps the random effects."""
    return columns[outcome] - sum(TRUTH[outcome, name] * value for name, value in terms.items())


def normal_equations(d) -> dict[str, dict[str, object]]:
    one, product = np.ones_like(d["x3i"]), d["x2i"] * d["x3i"]
    return {
        "x2i": {"Intercept": one, "x3i": d["x3i"]},
        "x1i": {"Intercept": one, "x2i": d["x2i"], "x3i": d["x3i"]},
        "y": {
            "Intercept": one, "x1i": d["x1i"], "x2i": d["x2i"], "x3i": d["x3i"], "x2i*x3i": product
        },
    }  # fmt: skip


@pytest.mark.parametrize("outcome", ["x2i", "x1i", "y"])
def test_fixed_part_is_the_truth_times_the_complete_predictors(chapter, outcome):
    """The residual has expectation 0 given the predictors: so has its product with each term."""
    terms = normal_equations(chapter)[outcome]
    residual = residuals(chapter, outcome, terms)
    for name, value in terms.items():
        assert_zero(f"{outcome}: {name}", (residual * value).mean(axis=1))


@pytest.mark.parametrize("outcome", ["x2i", "x1i", "y"])
def test_residuals_have_the_true_covariance_within_clusters(chapter, outcome):
    """For rows i, k of a cluster: z_i' S z_k, plus the residual variance if i = k."""
    residual = residuals(chapter, outcome, normal_equations(chapter)[outcome])
    slope = chapter["x1i" if outcome == "y" else "x3i"]  # one of its predictors
    tau00 = TRUTH[outcome, "L2 : Var(Intercept)"]
    tau01 = TRUTH.get((outcome, "L2 : Cov(x1i,Intercept)"), 0.0)
    tau11 = TRUTH.get((outcome, "L2 : Var(x1i)"), 0.0)
    variance = tau00 + 2 * slope * tau01 + slope**2 * tau11 + TRUTH[outcome, "Residual Var."]
    first, second = slope[:, ::2], slope[:, 1::2]  # three pairs of each cluster
    covariance = tau00 + (first + second) * tau01 + first * second * tau11
    products = residual[:, ::2] * residual[:, 1::2] - covariance
    for name, weight, pair in (("1", 1.0, 1.0), ("x1i", slope, first), ("x1i^2", slope**2, first)):
        squares = (residual**2 - variance) * weight
        assert_zero(f"{outcome}: variance with {name}", squares.mean(axis=1))
        assert_zero(f"{outcome}: covariance with {name}", (products * pair).mean(axis=1))
    assert_zero(f"{outcome}: covariance, both", (products * first * second).mean(axis=1))
    # neighbouring clusters share nothing
    assert_zero(f"{outcome}: between", (residual[::2] * residual[1::2]).mean(axis=1))


def test_values_go_missing_with_the_probit_probability(chapter):
    """With the random intercept integrated out: Phi(eta / sqrt(1 + its variance))."""
    one, product = np.ones_like(chapter["x3i"]), chapter["x2i"] * chapter["x3i"]
    terms = {"Intercept": one, "y": chapter["y"], "x1i": chapter["x1i"], "x2i": chapter["x2i"]}
    terms |= {"x3i": chapter["x3i"], "x2i*x3i": product}
    eta = sum(TRUTH["y.missing", name] * value for name, value in terms.items())
    probability = ndtr(eta / math.sqrt(1 + TRUTH["y.missing", "L2 : Var(Intercept)"]))
    for name, value in terms.items():
        score = (chapter["missing"] - probability) * value
        assert_zero(f"y.missing: {name}", score.mean(axis=1))


def test_missingness_clusters_as_the_random_intercept_says():
    """Intercept 0: two rows of a cluster are both missing with probability 1/4 + asin(rho)/2pi."""
    spec = parse("CLUSTERID: j; MODEL: y ~ x3i; y.missing ~ x3i;")
    truth = {
        ("y", "Intercept"): 0.0, ("y", "x3i"): 0.0, ("y", "Residual Var."): 1.0,
        ("y", "L2 : Var(Intercept)"): 0.0, ("y.missing", "Intercept"): 0.0,
        ("y.missing", "x3i"): 0.0, ("y.missing", "L2 : Var(Intercept)"): 1.5,
    }  # fmt: skip
    data = simulate(spec, truth, rows(8000, 2), np.random.default_rng(3)).data
    missing = data["y"].isna().to_numpy().reshape(-1, 2)
    both = 0.25 + math.asin(1.5 / 2.5) / (2 * math.pi)
    assert_zero("both", missing.all(axis=1) - both)
    assert_zero("one", missing.mean(axis=1) - 0.5)


def test_moments_of_a_chain_of_regressions_are_those_of_path_analysis():
    """Outcomes stand before their predictors: x ~ z, y ~ x z, w ~ y, powers of w in v."""
    spec = parse("MODEL: v ~ w w^2; w ~ y; y ~ x z; x ~ z;")
    truth = {
        ("x", "Intercept"): 1.0, ("x", "z"): 0.5, ("x", "Residual Var."): 0.7,
        ("y", "Intercept"): -1.0, ("y", "x"): 0.8, ("y", "z"): -0.4, ("y", "Residual Var."): 0.5,
        ("w", "Intercept"): 0.5, ("w", "y"): 1.2, ("w", "Residual Var."): 0.9,
        ("v", "Intercept"): 0.1, ("v", "w"): 0.3, ("v", "w^2"): 0.6, ("v", "Residual Var."): 0.4,
    }  # fmt: skip
    rng = np.random.default_rng(4)
    n = 40_000
    simulated = simulate(spec, truth, pd.DataFrame({"z": rng.standard_normal(n)}), rng)
    assert list(simulated.complete) == ["z", "v", "w", "y", "x"]
    x, y, w, v = (simulated.complete[name].to_numpy() for name in "xywv")
    mean_y, var_x = -1 + 0.8 * 1.0, 0.5**2 + 0.7
    cov_xy = 0.8 * var_x - 0.4 * 0.5
    var_y = 0.8 * cov_xy - 0.4 * (0.8 * 0.5 - 0.4) + 0.5
    mean_w, var_w = 0.5 + 1.2 * mean_y, 1.2**2 * var_y + 0.9
    mean_v = 0.1 + 0.3 * mean_w + 0.6 * (var_w + mean_w**2)
    cov_vw = 0.3 * var_w + 0.6 * 2 * mean_w * var_w  # third central moment of w is 0
    for name, values in {
        "mean of x": x - 1.0, "mean of y": y - mean_y, "mean of w": w - mean_w,
        "variance of x": (x - 1) ** 2 - var_x, "variance of y": (y - mean_y) ** 2 - var_y,
        "covariance of x, y": (x - 1) * (y - mean_y) - cov_xy,
        "variance of w": (w - mean_w) ** 2 - var_w, "mean of v": v - mean_v,
        "covariance of v, w": (v - mean_v) * (w - mean_w) - cov_vw,
    }.items():  # fmt: skip
        assert_zero(name, values)


def test_a_singular_covariance_matrix_is_obeyed():
    """Correlation 1, then no intercept variance at all: the slope effects follow exactly."""
    spec = parse("CLUSTERID: j; MODEL: y ~ x3i | x3i;")
    names = ("L2 : Var(Intercept)", "L2 : Cov(x3i,Intercept)", "L2 : Var(x3i)")
    for covariance, ratio in (((0.5, 1.0, 2.0), 2.0), ((0.0, 0.0, 2.0), math.inf)):
        truth = {("y", name): value for name, value in zip(names, covariance, strict=True)}
        truth |= {("y", "Intercept"): 0.0, ("y", "x3i"): 0.0, ("y", "Residual Var."): 0.0}
        given = pd.DataFrame({"j": np.repeat(np.arange(5000), 2), "x3i": np.tile([0.0, 1.0], 5000)})
        y = simulate(spec, truth, given, np.random.default_rng(5)).complete["y"]
        at_0, at_1 = y.to_numpy().reshape(-1, 2).T
        np.testing.assert_allclose(at_0, (at_1 - at_0) / ratio)
        assert_zero("slope variance", (at_1 - at_0) ** 2 - 2.0)


def test_three_random_effects_have_their_covariance_matrix():
    spec = parse("CLUSTERID: j; MODEL: y ~ x z | x z;")
    wanted = np.array([[0.5, -0.2, 0.1], [-0.2, 0.4, 0.15], [0.1, 0.15, 0.3]])
    names = ("Intercept", "x", "z")
    truth = {("y", name): 0.0 for name in (*names, "Residual Var.")}
    for a in range(3):
        truth["y", f"L2 : Var({names[a]})"] = wanted[a, a]
        truth |= {("y", f"L2 : Cov({names[a]},{names[b]})"): wanted[a, b] for b in range(a)}
    n = 8000
    given = pd.DataFrame({
        "j": np.repeat(np.arange(n), 3), "x": np.tile([0.0, 1, 0], n), "z": np.tile([0.0, 0, 1], n)
    })  # fmt: skip
    y = simulate(spec, truth, given, np.random.default_rng(6)).complete["y"]
    u = y.to_numpy().reshape(-1, 3) @ np.array([[1, -1, -1], [0, 1, 0], [0, 0, 1]])
    for a in range(3):
        for b in range(a + 1):
            assert_zero(f"covariance {a}{b}", u[:, a] * u[:, b] - wanted[a, b])


def test_only_what_the_selection_model_deletes_differs_from_the_complete_data():
    simulated = simulate(parse(CHAPTER), TRUTH, rows(30, 20), np.random.default_rng(7))
    assert list(simulated.data) == ["j", "x3i", "y", "x1i", "x2i"]
    assert not simulated.complete.isna().any(axis=None)
    assert simulated.data.isna().sum().gt(0).to_dict() == {
        "j": False, "x3i": False, "y": True, "x1i": False, "x2i": False
    }  # fmt: skip
    pd.testing.assert_frame_equal(simulated.data.fillna(simulated.complete), simulated.complete)


def test_the_shipped_truth_simulates_the_chapter_script():
    spec, truth = parse(datasets.script("04_multilevel")), datasets.truth("04_multilevel")
    given = datasets.load("04_multilevel")[["j", "x3i"]]
    rates = simulate(spec, truth, given, np.random.default_rng(8)).data.isna().mean()
    assert 0.15 < rates["y"] < 0.35  # 23.5 % in the chapter


def test_rows_and_labels_of_clusters_are_taken_as_they_come():
    """Rows of a cluster need not stand together; index and other columns are kept."""
    given = rows(2, 3).assign(note="a").sample(frac=1, random_state=1)
    given["j"] = given["j"].map({0: 70, 1: -3})
    truth = TRUTH | {(o, "Residual Var."): 0.0 for o in ("y", "x1i", "x2i")}
    truth |= {("x2i", "x3i"): 0.0}
    simulated = simulate(parse(CHAPTER), truth, given, np.random.default_rng(9))
    pd.testing.assert_frame_equal(simulated.data[list(given)], given)
    assert simulated.complete.groupby("j")["x2i"].nunique().tolist() == [1, 1]
    assert simulated.complete["x2i"].nunique() == 2


CODE = """
import numpy as np, pandas as pd
from tutorkit import parse, simulate
spec = parse("MODEL: y ~ a b c d; d ~ x; c ~ x; b ~ x; a ~ x;")
truth = {(e.outcome, str(term)): 1.0 for e in spec.equations for term in e.terms}
truth |= {(e.outcome, "Residual Var."): 1.0 for e in spec.equations}
given = pd.DataFrame({"x": [1.0, 2.0]})
print(simulate(spec, truth, given, np.random.default_rng(10)).data.to_csv())
"""


def test_same_seed_gives_the_same_data_in_every_process():
    """Strings hash differently in each: no order may come from a set."""
    texts = {
        subprocess.run(
            [sys.executable, "-c", CODE],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "123"
    }
    assert len(texts) == 1


# --- mechanisms


def test_deletion_completely_at_random_has_its_rate_and_no_reason():
    data = rows(20_000, 1)
    missing = delete_mcar(data, "x3i", 0.15, np.random.default_rng(11))["x3i"].isna()
    assert_zero("rate", missing - 0.15)
    assert_zero("with x3i", (missing - 0.15) * data["x3i"])
    assert not data["x3i"].isna().any(), "the data given were changed"


@pytest.mark.parametrize("strength", [2.0, -0.5])
def test_deletion_at_random_is_a_probit_in_the_standardised_variable(strength):
    data = rows(20_000, 1).assign(x3i=lambda d: 10 + 3 * d["x3i"], x=1)
    lost = delete_mar(data, "x", "x3i", 0.3, np.random.default_rng(12), strength=strength)
    missing = lost["x"].isna()
    cause = (data["x3i"] - data["x3i"].mean()) / data["x3i"].std(ddof=0)
    # x3i is normal, so a normal intercept makes the rate; the sample's own differs by about 0.002
    probability = ndtr(-0.524401 * math.sqrt(1 + strength**2) + strength * cause)
    assert_zero("rate", missing - 0.3)
    for power in range(3):
        assert_zero(f"with z^{power}", (missing - probability) * cause**power)


def test_deletion_not_at_random_is_a_probit_in_the_variable_itself_and_others():
    data = rows(20_000, 1).assign(other=np.random.default_rng(15).standard_normal(20_000))
    lost = delete_mnar(
        data, "x3i", 0.2, np.random.default_rng(16), strength=1.0, also={"other": -0.5}
    )
    missing = lost["x3i"].isna()
    cause = data["x3i"] - 0.5 * data["other"]
    probability = ndtr(-0.841621 * math.sqrt(1 + 1.25) + cause)
    assert_zero("rate", missing - 0.2)
    for name in ("x3i", "other"):
        assert_zero(f"with {name}", (missing - probability) * data[name])
    assert lost["other"].equals(data["other"])


def test_what_is_at_random_never_depends_on_a_value_that_is_not_seen():
    cause = rows(20_000, 1)["x3i"]
    seen = cause.where(cause < 1)
    data = pd.DataFrame({"x": 1.0, "on": seen})
    missing = delete_mar(data, "x", "on", 0.3, np.random.default_rng(17), strength=2)["x"].isna()
    assert_zero("rate where it is seen", (missing - 0.3)[seen.notna()])
    assert_zero("rate where it is not", (missing - 0.3)[seen.isna()])
    assert_zero("cause where it is not", ((missing - 0.3) * cause)[seen.isna()])


@pytest.mark.parametrize("skewness", [2.0, -0.7])
def test_residuals_of_the_focal_model_alone_are_skewed(skewness):
    """Third moments of the residuals: the skewness times the SD cubed; variances as before."""
    spec = parse("MODEL: y ~ x; x ~ x3i;")
    truth = {
        ("y", "Intercept"): 1.0, ("y", "x"): 0.5, ("y", "Residual Var."): 4.0,
        ("x", "Intercept"): 0.0, ("x", "x3i"): 1.0, ("x", "Residual Var."): 1.0,
    }  # fmt: skip
    given = rows(50_000, 1)
    drawn = simulate(spec, truth, given, np.random.default_rng(18), skewness=skewness).complete
    residual = (drawn["y"] - 1 - 0.5 * drawn["x"]) / 2
    assert_zero("mean", residual)
    assert_zero("variance", residual**2 - 1)
    assert_zero("skewness", residual**3 - skewness)
    assert_zero("skewness of x", (drawn["x"] - drawn["x3i"]) ** 3)


def test_rate_is_met_exactly_in_expectation_whatever_the_distribution():
    """A dozen skewed rows, deleted 4,000 times."""
    data = pd.DataFrame({"x": 1.0, "on": np.exp(np.arange(12) / 3)})
    rng = np.random.default_rng(13)
    rates = [
        delete_mar(data, "x", "on", 0.2, rng, strength=3)["x"].isna().mean() for _ in range(4000)
    ]
    assert_zero("rate", np.array(rates) - 0.2)


def test_values_already_missing_stay_so():
    data = pd.DataFrame({"x": [np.nan, 1.0] * 50, "on": np.arange(100.0)})
    rng = np.random.default_rng(14)
    for lost in (delete_mcar(data, "x", 0.3, rng), delete_mar(data, "x", "on", 0.3, rng)):
        assert lost["x"].isna()[::2].all()
        assert 0 < lost["x"].isna()[1::2].sum() < 50
        pd.testing.assert_frame_equal(lost.fillna(data), data)
