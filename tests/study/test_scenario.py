"""Data sets of a study: who goes missing, and why."""

import math

import numpy as np
import pytest

from tutorkit import SpecError, fit_reml, parse
from tutorkit.study import Deletion, Scenario, chapter_scenario, exercise_scenario

LIMIT = 5.0


def draws(scenario, n=40):
    return [scenario.draw(np.random.default_rng([7, k])) for k in range(n)]


def z(values):
    values = np.asarray(values)
    return values.mean() / (values.std(ddof=1) / math.sqrt(len(values)))


def gap(simulated, variable, of):
    """Return by how much ``of`` is larger where a variable is missing, in complete data."""
    gone = simulated.data[variable].isna()
    return simulated.complete[of][gone].mean() - simulated.complete[of][~gone].mean()


@pytest.mark.parametrize(("mechanism", "cause"), [("MCAR", None), ("MAR", "x3i"), ("MNAR", "y")])
def test_y_of_the_chapter_goes_missing_by_the_mechanism_chosen(mechanism, cause):
    found = draws(chapter_scenario(mechanism))
    assert abs(z([s.data["y"].isna().mean() - 0.235 for s in found])) < LIMIT
    gaps = {name: z([gap(s, "y", name) for s in found]) for name in ("x3i", "y")}
    if cause is None:
        assert all(abs(score) < LIMIT for score in gaps.values())
    else:
        assert gaps[cause] > 20


def test_the_chapters_predictors_go_missing_as_it_says():
    found = draws(chapter_scenario())
    for name, rate in (("x1i", 79 / 600), ("x2i", 0.085)):
        assert abs(z([s.data[name].isna().mean() - rate for s in found])) < LIMIT
    assert z([gap(s, "x1i", "x2i") for s in found]) > 20
    assert abs(z([gap(s, "x2i", "x2i") for s in found])) < LIMIT
    seen = [s.complete["x2i"].where(s.data["x2i"].isna()) for s in found]
    unseen = [
        np.corrcoef(s.data["x1i"].isna()[x.notna()], x.dropna())[0, 1]
        for s, x in zip(found, seen, strict=True)
        if s.data["x1i"].isna()[x.notna()].any()
    ]
    assert abs(z(unseen)) < LIMIT  # MAR: not by values that nobody sees


def test_the_exercises_x1i_goes_missing_by_itself():
    found = draws(exercise_scenario())
    assert z([gap(s, "x1i", "x1i") for s in found]) > 20
    assert z([gap(s, "x2i", "x3i") for s in found]) > 20
    assert not any(s.data[["y", "x3i"]].isna().any(axis=None) for s in found)


def test_the_truth_is_that_of_the_complete_data():
    found = draws(chapter_scenario(n_clusters=60))
    fits = [fit_reml(chapter_scenario().spec, s.complete) for s in found]
    for k, value in enumerate([0, 1, 1, 1, 1]):
        assert abs(z([fit.estimate[k] - value for fit in fits])) < LIMIT
    assert abs(z([fit.sigma2 - 1 for fit in fits])) < LIMIT


def test_clusters_and_rows_are_as_many_as_asked_for():
    data = chapter_scenario(n_clusters=7, cluster_size=3).draw(np.random.default_rng(1)).data
    assert data["j"].value_counts().to_dict() == dict.fromkeys(range(1, 8), 3)


@pytest.mark.parametrize(
    ("causes", "mechanism"),
    [({}, "MCAR"), ({"x3i": 1.0}, "MAR"), ({"y": 1.0}, "MNAR"), ({"x3i": 1, "y": 1}, "MNAR")],
)
def test_a_deletion_knows_its_mechanism(causes, mechanism):
    assert Deletion("y", 0.2, causes).mechanism == mechanism


FLAT = parse("MODEL: y ~ x3i;")
FLAT_TRUTH = {("y", "Intercept"): 0.0, ("y", "x3i"): 1.0, ("y", "Residual Var."): 1.0}


def test_a_scenario_without_clusters_has_no_cluster_variable():
    data = Scenario(FLAT, FLAT_TRUTH).draw(np.random.default_rng(1)).data
    assert (list(data.columns), len(data)) == (["x3i", "y"], 600)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: chapter_scenario("MNRA"), "There is no mechanism 'MNRA'.\nDid you mean 'MNAR'?"),
        (lambda: chapter_scenario(n_clusters=0), "0 clusters of 20 hold no rows"),
        (lambda: chapter_scenario(rate=1.2), "between 0 and 1, and is 1.2"),
        (
            lambda: Scenario(FLAT, FLAT_TRUTH, (Deletion("y", 0.1, {"x3i": 1, "z": 1}),)),
            "'y' can be missing at random by one variable only",
        ),
    ],
)
def test_impossible_scenarios_are_refused(make, says):
    with pytest.raises(SpecError) as caught:
        make().draw(np.random.default_rng(1))
    assert says in str(caught.value)
