"""From a table to the arrays of a model; the only place where data are checked against it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Real

import numpy as np
import pandas as pd

from tutorkit.arrays import Floats, Integers
from tutorkit.data.checks import check_columns
from tutorkit.data.extremes import extreme_warnings
from tutorkit.data.implied import join
from tutorkit.data.joint import JointModel
from tutorkit.data.levels import describe, fill_clusters, fixed_columns
from tutorkit.data.places import mistake, place_of
from tutorkit.data.read import MISSING
from tutorkit.data.warnings import data_warnings
from tutorkit.errors import DataError, Place, did_you_mean
from tutorkit.model.expressions import evaluate, names
from tutorkit.model.spec import ModelSpec


@dataclass(frozen=True, eq=False)
class ModelData:
    """The data of one model as arrays, rows sorted by cluster; made by `prepare`."""

    variables: tuple[str, ...]
    values: Floats  # (n_variables, n_rows), C order, missing values nan
    cluster: Integers  # (n_rows,) 0 to n_clusters - 1, or zeros without clusters
    n_clusters: int  # 0 without clusters
    rows: Integers  # (n_rows,) position of each row in the data given
    model: JointModel
    warnings: tuple[str, ...] = ()
    fixed: Mapping[str, Floats] = field(default_factory=dict)
    """Columns of FIXED variables around observed means, each (n_rows,), by name."""

    def column(self, name: str) -> Floats:
        """Return the column of a variable, or one of ``fixed``."""
        if name in self.fixed:
            return self.fixed[name]
        column: Floats = self.values[self.variables.index(name)]
        return column

    def missing_rate(self, variable: str) -> float:
        """Return the share of missing values, from 0 to 1: of a level-2 variable over clusters."""
        gaps = np.isnan(self.column(variable))
        if self.model.column(variable).level == 2:
            gaps = gaps[np.unique(self.cluster, return_index=True)[1]]
        return float(gaps.mean())


def prepare(spec: ModelSpec, data: pd.DataFrame) -> ModelData:
    """Pick or make the model's columns from the data, and refuse data that do not fit the model.

    Codes under MISSING become missing values, TRANSFORM makes its columns, and rows in which every
    variable of the model is missing are dropped, unless it has one variable only. Columns outside
    the model are ignored. The result holds the joint model: see `tutorkit.data.joint`.
    """
    if not isinstance(data, pd.DataFrame):
        hint = "Read a file with read_data('my.csv')."
        raise DataError(f"The data must be a pandas DataFrame, not {type(data).__name__}", hint)
    check_names(spec, data)
    if data.empty:
        raise DataError("The data have no rows")
    columns = {name: _numbers(spec, data, name) for name in spec.sources}
    for transform in spec.transforms:
        if all(name in columns for name in names(transform.expression)):
            made = evaluate(transform.expression, columns)
            columns[transform.name] = np.array(np.broadcast_to(made, len(data)))
    values = np.array([columns[name] for name in spec.variables])
    observed = ~np.isnan(values)
    if not observed.any():
        hint = "Check the codes under MISSING." if spec.missing else ""
        raise mistake(spec, "Every value of the model's variables is missing", hint, ("missing",))
    # an indicator is never missing, so it does not keep a row that has nothing else
    counted = [name not in dict(spec.indicators) for name in spec.variables]
    rows = np.flatnonzero(observed[counted].any(axis=0) | (sum(counted) == 1))
    cluster, n_clusters = _clusters(spec, data, rows)
    order = np.argsort(cluster, kind="stable")
    rows, cluster = rows[order], cluster[order]
    values = np.ascontiguousarray(values[:, rows])
    fill_clusters(values, cluster, n_clusters)
    facts = describe(spec, values, cluster, n_clusters)
    used = dict(zip(spec.variables, values, strict=True))
    check_columns(spec, used, facts, cluster, n_clusters)
    model = join(spec, facts)
    fixed = fixed_columns(spec, values, facts, cluster, n_clusters)
    return ModelData(
        variables=spec.variables,
        values=values,
        cluster=cluster,
        n_clusters=n_clusters,
        rows=rows,
        model=model,
        warnings=(
            *data_warnings(spec, model, used, columns, len(data) - len(rows)),
            *extreme_warnings(spec, model, used | fixed, cluster, n_clusters),
        ),
        fixed=fixed,
    )


def check_names(spec: ModelSpec, data: pd.DataFrame) -> None:
    """Refuse a model with a name that is no column of the data, or of two columns."""
    columns = [name for name in data.columns if isinstance(name, str)]
    known_names = {*spec.sources, *(t.name for t in spec.transforms)}
    wanted: list[tuple[str, Place]] = [(name, place_of(spec, name)) for name in spec.sources]
    wanted += [(name, ("fixed", name)) for name in spec.fixed if name not in known_names]
    if spec.cluster is not None:
        wanted.insert(0, (spec.cluster, ("cluster",)))
    known = set(columns)
    for name, place in wanted:
        if name not in known:
            hint = did_you_mean(name, [c for c in columns if c != spec.cluster])
            raise mistake(spec, f"The data have no column '{name}'", hint, place)
        if columns.count(name) > 1:
            hint = "Rename one of them."
            raise mistake(spec, f"The data have two columns named '{name}'", hint, place)


def _numbers(spec: ModelSpec, data: pd.DataFrame, name: str) -> Floats:
    """Return a column as numbers, missing values nan; text and infinite values are mistakes."""
    column = data[name]
    place = place_of(spec, name)
    if pd.api.types.is_numeric_dtype(column.dtype) and column.dtype.kind != "c":
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        values = np.empty(len(column))
        for row, cell in enumerate(column.astype(object)):
            number = _number(cell)
            if number is None:
                raise _not_a_number(spec, data, name, row, str(cell))
            values[row] = number
    values = np.where(np.isin(values, spec.missing), np.nan, values)
    if np.isinf(values).any():
        where = _where(data, int(np.flatnonzero(np.isinf(values))[0]))
        hint = "Correct it, or make it missing (NA)."
        raise mistake(spec, f"'{name}' is infinite {where}", hint, place)
    return values


def _number(cell: object) -> float | None:
    """Return the number in a cell, nan if the cell is missing, None if it holds something else."""
    if isinstance(cell, str):
        text = cell.strip()
        if text in MISSING:
            return float("nan")
        try:
            return None if "_" in text else float(text)
        except ValueError:
            return None
    if isinstance(cell, Real | Decimal):
        try:
            return float(cell)
        except OverflowError:
            return float("inf")
    return float("nan") if cell is None or cell is pd.NA or cell is pd.NaT else None


def _not_a_number(spec: ModelSpec, data: pd.DataFrame, name: str, row: int, cell: str) -> DataError:
    if name == spec.cluster:
        drop = f"data = data.dropna(subset=['{name}']); " if data[name].isna().any() else ""
        code = f"data['{name}'] = data['{name}'].astype('category').cat.codes + 1"
        hint = f"Number the clusters first: {drop}{code}"
        what = f"The cluster variable '{name}' holds text: '{cell[:30]}' {_where(data, row)}"
        return mistake(spec, what, hint, ("cluster",))
    hint = "Replace it by a number or NA, or leave the variable out of the model."
    if re.fullmatch(r"\s*[-+]?\d+,\d+\s*", cell):
        hint = f"Write decimals with a point: {cell.strip().replace(',', '.')}"
    what = f"'{name}' holds '{cell[:30]}', which is not a number, {_where(data, row)}"
    return mistake(spec, what, hint, place_of(spec, name))


def _where(data: pd.DataFrame, row: int) -> str:
    index = data.index
    if isinstance(index, pd.RangeIndex) and (index.start, index.step) == (0, 1):
        return f"in row {row} (line {row + 2} of the file)"
    return f"in row {index[row]!r}"


def _clusters(spec: ModelSpec, data: pd.DataFrame, rows: Integers) -> tuple[Integers, int]:
    """Return the rows' clusters, numbered from 0 in the order of the variable, and how many."""
    name, place = spec.cluster, ("cluster",)
    if name is None:
        return np.zeros(len(rows), dtype=np.int64), 0
    column = data[name]
    numbers = _numbers(spec, data, name)[rows]
    n_missing = int(np.isnan(numbers).sum())
    if n_missing:
        what = f"The cluster variable '{name}' is missing in {n_missing} of {len(rows)} rows"
        hint = f"Drop these rows first: data = data.dropna(subset=['{name}'])"
        raise mistake(spec, what, hint, place)
    whole = pd.api.types.is_integer_dtype(column.dtype)
    labels = column.to_numpy()[rows] if whole else numbers
    codes, found = pd.factorize(labels, sort=True)
    if len(found) == 1:
        what = f"The cluster variable '{name}' has the same value in every row"
        raise mistake(spec, what, "Name another variable, or leave CLUSTERID out.", place)
    if len(found) == len(codes):
        what = f"Each value of the cluster variable '{name}' has one row only"
        hint = "Cluster effects cannot be told from residuals then: leave CLUSTERID out."
        raise mistake(spec, what, hint, place)
    return codes.astype(np.int64), len(found)
