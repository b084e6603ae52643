"""Simulation studies: how far estimates by several methods lie from the truth, over data sets."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, Executor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tutorkit.comparison.focal import Fit
from tutorkit.comparison.tables import TRUTH, compare, focal_values
from tutorkit.diagnostics import bulk_sizes, split_psr
from tutorkit.draws import Draws
from tutorkit.errors import SpecError, TutorkitError, did_you_mean
from tutorkit.files import append
from tutorkit.jobs import Progress, pool, shown, work_off
from tutorkit.model.spec import ModelSpec
from tutorkit.reml import fit_reml
from tutorkit.sampling import sample, warm
from tutorkit.study.record import fingerprint, read_record
from tutorkit.study.scenario import Scenario

COMPLETE, LISTWISE = "complete", "listwise"
REML = (COMPLETE, LISTWISE)
COLUMNS = ["replication", "method", "parameter", "estimate", "sd", "lower", "upper", "truth",
           "psr", "ess", "problem"]  # fmt: skip
KEPT = ["parameter", "estimate", "sd", "lower", "upper", "truth"]

Method = str | ModelSpec


def study(
    scenario: Scenario,
    methods: Mapping[str, Method],
    *,
    replications: int = 100,
    seed: int = 1,
    file: str | os.PathLike[str] | None = None,
    executor: Executor | None = None,
    progress: bool | Progress = True,
    stop: threading.Event | None = None,
) -> pd.DataFrame:
    """Simulate data sets and estimate the focal model of each by several methods.

    Parameters
    ----------
    scenario
        How each data set is made.
    methods
        A name for each method: a model to be sampled with its own priors, burn-in, chains and
        iterations, or "complete" or "listwise" for a REML fit of the first model, of the data
        before values were deleted or of their complete rows.
    replications
        Number of data sets. Data set k and the draws from it depend on ``seed`` and k alone, not
        on where or in which order they are made.
    seed
        A whole number from 0 on.
    file
        Where each replication is written as it finishes. If the file has some already, only the
        others are done; more replications than before may be asked for.
    executor
        Where replications run: any `concurrent.futures.Executor`, such as
        ``dask.distributed.Client(...).get_executor()``; by default processes on this machine.
    progress
        True for a progress bar, False for none, or a function called with (replications done,
        replications in all) from this thread.
    stop
        Set this event to stop; so does a keyboard interrupt. What has finished is returned.

    Returns
    -------
    DataFrame
        One row per replication, method and parameter of the focal model, the parameters named as
        by `compare`: ``replication`` (from 1), ``method``, ``parameter``, ``estimate``, ``sd``,
        ``lower``, ``upper``, ``truth``, ``psr`` and ``ess`` (the worst of the run's focal
        parameters; nan for REML) and ``problem``, which is empty. A method that failed has one
        row, without parameter and estimate, whose ``problem`` says why.

    Raises
    ------
    SpecError
        If methods, seed or number of replications are impossible.
    DataError
        If the file cannot be used, or is that of another study.
    TutorkitError
        If the processes end before their time.
    """
    _check(methods, replications, seed)
    stop = stop or threading.Event()
    path = None if file is None else Path(file)
    done = {} if path is None else read_record(path, fingerprint(scenario, methods, seed))
    done = {number: found for number, found in done.items() if number <= replications}
    wanted = [number for number in range(1, replications + 1) if number not in done]
    if any(isinstance(method, ModelSpec) for method in methods.values()) and executor is None:
        warm()  # once, not in each process
    with (
        pool(executor, len(wanted)) as workers,
        shown(progress, replications, "Study", "data set") as show,
    ):
        jobs = [workers.submit(replicate, scenario, dict(methods), seed, k) for k in wanted]

        def take(found: dict[str, Any]) -> None:
            done[found["replication"]] = found
            if path is not None:
                append(path, found)
            show(len(done))

        show(len(done))
        try:
            work_off(jobs, take, stop)
        except BrokenExecutor:
            raise TutorkitError(
                "The processes that ran the study have ended",
                "With a file, what had finished is there: call it again to go on. In a script, "
                "call it below 'if __name__ == \"__main__\":'.",
            ) from None
    return _table(done)


def replicate(
    scenario: Scenario, methods: Mapping[str, Method], seed: int, number: int
) -> dict[str, Any]:
    """Make data set ``number`` of a study and estimate by all methods.

    Returns
    -------
    dict
        ``replication`` and ``rows``, a list of rows as in the table of `study`; JSON can hold it.
    """
    seeds = np.random.SeedSequence([seed, number]).spawn(1 + len(methods))
    simulated = scenario.draw(np.random.default_rng(seeds[0]))
    first = next((m for m in methods.values() if isinstance(m, ModelSpec)), scenario.spec)
    rows: list[dict[str, Any]] = []
    for (name, method), child in zip(methods.items(), seeds[1:], strict=True):
        try:
            if isinstance(method, ModelSpec):
                own = int(child.generate_state(1)[0] // 2)
                fit: Fit = sample(method, simulated.data, seed=own, progress=False)
            else:
                table = simulated.complete if method == COMPLETE else simulated.data
                fit = fit_reml(first, table)
            rows += _rows(name, fit, scenario)
        except TutorkitError as error:
            rows.append({"method": name, "problem": f"{error.message}."})
        except Exception as error:  # ours, or the machine's: the other methods go on
            rows.append({"method": name, "problem": f"{type(error).__name__}: {error}"})
    return {"replication": number, "rows": rows}


def _rows(name: str, fit: Fit, scenario: Scenario) -> list[dict[str, Any]]:
    table = compare({name: fit}, scenario.truth)
    rows = table.loc[table["method"] != TRUTH, KEPT].to_dict("records")
    shared: dict[str, Any] = {"method": name}
    if isinstance(fit, Draws):
        values = focal_values(name, fit)
        shared["psr"] = float(np.nanmax(split_psr(values)))
        shared["ess"] = float(np.nanmin(bulk_sizes(values)))
    known = [{str(k): v for k, v in row.items() if v == v} for row in rows]  # without nan
    return [shared | row for row in known]


def _table(done: Mapping[int, dict[str, Any]]) -> pd.DataFrame:
    rows = [
        {"replication": number, "problem": "", **row}
        for number in sorted(done)
        for row in done[number]["rows"]
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _check(methods: Mapping[str, Method], replications: int, seed: int) -> None:
    if not methods:
        raise SpecError("A study needs a method", "For example {'listwise': 'listwise'}.")
    for name, method in methods.items():
        if name == TRUTH:
            raise SpecError(f"'{TRUTH}' cannot be the name of a method", "Choose another name.")
        if not isinstance(method, ModelSpec) and method not in REML:
            raise SpecError(
                f"The method '{name}' is neither a model nor one of 'complete' and 'listwise'",
                did_you_mean(str(method), REML) or "Make a model of a script: parse(script).",
            )
    for what, number, least in (("replications", replications, 1), ("seed", seed, 0)):
        if isinstance(number, bool) or not isinstance(number, int) or number < least:
            raise SpecError(f"'{what}' must be a whole number from {least} on, not {number!r}")
