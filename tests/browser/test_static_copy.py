"""The copy that stands in for a view: hidden while the view lives, shown where it is dead."""

import json

import pytest
from playwright.sync_api import expect

CELLS = [
    """
import base64
import ipywidgets as w
from IPython.display import HTML, display
from tutorkit.widgets.frontend import Guard, static_html
box = '<svg xmlns="http://www.w3.org/2000/svg" width="90"><rect width="9"/></svg>'
code = base64.b64encode(box.encode()).decode()
image = f'<img alt="chart" src="data:image/svg+xml;base64,{code}">'
table = "<table><tr><th>PSR</th><td style='text-align: left'>1.01</td></tr></table>"
words = "<details open><summary>Words</summary>more</details>"
display(w.VBox([Guard("a1"), w.Button(description="Alive")]))
display(HTML(static_html("a1", "The last run" + image + table + words + box)))
display(w.VBox([Guard("b2"), w.Button(description="Other")]))
display(HTML(static_html("b2", "Another run")))
""",
]
NAME = "static.ipynb"


@pytest.fixture(scope="module")
def notebook(open_notebook):
    notebook = open_notebook(NAME, CELLS)
    notebook.command("docmanager:save")
    return notebook


def look(notebook, alive):
    """Check that either the views or their copies are seen, and nothing else of the cell."""
    for name, uid in {"Alive": "a1", "Other": "b2"}.items():
        view = notebook.page.locator(f".tutorkit-view-{uid} ~ button", has_text=name)
        copy = notebook.page.locator(f".tutorkit-static[data-for={uid}]")
        expect(view).to_be_visible(visible=alive, timeout=20_000)
        expect(copy).to_be_visible(visible=not alive)
    expect(notebook.page.locator(".jp-OutputArea-output").filter(visible=True)).to_have_count(2)
    assert notebook.outside == []


def test_the_view_is_shown_while_it_lives(notebook):
    look(notebook, alive=True)
    assert notebook.errors == []


def test_the_view_is_shown_after_a_reload(notebook):
    notebook.reload()
    look(notebook, alive=True)
    assert notebook.errors == []


def test_the_copy_is_shown_after_a_restart_and_the_view_when_run_again(notebook):
    notebook.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"
    )
    look(notebook, alive=False)
    notebook.wait_for_kernel()
    notebook.run_all()
    look(notebook, alive=True)


@pytest.mark.usefixtures("notebook")
def test_the_copy_is_shown_with_a_fresh_kernel(open_notebook, lab):
    lab.stop_kernel(NAME)
    fresh = open_notebook(NAME)
    look(fresh, alive=False)
    fresh.screenshot("static_copy")
    fresh.run_all()
    look(fresh, alive=True)


@pytest.fixture
def edited(notebook, lab):
    """Return a function that saves the notebook under another name with other metadata."""

    def edited(name, **metadata):
        saved = json.loads((lab.folder / NAME).read_text(encoding="utf-8"))
        saved["metadata"] |= metadata
        (lab.folder / name).write_text(json.dumps(saved), encoding="utf-8")

    return edited


def test_the_copy_is_shown_without_a_kernel(open_notebook, edited, lab):
    unknown = {"name": "gone", "display_name": "gone", "language": "R"}
    edited("gone.ipynb", kernelspec=unknown, language_info={"name": "R"})
    lab.ask("contents/gone.ipynb/trust", "POST")
    gone = open_notebook("gone.ipynb", kernel=False)
    gone.page.locator(".jp-Dialog").get_by_role("button", name="No Kernel").click()
    look(gone, alive=False)


def test_what_an_untrusted_notebook_shows(open_notebook, edited):
    edited("untrusted.ipynb", origin="elsewhere")
    page = open_notebook("untrusted.ipynb").page
    copy = page.locator(".tutorkit-static").first
    expect(copy).to_be_visible()
    assert copy.locator("img").evaluate("image => image.naturalWidth") == 90
    assert copy.locator("td").get_attribute("style") == "text-align:left"
    expect(copy.locator("details")).to_contain_text("more")
    assert copy.locator("svg").count() == 0
    assert page.locator("style", has_text="tutorkit-static").count() == 0
    views = page.locator(".jp-OutputArea-output[data-mime-type='text/plain']")
    expect(views.first).to_contain_text("VBox(")
