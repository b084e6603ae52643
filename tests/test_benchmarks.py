"""The benchmarks' code works, and their baseline is right. Nothing is timed here."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from arviz_stats.base import array_stats

from tests.benchmarks import cold, gibbs, import_time, live, mixing, peer, scaling
from tests.benchmarks.hard_set import chapter_like, hard_set
from tests.benchmarks.models import REFERENCE, chapter_data, incomplete_123
from tests.benchmarks.plain_gibbs import sample_gibbs
from tests.benchmarks.results import Options, Result, Row, as_json, markdown
from tutorkit.data import prepare
from tutorkit.parameters import monitored

ROOT = Path(__file__).parents[1]
QUICK = Options(runs=1, quick=True)


def test_hard_set_has_the_stated_missing_values():
    data = hard_set()
    assert data.isna().sum().to_dict() == {"j": 0, "y": 141, "x1i": 79, "x2i": 51, "x3i": 0}
    assert (data.groupby("j").size() == 20).all()
    assert data["j"].nunique() == 30


def test_data_of_any_size_lose_the_chapters_shares():
    data = chapter_like(6000, 300)
    assert data["j"].nunique() == 300
    shares = data.isna().mean()
    # binomial: three standard errors are at most 0.016
    for name, share in {"x2i": 0.09, "x1i": 0.13, "y": 0.22}.items():
        assert shares[name] == pytest.approx(share, abs=0.03)


def test_plain_gibbs_agrees_with_an_independent_program(chapter):
    """Medians of all 25 parameters, |z| < 5; the worst has about 0.004 draws an iteration.

    The reference's own Monte Carlo error, of 13,000 effective draws or more, does not count.
    """
    reference = json.loads((REFERENCE / "posterior_123.json").read_text())["parameters"]
    medians = {(row["outcome"], row["name"]): row["median"] for row in reference}
    draws = sample_gibbs(
        incomplete_123(), seed=1, burn=5000, iterations=100_000, probit_variance=math.inf
    ).values
    model = prepare(chapter, chapter_data()).model
    free = [parameter for parameter in monitored(model) if parameter.free]
    errors = array_stats.mcse(draws, method="median", chain_axis=0, draw_axis=1)
    for k, parameter in enumerate(free):
        difference = np.median(draws[:, :, k]) - medians[parameter.outcome, parameter.name]
        assert abs(difference / errors[k]) < 5, parameter.label


def test_the_table_shows_median_range_and_target():
    rows = [
        Row("speed", (3.0, 1.0, 2.0), "times", at_least=2),
        Row("time", (4.0,), "s", at_most=3, note="why"),
        Row("import", (0.5,), "s"),
    ]
    lines = markdown(rows, "a machine").splitlines()
    assert lines[2:5] == [
        "| speed | ≥ 2 times | 2 times (1–3, 3 runs) | yes |",
        "| time | ≤ 3 s | 4 s; why | **no** |",
        "| import | – | 0.5 s |  |",
    ]
    tree = json.loads(json.dumps(as_json({"x": Result(tuple(rows), {"k": [1]})}, "a machine")))
    assert tree["benchmarks"]["x"]["rows"][0]["median"] == 2
    assert tree["benchmarks"]["x"]["raw"] == {"k": [1]}


@pytest.mark.parametrize("benchmark", [gibbs, live, mixing, scaling, import_time])
def test_benchmark_runs(benchmark, tmp_path):
    charts = tmp_path if benchmark in (gibbs, scaling) else None
    result = benchmark.run(Options(runs=1, quick=True, charts=charts))
    assert all(math.isfinite(row.median) for row in result.rows)
    assert all(
        row.median > 0
        for row in result.rows
        if not any(word in row.figure for word in ("slope", "costs"))
    )
    assert json.dumps(as_json({"x": result}, "a machine"))
    if charts:
        assert {path.suffix for path in tmp_path.iterdir()} == {".png"}


def test_openings_are_measured():
    """In a process of its own: this one may have a browser open already."""
    wait = "input()  # as long as compile_half may take elsewhere"
    command = [sys.executable, "-m", "tests.benchmarks", "opening", "--quick"]
    with subprocess.Popen([sys.executable, "-c", wait], stdin=subprocess.PIPE) as other:
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        other.communicate(b"\n")
    assert said.returncode == 0, said.stderr
    assert "| from the command to lesson 1 usable, warm |" in said.stdout
    assert "| memory of a session with a fit running |" in said.stdout
    assert other.returncode == 0, "who else compiles the sampler was disturbed"


@pytest.mark.skipif(peer.installed(), reason="the peer is installed")
def test_without_the_peer_its_benchmark_is_skipped():
    assert "[bench]" in peer.run(QUICK).skipped


@pytest.mark.slow  # compiles everything from empty caches
def test_cold_processes_run():
    assert all(row.median > 0 for row in cold.run(QUICK).rows)


@pytest.mark.slow  # compiles the peer's model
@pytest.mark.skipif(not peer.installed(), reason=peer.MISSING)
@pytest.mark.filterwarnings("default")  # the peer's own
def test_the_peer_runs():
    result = peer.run(QUICK)
    assert all(row.median > 0 for row in result.rows)
