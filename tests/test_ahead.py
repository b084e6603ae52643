"""The next lesson's kernel is started ahead, once, ready to draw; and ended if it is not used."""

import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from email.message import Message
from urllib.error import HTTPError

import psutil
import pytest
from lab_server import jupyterlab
from websocket import create_connection

from tutorkit.lab import ahead, copy_lessons
from tutorkit.teaching import lesson
from tutorkit.teaching.items import Prediction, Question, Task
from tutorkit.teaching.overview import next_notebook
from tutorkit.teaching.progress import FILE, write

FIRST = "01_what_is_missing.ipynb"
LOOK = """
import sys
from pathlib import Path
wanted = ("altair", "vl_convert", "tutorkit.widgets.workbench")
Path("seen").write_text(" ".join(name for name in wanted if name in sys.modules))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Run JupyterLab where it shows the lessons' folder and more; yield server and folder."""
    state = tmp_path_factory.mktemp("ahead")
    lessons = copy_lessons(state).parent
    with pytest.MonkeyPatch.context() as patch, jupyterlab(state, state) as lab:
        patch.setenv("JUPYTER_RUNTIME_DIR", str(state / "jupyter_runtime_dir"))
        yield ahead.find_server(lab.pid), lessons, lab.pid


@pytest.fixture
def begun(server):
    """Begin the next lesson; in the end no kernel is left."""
    found, lessons, pid = server
    yield ahead.begin_next_lesson(lessons, pid)
    for session in found.ask("sessions"):
        found.ask(f"sessions/{session['id']}", method="DELETE")


def paths(server):
    return [session["path"] for session in server.ask("sessions")]


def test_the_kernel_of_the_first_lesson_has_imported_what_it_shows(server, begun):
    _, lessons, _ = server
    found, session = begun
    assert paths(found) == [f"tutorkit-lessons/{FIRST}"]
    (own,) = found.ask("sessions")
    assert own["id"] == session
    ahead.execute(own["kernel"]["id"], LOOK)
    assert (lessons / "seen").read_text() == "altair vl_convert tutorkit.widgets.workbench"


def test_a_kernel_that_is_there_already_is_left_alone(server, begun, monkeypatch):
    found, _ = begun
    monkeypatch.setattr(ahead, "execute", None)
    assert ahead.begin_next_lesson(*server[1:]) is None
    assert len(paths(found)) == 1


def test_another_server_is_left_alone(server, monkeypatch):
    monkeypatch.setattr(ahead, "PATIENCE", 0.2)
    assert ahead.find_server(server[2] + 1) is None
    assert ahead.begin_next_lesson(server[1], server[2] + 1) is None
    assert paths(server[0]) == []


def test_a_page_that_is_about_to_use_it_finds_it(monkeypatch):
    """Another notebook of the same page is connected before the lesson is."""
    server = Asked(own=0, other=1)
    monkeypatch.setattr(ahead.time, "sleep", lambda seconds: server.connect("own"))
    assert ahead.end_unless_used(server, "own")
    assert server.ended == []


def test_it_goes_on_until_a_page_is_connected_to_another_notebook(monkeypatch):
    """The page finds a kernel that runs before it has started that of its other notebook."""
    server, waits = Asked(own=0, other=0), []

    def wait(seconds):
        assert server.ended == []
        waits.append(seconds)
        if len(waits) == 5:
            server.connect("other")

    monkeypatch.setattr(ahead.time, "sleep", wait)
    assert not ahead.end_unless_used(server, "own")
    assert len(waits) == 6
    assert sum(waits[4:]) <= 1  # before a fit is begun there, which needs the memory
    assert server.ended == ["sessions/own"]


def test_it_is_ended_when_another_notebook_is_opened(server, begun, monkeypatch):
    found, session = begun
    folder = server[1].resolve()
    monkeypatch.setattr(ahead, "UNUSED", 0.3)
    with connected(found, ahead.start_kernel(found, folder / "start.ipynb")):
        # the start page is no other notebook
        assert ahead.end_unless_used(found, session, every=0.05)
        assert len(paths(found)) == 2
        monkeypatch.setattr(ahead, "UNUSED", 60)
        with connected(found, ahead.start_kernel(found, folder / "workbench.ipynb")):
            assert not ahead.end_unless_used(found, session, every=0.05)
    assert sorted(paths(found)) == [
        "tutorkit-lessons/start.ipynb", "tutorkit-lessons/workbench.ipynb"
    ]  # fmt: skip
    assert not ahead.end_unless_used(found, session)


@contextmanager
def connected(server, session):
    """Be connected to the kernel of a session, as a page is."""
    address = server.address.replace("http", "ws", 1)
    socket = create_connection(
        f"{address}api/kernels/{session['kernel']['id']}/channels",
        header=[f"Authorization: token {server.token}"],
    )
    try:
        yield
    finally:
        socket.close()


class Asked:
    """A server that says of its sessions what it is told to."""

    def __init__(self, own, other):
        self.sessions = {
            "own": {"id": "own", "path": FIRST, "kernel": {"connections": own}},
            "other": {"id": "other", "path": "workbench.ipynb", "kernel": {"connections": other}},
        }
        self.ended = []

    def connect(self, session):
        """Let the page be connected."""
        self.sessions[session]["kernel"]["connections"] = 1

    def ask(self, path, content=None, method=None):
        """Answer with the sessions."""
        if method == "DELETE":
            self.ended.append(path)
        return [*self.sessions.values()]


@pytest.mark.parametrize(("connections", "ended"), [(1, []), (0, ["sessions/own"])])
def test_a_kernel_that_a_page_uses_goes_on(connections, ended):
    server = Asked(own=connections, other=1)
    assert ahead.end_unless_used(server, "own", every=0) == (not ended)
    assert server.ended == ended


def done(content, key):
    """Return an answer with which an item is done."""
    item = next((item for item in content.items if item.key == key), None)
    if isinstance(item, Question):
        return [next(k for k in range(len(item.choices)) if item.is_right(k))]
    if isinstance(item, Prediction):
        return 0 if item.choices else item.low
    return {"right": True, "hints": 0} if isinstance(item, Task) else "done"


def test_the_next_lesson_is_the_first_with_something_left_to_do(tmp_path):
    assert next_notebook(tmp_path) is None  # where there are no notebooks
    folder = copy_lessons(tmp_path).parent
    assert next_notebook(folder).name == FIRST
    answers = {f"{n}": {key: done(lesson(n), key) for key in lesson(n).keys} for n in (1, 2)}
    write(folder / FILE, answers)
    assert next_notebook(folder).name == "03_auxiliary_models.ipynb"
    (folder / FILE).write_text("damaged")
    assert next_notebook(folder).name == FIRST


def idle_sessions(lab):
    """Return the sessions once there are some, and their kernels have nothing to do."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        sessions = lab.ask("sessions")
        if sessions and all(s["kernel"]["execution_state"] == "idle" for s in sessions):
            return sessions
        time.sleep(0.1)
    raise TimeoutError(f"{sessions}")


def test_tutorkit_lab_ends_when_it_is_asked_to_and_its_kernel_with_it(tmp_path):
    with jupyterlab(tmp_path) as lab:
        idle_sessions(lab)
        server = psutil.Process(lab.pid)
        processes = [server, *server.children(recursive=True)]
        assert len(processes) > 1
        server.terminate()
        assert psutil.wait_procs(processes, timeout=15)[1] == []


def test_tutorkit_lab_opens_the_start_page_begins_a_lesson_and_asks_nobody_about_news(tmp_path):
    with jupyterlab(tmp_path) as lab:
        assert [session["path"] for session in idle_sessions(lab)] == [FIRST]
        with urllib.request.urlopen(f"{lab.address}/?token={lab.token}", timeout=10) as answer:
            address, page = answer.url, answer.read().decode()
    assert address.startswith(f"{lab.address}/lab/tree/start.ipynb?")
    assert "@jupyterlab/apputils-extension:announcements" in page


def test_a_server_that_wants_a_password_is_asked_once(tmp_path, monkeypatch):
    asked = []

    def refuse(server, notebook):
        asked.append(notebook.name)
        raise HTTPError("http://127.0.0.1", 403, "Forbidden", Message(), None)

    copy_lessons(tmp_path)
    monkeypatch.setattr(ahead, "find_server", lambda pid: "a server")
    monkeypatch.setattr(ahead, "start_kernel", refuse)
    assert ahead.begin_next_lesson(tmp_path / "tutorkit-lessons", 1) is None
    assert asked == [FIRST]


def test_without_a_server_it_ends_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "PATIENCE", 0.2)
    copy_lessons(tmp_path)
    began = time.monotonic()
    assert ahead.begin_next_lesson(tmp_path / "tutorkit-lessons", 1) is None
    assert time.monotonic() - began < 20


CHART = """
import sys, tutorkit
model = tutorkit.parse(tutorkit.datasets.script("04_multilevel"))
table = tutorkit.compare({"": tutorkit.fit_reml(model, tutorkit.datasets.load("04_multilevel"))})
tutorkit.interval_chart(table).to_json()
print([name for name in ("altair", "jsonschema", "rfc3987_syntax", "lark") if name in sys.modules])
import rfc3987_syntax
"""


def test_a_chart_is_made_without_a_grammar_of_addresses_which_others_can_import():
    pytest.importorskip("rfc3987_syntax")
    said = subprocess.run([sys.executable, "-c", CHART], capture_output=True, text=True)
    assert said.stdout.strip() == "['altair', 'jsonschema']", said.stderr
    assert said.returncode == 0
