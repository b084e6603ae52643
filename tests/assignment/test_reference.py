"""What is made for one student: enough missing values, and a reference that has converged."""

import tomllib

import pytest
from classroom import SMALL

from tutorkit import TutorkitError
from tutorkit.assignment import reference
from tutorkit.assignment.data_plan import data_plan
from tutorkit.assignment.reading import assignment_of
from tutorkit.assignment.roster import Student

KEYS = {"data": bytes(32), "reference": bytes(range(32))}


def test_a_reference_has_seeds_of_its_own_and_more_draws_where_so_many_do_not_do(monkeypatch):
    tried, real = [], reference.sample

    def sample(*arguments, seed, iterations, **more):
        tried.append((seed, iterations))
        return real(*arguments, seed=seed, iterations=400, **more)

    monkeypatch.setattr(reference, "sample", sample)
    monkeypatch.setattr(reference, "WORST_PSR", 0.5)
    with pytest.raises(TutorkitError, match="The reference run has not converged"):
        reference.issue(assignment_of(tomllib.loads(SMALL)), Student("anna"), "h", KEYS)
    seeds = [int.from_bytes(KEYS["reference"][4 * k : 4 * k + 4]) // 2 for k in range(3)]
    assert tried == list(zip(seeds, (800, 3200, 12800), strict=True))


def test_each_variable_with_a_rate_has_at_least_three_gaps():
    plan = data_plan({"rates": {"x1i": 0.2, "x2i": 0.02}, "clusters": 8, "cluster_size": 10})
    for k in range(10):
        assert reference.data_for(plan, bytes([k] * 32))["x2i"].isna().sum() >= 3
