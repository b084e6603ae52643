"""How many parameters a model has, by equation."""

from __future__ import annotations

import pandas as pd

from tutorkit.data.joint import JointModel
from tutorkit.formulas import role_of
from tutorkit.model.spec import ModelSpec
from tutorkit.parameters import monitored

ADDED = "added"  # the role of what the script does not have: models of predictors, grand means


def parameter_counts(spec: ModelSpec, model: JointModel) -> pd.DataFrame:
    """Return the number of free parameters of each equation of a joint model.

    Columns: ``outcome``; ``model`` (focal, auxiliary, selection, or "added" for what data made
    necessary); one for each group of parameters as the report names it, such as ``Coefficients``;
    ``total``. Not counted are parameters that are fixed or that follow from others.
    """
    free = [p for p in monitored(model) if p.free]
    roles = {e.outcome: role_of(spec, e) for e in spec.equations}
    groups = list(dict.fromkeys(p.group for p in free))
    rows = [
        {
            "outcome": name,
            "model": roles.get(name, ADDED),
            **{g: sum((p.outcome, p.group) == (name, g) for p in free) for g in groups},
            "total": sum(p.outcome == name for p in free),
        }
        for name in dict.fromkeys(p.outcome for p in free)
    ]
    return pd.DataFrame(rows)


def describe_counts(table: pd.DataFrame) -> str:
    """Say in words what `parameter_counts` shows."""
    total = int(table["total"].sum())
    parts = [f"{row['total']} for {row['outcome']}" for row in table.to_dict("records")]
    return f"The model has {total} free parameters: {', '.join(parts)}."
