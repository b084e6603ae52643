"""What the data say about the variables: their level, missing values and categories."""

from __future__ import annotations

import numpy as np

from tutorkit.arrays import Floats, Integers
from tutorkit.data.implied import observed_between, observed_centred, observed_mean, observed_within
from tutorkit.data.joint import Facts
from tutorkit.model.spec import ModelSpec


def describe(
    spec: ModelSpec, values: Floats, cluster: Integers, n_clusters: int
) -> dict[str, Facts]:
    """Return level, share of missing values and (if ORDINAL) categories of each variable.

    A variable is at level 2 if no cluster holds two different values of it. ``values`` is
    (n_variables, n_rows), with ``cluster`` ascending.
    """
    facts = {}
    for name, column in zip(spec.variables, values, strict=True):
        known = ~np.isnan(column)
        observed = column[known]
        within = np.diff(observed)[np.diff(cluster[known]) == 0]
        level = 2 if n_clusters and not within.any() else 1
        categories = tuple(np.unique(observed).tolist()) if name in spec.ordinal else ()
        facts[name] = Facts(level, float(1 - known.mean()), categories)
    return facts


def fill_clusters(values: Floats, cluster: Integers, n_clusters: int) -> None:
    """Complete level-2 variables in place, where some rows of a cluster have the value."""
    if not n_clusters:
        return
    start = np.searchsorted(cluster, np.arange(n_clusters))
    for column in values:
        gaps = np.isnan(column)
        if not gaps.any() or gaps.all():
            continue
        low = np.fmin.reduceat(column, start)
        if np.array_equal(low, np.fmax.reduceat(column, start), equal_nan=True):
            column[:] = low[cluster]


def fixed_columns(
    spec: ModelSpec,
    values: Floats,
    facts: dict[str, Facts],
    cluster: Integers,
    n_clusters: int,
) -> dict[str, Floats]:
    """Return the columns of FIXED variables around their observed means, by name."""
    columns = {}
    for name, column in zip(spec.variables, values, strict=True):
        if name not in spec.fixed:
            continue
        columns[observed_centred(name)] = column - column.mean()
        if n_clusters and facts[name].level == 1:
            mean = np.bincount(cluster, column) / np.bincount(cluster)
            columns[observed_mean(name)] = mean[cluster]
            columns[observed_within(name)] = column - mean[cluster]
            columns[observed_between(name)] = mean[cluster] - column.mean()
    return columns
