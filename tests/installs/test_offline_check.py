"""`tutorkit lab --offline-check`: in a machine without a network, and with one thing wrong each."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutorkit.__main__ import main
from tutorkit.lab import browser, copies, kernel, offline, server

CHECK = [sys.executable, "-m", "tutorkit", "lab", "--offline-check"]
PARTS = ["packages", "lessons", "cache", "kernel", "charts", "server", "browser"]

# brings up the loopback interface of a new network namespace, where nothing else is
ALONE = """
import fcntl, socket, struct, subprocess, sys
with socket.socket() as any_socket:
    up = struct.pack("16sh", b"lo", 1)  # IFF_UP
    fcntl.ioctl(any_socket, 0x8914, up)  # SIOCSIFFLAGS
try:
    socket.create_connection(("192.0.2.1", 80), timeout=5)
except OSError as error:
    print("alone:", error.strerror, flush=True)
sys.exit(subprocess.run(sys.argv[1:]).returncode)
"""


def check(folder, *before, **variables):
    """Run the check; return its exit status and what it says of each part."""
    done = subprocess.run([*before, *CHECK], cwd=folder, env=os.environ | variables,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.stderr == ""
    said = {}
    for line in done.stdout.splitlines():
        words = line.split(maxsplit=2)
        if line.startswith("  ") and words[0] in ("ok", "NOT"):
            part = words[1]
            said[part] = line
        elif line.startswith("      ") and said:
            said[part] += " " + line.strip()
    return done.returncode, said, done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_all_works_with_the_network_down(tmp_path):
    unshare = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no network namespace")
    status, said, text = check(tmp_path, *unshare, sys.executable, "-c", ALONE)
    assert "alone: Network is unreachable" in text
    assert status == 0, text
    assert list(said) == PARTS
    assert "NOT" not in text
    assert "opened JupyterLab" in said["browser"]
    assert "drew from the chapter's model" in said["kernel"]
    assert len(text.splitlines()) <= 24  # a screen
    assert max(map(len, text.splitlines())) <= 96
    assert list(tmp_path.iterdir()) == []  # it leaves nothing behind


def test_a_sampler_that_is_not_compiled_and_another_kernel_are_told(tmp_path):
    spec = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    other = {"argv": ["/bin/false"], "display_name": "Python 3", "language": "python"}
    spec.write_text(json.dumps(other))
    variables = {
        "JUPYTER_PATH": str(tmp_path / "jupyter"), "JUPYTER_PREFER_ENV_PATH": "0",
        "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PATH": str(tmp_path),
    }  # fmt: skip
    status, said, text = check(tmp_path, **variables)
    assert status == 1
    assert text.endswith("things to do, see above. Then run this check again.\n")
    assert said["cache"].endswith(
        "NOT  cache     the sampler is not compiled yet, so that the first run waits -> "
        f"{offline.WARM}"
    )
    assert "no kernel 'python3' starts" in said["kernel"]
    assert "See kernel." in said["charts"]
    assert "no browser was found" in said["browser"]
    assert said["server"].startswith("  ok ")


def test_a_cache_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    code = "from tutorkit.lab import offline; print(offline._cache())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "file")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "each start compiles anew -> Set NUMBA_CACHE_DIR" in " ".join(done.stdout.split())


NOWHERE = """
from numba.core import caching
known = caching.CacheImpl._locator_classes
caching.CacheImpl._locator_classes = [c for c in known if "UserProvided" in c.__name__]
from tutorkit.lab import offline
print(offline._cache())
"""


def test_where_nothing_can_be_written_at_all_the_check_still_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        [sys.executable, "-c", NOWHERE],
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "file")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "each start compiles anew" in " ".join(done.stdout.split()), done.stderr


def test_packages_that_are_too_old_or_missing_are_named(monkeypatch):
    needed = ["numba>=99", "altair>=5", "nowhere>=1", 'pyarrow>=99; extra == "parquet"']
    monkeypatch.setattr(offline, "requires", lambda name: needed)
    found = offline._packages()
    assert not found.works
    assert "but >=99 is needed; nowhere is missing" in found.what


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_folder_that_cannot_be_written_is_told():
    found = offline._lessons(Path("/proc"))
    assert not found.works
    assert "nothing can be saved in '/proc'" in found.what


def test_lessons_that_are_not_there_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(offline, "lessons_source", lambda: tmp_path)
    assert "not with the package" in offline._lessons(tmp_path).what


def test_answers_that_are_there_are_named(tmp_path):
    (tmp_path / copies.COPY).mkdir()
    (tmp_path / copies.COPY / "tutorkit-progress.json").write_text("{}")
    assert "holds your answers so far" in offline._lessons(tmp_path).what


CASES = [
    ({"import_error": "ModuleNotFoundError: tutorkit", "python": "/other"}, "/other, which lacks"),
    ({"chart_error": "ValueError: no fonts", "drew": 0.1}, ""),
    ({"chart": "<p>", "drew": 0.1}, ""),
]


@pytest.mark.parametrize(("found", "error"), CASES)
def test_what_a_kernel_lacks_is_told(found, error):
    trial = kernel._read(0.5, found)
    assert error in trial.error
    assert not offline._charts(trial).works
    assert offline._kernel(trial).works == (not error)


def page(**settings):
    text = json.dumps(settings)
    return f'<script id="jupyter-config-data" type="application/json">{text}</script>'


THERE = [{"name": name} for name in server.WIDGETS]


@pytest.mark.parametrize(
    ("page", "says", "do"),
    [
        ("", "does not start: no such option", "jupyter lab"),
        ("status 403 (Forbidden)", "answers with status 403 (Forbidden)", "jupyter --paths"),
        (page(federated_extensions=THERE[:1]), "without anywidget", "pip install"),
        (
            page(federated_extensions=THERE, disabledExtensions=["anywidget:plugin"]),
            "without anywidget",
            "jupyter labextension enable anywidget",
        ),
        (
            page(federated_extensions=THERE) + '<script src="https://cdn.example/a.js">',
            "from the network",
            "pip install",
        ),
        (page(federated_extensions=THERE), "", ""),
    ],
)
def test_what_jupyterlab_lacks_is_told(page, says, do):
    pages = server._judge(page, "http://127.0.0.1:1/lab", 1.0, "some\nno such option\n")
    assert says in pages.error
    assert do in pages.do
    assert offline._server(pages).works == (not says)
    if says:
        assert not offline._browser(pages).works


def program(folder, text):
    """Write a program that stands for a browser."""
    file = folder / "chromium"
    file.write_text(f"#!/bin/sh\n[ $1 = --version ] && echo Chromium 1.2 && exit\n{text}\n")
    file.chmod(0o755)
    return file


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("echo '<div class=jp-LabShell>'", "Chromium 1.2 opened JupyterLab; "),
        ("echo '<p>old</p>'", "Chromium 1.2 did not open JupyterLab"),
        ("exec sleep 9", "Chromium 1.2 did not open JupyterLab within 1 s"),
    ],
)
def test_a_browser_is_tried(tmp_path, monkeypatch, text, says):
    monkeypatch.setattr(browser, "NAMES", (str(program(tmp_path, text)),))
    monkeypatch.setattr(browser, "PATIENCE", 1)
    tried = browser.opened_by("http://127.0.0.1:1")
    assert tried.what.startswith(says)
    assert bool(tried.do) == ("did not" in says)


def test_another_browser_is_named_but_not_tried(monkeypatch):
    monkeypatch.setattr(browser, "NAMES", ())
    monkeypatch.setattr(browser, "_usual", lambda: "firefox")
    tried = browser.opened_by("http://127.0.0.1:1")
    assert tried.what.startswith("firefox will open the lessons (not tried out")
    assert not tried.do


def test_another_folder_is_refused_in_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["lab", "--ServerApp.root_dir=/elsewhere"]) == 2
    assert "--ServerApp.root_dir=/elsewhere cannot be used" in capsys.readouterr().err


def test_options_of_jupyterlab_do_not_go_with_the_check(capsys):
    with pytest.raises(SystemExit):
        main(["lab", "--offline-check", "--port=1"])
    assert "unknown argument --port=1" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_where_lessons_cannot_be_copied_one_sentence_says_so(monkeypatch, capsys):
    monkeypatch.chdir("/proc")
    assert main(["lessons"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("tutorkit: The lessons cannot be copied to '/proc/tutorkit-lessons'")
    assert len(err.splitlines()) == 1


def test_lessons_are_copied_for_a_jupyterlab_of_ones_own(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["lessons"]) == 0
    assert "tutorkit-lessons/start.ipynb" in capsys.readouterr().out.replace("\\", "/")
    assert (tmp_path / "tutorkit-lessons" / "07_the_exercise.ipynb").exists()
    assert not (tmp_path / "tutorkit-lessons" / "README.md").exists()
