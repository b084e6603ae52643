"""What of the data enters a REML fit, and which data are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from reml_cases import simulate, spec

from tutorkit.errors import DataError
from tutorkit.model.spec import Assignment, Equation, ModelSpec
from tutorkit.reml import fit_reml


def test_only_rows_complete_in_the_variables_used_count() -> None:
    data = simulate(9, np.diag([0.5, 0.5])).assign(unused=np.nan)
    data.loc[:4, "y"], data.loc[10:12, "x2i"], data.loc[20, "j"] = np.nan, np.nan, np.nan
    fit = fit_reml(spec(), data)
    assert fit.n_observations == 96 - 5 - 3 - 1
    coded = data.fillna({"y": 999.0, "x2i": 999.0})
    assert fit_reml(replace(spec(), missing=(999.0,)), coded).loglik == fit.loglik


def test_cluster_labels_do_not_matter() -> None:
    data = simulate(9, np.diag([0.5, 0.5]))
    shuffled = data.assign(j="class " + (data["j"] * 7 % 12).astype(str)).sample(
        frac=1, random_state=1
    )
    assert fit_reml(spec(), shuffled).loglik == pytest.approx(fit_reml(spec(), data).loglik)


def test_columns_of_transform_are_made_from_complete_rows() -> None:
    data = simulate(9, np.diag([0.5, 0.5])).assign(code=lambda d: d["x1i"] + 1)
    data.loc[5, "code"] = 999.0
    made = (Assignment("u", "code - 1"), Assignment("t", "u^2"))
    fit = fit_reml(replace(spec("u t"), missing=(999.0,), transforms=made), data)
    by_hand = data.assign(u=data["x1i"], t=data["x1i"] ** 2).drop(index=5)
    other = fit_reml(spec("u t"), by_hand)
    np.testing.assert_allclose(fit.estimate, other.estimate)
    assert fit.n_observations == 95


def test_without_a_random_intercept_it_is_least_squares() -> None:
    data = simulate(9, np.diag([0.5, 0.5]))
    equation = replace(spec("x1i x2i", "").focal, random_intercept=False)
    fit = fit_reml(replace(spec(), equations=(equation,)), data)
    plain = fit_reml(spec("x1i x2i", "", None), data)
    np.testing.assert_allclose(fit.estimate, plain.estimate)
    assert fit.random_names == ()
    assert fit.table()["parameter"].tolist() == ["Intercept", "x1i", "x2i", "σ²", "Observations"]


Spoil = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.mark.parametrize(
    ("model", "spoil", "message"),
    [
        (spec(), lambda d: d.drop(columns="x2i"), "no column 'x2i'"),
        (spec(), lambda d: d.rename(columns={"j": "J"}), "Did you mean 'J'"),
        (spec(), lambda d: pd.concat([d, d[["y"]]], axis=1), "2 columns named 'y'"),
        (spec(), lambda d: d.assign(x2i="high"), "'x2i' holds something that is not a number"),
        (spec(), lambda d: d.assign(x2i=np.inf), "'x2i' holds an infinite value"),
        (spec(), lambda d: d.assign(x2i=np.nan), "No row is complete in y, x1i, x2i, x3i"),
        (spec(), lambda d: d.head(0), "No row is complete"),
        (spec(), lambda d: d.head(9), r"too few complete rows \(9\)"),
        (spec(slopes=""), lambda d: d.assign(j=1), "belong to one cluster"),
        (spec(slopes=""), lambda d: d.assign(j=d.index), "explain 'y' without any residual"),
        (spec(), lambda d: d.assign(j=d.index // 2), "without any residual"),
        (spec(), lambda d: d.assign(y=d["j"] * 1.5), "without any residual"),
        (spec("x1i", "", None), lambda d: d.assign(y=2 * d["x1i"]), "without any residual"),
        (spec(), lambda d: d.assign(y=0.1), "outcome 'y' has the same value in all 96"),
        (spec(), lambda d: d.assign(x2i=0.1), "term 'x2i' has the same value in all 96"),
        (spec(), lambda d: d.assign(x3i=2 * d["x1i"] + 1), "term 'x3i' says nothing beyond"),
        (spec("x3i", "x1i x2i"), lambda d: d.assign(x2i=d["x1i"]), "term 'x2i' says nothing"),
        (spec(), lambda d: d.assign(x3i=d["x3i"] * 1e200), "too large to compute"),
        (spec(), lambda d: d.assign(y=d["y"] * 1e-200), "too small to compute"),
        (replace(spec(), ordinal=("y",)), lambda d: d, "'y' is ORDINAL; REML needs a continuous"),
        (replace(spec(), grand_mean=("x2i",)), lambda d: d, "'x2i' is centred; REML takes"),
        (replace(spec(), group_mean=("x2i",)), lambda d: d, "'x2i' is centred; REML takes"),
        (spec("x1i x2i.mean"), lambda d: d, "'x2i.mean' is a latent cluster mean; REML takes"),
        (
            replace(spec("t"), transforms=(Assignment("t", "ln(q)"),)),
            lambda d: d,
            "no column 'q'",
        ),
        (
            replace(spec("t"), transforms=(Assignment("t", "x1i*0"),)),
            lambda d: d,
            "term 't' has the same value",
        ),
        (ModelSpec((Equation("y.missing"),)), lambda d: d, "'y.missing' is a missingness"),
    ],
)
def test_data_that_cannot_identify_the_model_are_refused_in_plain_words(
    model: ModelSpec, spoil: Spoil, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        fit_reml(model, spoil(simulate(12, np.diag([0.5, 0.5]))))
