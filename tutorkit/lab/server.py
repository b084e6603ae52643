"""Try whether JupyterLab starts, and comes with its widgets."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tutorkit.lab.typed import typed

PATIENCE = 60
WIDGETS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
SETTINGS = re.compile(r'<script id="jupyter-config-data" type="application/json">(.*?)</script>',
                      re.DOTALL)  # fmt: skip
ELSEWHERE = re.compile(r'(?:src|href)="(?:https?:)?//')
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy


@dataclass(frozen=True)
class Pages:
    """JupyterLab's page: its address, the seconds it took to come, or what is wrong."""

    address: str = ""
    seconds: float = 0.0
    error: str = ""
    do: str = ""


@contextmanager
def served() -> Iterator[Pages]:
    """Run JupyterLab in an empty folder, for as long as the block takes."""
    port, token, began = _free_port(), secrets.token_hex(16), time.perf_counter()
    address = f"http://127.0.0.1:{port}/lab?token={token}"
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as log:
        root = Path(folder) / "root"
        root.mkdir()
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1"),
            *(f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"),
            *("--allow-root", f"--ServerApp.root_dir={root}"),
        ]
        own = {"JUPYTERLAB_WORKSPACES_DIR": folder, "JUPYTER_RUNTIME_DIR": folder}
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | own)
        try:
            page = _wait_for(address, process)
            log.seek(0)
            yield _judge(page, address, time.perf_counter() - began, log.read())
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> str:
    """Return the page or refusal once there is one; nothing if it ends or takes too long."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with DIRECT.open(address, timeout=PATIENCE) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return f"status {error.code} ({error.reason})"
        except OSError:
            time.sleep(0.1)
    return ""


def _judge(page: str, address: str, seconds: float, log: str) -> Pages:
    found = SETTINGS.search(page)
    if found is None:
        last = (log.strip().splitlines() or ["it said nothing"])[-1]
        what = f"JupyterLab does not start: {last}"
        if page:
            what = f"JupyterLab starts, but answers with {page}"
        do = f"Run {typed('jupyter lab')} to see more. Settings of your own may be in the way: "
        return Pages(error=what, do=f"{do}{typed('jupyter --paths')} shows where they can be.")
    settings = json.loads(found[1])
    there = {extension["name"] for extension in settings.get("federated_extensions", [])}
    off = {name.partition(":")[0] for name in settings.get("disabledExtensions", [])}
    lacking = sorted(set(WIDGETS) - (there - off))
    if lacking:
        what = f"JupyterLab starts without {' and '.join(lacking)}: no widget would be seen"
        again = "pip install --force-reinstall ipywidgets jupyterlab_widgets anywidget"
        do = f"Run {typed(again)}."
        switched_off = " ".join(name for name in lacking if name in off)
        if switched_off:
            do = f"Run {typed(f'jupyter labextension enable {switched_off}')}."
        return Pages(error=what, do=do)
    if ELSEWHERE.search(page):
        what = "JupyterLab's page asks for parts from the network"
        return Pages(error=what, do=f"Run {typed('pip install --force-reinstall jupyterlab')}.")
    return Pages(address, seconds)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
