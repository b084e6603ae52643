"""Studies: replications that depend on the seed alone, files to go on from, stops, executors."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from tutorkit import DataError, SpecError, TutorkitError, compare, fit_reml, parse, sample
from tutorkit.jobs import pool as processes
from tutorkit.study import chapter_scenario, study

SCENARIO = chapter_scenario(n_clusters=10, cluster_size=10)
MODEL = parse(
    "CLUSTERID: j; MODEL: y ~ x1i x2i x3i x2i*x3i | x1i; x1i x2i ~ x3i; y.missing ~ y;"
    "BURN: 50; ITERATIONS: 100;"
)
REML = {"complete data": "complete", "listwise": "listwise"}
ALL = {**REML, "MNAR": MODEL}


class Here(ThreadPoolExecutor):
    """Runs one thing after the other, in this process."""

    def __init__(self):
        super().__init__(1)
        self.begun = 0

    def submit(self, *arguments, **options):
        """Count what is handed in."""
        self.begun += 1
        return super().submit(*arguments, **options)


def run(methods=REML, replications=3, **options):
    options = {"executor": Here(), "progress": False, **options}
    return study(SCENARIO, methods, replications=replications, **options)


@pytest.fixture(scope="module")
def whole():
    return run(ALL)


def test_rows_are_what_single_fits_give(whole):
    seeds = np.random.SeedSequence([1, 2]).spawn(4)
    simulated = SCENARIO.draw(np.random.default_rng(seeds[0]))
    fits = {
        "complete data": fit_reml(MODEL, simulated.complete),
        "listwise": fit_reml(MODEL, simulated.data),
        "MNAR": sample(
            MODEL, simulated.data, seed=int(seeds[3].generate_state(1)[0] // 2), progress=False
        ),
    }
    wanted = compare(fits, SCENARIO.truth)
    wanted = wanted[wanted["method"] != "truth"].sort_values(["method", "parameter"])
    found = whole[whole["replication"] == 2].sort_values(["method", "parameter"])
    columns = ["method", "parameter", "estimate", "sd", "lower", "upper", "truth"]
    pd.testing.assert_frame_equal(
        found[columns].reset_index(drop=True), wanted[columns].reset_index(drop=True)
    )


def test_runs_tell_how_well_they_mixed(whole):
    sampled = whole[whole["method"] == "MNAR"]
    assert (sampled["psr"] > 1).all()
    assert sampled["ess"].between(1, 400).all()
    assert whole.loc[whole["method"] == "listwise", ["psr", "ess"]].isna().all(axis=None)
    assert set(whole["problem"]) == {""}


def test_where_and_in_which_order_it_runs_does_not_matter(whole):
    with ProcessPoolExecutor(2) as pool:
        pd.testing.assert_frame_equal(run(ALL, executor=pool), whole)
    pd.testing.assert_frame_equal(run(ALL, executor=None), whole)
    pd.testing.assert_frame_equal(run(ALL, 2), whole[whole["replication"] <= 2])


def test_another_seed_gives_other_data():
    assert not run(seed=2)["estimate"].equals(run()["estimate"])


def test_a_study_goes_on_from_its_file(tmp_path):
    file, here = tmp_path / "study.jsonl", Here()
    first = run(replications=2, file=file)
    more = run(replications=5, file=file, executor=here)
    assert here.begun == 3
    pd.testing.assert_frame_equal(more, run(replications=5))
    pd.testing.assert_frame_equal(run(replications=2, file=file, executor=None), first)


def test_a_line_that_was_not_finished_is_done_again(tmp_path):
    file, here = tmp_path / "study.jsonl", Here()
    whole = run(file=file)
    text = file.read_text()
    file.write_text(text[:-40])
    pd.testing.assert_frame_equal(run(file=file, executor=here), whole)
    assert here.begun == 1
    assert [json.loads(line) for line in file.read_text().splitlines()] == [
        json.loads(line) for line in text.splitlines()
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"j,y\n1,2\n", "is not the file of a study"),
        (b"", "is not the file of a study"),
        (b"\xff\xfe", "is not the file of a study"),
        (b'{"study": "0123"}\n', "is the file of another study"),
        (b'{"study": "0123"}\n{"repl', "is the file of another study"),
        (b"[1]\n", "is not the file of a study"),
    ],
)
def test_other_files_are_refused_and_left_as_they_are(tmp_path, content, says):
    file = tmp_path / "mine.csv"
    file.write_bytes(content)
    with pytest.raises(DataError, match=says):
        run(file=file)
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2}, {"methods": dict(reversed(REML.items()))},
        {"methods": {"listwise": "complete", "complete data": "listwise"}},
        {"scenario": chapter_scenario(n_clusters=10, cluster_size=10, skewness=0.1)},
        {"scenario": chapter_scenario(n_clusters=10, cluster_size=10, rate=0.2)},
        {"scenario": chapter_scenario(n_clusters=11, cluster_size=10)},
        {"scenario": chapter_scenario("MAR", n_clusters=10, cluster_size=10)},
    ],
    ids=str,
)  # fmt: skip
def test_another_study_does_not_go_on_from_the_file(tmp_path, other):
    file = tmp_path / "study.jsonl"
    run(file=file)
    options = {"scenario": SCENARIO, "methods": REML, "replications": 3, "progress": False, **other}
    with pytest.raises(DataError, match="another study"):
        study(**options, file=file, executor=Here())


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(DataError, match="cannot be written: No such file"):
        run(file=tmp_path / "nowhere" / "study.jsonl")


def test_progress_is_told_and_a_stop_keeps_what_has_finished(tmp_path):
    stop, told = threading.Event(), []

    def progress(done, total):
        told.append((done, total))
        if done == 2:
            stop.set()

    found = run(replications=50, progress=progress, stop=stop, file=tmp_path / "s.jsonl")
    assert told[:3] == [(0, 50), (1, 50), (2, 50)]
    n = found["replication"].nunique()
    assert 2 <= n < 10
    assert sorted(found["replication"].unique()) == list(range(1, n + 1))
    assert len((tmp_path / "s.jsonl").read_text().splitlines()) == n + 1


INTERRUPTED = """
import sys, threading, time, os, signal
from tutorkit import parse
from tutorkit.study import chapter_scenario, study
from tutorkit.jobs import pool as processes
if __name__ == "__main__":
    model = parse("CLUSTERID: j; MODEL: y ~ x1i | x1i; x1i ~ x3i; BURN: 100; ITERATIONS: 20000;")
    def interrupt(done, total):
        if done == 2:
            os.killpg(0, signal.SIGINT)  # all processes, as Jupyter does
    found = study(chapter_scenario(), {"MAR": model}, replications=40, file=sys.argv[1],
                  progress=interrupt)
    print(found["replication"].nunique(), found["ess"].min() > 500, set(found["problem"]))
"""


def test_an_interrupt_of_all_processes_keeps_whole_replications_only(tmp_path):
    file = tmp_path / "study.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, file], capture_output=True, text=True, timeout=120,
        start_new_session=True, check=True,
    )  # fmt: skip
    n, mixed, problems = done.stdout.split(maxsplit=2)
    assert 2 <= int(n) < 40
    assert (mixed, problems.strip()) == ("True", "{''}")
    assert len(file.read_text().splitlines()) == int(n) + 1


def test_a_method_that_fails_says_why_and_the_others_go_on():
    strange = parse("CLUSTERID: j; MODEL: y ~ x1i x3i zz; x1i ~ x3i; BURN: 20; ITERATIONS: 40;")
    found = run({"wrong": strange, "listwise": "listwise", "MNAR": MODEL}, 2)
    wrong = found[found["method"] == "wrong"]
    assert len(wrong) == 2
    assert wrong["estimate"].isna().all()
    assert "zz" in wrong["problem"].iloc[0]
    assert found.loc[found["method"] == "MNAR", "estimate"].notna().all()


def test_processes_that_die_are_one_message(tmp_path):
    with ProcessPoolExecutor(1) as pool:
        pool.submit(os.getpid).result()
        threading.Thread(target=_kill, args=(pool,)).start()
        with pytest.raises(TutorkitError, match="have ended"):
            study(chapter_scenario(), ALL, replications=200, executor=pool, progress=False)


def _kill(pool):
    time.sleep(1)
    for process in pool._processes:
        os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"methods": {}}, "needs a method"),
        ({"methods": {"a": "listwize"}}, "'a' is neither a model nor"),
        ({"methods": {"a": None}}, "neither a model"),
        ({"methods": {"truth": "listwise"}}, "'truth' cannot be the name of a method"),
        ({"replications": 0}, "'replications' must be a whole number from 1 on, not 0"),
        ({"replications": 2.5}, "'replications' must be a whole number"),
        ({"replications": True}, "'replications' must be a whole number"),
        ({"seed": -1}, "'seed' must be a whole number from 0 on"),
    ],
)
def test_impossible_studies_are_refused(options, says):
    with pytest.raises(SpecError, match=says):
        run(**options)


def test_an_error_of_ours_is_that_methods_problem(monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(sys.modules["tutorkit.study.study"], "fit_reml", fail)
    found = run({"listwise": "listwise", "MNAR": MODEL}, 1)
    assert found["problem"].iloc[0] == "ZeroDivisionError: division by zero"
    assert found["estimate"].notna().sum() == 9


def test_sizes_may_be_numpys_numbers(tmp_path):
    sizes = {"n_clusters": np.int64(10), "cluster_size": np.int64(10)}
    for _ in range(2):
        study(chapter_scenario(**sizes), REML, replications=2, file=tmp_path / "s.jsonl",
              progress=False, executor=Here())  # fmt: skip


def test_workers_leave_interrupts_to_the_caller():
    """Jupyter interrupts all processes of a kernel: one that samples would return what it has."""
    with processes(None, 1) as pool:
        assert pool.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN
