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
ESTIMATES = Path(__file__).with_name("chapter_estimates.csv")


def chapter_burn_in() -> pd.DataFrame:
    """Return the burn-in table of the chapter's section 7.3, as `tutorkit.chains.psr_table` does.

    The chapter's run is Blimp's, of the authors' own data; parameters have the same numbers here.
    """
    table = pd.read_csv(BURN_IN)
    model = prepare(parse(script(DATA)), load(DATA)).model
    labels = [parameter.label for parameter in monitored(model)]
    return table.assign(parameter=[labels[number - 1] for number in table["number"]])


def chapter_estimates(outcome: str) -> pd.DataFrame:
    """Return what the chapter's section 7.3 prints of one outcome, or of "correlations".

    Columns: ``outcome``, ``group``, ``name``, ``median``, ``sd``, ``lower``, ``upper``, ``psr``
    and ``ess_bulk`` (its N_Eff), as `tutorkit.summarize` has them; rows as printed.
    """
    table = pd.read_csv(ESTIMATES)
    return table[table["outcome"] == outcome].reset_index(drop=True)
