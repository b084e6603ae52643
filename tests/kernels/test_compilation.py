"""One compilation serves every model; draws depend on the seed and on nothing else."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numba
import numpy as np
import pandas as pd
import pytest

import tutorkit
from tutorkit.chain import Chain
from tutorkit.data import prepare
from tutorkit.draws import Draws
from tutorkit.kernels.blocks import run_block
from tutorkit.kernels.sweep import run_iterations
from tutorkit.layout import compile_plan
from tutorkit.model.script import parse
from tutorkit.parameters import recorded
from tutorkit.plan import Plan
from tutorkit.sampling import sample, warm
from tutorkit.schedule import schedule
from tutorkit.start import initial_state
from tutorkit.state import State

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="needs compiled kernels")

CHAPTER = """
    CLUSTERID: j;
    MODEL: y ~ x1i x2i x3i x2i*x3i | x1i; x1i ~ x2i x3i; x2i ~ x3i;
    y.missing ~ y x1i x2i x3i x2i*x3i;
"""
MODELS = {
    "chapter": ("04_multilevel", CHAPTER),
    "exercise": (
        "exercise_04",
        """
        CLUSTERID: j;
        MODEL: y ~ x1i x2i x3i | x3i; x1i ~ x2i x3i; x2i ~ x3i; x1i.missing ~ x1i y x2i x3i;
        """,
    ),
    "single-level": ("04_multilevel", "MODEL: y ~ x1i x2i; x1i ~ x2i; x2i ~ x3i;"),
    "square": ("04_multilevel", "CLUSTERID: j; MODEL: y ~ x1i x1i^2 | x1i; x1i ~ x3i;"),
    "ordinal": (
        "04_multilevel",
        "ORDINAL: o b; CLUSTERID: j; MODEL: y ~ x1i o; o ~ x3i b; b ~ x3i; y.missing ~ o;",
    ),
    "level-2": (
        "04_multilevel",
        "CLUSTERID: j; MODEL: y ~ x1i w x1i*w | x1i; w ~ v; OPTIONS: prior1;",
    ),
    "latent means": ("04_multilevel", "CLUSTERID: j; MODEL: y ~ x1i x1i.mean x2i | x2i;"),
    "centring": (
        "04_multilevel",
        """
        CLUSTERID: j; CENTER: groupmean = x1i; grandmean = w x2i; FIXED: x3i;
        MODEL: y ~ x1i w x2i x1i*w x3i | x1i; SIMPLE: x1i | w; OPTIONS: prior1;
        """,
    ),
    "long form": (
        "04_multilevel",
        """
        TRANSFORM: m = ismissing(y); ORDINAL: m; CLUSTERID: j;
        MODEL: y ~ x1i x3i; x1i ~ x3i; m ~ y x3i;
        """,
    ),
    "far from zero": ("04_multilevel", "CLUSTERID: j; MODEL: y ~ far x3i; far ~ x3i;"),
}
EDITED = CHAPTER.replace("y ~ x1i x2i x3i x2i*x3i", "y ~ x1i x2i x3i")
FOLDER = Path(tutorkit.__file__).parent / "datasets"

RECORD = """
import sys
from numba.core.event import install_recorder
sys.path.insert(0, sys.argv[1])
from test_compilation import CHAPTER, EDITED, fit
from tutorkit.compiling import is_warm
ready = is_warm()  # what is compiled in other processes is not recorded
with install_recorder("numba:compile") as recorder:
    fit(CHAPTER)
    first = len(recorder.buffer)
    fit(EDITED)
print(ready, first, len(recorder.buffer))
"""
STEP = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_compilation import repeat
for name in sys.argv[3:]:
    repeat(Path(sys.argv[2]) / name)
"""
RUN_CHAINS = """
import sys
sys.path.insert(0, sys.argv[1])
from test_compilation import run_chains
run_chains(*sys.argv[2:])
"""
AT = (0, 1, 5, 20, 50, 51, 52, 55)  # iterations: the mass matrix changes at 44, warm-up ends at 52


def read(dataset: str = "04_multilevel", n_clusters: int = 6) -> pd.DataFrame:
    """Return the first clusters of a data set; the data sort by cluster."""
    data = pd.read_csv(FOLDER / f"{dataset}.csv")
    data = data[data["j"] <= n_clusters].reset_index(drop=True)
    rng = np.random.default_rng(1)
    w, v = rng.standard_normal((2, n_clusters))
    w[2] = np.nan
    data["w"], data["v"] = w[data["j"] - 1], v[data["j"] - 1]
    data["o"] = np.clip(np.round(data["x1i"]), -1, 1) + 0 * data["x2i"]
    data["b"] = ((data["x3i"] + rng.standard_normal(len(data))) > 0) + 0 * data["x1i"]
    data["far"] = 1e6 + data["x1i"]
    return data


def fit(script: str, dataset: str = "04_multilevel", **settings: int) -> Draws:
    """Draw a few iterations, warm-up with a change of metric included."""
    settings = {"seed": 5, "burn": 52, "iterations": 16, "chains": 2} | settings
    return sample(parse(script), read(dataset), progress=False, **settings)


def everything(draws: Draws) -> np.ndarray:
    """Return warm-up and kept draws, (chain, iteration, column)."""
    return np.concatenate([draws.warmup, draws.values], axis=1)


def python(code: str, *arguments: str, **environment: str) -> str:
    """Run code in a new Python whose warnings are errors."""
    command = [sys.executable, "-W", "error", "-c", code, str(Path(__file__).parent), *arguments]
    found = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_all_models_share_one_compiled_sweep():
    for dataset, script in MODELS.values():
        fit(script, dataset)
    assert len(run_iterations.signatures) == 1


def test_an_edited_model_is_fitted_without_compiling():
    """In a new process, with the cache filled by this one, not even the first fit compiles."""
    warm()
    assert python(RECORD).split() == ["True", "0", "0"]


def one_iteration(rng, plan, state, out, iteration):
    """Run one iteration; return the draws, and the columns that it leaves."""
    run_block(rng, plan, state, out, iteration, iteration + 1, 52)
    return out[iteration].copy(), state.columns.copy()


def repeat(path: Path) -> None:
    """Run the iterations that ``path`` holds the beginnings of; write their ends there."""
    ends = []
    for point in pickle.loads(path.read_bytes()):
        rng, plan, state, out, iteration = pickle.loads(point)
        ends.append(one_iteration(rng, Plan(*plan), State(*state), out, iteration))
    path.write_bytes(pickle.dumps(ends))


def test_plain_python_draws_the_same_to_rounding(tmp_path):
    """One iteration from each of several states, with JIT off.

    Kernels may add in any order, so sums of n terms differ by up to about n eps of their largest
    partial sum: 1e-14. A sweep hands this on through a dozen such steps and at most 16 steps of a
    path near the edge of stability, each of which may double it: 1e-8 (4e-9 was seen). A longer
    chain would go on doubling, and only the first iterations would compare.
    """
    compiled = {}
    for name, (dataset, script) in MODELS.items():
        spec = parse(script)
        data = prepare(spec, read(dataset))
        plan = compile_plan(data.model, data, spec.priors, data.model.described)
        rng = np.random.default_rng(3)
        state = initial_state(plan, rng, 52, np.array([55]))
        out = np.full((60, len(recorded(data.model))), np.nan)
        points, after = [], []
        for iteration in range(60):
            if iteration in AT:
                points.append(pickle.dumps((rng, tuple(plan), tuple(state), out, iteration)))
            after.append(one_iteration(rng, plan, state, out, iteration))
        (tmp_path / name).write_bytes(pickle.dumps(points))
        compiled[name] = [after[iteration] for iteration in AT]
        assert np.isfinite(out).all()
    python(STEP, str(tmp_path), *MODELS, NUMBA_DISABLE_JIT="1")
    for name in MODELS:
        plain = pickle.loads((tmp_path / name).read_bytes())
        for (draws, columns), (draws_0, columns_0) in zip(plain, compiled[name], strict=True):
            np.testing.assert_allclose(draws, draws_0, rtol=1e-7, atol=1e-7, err_msg=name)
            np.testing.assert_allclose(columns, columns_0, rtol=1e-7, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("sizes", [[1] * 60, [52, 8], [51, 2, 7], [60]])
def test_draws_do_not_depend_on_blocks_or_threads(sizes):
    """Chains one after the other in this thread, in blocks of other sizes, against `sample`."""
    draws = fit(CHAPTER)
    expected, imputed = everything(draws), []
    plan = compile_plan(draws.model, draws.data, draws.spec.priors, draws.model.described)
    for chain, seed in enumerate(np.random.SeedSequence(5).spawn(2)):
        rng = np.random.default_rng(seed)
        state = initial_state(plan, rng, 52, schedule(draws.spec)[chain])
        out = np.full(expected[chain].shape, np.nan)
        starts = np.cumsum([0, *sizes])
        for start, stop in pairwise(starts):
            run_block(rng, plan, state, out, int(start), int(stop), 52)
        np.testing.assert_array_equal(out, expected[chain])
        imputed.append(state.imputed)
    np.testing.assert_array_equal(np.concatenate(imputed), draws.imputed)
    assert len(draws.imputed) == 16


def test_draws_do_not_depend_on_cores_or_threads(tmp_path):
    """Four chains of 2,400 rows: on one core, on all with four threads, one after the other."""
    ways = {"one": "1", "four": "4", "in turn": "2"}
    for name, threads in ways.items():
        names = ("NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
        python(RUN_CHAINS, str(tmp_path), name, **dict.fromkeys(names, threads))
    one, four, in_turn = (np.load(tmp_path / f"{name}.npz") for name in ways)
    for key in one:
        np.testing.assert_array_equal(four[key], one[key])
        np.testing.assert_array_equal(in_turn[key], one[key])


def run_chains(folder: str, name: str) -> None:
    """Save the draws and imputations of the chapter's model."""
    if name == "one" and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    data = pd.concat(
        [read(n_clusters=30).assign(j=lambda d, k=k: d["j"] + 30 * k) for k in range(4)]
    )
    if name == "in turn":  # a chain begins when the one before has ended
        Chain.start = Chain.run
        Chain.is_alive = lambda chain: False
        Chain.join = lambda chain, timeout: None
    draws = sample(parse(CHAPTER), data, seed=2, burn=30, iterations=40, chains=4, progress=False)
    np.savez(f"{folder}/{name}.npz", draws=everything(draws), imputed=draws.imputed)


def test_chains_of_one_seed_do_not_depend_on_how_many_there_are():
    two = everything(fit(CHAPTER))
    three = everything(fit(CHAPTER, chains=3, iterations=24))
    np.testing.assert_array_equal(three[:2], two)
    assert (three[0] != three[2]).any()
    assert (everything(fit(CHAPTER, seed=6)) != two).any()
