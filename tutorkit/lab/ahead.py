"""Start the kernel of the lesson that comes next while the page is still loading.

``python -m tutorkit.lab.ahead FOLDER PID`` does so for a Jupyter server that somebody else starts,
in process PID.
"""

from __future__ import annotations

import json
import ssl
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
from tutorkit.lab.server import DIRECT
from tutorkit.teaching.overview import next_notebook

with lean():
    from jupyter_server.serverapp import list_running_servers

PATIENCE = 60  # seconds
UNUSED = 600  # seconds after which nobody looks any more whether the kernel is used
LOOKS = 2
READY = "__import__('tutorkit.widgets.ready', fromlist=['get_ready']).get_ready()"  # leaves no name


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


def begin_next_lesson(folder: Path, pid: int) -> tuple[Server, str] | None:
    """Wait for the Jupyter server that runs in a process; start the next lesson's kernel there.

    It is started as the page does when the lesson is opened, which then finds it, and imports what
    the lesson needs. What fails here will be done, or told, when it is needed. Return the server
    and the id of the new kernel's session; None if there is none, or the lesson is open already.
    """
    place = folder.resolve()
    notebook = next_notebook(place)
    end = time.monotonic() + PATIENCE
    while notebook is not None and time.monotonic() < end:
        try:
            server = find_server(pid)
            if server is not None:
                session = start_kernel(server, notebook)
                if session is None:
                    return None
                with suppress(Exception):  # then the notebook's own cells import it
                    execute(session["kernel"]["id"], READY)
                return server, session["id"]
        except (urllib.error.HTTPError, ValueError):  # it wants a password, say
            return None
        except OSError as error:  # it is known before it answers
            if isinstance(getattr(error, "reason", None), ssl.SSLError):
                return None
        time.sleep(0.05)
    return None


def find_server(pid: int) -> Server | None:
    """Return the server that runs in a process, if there is one already."""
    for found in list_running_servers(log=None):
        if found["pid"] == pid:
            return Server(found["url"], found["token"], Path(found["root_dir"]).resolve())
    return None


def start_kernel(server: Server, notebook: Path) -> dict[str, Any] | None:
    """Start the kernel of a notebook; return its session, or None if there was one already.

    Raises
    ------
    OSError
        If the server does not answer, or refuses.
    ValueError
        If it does not show the notebook's folder.
    """
    path = notebook.relative_to(server.root).as_posix()
    if any(found["path"] == path for found in server.ask("sessions")):
        return None
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


def end_unless_used(server: Server, session: str, every: float = 0.5) -> bool:
    """Wait until a page uses the kernel, or only other notebooks, and then end it.

    It takes 230 MB, half of what Binder promises, and soon there may be a fit. A page that opens
    several notebooks is connected to this kernel first, as it runs already; to be sure it is looked
    at twice. Return whether it goes on.
    """
    end, unused = time.monotonic() + UNUSED, 0
    while time.monotonic() < end:
        sessions = {found["id"]: found for found in server.ask("sessions")}
        own = sessions.pop(session, None)
        if own is None or own["kernel"]["connections"]:
            return own is not None
        others = (found for found in sessions.values() if not found["path"].endswith(START))
        unused = unused + 1 if any(found["kernel"]["connections"] for found in others) else 0
        if unused == LOOKS:
            server.ask(f"sessions/{session}", method="DELETE")
            return False
        time.sleep(every)
    return True


def main(folder: str, pid: str) -> None:
    """Start the next lesson's kernel, and see that it is used."""
    with suppress(OSError, ValueError):
        if (begun := begin_next_lesson(Path(folder), int(pid))) is not None:
            end_unless_used(*begun)


if __name__ == "__main__":
    main(*sys.argv[1:])
