"""The whole workbench from Python, and in a notebook that is run without a browser."""

import subprocess
import sys

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

import tutorkit as tk
from tutorkit import DataError, Workbench
from tutorkit.widgets.parts import View
from tutorkit.widgets.run_settings import RunSettings

SHORT = "CLUSTERID: j; MODEL: y ~ x3i; BURN: 50; ITERATIONS: 200; SEED: 1;"


def views(widget):
    if isinstance(widget, View):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from views(child)


def complaints(bench):
    return [view.message.value for view in views(bench) if view.message.value]


@pytest.fixture(scope="module")
def bench():
    bench = Workbench("04_multilevel", SHORT)
    bench.run()
    return bench


def test_run_returns_the_draws_and_every_view_has_followed(bench):
    assert bench.session.draws.n_kept == 200
    assert complaints(bench) == []


@pytest.mark.parametrize("name", tk.VIEWS)
def test_every_view_is_public_and_usable_alone(name):
    cls = getattr(tk, name)
    if name not in ("Session", "Workbench", "Lesson", "Assignment"):  # no views of a session
        view = cls(tk.Session("04_multilevel"))
        assert complaints(view) == []
        view.session.write(SHORT)
        view.session.start()
        view.session.wait()
        view.session.load("exercise_04")
        view.session.load(pd.DataFrame({"y": [1.0, 2, None], "x": [1.0, 2, 3]}))
        assert complaints(view) == []


def test_views_are_imported_only_when_asked_for():
    code = "import sys, tutorkit; print('ipywidgets' in sys.modules); tutorkit.Runner"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "False", run.stderr
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        tk.Nothing  # noqa: B018


def test_wrong_names_of_data_are_refused_with_advice():
    with pytest.raises(DataError, match="Did you mean '04_multilevel'"):
        Workbench("04_multilevl")


def test_own_data_need_two_lines_as_well(tmp_path):
    frame = tk.datasets.load("exercise_04")
    frame.to_csv(tmp_path / "mine.csv", index=False)
    for source in (frame, tmp_path / "mine.csv", str(tmp_path / "mine.csv")):
        bench = Workbench(source, SHORT)
        assert complaints(bench) == []
        assert bench.session.complete is None


class Handle:
    """Stands for the output that holds the copy."""

    def __init__(self):
        self.copies = []

    def update(self, output):
        """Keep the copy."""
        self.html = output._repr_mimebundle_()["text/html"]
        self.copies.append(self.html)


def test_the_copy_holds_script_pictures_and_report():
    bench = Workbench("04_multilevel", SHORT)
    bench._copy = Handle()
    bench.run()
    first, copy = bench._copy.copies[-2:]
    assert "Outcome model estimates" in first  # before the pictures, which take longer
    assert first.count("<img ") < copy.count("<img ")
    assert [page.view is None or page.view._asleep for page in bench.pages.children] == [
        False, True, True, True, True,
    ]  # fmt: skip
    assert copy.count("<img ") >= 3
    assert "y ~ x3i;" in copy
    assert "Outcome model estimates" in copy
    assert "<button" not in copy
    assert "<svg" not in copy  # an untrusted notebook would not show it


def test_turning_a_page_keeps_the_script_in_the_copy():
    bench = Workbench("04_multilevel")
    bench._copy = Handle()
    bench.session.begin("y")
    bench.pages.selected_index = 2
    assert "y ~ Intercept;" in bench._copy.html
    assert bench.pages.children[1].view is None  # what nobody looked at was not built


def test_a_notebook_run_without_a_browser_keeps_the_last_charts_and_report():
    cells = [
        f"from tutorkit import Workbench\nbench = Workbench('04_multilevel', {SHORT!r})\nbench",
        "draws = bench.run()\nbench.session.keep('mine')\ndraws.n_kept",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    live, copy = notebook.cells[0].outputs
    assert "application/vnd.jupyter.widget-view+json" in live["data"]
    html = copy["data"]["text/html"]
    assert "Outcome model estimates" in html
    assert "<img " in html
    assert notebook.cells[1].outputs[-1]["data"]["text/plain"] == "200"
    states = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    texts = [str(s["state"].get("value", "")) for s in states.values()]
    assert any("Finished: 200 draws" in text for text in texts)


def awake(bench):
    return [page.view is not None and not page.view._asleep for page in bench.pages.children]


def test_only_the_page_that_is_looked_at_follows_and_stays_the_same():
    bench = Workbench("04_multilevel", SHORT)
    assert awake(bench) == [True, False, False, False, False]
    model = bench.pages.children[0].view
    bench.pages.selected_index = 2
    assert awake(bench) == [False, False, True, False, False]
    bench.session.edit(burn=77)
    bench.pages.selected_index = 0
    assert awake(bench) == [True, False, False, False, False]
    assert bench.pages.children[0].view is model
    assert bench.pages.children[0].children == (model,)
    settings = [v for v in views(model) if isinstance(v, RunSettings)]
    assert {view.numbers["burn"].value for view in settings} == {77}


def test_the_title_says_which_data_are_simulated():
    bench = Workbench("04_multilevel")
    assert "04_multilevel (simulated: a reconstruction)" in bench.title.value
    bench.session.load(pd.DataFrame({"y": [1.0, 2], "x": [1.0, 3]}))
    assert bench.title.value.count("your data") == 1
    assert "simulated" not in bench.title.value


def test_the_copy_is_renewed_with_the_fits_and_holds_the_script_as_text():
    bench = Workbench("04_multilevel", f"{SHORT} # <mine>")
    bench.run()
    bench._copy = Handle()
    bench.session.keep("a")
    assert "# &lt;mine&gt;" in bench._copy.html
    assert "Outcome model estimates" in bench._copy.html
    bench.session.load("exercise_04")
    assert "Outcome model estimates" not in bench._copy.html
    assert "&lt;mine&gt;" not in bench._copy.html


def test_a_run_without_draws_has_no_report_in_the_copy(monkeypatch):
    asked = []
    monkeypatch.setattr("tutorkit.widgets.workbench.report", asked.append)
    bench = Workbench("04_multilevel", SHORT)
    bench.session.edit(burn=10**7)
    bench.session.start()
    bench.session.stop()
    bench.session.wait()
    assert bench.session.draws.n_kept == 0
    bench._copy = Handle()
    bench.session.load("exercise_04")
    bench.session.load("04_multilevel")
    assert "y ~ x3i;" in bench._copy.html
    assert "Report of the last run" not in bench._copy.html
    assert (asked, complaints(bench)) == ([], [])


def test_an_import_takes_the_time_it_says_and_leaves_the_collector_as_it_was():
    code = (
        "import gc, time; before, began = gc.get_threshold(), time.perf_counter(); import tutorkit;"
        "print(gc.get_threshold() == before,"
        " 0 < tutorkit.IMPORT_SECONDS <= time.perf_counter() - began)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "True True", run.stderr


def test_other_data_do_not_make_the_copy_build_pages_before_there_are_draws():
    bench = Workbench("04_multilevel")
    bench._copy = Handle()
    bench.session.load("exercise_04")
    assert "exercise_04" in bench._copy.html
    assert [page.view is None for page in bench.pages.children] == [False, *[True] * 4]
