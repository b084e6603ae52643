"""The same widgets in Voila, with the network cut."""

import socket
import sys

import nbformat
import pytest
from conftest import VIEWPORT
from lab_page import NETWORK, SCREENSHOTS
from lab_server import free_port, serving
from playwright.sync_api import expect

SCRIPT = "CLUSTERID: j; MODEL: y ~ x3i; BURN: 100; ITERATIONS: 400; SEED: 1;"
CELL = f"from tutorkit import Workbench\nWorkbench('04_multilevel', {SCRIPT!r})"


@pytest.fixture
def address(tmp_path):
    """Serve a notebook with the workbench by Voila; yield its address."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    nbformat.write(notebook, tmp_path / "bench.ipynb")
    port = free_port()
    command = [sys.executable, "-m", "voila", str(tmp_path / "bench.ipynb"), f"--port={port}"]
    command += ["--no-browser", "--Voila.ip=127.0.0.1"]

    def answers():
        socket.create_connection(("127.0.0.1", port), 1).close()

    with serving(command, tmp_path, answers):
        yield f"http://127.0.0.1:{port}/"


def test_the_workbench_runs_in_voila(browser, address):
    page = browser.new_page(viewport=VIEWPORT)
    outside, errors = [], []
    page.on("request", lambda r: None if r.url.startswith(NETWORK) else outside.append(r.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(lambda url: not url.startswith(NETWORK), lambda route: route.abort())
    page.goto(address, timeout=120_000)
    page.get_by_role("tab", name="Run", exact=True).click(timeout=60_000)
    page.get_by_role("button", name="Run the model").click()
    expect(page.get_by_text("Finished: 400 draws of 2 chains (seed 1).")).to_be_visible(
        timeout=60_000
    )
    page.get_by_role("tab", name="Compare", exact=True).click()
    expect(page.locator("figure svg").locator("visible=true").first).to_be_visible(timeout=60_000)
    assert page.locator(".tutorkit-static").locator("visible=true").count() == 0
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "voila.png", full_page=True)
    # Voila's own page asks for an icon font, which it can do without; nothing of ours does
    assert [url for url in outside if "fontawesome" not in url] == []
    assert errors == []
    page.close()
