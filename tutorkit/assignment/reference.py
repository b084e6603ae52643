"""What is made for one student: data, and the posterior that their estimates are held against."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import version

import numpy as np
import pandas as pd

from tutorkit.assignment.data_plan import CLUSTER, OUTCOME, PREDICTORS, DataPlan
from tutorkit.assignment.description import Assignment
from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.roster import Student
from tutorkit.assignment.secret import generator
from tutorkit.comparison.tables import compare, focal_values, is_coefficient
from tutorkit.diagnostics import split_psr
from tutorkit.errors import DataError, TutorkitError
from tutorkit.reml import fit_reml
from tutorkit.sampling import sample

TRIES = 20
PROGRAMS = ("tutorkit", "numpy", "numba")
BURN = 1000
WORST_PSR = 1.05
STATISTICS = {"median": "estimate", "sd": "sd", "mcse": "mcse"}


def issue(
    assignment: Assignment, student: Student, handle: str, keys: Mapping[str, bytes]
) -> Issued:
    """Return what a student is given, with truth and reference posterior.

    Parameters
    ----------
    keys
        The student's sub-keys for "data" and "reference".

    Raises
    ------
    TutorkitError
        If the reference run does not converge.
    """
    table = data_for(assignment.data, keys["data"])
    content = csv_of(table)
    return Issued(
        student=student,
        handle=handle,
        sha256=hashlib.sha256(content).hexdigest(),
        versions={name: version(name) for name in PROGRAMS} | {"python": platform.python_version()},
        truth=[[*name, value] for name, value in assignment.data.truth.items()],
        reference=_reference(assignment, table, keys["reference"]),
        listwise=_listwise(assignment, table),
    )


def data_for(plan: DataPlan, key: bytes) -> pd.DataFrame:
    """Return a student's data as they see them, with four decimals.

    The first draw in which every variable that is to have missing values has one is taken, and in
    which the complete rows suffice for a fit.

    Raises
    ------
    DataError
        If there is none among twenty draws: the plan asks for too little.
    """
    rng = generator(key)
    columns = [CLUSTER, OUTCOME, *PREDICTORS]
    for _ in range(TRIES):
        table = plan.scenario().draw(rng).data[columns].round(4)
        gaps = table.isna().sum()
        if all(gaps[name] >= 3 for name in plan.rates) and len(table.dropna()) >= 30:
            return table
    what = "The data of this assignment have too few values, or too few missing ones"
    raise DataError(what, "Ask for more rows, or for other rates.")


def csv_of(table: pd.DataFrame) -> bytes:
    """Return data as the content of a file, the same on all systems."""
    return table.to_csv(index=False, na_rep="NA", float_format="%.4f", lineterminator="\n").encode()


def _reference(
    assignment: Assignment, table: pd.DataFrame, key: bytes
) -> dict[str, dict[str, float]]:
    spec = assignment.data.keys()[0]
    for k in range(3):  # more iterations, should so many not do
        seed = int.from_bytes(key[4 * k : 4 * k + 4]) // 2
        n = assignment.iterations * 4**k
        draws = sample(spec, table, seed=seed, burn=BURN, iterations=n, progress=False)
        if np.nanmax(split_psr(focal_values("reference", draws))) <= WORST_PSR:
            rows = compare({"reference": draws}).set_index("parameter")
            return {
                name: {key: float(rows[of].loc[name]) for key, of in STATISTICS.items()}
                for name in map(str, rows.index)
                if is_coefficient(name)
            }
    raise TutorkitError(
        "The reference run has not converged",
        "Ask for more rows, a smaller strength, or more 'iterations'.",
    )


def _listwise(assignment: Assignment, table: pd.DataFrame) -> dict[str, float]:
    fit = fit_reml(assignment.data.keys()[0], table)
    rows = compare({"listwise": fit}).set_index("parameter")["estimate"]
    return {name: float(rows[name]) for name in map(str, rows.index) if is_coefficient(name)}
