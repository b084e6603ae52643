"""``tutorkit assign`` and ``tutorkit grade`` as instructors type them, mistakes included."""

import json
import shutil

import pytest
from classroom import Classroom

from tutorkit.__main__ import main
from tutorkit.assignment.reading import EXAMPLE


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    room = Classroom(tmp_path_factory.mktemp("class"), ["anna,Anna,,", "ben,Ben,,"])
    room.release()
    room.hand_in("anna", room.answers("anna", seed=None))
    return room


@pytest.fixture
def room(released, tmp_path, monkeypatch):
    shutil.copytree(released.folder, tmp_path / "class")
    monkeypatch.chdir(tmp_path / "class")
    return tmp_path / "class"


RELEASE = ["assign", "release", "private/small.toml", "--roster", "private/roster.csv", "--out",
           "handout", "--secret", "private/course.secret", "--quiet"]  # fmt: skip
GRADE = ["grade", "submissions", "--ledger", "private/small.ledger.jsonl", "--quiet"]


def test_init_writes_the_example_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["assign", "init"]) == 0
    assert (tmp_path / "assignment.toml").read_text() == EXAMPLE.read_text()
    assert "'assignment.toml' is an assignment with remarks" in capsys.readouterr().out
    (tmp_path / "assignment.toml").write_text("mine")
    assert main(["assign", "init"]) == 2
    assert "'assignment.toml' is there already" in capsys.readouterr().err
    assert (tmp_path / "assignment.toml").read_text() == "mine"
    assert main(["assign", "init", "no/such/folder.toml"]) == 2


def test_release_and_grade_say_what_they_did(room, capsys):
    assert main(RELEASE) == 0
    said = capsys.readouterr().out
    assert "'handout' has folders for 2 students, to be handed out one to each." in said
    assert "'private/small.ledger.jsonl' is the private record" in said
    assert "secret was made" not in said
    assert main(GRADE) == 0
    said = capsys.readouterr().out
    assert "2 students: 1 marked, 1 missing." in said
    assert "Open 'grades-small/overview.html' for the class." in said
    assert "marked in 'grades-small/marks-by-hand.csv'; then run this again." in said
    assert {p.name for p in (room / "grades-small").iterdir()} == {
        "grades.csv", "canvas.csv", "moodle.csv", "submissions.csv", "marks-by-hand.csv",
        "overview.html", "feedback",
    }  # fmt: skip


def test_a_new_secret_is_announced(room, capsys):
    again = [("private/new.secret" if a == "private/course.secret" else a) for a in RELEASE]
    assert main([*again, "--ledger", "private/new.jsonl"]) == 0
    assert "A course secret was made: 'private/new.secret'. Keep it" in capsys.readouterr().out


def test_students_for_whom_no_data_can_be_made_are_named(room, capsys):
    file = room / "private" / "small.toml"
    text = file.read_text().replace('"small"', '"smaller"').replace("clusters = 12", "clusters = 8")
    file.write_text(text.replace("cluster_size = 10", "cluster_size = 4\nrates = { x1i = 0.6 }"))
    assert main([*RELEASE, "--ledger", "private/new.jsonl"]) == 2
    said = capsys.readouterr().out
    assert "has folders for 0 students" in said
    assert "- anna has none: The data of this assignment have too few values" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["assign"], "the following arguments are required: COMMAND"),
        (["assign", "publish"], "invalid choice: 'publish'"),
        (["assign", "release", "private/small.toml"], "required: --roster, --out"),
        (["assign", "release", "no.toml", *RELEASE[3:]], "There is no assignment file 'no.toml'"),
        ([*RELEASE, "--roster", "no.csv"], "There is no roster 'no.csv'"),
        ([*RELEASE, "--secret", "handout/x"], "would lie in the folder that is handed out"),
        ([*RELEASE, "--ledger", "private/roster.csv"], "roster.csv"),
        ([*RELEASE, "--out", "private"], "lies in 'private', which is handed out"),
        (["grade", "submissions"], "required: --ledger"),
        ([*GRADE[:2], "--ledger", "no.jsonl"], "There is no ledger 'no.jsonl'"),
        (["grade", "none", *GRADE[2:]], "There is no folder or zip file 'none'"),
        ([*GRADE, "--out", "submissions/x"], "The results cannot come into 'submissions/x'"),
        ([*GRADE, "--out", "private/roster.csv"], "The results cannot come into"),
        ([*GRADE, "--fast"], "unknown argument --fast"),
    ],
)
def test_mistakes_are_one_line(room, capsys, arguments, message):
    before = {p: p.read_bytes() for p in room.rglob("*") if p.is_file()}
    try:
        status = main(arguments)
    except SystemExit as end:
        status = end.code
    said = capsys.readouterr().err
    assert status == 2
    assert message in said
    assert len(said.strip().splitlines()) == 1
    assert {p: p.read_bytes() for p in room.rglob("*") if p.is_file()} == before


def test_names_do_nothing_to_a_terminal(room, capsys):
    (room / "submissions" / "\x1b[31mred\x07").mkdir()
    assert main(GRADE) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_ledger_in_a_repository_is_pointed_out(room, capsys):
    secret = shutil.move(room / "private" / "course.secret", room.parent / "course.secret")
    (room / ".git").mkdir()
    assert main([str(secret) if a == "private/course.secret" else a for a in RELEASE]) == 0
    assert "It lies in a repository: do not commit it" in capsys.readouterr().out


def test_nothing_that_was_written_by_others_does_anything_to_a_terminal(room, capsys):
    tree = json.loads((room / "submissions" / "anna" / "answers.json").read_text())
    (room / "submissions" / "ben").mkdir()
    (room / "submissions" / "ben" / "answers.json").write_text(
        json.dumps(tree | {"handle": "x", "assignment": "\x1b[31m"}))  # fmt: skip
    assert main(GRADE) == 0
    marks = room / "grades-small" / "marks-by-hand.csv"
    marks.write_text(marks.read_text("utf-8-sig").replace("3,,,", "3,\x1b[31m,,"))
    assert main(GRADE) == 0
    said = capsys.readouterr().out
    assert "is no mark from 0 to 3" in said
    assert "\x1b" not in said
