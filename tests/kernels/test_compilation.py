"""One compilation serves every model; draws depend on the seed and on nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numba
import numpy as np
import pandas as pd
import pytest

import tutorkit
from tutorkit.draws import Draws
from tutorkit.kernels.sweep import run_block
from tutorkit.model.script import parse
from tutorkit.plan import compile_plan
from tutorkit.sampling import sample, warm
from tutorkit.schedule import schedule
from tutorkit.state import initial_state

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
    "level-2": ("04_multilevel", "CLUSTERID: j; MODEL: y ~ x1i w x1i*w | x1i; w ~ v;"),
    "latent means": ("04_multilevel", "CLUSTERID: j; MODEL: y ~ x1i x1i.mean x2i | x2i;"),
    "centring": (
        "04_multilevel",
        """
        CLUSTERID: j; CENTER: groupmean = x1i; grandmean = w x2i; FIXED: x3i;
        MODEL: y ~ x1i w x2i x1i*w x3i | x1i; SIMPLE: x1i | w;
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
with install_recorder("numba:compile") as recorder:
    fit(CHAPTER)
    first = len(recorder.buffer)
    fit(EDITED)
print(first, len(recorder.buffer))
"""
DRAW = """
import sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from test_compilation import MODELS, everything, fit
for name, (dataset, script) in MODELS.items():
    np.save(f"{sys.argv[2]}/{name}.npy", everything(fit(script, dataset)))
"""


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
    assert len(run_block.signatures) == 1


def test_an_edited_model_is_fitted_without_compiling():
    """In a new process, with the cache filled by this one, not even the first fit compiles."""
    warm()
    assert python(RECORD).split() == ["0", "0"]


def test_plain_python_draws_the_same_to_rounding(tmp_path):
    """60 iterations of each model, a change of metric included."""
    python(DRAW, str(tmp_path), NUMBA_DISABLE_JIT="1")
    for name, (dataset, script) in MODELS.items():
        compiled = everything(fit(script, dataset))
        assert np.isfinite(compiled).all()
        plain = np.load(tmp_path / f"{name}.npy")
        np.testing.assert_allclose(plain, compiled, rtol=1e-10, atol=1e-10)


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


def test_chains_of_one_seed_do_not_depend_on_how_many_there_are():
    two = everything(fit(CHAPTER))
    three = everything(fit(CHAPTER, chains=3, iterations=24))
    np.testing.assert_array_equal(three[:2], two)
    assert (three[0] != three[2]).any()
    assert (everything(fit(CHAPTER, seed=6)) != two).any()
