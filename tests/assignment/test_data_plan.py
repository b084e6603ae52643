"""Variants of the chapter's data: what is missing, by what, and which models are right."""

import numpy as np
import pytest

from tutorkit import render
from tutorkit.assignment.data_plan import TEMPLATES, data_plan
from tutorkit.assignment.task_text import task_text
from tutorkit.truth import check_truth

LARGE = {"clusters": 400, "cluster_size": 25}


def mean_gap(table, complete, gone, cause):
    """Return how much larger the cause is where a variable is missing, in SDs."""
    values = complete[cause]
    missing = table[gone].isna()
    return (values[missing].mean() - values[~missing].mean()) / values.std()


@pytest.mark.parametrize("template", TEMPLATES)
def test_templates_are_those_of_the_chapter(template):
    plan = data_plan({"template": template, **LARGE})
    drawn = plan.scenario().draw(np.random.default_rng(1))
    for name, rate in plan.rates.items():
        assert drawn.data[name].isna().mean() == pytest.approx(rate, abs=0.02)
    assert drawn.data["x3i"].notna().all()
    assert mean_gap(drawn.data, drawn.complete, plan.mnar, plan.mnar) > 0.5
    key = render(plan.keys()[0])
    if template == "chapter":
        assert "y ~ x1i x2i x3i x2i*x3i | x1i;" in key
        assert "y.missing ~ y " in key
    else:
        assert "y ~ x1i x2i x3i | x3i;" in key
        assert "x1i.missing ~ x1i y " in key
        assert "x1i ~ x2i x3i;\nx2i ~ x3i;" in key


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("mnar", ["y", "x1i", "x2i"])
@pytest.mark.parametrize("slope", ["x1i", "x2i", "x3i"])
def test_each_variant_hangs_together(template, mnar, slope):
    given = {"template": template, "mnar": mnar, "random_slope": slope,
             "rates": {"y": 0.15, "x1i": 0.15, "x2i": 0.1}}  # fmt: skip
    plan = data_plan(given)
    check_truth(plan.scenario().spec, plan.truth)
    drawn = plan.scenario().draw(np.random.default_rng(2))
    assert set(drawn.data.columns[drawn.data.isna().any()]) == {"y", "x1i", "x2i"}
    for key in plan.keys():
        assert [str(t) for t in key.focal.slopes] == [slope]
        (selection,) = key.selection
        assert selection.outcome == f"{mnar}.missing"
        assert {*plan.causes} <= {*selection.inputs}
    assert f"{mnar} is missing not at random" in task_text(plan)
    assert f"Allow the slope of {slope} to vary" in task_text(plan)


def test_missing_at_random_depends_on_what_is_seen_only():
    """A cause loses its own values first: then nothing depends on those that are not seen."""
    plan = data_plan({"template": "chapter", **LARGE})
    order = [deletion.variable for deletion in plan.scenario().deletions]
    assert order == ["y", "x2i", "x1i"]
    drawn = plan.scenario().draw(np.random.default_rng(3))
    unseen = drawn.data["x2i"].isna()
    gap = mean_gap(drawn.data[unseen], drawn.complete[unseen], "x1i", "x2i")
    seen = mean_gap(drawn.data[~unseen], drawn.complete[~unseen], "x1i", "x2i")
    assert abs(gap) < 0.3 < seen


def test_models_that_are_right_differ_in_the_order_of_incomplete_predictors():
    one, two = (render(key) for key in data_plan({}).keys())
    assert "x1i ~ x2i x3i;\nx2i ~ x3i;" in one
    assert "x2i ~ x1i x3i;\nx1i ~ x3i;" in two
    (only,) = data_plan({"mnar": "y", "rates": {"y": 0.2}}).keys()
    assert only.fixed == ("x1i", "x2i", "x3i")
    (only,) = data_plan({"rates": {"x1i": 0.2}}).keys()
    assert only.fixed == ("x2i", "x3i")


def test_causes_of_another_variables_missingness_do_not_stay():
    assert data_plan({"mnar": "x2i"}).also == {}
    assert data_plan({"mnar": "x2i"}).mar == {"x1i": "x3i"}
    assert data_plan({"template": "chapter", "mnar": "x2i"}).mar == {"x1i": "x3i", "y": "x3i"}
    assert data_plan({}).also == {"y": 1.56}
