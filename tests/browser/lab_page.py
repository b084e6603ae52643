"""JupyterLab as `tutorkit lab` starts it, and one notebook in it."""

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
from dataclasses import dataclass, field

NETWORK = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")

READY = """() => {
  const app = window.jupyterapp;
  const panel = app && app.shell.currentWidget;
  const session = panel && panel.sessionContext && panel.sessionContext.session;
  if (!session || !session.kernel || !app.commands.hasCommand('notebook:run-all-cells')) return '';
  return session.kernel.connectionStatus + ' ' + session.kernel.status;
}"""

CELLS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
  .filter(cell => cell.type === 'code')
  .map(cell => ({count: cell.executionCount, outputs: cell.outputs.toJSON()}))"""


@contextlib.contextmanager
def jupyterlab(state, timeout=90):
    """Run `tutorkit lab` with settings of its own under ``state``; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    folders = {
        name: str(state / name.lower())
        for name in (
            "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
            "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR",
        )
    }  # fmt: skip
    for plugin, setting in {
        "apputils-extension/notification": {"fetchNews": "false"},
        "docmanager-extension/plugin": {"autosave": False},
    }.items():
        file = state / "jupyterlab_settings_dir/@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(setting))
    command = [sys.executable, "-m", "tutorkit", "lab", "--no-browser", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [
        "--LabApp.expose_app_in_browser=True",
        "--ServerApp.shutdown_no_activity_timeout=600",
    ]
    with (state / "lab.log").open("w") as log:
        server = subprocess.Popen(
            command, env=os.environ | folders, stdout=log, stderr=log, start_new_session=True
        )
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + timeout
        while True:
            assert server.poll() is None, (state / "lab.log").read_text()
            try:
                urllib.request.urlopen(f"{address}/api/status?token={token}", timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < end, (state / "lab.log").read_text()
                time.sleep(0.1)
        yield address, token
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


@dataclass
class Notebook:
    """A notebook open in the browser, cut off from every address but this machine."""

    page: object
    outside: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    def open(self, address, token, name):
        """Load the notebook and wait for its kernel."""
        page = self.page
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith(NETWORK) else self.outside.append(r.url),
        )
        page.route(lambda url: not url.startswith(NETWORK), lambda route: route.abort())
        workspace = secrets.token_hex(4)
        page.goto(f"{address}/lab/workspaces/{workspace}/tree/{name}?token={token}&reset")
        self.poll(READY, lambda state: state == "connected idle")

    def poll(self, script, done, timeout=90):
        """Evaluate a script until its value satisfies ``done``; return that value."""
        end, value = time.monotonic() + timeout, None
        while time.monotonic() < end:
            with contextlib.suppress(Exception):  # the page may be navigating
                value = self.page.evaluate(script)
                if done(value):
                    return value
            time.sleep(0.1)
        raise TimeoutError(f"last value: {value!r}")

    def run_all(self):
        """Run every cell and wait for the last reply; return the cells."""
        self.page.evaluate(
            "() => window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)"
        )
        return self.page.evaluate(CELLS)
