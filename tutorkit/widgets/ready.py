"""Import in a kernel, ahead of its notebook's first cell, what lessons and workbench show."""

from __future__ import annotations

from tutorkit.charts import describe, interval_chart, show
from tutorkit.comparison import compare
from tutorkit.datasets import load, script
from tutorkit.model.script import parse
from tutorkit.reml import fit_reml
from tutorkit.widgets import workbench  # noqa: F401  imports all views
from tutorkit.widgets.lessons import lesson  # noqa: F401


def get_ready() -> None:
    """Draw a chart, so that the first one that is seen comes at once."""
    fit = fit_reml(parse(script("04_multilevel")), load("04_multilevel"))
    table = compare({"listwise": fit})
    show(interval_chart(table), describe(table), table).svg()
