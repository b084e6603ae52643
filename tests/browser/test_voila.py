"""The same widgets in Voila, with the network cut."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from conftest import VIEWPORT
from lab_page import NETWORK, SCREENSHOTS
from lab_server import FOLDERS
from playwright.sync_api import expect

SCRIPT = "CLUSTERID: j; MODEL: y ~ x3i; BURN: 100; ITERATIONS: 400; SEED: 1;"
CELL = f"from tutorkit import Workbench\nWorkbench('04_multilevel', {SCRIPT!r})"


@pytest.fixture
def address(tmp_path):
    """Serve a notebook with the workbench by Voila; yield its address."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    nbformat.write(notebook, tmp_path / "bench.ipynb")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "voila", str(tmp_path / "bench.ipynb"), f"--port={port}"]
    environment = os.environ | {name: str(tmp_path / name.lower()) for name in FOLDERS}
    with (tmp_path / "voila.log").open("w") as log:
        server = subprocess.Popen(
            [*command, "--no-browser", "--Voila.ip=127.0.0.1"],
            env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}/"
    try:
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}voila/static/", timeout=1)
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert server.poll() is None, (tmp_path / "voila.log").read_text()
            assert time.monotonic() < end, (tmp_path / "voila.log").read_text()
            time.sleep(0.2)
        yield address
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def test_the_workbench_runs_in_voila(browser, address):
    page = browser.new_page(viewport=VIEWPORT)
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
    page.close()
