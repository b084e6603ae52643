"""Small models with made-up data, for tests of kernels: built without reading a table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tutorkit.data import ModelData
from tutorkit.data.implied import join
from tutorkit.data.levels import describe, fixed_columns
from tutorkit.layout import compile_plan
from tutorkit.model.script import parse
from tutorkit.model.spec import ModelSpec, Priors
from tutorkit.plan import Plan

LEVEL_2 = ("b", "c")  # variables whose names begin so have one value per cluster
ORDINAL = ("o", "p", "bo")  # categories 1, 2, ...; all others are standard normal


def n_categories(name: str) -> int:
    """Return the number of categories that a name ends in, 2 if it ends in none."""
    return int(name[-1]) if name[-1].isdigit() else 2


def build(
    model: str,
    incomplete: dict[str, np.ndarray],
    *,
    sizes: tuple[int, ...],
    clusters: bool,
    priors: Priors,
    rng: np.random.Generator,
) -> tuple[ModelSpec, ModelData, Plan]:
    """Return spec, data and plan of a script's MODEL part and the commands behind it.

    ``incomplete`` says in which rows, or of a level-2 variable in which clusters, values are
    missing.
    """
    text = f"{'CLUSTERID: j;' if clusters else ''} MODEL: {model};"
    named = parse(text)
    ordinal = tuple(v for v in named.variables if v.startswith(ORDINAL))
    spec = replace(named, priors=priors, ordinal=ordinal)
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    values = np.empty((len(spec.variables), cluster.size))
    for k, name in enumerate(spec.variables):
        unit = cluster if name.startswith(LEVEL_2) else np.arange(cluster.size)
        drawn = rng.standard_normal(unit[-1] + 1)
        if name in ordinal:  # every category in turn, and two rows of each together
            drawn = 1.0 + np.arange(drawn.size) // 2 % n_categories(name)
        if name in incomplete:
            drawn[incomplete[name]] = np.nan
        values[k] = drawn[unit]
    if not clusters:
        cluster = np.zeros_like(cluster)
    count = len(sizes) if clusters else 0
    facts = describe(spec, values, cluster, count)
    data = ModelData(
        variables=spec.variables,
        values=values,
        cluster=cluster,
        n_clusters=count,
        rows=np.arange(cluster.size),
        model=join(spec, facts),
        fixed=fixed_columns(spec, values, facts, cluster, count),
    )
    return spec, data, compile_plan(data.model, data, priors, data.model.described)
