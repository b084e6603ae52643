"""A study on a real Dask cluster."""

import pandas as pd
import pytest

from tutorkit import parse
from tutorkit.study import chapter_scenario, study

distributed = pytest.importorskip("distributed")
SCENARIO = chapter_scenario(n_clusters=10, cluster_size=10)
METHODS = {
    "listwise": "listwise",
    "MAR": parse(
        "CLUSTERID: j; MODEL: y ~ x1i x2i x3i x2i*x3i | x1i; x1i x2i ~ x3i;"
        "BURN: 50; ITERATIONS: 100;"
    ),
}


@pytest.mark.filterwarnings("ignore")  # Dask's own, when it closes
def test_a_cluster_gives_what_this_process_gives(tmp_path):
    file = tmp_path / "study.jsonl"
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as at,
        distributed.Client(at) as client,
        client.get_executor() as executor,
    ):
        options = {"replications": 8, "executor": executor, "progress": False, "file": file}
        found = study(SCENARIO, METHODS, **options)
        names = set(client.run(lambda: 0))
    assert len(names) == 2
    pd.testing.assert_frame_equal(found, study(SCENARIO, METHODS, replications=8, progress=False))
    assert len(file.read_text().splitlines()) == 9
