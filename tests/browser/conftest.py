"""Chromium, a JupyterLab for the whole session, and notebooks open in it."""

import pytest
from chromium import FLAGS, find_chromium
from lab_page import SCREENSHOTS, Notebook
from lab_server import jupyterlab
from playwright.sync_api import sync_playwright

VIEWPORT = {"width": 1024, "height": 768}


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Run one JupyterLab with an empty folder, in which tests write their notebooks."""
    folder = tmp_path_factory.mktemp("notebooks")
    with jupyterlab(tmp_path_factory.mktemp("lab"), folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def open_notebook(browser, lab):
    """Return a function that opens a notebook of the lab in a page of its own.

    It writes the notebook first if cells are given, and runs it.
    """
    pages = []

    def open_notebook(name, cells=None, kernel=True):
        if cells:
            lab.write(name, cells)
        pages.append(browser.new_page(viewport=VIEWPORT))
        pages[-1].set_default_timeout(15_000)
        notebook = Notebook(pages[-1])
        notebook.open(lab, name, kernel)
        if cells:
            notebook.run_all()
        return notebook

    yield open_notebook
    for page in pages:
        page.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep a picture of each open page when a test fails."""
    report = yield
    if report.when == "call" and report.failed and "browser" in item.fixturenames:
        for k, page in enumerate(p for c in item.funcargs["browser"].contexts for p in c.pages):
            page.screenshot(path=SCREENSHOTS / f"failed-{item.name}-{k}.png")
    return report
