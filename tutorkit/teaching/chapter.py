"""What the chapter's program printed of its run, where lessons talk about it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tutorkit.data import prepare
from tutorkit.datasets import load, script
from tutorkit.model.script import parse
from tutorkit.parameters import monitored

DATA = "04_multilevel"
BURN_IN = Path(__file__).with_name("chapter_burn_in.csv")


def chapter_burn_in() -> pd.DataFrame:
    """Return the burn-in table of the chapter's section 7.3, as `tutorkit.chains.psr_table` does.

    The chapter's run is Blimp's, of the authors' own data; parameters have the same numbers here.
    """
    table = pd.read_csv(BURN_IN)
    model = prepare(parse(script(DATA)), load(DATA)).model
    labels = [parameter.label for parameter in monitored(model)]
    return table.assign(parameter=[labels[number - 1] for number in table["number"]])
