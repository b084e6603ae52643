"""Which iterations of a run keep their imputations, and of which cells."""

from __future__ import annotations

import numpy as np

from tutorkit.arrays import Integers
from tutorkit.data.joint import JointModel
from tutorkit.model.spec import ModelSpec
from tutorkit.plan import Plan

FEWEST_IMPUTATIONS = 20  # kept for the summary of imputed data


def schedule(spec: ModelSpec) -> list[Integers]:
    """Return the iterations after which each chain keeps its imputations, equally spaced."""
    per_chain = spec.draws_per_chain
    wanted = min(max(spec.imputations, FEWEST_IMPUTATIONS), per_chain * spec.chains)
    shares = [len(part) for part in np.array_split(np.arange(wanted), spec.chains)]
    return [
        spec.burn + (np.arange(1, n + 1) * per_chain) // n - 1 if n else np.arange(0)
        for n in shares
    ]


def cells(model: JointModel, plan: Plan) -> tuple[tuple[str, int], ...]:
    """Return variable and row of each missing cell of the data."""
    names = [model.columns[v].name for v in plan.cell_column]
    return tuple(zip(names, plan.cell_row.tolist(), strict=True))
