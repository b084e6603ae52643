"""Releasing an assignment: what students get, what stays private, and going on after a stop."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future

import pytest
from classroom import Classroom

from tutorkit import DataError, TutorkitError, compare, read_data, sample
from tutorkit.assignment import release as release_module
from tutorkit.assignment.ledger import read_ledger
from tutorkit.assignment.manifest import read_manifest
from tutorkit.assignment.secret import sub_key


class Here(Executor):
    """Runs what is submitted at once, in this process; it may be told to stop after some."""

    def __init__(self, most=None, stop=None):
        self.most, self.stop, self.done = most, stop, 0

    def submit(self, function, *arguments, **named):
        """Run it, or leave it out if enough are done."""
        future = Future()
        if self.most is not None and self.done >= self.most:
            self.stop.set()
            return future
        self.done += 1
        future.set_result(function(*arguments, **named))
        return future


STUDENTS = ["anna,Anna,,", "ben,Ben,,", '"../zoë","<b>Zoë</b>",,']


@pytest.fixture
def room(tmp_path):
    return Classroom(tmp_path, STUDENTS)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Return a class that has been released, to be read only."""
    room = Classroom(tmp_path_factory.mktemp("class"), STUDENTS)
    room.released = room.release(executor=Here())
    return room


def everything(folder):
    """Return the bytes of all files by name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_each_student_gets_three_files_of_their_own(done):
    files = everything(done.handout)
    folders = {name.split("/")[0] for name in files}
    assert len(folders) == 3
    assert all(name.replace("-", "").isalnum() for name in folders)
    assert {name.split("/")[1] for name in files} == {
        "assignment.ipynb", "data.csv", "manifest.json",
    }  # fmt: skip
    assert len({files[f"{f}/data.csv"] for f in folders}) == 3
    assert len({files[f"{f}/assignment.ipynb"] for f in folders}) == 1
    table = read_data(done.handout / "anna" / "data.csv")
    assert [*table] == ["j", "y", "x1i", "x2i", "x3i"]
    assert table["x1i"].isna().any()
    assert len(table) == 120


def test_nothing_that_is_handed_out_tells_what_is_right(done):
    """Not the secret, seeds, other students, the key, truth, reference or rubric."""
    ledger, secret = read_ledger(done.ledger), done.secret.read_text().strip()
    names = [one.student.student for one in ledger.issued.values()]
    for one in ledger.issued.values():
        text = b"".join(everything(done.handout / one.student.folder).values()).decode()
        assert secret not in text
        for purpose in ("data", "reference", "mark"):
            key = sub_key(bytes.fromhex(secret), purpose, "small", one.student.student)
            assert key.hex() not in text
            assert str(int.from_bytes(key)) not in text
        assert "x1i.missing" not in text  # of the model only the focal part is visible
        assert "1 each" not in text
        assert "rubric" not in text
        for value in (v for row in one.reference.values() for v in row.values()):
            assert f"{value:.5g}" not in text.replace(f"{value:.4f}", "")
        assert not [name for name in names if f'"{name}"' in text]
        manifest = json.loads((done.handout / one.student.folder / "manifest.json").read_text())
        assert all("right" not in item for item in manifest["items"])


def test_the_visible_parts_are_as_the_assignment_says(room):
    text = room.assignment.read_text()
    room.assignment.write_text('visible = ["focal", "auxiliary"]\n' + text)
    room.release(executor=Here())
    scripts = read_manifest(room.handout / "anna").models
    assert len(scripts) == 2  # the order of incomplete predictors is free
    assert all("auxiliary" in script and "selection" not in script for script in scripts)


def test_the_ledger_has_what_marking_needs_and_is_private(done):
    assert done.ledger.stat().st_mode & 0o777 == 0o600
    ledger = read_ledger(done.ledger)
    one = ledger.issued["anna"]
    assert one.handle == json.loads(
        (done.handout / "anna" / "manifest.json").read_text())["handle"]  # fmt: skip
    assert set(one.versions) == {"tutorkit", "numpy", "numba", "python"}
    assert ["y", "x1i", 1.0] in one.truth
    assert set(one.reference) == {"Intercept", "x1i", "x2i", "x3i"}
    assert set(one.listwise) == set(one.reference)


def test_the_reference_is_the_posterior_of_the_right_model(done):
    """Drawn again with another seed, it is the same but for Monte Carlo error."""
    one = read_ledger(done.ledger).issued["ben"]
    data = read_data(done.handout / "ben" / "data.csv")
    spec = read_ledger(done.ledger).assignment.data.keys()[0]
    draws = sample(spec, data, seed=99, burn=1000, iterations=8000, progress=False)
    table = compare({"run": draws}).set_index("parameter")
    for name, row in one.reference.items():
        own = table.loc[name]
        error = 1.5 * (row["mcse"] ** 2 + own["mcse"] ** 2) ** 0.5  # a median's is larger
        assert abs(row["median"] - own["estimate"]) < 4 * error
        assert row["sd"] == pytest.approx(own["sd"], rel=0.2)


def test_released_again_nothing_changes_and_texts_follow(room):
    room.release(executor=Here())
    before = everything(room.folder)
    room.release(executor=Here(most=0))  # nothing is made anew
    assert everything(room.folder) == before
    text = room.assignment.read_text()
    room.assignment.write_text(
        text.replace("A small assignment", "Changed").replace("-11T", "-18T")
    )
    (room.handout / "anna" / "data.csv").unlink()
    room.release(executor=Here(most=0))
    after = everything(room.folder)
    assert after["handout/anna/data.csv"] == before["handout/anna/data.csv"]
    assert b"Changed" in after["handout/ben/manifest.json"]
    assert read_ledger(room.ledger).assignment.title == "Changed"
    assert read_ledger(room.ledger).assignment.due.day == 18


def test_a_notebook_that_somebody_has_changed_stays(room):
    room.release(executor=Here())
    file = room.handout / "anna" / "assignment.ipynb"
    file.write_text("mine")
    text = room.assignment.read_text()
    room.assignment.write_text(text.replace("A small assignment", "Changed"))
    room.release(executor=Here(most=0))
    assert file.read_text() == "mine"
    assert "Changed" in (room.handout / "ben" / "assignment.ipynb").read_text()
    assert b"Changed" in (room.handout / "anna" / "manifest.json").read_bytes()


def test_students_who_join_get_data_and_the_others_keep_theirs(room):
    room.release(executor=Here())
    before = everything(room.handout)
    lines = room.roster.read_text() + "dora,Dora,,\n"
    room.roster.write_text(lines.replace("anna,Anna", "anna,Anna Married"))
    found = room.release(executor=Here(most=1))
    after = everything(room.handout)
    assert before.items() <= after.items()
    assert "dora/data.csv" in after
    assert found.ledger.issued["anna"].student.name == "Anna Married"


def test_a_stopped_release_goes_on(room):
    stop = threading.Event()
    found = room.release(executor=Here(most=1, stop=stop), stop=stop)
    assert len(found.unfinished) == 2
    assert len(list(room.handout.iterdir())) == 1
    with room.ledger.open("ab") as file:  # as if the machine had stopped while it wrote
        file.write(b'{"issued": {"student"')
    found = room.release(executor=Here(most=2))
    assert found.unfinished == ()
    assert len(list(room.handout.iterdir())) == 3


def test_an_interrupt_stops_it_and_what_is_done_stays(room, tmp_path):
    room.roster.write_text("student\n" + "".join(f"s{k}\n" for k in range(60)))
    command = [sys.executable, "-m", "tutorkit", "assign", "release", str(room.assignment),
               "--roster", str(room.roster), "--out", str(room.handout), "--secret",
               str(room.secret), "--ledger", str(room.ledger), "--quiet"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if room.ledger.exists() and room.ledger.read_bytes().count(b"\n") > 4:
            break
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "students are left. Release again to go on." in said
    ready = len(list(room.handout.iterdir()))
    assert 3 < ready < 60
    assert ready == len(read_ledger(room.ledger).issued)
    assert f"has folders for {ready} students" in said


def test_what_fails_for_one_student_is_that_students_alone(room, monkeypatch):
    real = release_module.issue

    def issue(assignment, student, handle, keys):
        if student.student == "ben":
            raise ZeroDivisionError("of ours")
        return real(assignment, student, handle, keys)

    monkeypatch.setattr(release_module, "issue", issue)
    found = room.release(executor=Here())
    assert found.failed == {"ben": "ZeroDivisionError: of ours"}
    assert found.unfinished == ()
    assert len(list(room.handout.iterdir())) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("data", "is the ledger of other data"),
        ("secret", "was begun with another course secret"),
        ("rights", "Others on this machine can read the ledger"),
        ("versions", "can no longer be made as they were"),
        ("inside", "lies in"),
        ("file", "is not a folder"),
        ("nothing", "is not a ledger of tutorkit"),
    ],
)
def test_what_would_spoil_a_release_is_refused(room, change, message, monkeypatch):
    room.release(executor=Here())
    before = everything(room.handout)
    if change == "data":
        text = room.assignment.read_text()
        room.assignment.write_text(text.replace("clusters = 12", "clusters = 13"))
    elif change == "secret":
        room.secret = room.secret.with_name("another")
    elif change == "rights":
        room.ledger.chmod(0o644)
    elif change == "versions":
        (room.handout / "ben" / "data.csv").write_text("changed")
        before = everything(room.handout)
        monkeypatch.setattr(release_module, "data_for", lambda *_: read_data(
            room.handout / "anna" / "data.csv"))  # fmt: skip
    elif change == "inside":
        room.ledger = room.handout / "ledger.jsonl"
    elif change == "file":
        room.handout = room.roster.with_name("x")
        room.handout.write_text("")
        before = {}
    else:
        room.ledger.write_text("{}\n")
    with pytest.raises(DataError) as caught:
        room.release(executor=Here())
    assert message in caught.value.message
    assert everything(room.handout) == before


def test_data_that_cannot_be_are_told(room):
    text = room.assignment.read_text().replace("clusters = 12", "clusters = 8")
    room.assignment.write_text(
        text.replace("cluster_size = 10", "cluster_size = 4\nrates = { x1i = 0.6, x2i = 0.6 }")
    )
    found = room.release(executor=Here())
    assert set(found.failed) == {"anna", "ben", "../zoë"}
    assert "too few values" in found.failed["anna"]
    assert not room.handout.exists()


def test_a_changed_file_is_told_to_the_student(room):
    room.release(executor=Here())
    folder = room.handout / "anna"
    manifest = folder / "manifest.json"
    text = manifest.read_text()
    (folder / "data.csv").write_bytes((folder / "data.csv").read_bytes().replace(b"NA", b""))
    with pytest.raises(DataError, match=r"'data.csv' is not as it was handed out"):
        read_manifest(folder)
    for broken in (
        "{",
        "[]",
        "{}",
        text.replace('"items"', '"item"'),
        text.replace(": 1,", ": 9,"),
    ):
        manifest.write_text(broken)
        with pytest.raises(DataError, match=r"'manifest.json' is not as it was handed out"):
            read_manifest(folder)
    manifest.unlink()
    with pytest.raises(TutorkitError, match=r"There is no 'manifest.json' beside this notebook"):
        read_manifest(folder)
