"""Units and origins of variables change parameters as they must, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hostile import CLUSTERS, made, run, without

from tutorkit.diagnostics import effective_sizes

DATA = without(made(), x=5, y=4)
MODELS = {
    "slope": CLUSTERS + "y ~ x z | x; x ~ z;",
    "selection": CLUSTERS + "y ~ x z; x ~ z; y.missing ~ z;",
    "square": CLUSTERS + "y ~ x x^2 z; x ~ z;",
    "one level": "MODEL: y ~ x z; x ~ z;",
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("of_x", "of_y"), [(1e8, 1e-8), (1e-8, 1e8)])
def test_in_other_units_the_same_seed_draws_the_same(name, of_x, of_y):
    """Up to rounding, for 120 iterations: each column times the constant of its parameter.

    Priors are flat, or on what has no unit; starting values, widths and masses follow the data.
    """
    settings = {"burn": 60, "iterations": 120}
    here = run(MODELS[name], DATA, **settings)
    there = run(MODELS[name], DATA.assign(x=of_x * DATA.x, y=of_y * DATA.y), **settings)
    unit = np.median(there.values / here.values, axis=(0, 1))
    for a, b in ((here.warmup, there.warmup), (here.values, there.values)):
        rounding = 1e-10 * (abs(a) + here.values.std(axis=(0, 1)))
        assert (abs(b / unit - a) < rounding).all()
    unit = there.get("y", "x")[0, 0] / here.get("y", "x")[0, 0]
    assert unit == pytest.approx(of_y / of_x)


@pytest.mark.parametrize("offset", [1e3, 1e8, -1e10])
@pytest.mark.parametrize("model", ["y ~ x z;", "y ~ x z | z; x ~ z;", "y ~ x z; y.missing ~ y z;"])
def test_a_predictor_far_from_zero_has_the_same_slope(offset, model):
    """Means of slopes within 5 MCSE of the difference; their spread within 15 %."""
    far = DATA.assign(x=offset + DATA.x)
    settings = {"burn": 500, "iterations": 4000}
    here, there = (run(CLUSTERS + model, data, **settings) for data in (DATA, far))
    for name in ("x", "z"):
        a, b = here.get("y", name), there.get("y", name)
        error = np.hypot(*(effective_sizes(v[:, :, None])["mcse_mean"][0] for v in (a, b)))
        assert abs(a.mean() - b.mean()) < 5 * error
        assert b.std() == pytest.approx(a.std(), rel=0.15)
    # the intercept is that of the variable as it is
    intercept = there.get("y", "Intercept") + offset * there.get("y", "x")
    assert intercept.mean() == pytest.approx(here.get("y", "Intercept").mean(), abs=0.1)


def test_latent_means_may_lie_far_from_zero():
    model = CLUSTERS + "y ~ x x.mean w z;"
    data = DATA.assign(x=2 * DATA.x + np.sin(DATA.j) * 3)  # with spread between clusters
    here = run(model, data, iterations=3000)
    there = run(model, data.assign(x=1e8 + data.x), iterations=3000)
    for name in ("x", "x.mean"):
        a, b = here.get("y", name), there.get("y", name)
        error = np.hypot(*(effective_sizes(v[:, :, None])["mcse_mean"][0] for v in (a, b)))
        assert abs(a.mean() - b.mean()) < 5 * error
        assert b.std() == pytest.approx(a.std(), rel=0.25)
