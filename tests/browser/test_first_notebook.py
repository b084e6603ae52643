"""The first notebook as a learner sees it: `tutorkit lab`, open, Run All, no network."""

import pytest
from lab_page import Notebook
from lab_server import jupyterlab


@pytest.fixture(scope="module")
def notebook(browser, tmp_path_factory):
    page = browser.new_page(viewport={"width": 1180, "height": 900})
    with jupyterlab(tmp_path_factory.mktemp("lessons")) as lab:
        notebook = Notebook(page)
        notebook.open(lab, "00_whole_analysis.ipynb")
        notebook.run_all()
        yield notebook
        page.close()


def test_every_cell_runs_without_an_error(notebook):
    assert len(notebook.cells()) >= 10
    for cell in notebook.cells():
        assert cell["count"] is not None
        assert not [o for o in cell["outputs"] if o["output_type"] == "error"]


def test_charts_and_report_are_drawn(notebook):
    figures = notebook.page.locator("figure svg")
    assert figures.count() == 2
    for k in range(2):
        box = figures.nth(k).bounding_box()
        assert box["width"] > 300
        assert box["height"] > 200
    assert notebook.page.locator(".tutorkit-report h3", has_text="Model fit").count() == 1
    label = notebook.page.locator("figure [role=img]").nth(1).get_attribute("aria-label")
    assert "MNAR-aware" in label
    for name, place in {
        "comparison": "figure >> nth=1",
        "report": ".tutorkit-report >> nth=1",
    }.items():
        notebook.page.locator(place).scroll_into_view_if_needed()
        notebook.screenshot(name)


def test_the_charts_words_open_from_the_keyboard(notebook):
    summary = notebook.page.locator("figure summary").nth(1)
    details = notebook.page.locator("figure details").nth(1)
    assert details.get_attribute("open") is None
    summary.focus()
    notebook.page.keyboard.press("Enter")
    assert details.get_attribute("open") is not None
    assert details.locator("li").first.inner_text().startswith("Intercept: truth")


def test_nothing_is_loaded_from_outside_and_nothing_fails(notebook):
    assert notebook.outside == []
    assert notebook.errors == []
