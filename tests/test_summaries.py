"""The summary table against numpy."""

import numpy as np
import pytest

from tutorkit import summarize
from tutorkit.summaries import worst_mixing


@pytest.fixture(scope="module")
def table(chapter_draws):
    return summarize(chapter_draws)


def test_statistics_are_those_of_all_chains_draws(table, chapter_draws):
    for row, k in zip(table.to_dict("records"), range(57), strict=True):
        values = chapter_draws.values[:, :, k].ravel()
        assert row["median"] == np.median(values)
        assert row["sd"] == pytest.approx(values.std(ddof=1))
        assert (row["lower"], row["upper"]) == tuple(np.quantile(values, (0.025, 0.975)))


def test_numbers_run_through_the_parameters_and_leave_correlations_out(table):
    assert table["number"].dropna().tolist() == list(range(1, 52))
    assert (table.loc[table["number"].isna(), "group"] == "Level-1 Correlations").all()


def test_worst_mixing_is_among_the_numbered_parameters(table):
    highest, least = worst_mixing(table)
    numbered = table[table["number"].notna()]
    assert highest["psr"] == numbered["psr"].max()
    assert least["ess_bulk"] == numbered["ess_bulk"].min()
    assert worst_mixing(table.assign(psr=np.nan)) is None
