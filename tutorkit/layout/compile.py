"""The whole plan of a joint model and its data."""

from __future__ import annotations

from collections.abc import Iterable

from tutorkit.data import ModelData
from tutorkit.data.joint import JointModel
from tutorkit.layout.blocks import block_arrays
from tutorkit.layout.columns import column_arrays, fill_columns, row_arrays
from tutorkit.layout.equations import equation_arrays, term_arrays
from tutorkit.layout.numbering import Numbering
from tutorkit.model.spec import Priors
from tutorkit.plan import Plan


def compile_plan(
    model: JointModel, data: ModelData, priors: Priors, described: Iterable[str] = ()
) -> Plan:
    """Lay out a joint model and its data (both from `tutorkit.data.prepare`) for the kernels.

    ``described`` are the columns whose mean and standard deviation are recorded.
    """
    numbers = Numbering(model)
    columns, missing = fill_columns(model, data)
    return Plan(
        columns=columns,
        **row_arrays(data),
        **column_arrays(numbers, columns, missing, described),
        **equation_arrays(numbers, priors),
        **term_arrays(numbers, priors, columns),
        **block_arrays(numbers, columns),
    )
