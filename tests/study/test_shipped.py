"""The studies that come with the package: whole, and what making them again gives."""

import numpy as np
import pandas as pd
import pytest

from tutorkit import TutorkitError, shipped_study
from tutorkit.study import __main__ as making
from tutorkit.study.shipped import (
    DECIMALS,
    REPLICATIONS,
    RESULTS,
    chapter_methods,
    scenarios,
)
from tutorkit.study.study import replicate

NAMES = list(scenarios())
SAMPLE = (3, 618)


@pytest.mark.parametrize("name", NAMES)
def test_each_study_is_whole(name):
    table = shipped_study(name)
    assert table["method"].unique().tolist() == list(chapter_methods())
    assert (table["problem"] == "").all()
    counts = table.groupby(["method", "parameter"]).size()
    assert (counts == REPLICATIONS).all()
    assert len(counts) == 5 * 9
    assert table["estimate"].notna().all()


def test_there_is_a_file_for_each_study_and_no_other():
    assert sorted(file.name for file in RESULTS.iterdir()) == sorted(f"{n}.csv.gz" for n in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_replications_made_again_say_the_same(name):
    """REML to the decimals kept; draws, where machines may differ, to Monte Carlo error."""
    table = shipped_study(name).set_index(["replication", "method", "parameter"])
    for number in SAMPLE:
        found = pd.DataFrame(replicate(scenarios()[name], chapter_methods(), 1, number)["rows"])
        for row in found.to_dict("records"):
            kept = table.loc[number, row["method"], row["parameter"]]
            near = 0.6 * 10**-DECIMALS
            if row["ess"] == row["ess"]:
                near += 8 * row["sd"] / np.sqrt(min(row["ess"], kept["ess"]))
            assert row["estimate"] == pytest.approx(kept["estimate"], abs=near)
            assert row["truth"] == pytest.approx(kept["truth"], abs=1e-3)


def test_one_command_makes_them_again(tmp_path, monkeypatch):
    asked = {}

    def known(scenario, methods, replications, file):
        name = file.name.removesuffix(".jsonl")
        asked[name] = (scenario, methods, replications)
        return shipped_study(name).assign(estimate=lambda t: t["estimate"] + 1e-6)

    monkeypatch.setattr(making, "study", known)
    making.main(str(tmp_path / "new"))
    assert asked == {n: (s, chapter_methods(), REPLICATIONS) for n, s in scenarios().items()}
    for name in NAMES:
        new, old = (
            pd.read_csv(folder / f"{name}.csv.gz") for folder in (tmp_path / "new", RESULTS)
        )
        pd.testing.assert_frame_equal(new, old)


def test_other_studies_are_refused():
    with pytest.raises(TutorkitError, match=r"no study 'charter'[\s\S]*chapter"):
        shipped_study("charter")
