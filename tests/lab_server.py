"""JupyterLab as `tutorkit lab` starts it, or in a folder of its own."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

COMMAND = ["tutorkit", "lab"]
FOLDERS = (
    "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
    "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR",
)  # fmt: skip
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false"},
    "docmanager-extension/plugin": {"autosave": False},
}


@dataclass(frozen=True)
class Lab:
    """A running server: its address, its token, the folder it shows and its process."""

    address: str
    token: str
    folder: Path
    pid: int

    def write(self, name, cells, kernel="python3"):
        """Write a notebook of code cells, given by their sources."""
        notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
        notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel}
        nbformat.write(notebook, self.folder / name)

    def ask(self, path, method="GET"):
        """Return the answer of the server's REST interface to a request."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(
            f"{self.address}/api/{path}", method=method, headers=headers
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or "null")

    def stop_kernel(self, name):
        """End the kernel of a notebook, as a restart of the computer does."""
        for session in self.ask("sessions"):
            if session["path"] == name:
                self.ask(f"sessions/{session['id']}", "DELETE")


def free_port():
    """Return a port that nobody listens to, of those that systems give to nobody unasked."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def serving(command, state, answers, timeout=90, variables=None):
    """Run a server with settings of its own in ``state``, once ``answers`` raises no OSError.

    ``variables`` are those of its environment that differ; the process is yielded.
    """
    environment = os.environ | {name: str(state / name.lower()) for name in FOLDERS}
    with (state / "server.log").open("w") as log:
        server = subprocess.Popen(
            command, env=environment | (variables or {}), cwd=state, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        end = time.monotonic() + timeout
        while True:
            assert server.poll() is None, (state / "server.log").read_text()
            try:
                answers()
                break
            except OSError:
                assert time.monotonic() < end, (state / "server.log").read_text()
                time.sleep(0.05)
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            # Jupyter's own: asked to stop while it answers a page, it may wait for ever for a
            # thread that reads files, all else being stopped
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


@contextlib.contextmanager
def jupyterlab(state, folder=None, port=None, variables=None, python=(sys.executable,)):
    """Run `tutorkit lab`, or JupyterLab in ``folder``, with settings of its own in ``state``.

    ``python`` begins the command: a Python, and before it what runs it, such as binder/start.
    """
    port, token = port or free_port(), secrets.token_hex(16)
    for plugin, setting in SETTINGS.items():
        file = state / "jupyterlab_settings_dir/@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(setting))
    command = [*map(str, python), "-m"]
    command += ["jupyterlab", "--allow-root"] if folder else COMMAND
    command += ["--no-browser", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [
        "--LabApp.expose_app_in_browser=True",
        "--ServerApp.shutdown_no_activity_timeout=600",
    ]
    if folder:
        command.append(f"--ServerApp.root_dir={folder}")
    address = f"http://127.0.0.1:{port}"

    def answers():
        Lab(address, token, state, 0).ask("status")

    with serving(command, state, answers, variables=variables) as server:
        yield Lab(address, token, folder or state / "tutorkit-lessons", server.pid)
