"""Studies that come with the package; ``python -m tutorkit.study FOLDER`` makes them again."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tutorkit.errors import TutorkitError, did_you_mean
from tutorkit.model.script import parse
from tutorkit.model.spec import ModelSpec
from tutorkit.study.scenario import Scenario, chapter_scenario
from tutorkit.study.study import COLUMNS, COMPLETE, LISTWISE, Method

RESULTS = Path(__file__).parent / "results"
REPLICATIONS = 1000
DECIMALS = 4


def shipped_study(name: str) -> pd.DataFrame:
    """Return the results of a study that comes with the package, as `study` returns them.

    Each has 1,000 data sets of 30 clusters of 20 rows. "chapter": y is missing not at random, as in
    the chapter. "mar": y is missing at random, by x3i. "skewed": y is missing completely at random,
    but the focal residuals have a skewness of 1. Methods: "complete data", "listwise", "MAR",
    "MNAR" (y and all that is in the focal model predict y.missing) and "MNAR by y alone". Numbers
    have four decimals.

    Raises
    ------
    TutorkitError
        If there is none of this name.
    """
    if name not in scenarios():
        raise TutorkitError(f"There is no study '{name}'", did_you_mean(name, scenarios()))
    table = pd.read_csv(RESULTS / f"{name}.csv.gz", dtype={"problem": object})
    return table.fillna({"problem": ""})[COLUMNS]


def chapter_methods() -> dict[str, Method]:
    """Return the methods that are compared, each by the name it goes by."""
    return {
        "complete data": COMPLETE,
        "listwise": LISTWISE,
        "MAR": chapter_model(""),
        "MNAR": chapter_model("y.missing ~ y x1i x2i x3i x2i*x3i;"),
        "MNAR by y alone": chapter_model("y.missing ~ y;"),
    }


def chapter_model(selection: str) -> ModelSpec:
    """Return the chapter's model with this selection model, and fewer iterations."""
    return parse(
        "CLUSTERID: j; FIXED: x3i; MODEL: focal: y ~ x1i x2i x3i x2i*x3i | x1i; "
        f"auxiliary: x1i x2i ~ x3i; {selection} BURN: 500; ITERATIONS: 2000;"
    )


def scenarios() -> dict[str, Scenario]:
    """Return the situations of the studies by name."""
    return {
        "chapter": chapter_scenario(),
        "mar": chapter_scenario("MAR"),
        "skewed": chapter_scenario("MCAR", skewness=1.0),
    }
