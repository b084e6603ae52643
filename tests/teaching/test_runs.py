"""The runs that come with the lessons: complete, and what a run of their models gives."""

from dataclasses import replace

import numpy as np
import pytest

from tutorkit import datasets, parse, summarize
from tutorkit.teaching import lesson, numbers
from tutorkit.teaching.__main__ import main
from tutorkit.teaching.runs import RUNS, make_run, shipped_models, shipped_run

NAMES = list(shipped_models())
ROUNDING = 2**-11  # of a number kept in 16 bits, relative


@pytest.mark.parametrize("number", numbers())
def test_each_model_of_a_lesson_can_be_shown(number):
    content = lesson(number)
    for _, script in content.models:
        run = shipped_run(content.data, parse(script))
        assert run is not None
        assert run.n_kept == run.spec.iterations
        assert run.spec == parse(script)


def test_there_is_a_file_for_each_run_and_no_other():
    assert sorted(file.stem for file in RUNS.iterdir()) == sorted(NAMES)


def test_other_models_and_data_have_none():
    spec = parse(lesson(4).item("selection").script)
    assert shipped_run("exercise_04", spec) is None
    assert shipped_run("04_multilevel", replace(spec, iterations=100)) is None
    assert shipped_run("04_multilevel", None) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_run_made_again_says_the_same(name):
    """On the same kind of machine the draws are the same; on others to Monte Carlo error."""
    data, spec = shipped_models()[name]
    kept, again = shipped_run(data, spec), make_run(name)
    assert kept.values.shape == again.values.shape
    assert kept.warmup.shape == again.warmup.shape
    assert kept.cells == again.cells
    assert kept.seed == again.seed
    for array in (kept.values, kept.warmup, kept.imputed):
        assert np.isfinite(array).all()
    n = len(kept.parameters)
    one, two = (summarize(draws)[:n] for draws in (kept, again))
    means = [draws.values[:, :, :n].mean(axis=(0, 1)) for draws in (kept, again)]
    limit = 5 * np.hypot(one["mcse_mean"].fillna(0), two["mcse_mean"].fillna(0))
    assert (np.abs(means[0] - means[1]) <= limit + ROUNDING * np.abs(means[1])).all()
    assert kept.fit.waic == pytest.approx(again.fit.waic, rel=0.02)


def test_one_command_makes_them_again(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr("tutorkit.teaching.__main__.make_run", lambda name: made.append(name) or
                        shipped_run(*shipped_models()[name]))  # fmt: skip
    main(str(tmp_path / "new"))
    assert made == NAMES
    for name in NAMES:
        with np.load(tmp_path / "new" / f"{name}.npz") as new, np.load(RUNS / f"{name}.npz") as old:
            assert {*new} == {*old}
            assert all(np.array_equal(new[key], old[key], equal_nan=True) for key in new)


def test_what_is_missing_is_imputed_in_the_shipped_runs():
    data = datasets.load("04_multilevel")
    run = shipped_run("04_multilevel", parse(lesson(4).item("selection").script))
    assert len(run.cells) == int(data.isna().sum().sum())
    assert run.imputed.shape == (20, len(run.cells))
