"""Start the kernel of the lesson that comes next while the page is still loading.

``python -m tutorkit.lab.ahead FOLDER`` does so for a Jupyter server that somebody else starts.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_core.paths import jupyter_runtime_dir

from tutorkit.imports import lean
from tutorkit.lab.copies import START
from tutorkit.teaching.overview import next_notebook

with lean():
    from jupyter_server.serverapp import list_running_servers

PATIENCE = 60  # seconds
UNUSED = 600  # seconds after which nobody looks any more whether the kernel is used
READY = "__import__('tutorkit.widgets.ready', fromlist=['get_ready']).get_ready()"  # leaves no name
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy


@dataclass(frozen=True)
class Server:
    """A running Jupyter server: its address, which ends in a slash, its token and its folder."""

    address: str
    token: str
    root: Path

    def ask(self, path: str, content: object = None, method: str | None = None) -> Any:
        """Return the answer of its interface to a request.

        Raises
        ------
        OSError
            If it does not answer, or refuses.
        """
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        body = None if content is None else json.dumps(content).encode()
        url = f"{self.address}api/{path}"
        request = urllib.request.Request(url, body, headers, method=method)
        with DIRECT.open(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or "null")


def begin_next_lesson(folder: Path) -> tuple[Server, str] | None:
    """Wait for the Jupyter server that shows a folder; start the next lesson's kernel.

    It is started as the page does when the lesson is opened, which then finds it, and imports what
    the lesson needs. What fails here will be done, or told, when it is needed. Return the server
    and the id of the kernel's session, if there is one.
    """
    place = folder.resolve()
    notebook = next_notebook(place)
    end = time.monotonic() + PATIENCE
    while notebook is not None and time.monotonic() < end:
        server = find_server(place)
        try:
            session = start_kernel(server, notebook) if server is not None else None
        except urllib.error.HTTPError:  # it wants a password, say
            return None
        except OSError:  # it is known before it answers
            session = None
        if server is not None and session is not None:
            execute(session["kernel"]["id"], READY)
            return server, session["id"]
        time.sleep(0.05)
    return None


def find_server(folder: Path) -> Server | None:
    """Return the server that shows a folder, if there is one already."""
    for found in list_running_servers(log=None):
        root = Path(found["root_dir"]).resolve()
        if folder.is_relative_to(root):
            return Server(found["url"], found["token"], root)
    return None


def start_kernel(server: Server, notebook: Path) -> dict[str, Any]:
    """Start the kernel of a notebook if there is none; return its session."""
    path = notebook.relative_to(server.root).as_posix()
    wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
    return dict(server.ask("sessions", wanted))


def execute(kernel: str, code: str) -> None:
    """Let a kernel on this machine run code of which nothing is seen."""
    file = Path(jupyter_runtime_dir()) / f"kernel-{kernel}.json"
    client = BlockingKernelClient(connection_file=str(file))
    client.load_connection_file()
    client.start_channels(stdin=False, hb=False, control=False)
    try:
        client.execute(code, silent=True, store_history=False, reply=True, timeout=PATIENCE)
    finally:
        client.stop_channels()


def end_unless_used(server: Server, session: str, every: float = 2.0) -> bool:
    """Wait until a page uses the kernel, or another notebook is opened, and then end it.

    It takes 230 MB, as much as half of what Binder promises. Return whether it goes on.
    """
    end = time.monotonic() + UNUSED
    while time.monotonic() < end:
        sessions = {found["id"]: found for found in server.ask("sessions")}
        own = sessions.pop(session, None)
        if own is None or own["kernel"]["connections"]:
            return own is not None
        if any(not found["path"].endswith(START) for found in sessions.values()):
            server.ask(f"sessions/{session}", method="DELETE")
            return False
        time.sleep(every)
    return True


def main(folder: str) -> None:
    """Start the next lesson's kernel, and see that it is used."""
    with suppress(OSError, TimeoutError):
        if (begun := begin_next_lesson(Path(folder))) is not None:
            end_unless_used(*begun)


if __name__ == "__main__":
    main(*sys.argv[1:])
