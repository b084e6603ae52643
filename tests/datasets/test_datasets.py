"""The shipped data sets: their checksums, their recipe, and the truth told about them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.special import ndtr

from tutorkit import datasets
from tutorkit.datasets import recipe
from tutorkit.datasets.recipe_chapter import complete_data
from tutorkit.datasets.recipe_walk import Mechanism
from tutorkit.errors import DataError
from tutorkit.model.spec import Equation, ModelSpec, Term
from tutorkit.reml import fit_reml

CHECKSUMS = {
    "04_multilevel.csv": "09db58c61d004836372c09c22f3a1b74af09f0f6810f79d8d5c6e4cd781645e4",
    "04_multilevel_complete.csv": (
        "fd0a7701948adc68b2d9bbbbdfdcbd29fa7bb402409f992cebaa084dcf30811c"
    ),
    "exercise_04.csv": "1d6a67e8a4365d69c469ddf4d79baf7433347ccb457ee4e7314fa2daa3a48424",
    "exercise_04_complete.csv": "de77d20eb972ff6be0543e815c2efc8aff119bed3acae8b9a0f22b99b507baf5",
}
MISSING = {
    "04_multilevel": {"y": 141, "x1i": 79, "x2i": 51, "x3i": 0, "j": 0},
    "exercise_04": {"y": 0, "x1i": 132, "x2i": 72, "x3i": 0, "j": 0},
}


def checksum(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.parametrize("complete", [False, True])
def test_shipped_file_is_the_published_one(name: str, complete: bool) -> None:
    file = datasets.path(name, complete)
    assert checksum(file) == CHECKSUMS[file.name]


def test_recipe_writes_the_exercise_data_byte_for_byte(tmp_path: Path) -> None:
    recipe.write_exercise(tmp_path)
    written = {file.name: checksum(file) for file in tmp_path.iterdir()}
    assert written == {name: CHECKSUMS[name] for name in written}
    assert len(written) == 2


def test_recipe_calibrates_the_complete_chapter_data_byte_for_byte() -> None:
    shipped = datasets.load("04_multilevel", complete=True)
    for name, column in complete_data().items():
        np.testing.assert_array_equal(column, shipped[name])


@pytest.mark.slow
def test_recipe_writes_all_files_byte_for_byte(tmp_path: Path) -> None:
    recipe.main(str(tmp_path / "new"))
    written = {file.name: checksum(file) for file in (tmp_path / "new").iterdir()}
    assert written == CHECKSUMS


@pytest.mark.parametrize("name", MISSING)
def test_deletion_hides_the_stated_number_of_values_and_changes_none(name: str) -> None:
    data, complete = datasets.load(name), datasets.load(name, complete=True)
    assert dict(data.isna().sum()) == MISSING[name]
    assert not complete.isna().any(axis=None)
    pd.testing.assert_frame_equal(data.fillna(complete), complete)
    assert data["j"].value_counts().eq(20).all()


def test_listwise_deletion_leaves_the_printed_number_of_rows() -> None:
    assert len(datasets.load("04_multilevel").dropna()) == 383


def test_names_are_the_known_data_sets() -> None:
    assert datasets.names() == ("04_multilevel", "exercise_04")


@pytest.mark.parametrize("function", [datasets.load, datasets.truth, datasets.path, datasets.about])
def test_unknown_name_is_answered_with_the_closest_one(function: object) -> None:
    with pytest.raises(DataError, match=r"'04_multilevels'.*\n*Did you mean '04_multilevel'"):
        function("04_multilevels")


@pytest.mark.parametrize("name", MISSING)
def test_label_says_that_the_data_are_not_the_chapter_authors(name: str) -> None:
    assert "reconstruction by tutorkit's authors, not the chapter authors' file" in (
        datasets.about(name)
    )


def test_truth_cannot_be_changed_by_its_reader() -> None:
    datasets.truth("exercise_04").clear()
    assert datasets.truth("exercise_04")["y", "L2 : Var(x3i)"] == 0.2


def test_truth_names_all_parameters_of_the_chapter_output() -> None:
    names = {
        "y": "Intercept;x1i;x2i;x3i;x2i*x3i;L2 : Var(Intercept);L2 : Cov(x1i,Intercept);"
        "L2 : Var(x1i);Residual Var.",
        "x1i": "L2 : Var(Intercept);Residual Var.;Intercept;x2i;x3i",
        "x2i": "L2 : Var(Intercept);Residual Var.;Intercept;x3i",
        "y.missing": "L2 : Var(Intercept);Residual Var.;Intercept;y;x1i;x2i;x3i;x2i*x3i",
    }
    printed = {(outcome, p) for outcome, text in names.items() for p in text.split(";")}
    assert datasets.truth("04_multilevel").keys() == printed


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.parametrize(("outcome", "predictors"), [("x1i", ("x2i", "x3i")), ("x2i", ("x3i",))])
def test_true_predictor_equations_fit_the_complete_data(
    name: str, outcome: str, predictors: tuple[str, ...]
) -> None:
    truth = datasets.truth(name)
    model = ModelSpec((Equation(outcome, tuple(Term((x,)) for x in predictors)),))
    fit = fit_reml(model, datasets.load(name, complete=True))
    wanted = [truth[outcome, term] for term in fit.names]
    # The chapter's were calibrated: only the rounding to 4 decimals is left, .00003 / sqrt(600).
    # The exercise's were drawn: 4 standard errors, one false alarm in 16,000 per coefficient.
    reach = 1e-5 if name == "04_multilevel" else 4 * fit.se
    assert (np.abs(fit.estimate - wanted) < reach).all()
    spread = 1e-4 if name == "04_multilevel" else 4 * np.sqrt(2 / 600)
    assert abs(fit.sigma2 - truth[outcome, "Residual Var."]) < spread


def test_true_focal_equation_of_the_exercise_fits_its_complete_data() -> None:
    truth = datasets.truth("exercise_04")
    x = tuple(Term((v,)) for v in ("x1i", "x2i", "x3i"))
    model = ModelSpec((Equation("y", x, x[2:]),), cluster="j")
    fit = fit_reml(model, datasets.load("exercise_04", complete=True))
    wanted = [truth["y", term] for term in fit.names]
    assert (np.abs(fit.estimate - wanted) < 4 * fit.se).all()
    # 30 cluster effects: the SD of a variance estimate is at least .2 sqrt(2/29) = .05, of the
    # covariance .2 sqrt((1 + .5**2)/29) = .04.
    pairs = ["L2 : Var(Intercept)", "L2 : Cov(x3i,Intercept)", "L2 : Var(x3i)"]
    off = fit.tau[[0, 0, 1], [0, 1, 1]] - [truth["y", pair] for pair in pairs]
    assert (np.abs(off) < 0.2).all()
    assert abs(fit.sigma2 - truth["y", "Residual Var."]) < 4 * np.sqrt(2 / 600)


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("04_multilevel", "y"), ("exercise_04", "x1i"), ("exercise_04", "x2i")],
)
def test_true_intercept_of_a_mechanism_gives_the_number_of_missing_values(
    name: str, outcome: str
) -> None:
    truth, complete = datasets.truth(name), datasets.load(name, complete=True)
    equation = f"{outcome}.missing"
    eta = sum(b * complete[v] for (o, v), b in truth.items() if o == equation and v in complete)
    count = MISSING[name][outcome]
    exact = brentq(lambda a: ndtr(a + eta).sum() - count, -20, 20)
    assert exact == pytest.approx(truth[equation, "Intercept"], abs=0.005)  # two or three decimals


def test_mechanism_gives_missing_x1_a_flat_rate_where_x2_is_unseen() -> None:
    complete = datasets.load("04_multilevel", complete=True)
    mechanism = Mechanism({name: complete[name].to_numpy() for name in ("y", "x1i", "x2i", "x3i")})
    rows = np.arange(600)
    seen = np.exp(mechanism.log_x1[0, 1])
    assert seen.sum() == pytest.approx(79)
    assert np.corrcoef(seen, complete["x2i"])[0, 1] > 0.8
    np.testing.assert_allclose(np.exp(mechanism.log_x1[1, 1]), 79 / 600)
    assert np.exp(mechanism.log_y[1]).sum() == pytest.approx(141)
    none = np.zeros((3, 600), dtype=bool)
    expected = np.log1p(-np.exp(mechanism.log_y[1])).sum() + np.log1p(-seen).sum()
    assert mechanism.loglik(none, rows) == pytest.approx(expected)
