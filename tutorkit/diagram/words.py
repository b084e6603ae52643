"""A path diagram in words and as a table, and the estimates to write on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tutorkit.diagram.drawing import Estimates
from tutorkit.diagram.graph import graph_of
from tutorkit.draws import Draws
from tutorkit.formulas import role_of
from tutorkit.model.spec import Equation, ModelSpec
from tutorkit.parameters import COEFFICIENTS
from tutorkit.summaries import demand_draws
from tutorkit.wording import listed

_SHOWN = ("equations", "cluster", "ordinal", "grand_mean", "group_mean", "transforms")


def describe_diagram(spec: ModelSpec, estimates: Estimates | None = None) -> str:
    """Say in words what `path_diagram` shows, a line for each outcome."""
    graph = graph_of(spec)
    lines = []
    for equation in spec.equations:
        arrows = [arrow for arrow in graph.arrows if arrow.target == equation.outcome]
        shown = [
            f"{arrow.source} ({value})"
            if (value := (estimates or {}).get(arrow.key))
            else arrow.source
            for arrow in arrows
        ]
        varying = [arrow.source for arrow in arrows if arrow.varies]
        lines.append(_sentence(spec, equation, shown, varying))
    return "\n".join(lines)


def path_table(spec: ModelSpec, estimates: Estimates | None = None) -> pd.DataFrame:
    """Return a row for each arrow: ``from``, ``to``, ``model``, ``random slope``, ``estimate``."""
    rows = [
        {
            "from": arrow.source,
            "to": arrow.target,
            "model": arrow.role,
            "random slope": "yes" if arrow.varies else "no",
            "estimate": (estimates or {}).get(arrow.key, ""),
        }
        for arrow in graph_of(spec).arrows
    ]
    table = pd.DataFrame(rows, columns=["from", "to", "model", "random slope", "estimate"])
    return table if estimates else table.drop(columns="estimate")


def estimates_of(draws: Draws) -> dict[tuple[str, str], str]:
    """Return the posterior medians of all coefficients as texts, by outcome and term.

    Raises
    ------
    TutorkitError
        If the run was stopped before it kept any draw.
    """
    demand_draws(draws)
    return {
        (p.outcome, p.name): f"{np.median(draws.values[:, :, k]):.2f}".replace("-", "−")
        for k, p in enumerate(draws.parameters)
        if p.group == COEFFICIENTS
    }


def estimates_for(spec: ModelSpec, draws: Draws | None) -> dict[tuple[str, str], str]:
    """Return the estimates of a run if it was of these equations, else none."""
    if draws is None or not draws.n_kept:
        return {}
    same = all(getattr(draws.spec, part) == getattr(spec, part) for part in _SHOWN)
    return estimates_of(draws) if same else {}


def _sentence(
    spec: ModelSpec, equation: Equation, shown: Sequence[str], varying: Sequence[str]
) -> str:
    outcome, role = equation.outcome, role_of(spec, equation)
    what = f"predicted by {listed(shown)}" if shown else "not predicted by any variable"
    parts = [f"{outcome} is {what} ({role} model)"]
    if spec.cluster is not None and equation.random_intercept:
        varies = "intercept and the effect of " + listed(varying) if varying else "intercept"
        parts.append(f"its {varies} {'vary' if varying else 'varies'} over clusters")
    return f"{'; '.join(parts)}."
