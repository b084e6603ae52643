"""Imputed data sets: as one table, and as the files of SAVE."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import numpy as np
import pandas as pd

from tutorkit.data import prepare
from tutorkit.draws import Draws
from tutorkit.errors import DataError, TutorkitError
from tutorkit.model.spec import ModelSpec
from tutorkit.model.statements import SAVED_ENDINGS
from tutorkit.patterns import cells_of, imputed_variables

IMPUTATION = "imputation"


def imputations(
    draws: Draws, data: pd.DataFrame, n: int | None = None, *, incomplete: bool = False
) -> pd.DataFrame:
    """Return imputed data sets, one below the other.

    Parameters
    ----------
    draws
        What `tutorkit.sample` returned.
    data
        The data it was given.
    n
        How many data sets; without it as many as NIMPS says, or else all that were kept (20).
        They are equally spaced over the kept iterations and the chains.
    incomplete
        Put the incomplete data on top, as imputation 0.

    Returns
    -------
    DataFrame
        ``imputation`` (from 1), then the columns of ``data`` with rows in their order, and columns
        that TRANSFORM made. Missing values of the model's variables are filled in (other columns
        stay as they are). Rows in which all variables of the model were missing are left out.

    Raises
    ------
    TutorkitError
        If these are other data, or fewer imputations were kept than ``n``.
    """
    table = _prepared(draws, data)
    chosen = _chosen(draws, n)
    places = {name: cells_of(draws, name) for name in imputed_variables(draws)}
    rows = np.argsort(np.argsort(draws.data.rows))  # of the table, by row of the model's data
    where = {name: rows[[draws.cells[k][1] for k in at]] for name, at in places.items()}
    parts = []
    if incomplete:
        parts.append(table.copy())
    for k in chosen:
        filled = {name: table[name].to_numpy(dtype=np.float64, copy=True) for name in places}
        for name, at in places.items():
            filled[name][where[name]] = draws.imputed[k, at]
        parts.append(table.assign(**filled))
    for number, part in enumerate(parts, start=0 if incomplete else 1):
        part.insert(0, IMPUTATION, number)
    return pd.concat(parts, ignore_index=True)


def save_imputations(
    draws: Draws,
    data: pd.DataFrame,
    file: str | os.PathLike[str],
    n: int | None = None,
    *,
    incomplete: bool = False,
) -> None:
    """Write the table of `imputations` to a .csv file (missing values NA) or a .parquet file.

    Raises
    ------
    TutorkitError
        As `imputations` does, or if the file cannot be written.
    """
    check_saving(file)
    table = imputations(draws, data, n, incomplete=incomplete)
    try:
        if Path(file).suffix.lower() == ".csv":
            table.to_csv(file, index=False, na_rep="NA")
        else:
            table.to_parquet(file, engine="pyarrow", index=False)
    except OSError as error:
        raise DataError(f"'{file}' cannot be written: {error.strerror or error}") from None
    except (TypeError, ValueError, NotImplementedError) as error:  # pyarrow's are among these
        what = f"'{file}' cannot hold these data: {error}"
        raise DataError(what, "Save them as .csv.") from None


def check_saving(file: str | os.PathLike[str]) -> None:
    """Find out before a run, not after it, that a file of imputations cannot be written."""
    if not str(file).lower().endswith(SAVED_ENDINGS):
        raise DataError(f"'{file}' must end in {' or '.join(SAVED_ENDINGS)}")
    check_writable(file)
    if str(file).lower().endswith(".parquet") and importlib.util.find_spec("pyarrow") is None:
        raise DataError(
            f"'{file}' cannot be written: parquet files need the package pyarrow",
            "Install it with 'pip install pyarrow', or save as .csv.",
        )


def check_writable(file: str | os.PathLike[str]) -> None:
    """Refuse a file that cannot be written."""
    path = Path(file)
    if path.is_dir():
        raise DataError(f"'{file}' is a folder, not a file")
    if not path.parent.is_dir():
        raise DataError(f"'{file}' cannot be written: there is no folder '{path.parent}'")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise DataError(f"'{file}' cannot be written: you have no permission")


def check_columns(spec: ModelSpec, data: pd.DataFrame) -> None:
    """Refuse data to which the columns of an imputed data set cannot be added."""
    made = [t.name for t in spec.transforms if t.name in spec.variables]
    for name in (IMPUTATION, *made):
        if name in data.columns:
            what = f"The data have a column '{name}', which imputed data sets need for themselves"
            raise DataError(what, "Rename it.")


def _prepared(draws: Draws, data: pd.DataFrame) -> pd.DataFrame:
    """Return the rows used, with incomplete variables of the model as it saw them."""
    check_columns(draws.spec, data)
    known, given = draws.data, prepare(draws.spec, data)
    same = np.array_equal(known.rows, given.rows) and np.array_equal(known.cluster, given.cluster)
    if not same or not np.array_equal(known.values, given.values, equal_nan=True):
        hint = "Pass the same table as to 'sample', with its rows in the same order."
        raise TutorkitError("These are not the data that the draws were made from", hint)
    order = np.argsort(known.rows)
    imputed = imputed_variables(draws)
    table = data.iloc[known.rows[order]]
    changed = {
        name: known.column(name)[order] for name in known.variables
        if name not in data.columns or data[name].isna().any() or name in imputed
    }  # fmt: skip
    return table.assign(**changed)


def _chosen(draws: Draws, n: int | None) -> list[int]:
    kept = len(draws.imputed)
    if not kept:
        hint = "Run it to the end, or with a smaller BURN."
        raise TutorkitError("The run was stopped before any imputation was kept", hint)
    wanted = n if n is not None else draws.spec.imputations or kept
    if n is None and draws.stopped:
        wanted = min(wanted, kept)
    if not 1 <= wanted <= kept:
        hint = "Ask for more with 'NIMPS: 50;' in the script, before the run."
        raise TutorkitError(f"{kept} imputations were kept, not {wanted}", hint)
    return [(k * kept) // wanted - 1 for k in range(1, wanted + 1)]
