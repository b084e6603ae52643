"""What a release for nbgrader refuses, and what test cells say outside of nbgrader."""

import os

import pytest
from nbgrader_class import ASSIGNMENT, FULL, KEY, answers_of, nbgrader

import tutorkit.nbgrader.course as course_module
from tutorkit.assignment.secret import open_secret
from tutorkit.errors import DataError, TutorkitError
from tutorkit.nbgrader.cells import KEY as SUB_KEY
from tutorkit.nbgrader.cells import KEY_FILE, points
from tutorkit.nbgrader.course import release_course
from tutorkit.nbgrader.course_file import read_course_file
from tutorkit.nbgrader.sealed import key_file, marking_key, unseal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def class_of_two(tmp_path_factory):
    here = tmp_path_factory.mktemp("two")
    (here / "a.toml").write_text(ASSIGNMENT, encoding="utf-8")
    (here / "roster.csv").write_text("student,name\nada,Ada\nBob X,Bob\n", encoding="utf-8")
    release_course(*files(here), secret=here / "s.secret", progress=False)
    return here


def files(here):
    return here / "a.toml", here / "roster.csv", here / "out"


def of(here, student):
    """Return a student's folder, sealed key and sub-key."""
    course = here / "out" / "course"
    private = read_course_file(course)
    folder = next(f for f, w in private.folders[KEY].items() if w.student == student)
    key = marking_key(private.opened(KEY), KEY, student)
    handle = private.folders[KEY][folder].handle
    return here / "out" / "students" / folder, key_file(course, handle), key


@pytest.fixture
def in_kernel(class_of_two, tmp_path, monkeypatch):
    """Return a function that lays answers where a student's notebook runs."""
    monkeypatch.chdir(tmp_path)

    def lay(content=None, student="ada", key=None):
        folder, file, own = of(class_of_two, student)
        monkeypatch.setenv(KEY_FILE, str(file))
        monkeypatch.setenv(SUB_KEY, key or own)
        (tmp_path / "answers.json").write_text(
            content or answers_of(folder, class_of_two / "a.toml")
        )

    return lay


def test_points_are_those_of_the_rubric(in_kernel, capsys):
    in_kernel()
    assert {f"mark-{part}": points(part) for part in ("focal", "estimates", "mechanism")} == {
        name: FULL[name] for name in ("mark-focal", "mark-estimates", "mark-mechanism")
    }
    told = capsys.readouterr()
    assert "Estimates: 4 of 4 points" in told.out
    assert told.err == ""


@pytest.mark.parametrize("content", ["{", "[]", '{"tutorkit": 1}', "\0", "null"])
def test_broken_answers_have_no_points_and_raise_nothing(in_kernel, capsys, content):
    in_kernel(content)
    assert points("focal") == 0.0
    assert "answers.json: It " in capsys.readouterr().out


def test_the_key_of_another_student_opens_nothing(class_of_two, in_kernel, capsys):
    in_kernel(key=of(class_of_two, "Bob X")[2])
    assert points("focal") == 0.0
    assert "The marks cannot be made" in capsys.readouterr().out
    with pytest.raises(DataError, match="another secret"):
        unseal(of(class_of_two, "ada")[1], of(class_of_two, "Bob X")[2])


def test_without_a_key_there_are_no_points(monkeypatch, capsys):
    monkeypatch.delenv(KEY_FILE, raising=False)
    assert points("focal") == 0.0
    assert "not on the list" in capsys.readouterr().out


def test_sealed_keys_hold_no_truth_name_or_rubric(class_of_two):
    assignment, issued = unseal(*of(class_of_two, "ada")[1:])
    assert issued.truth == []
    assert issued.student.student == issued.handle
    assert not any(item.rubric for item in assignment.items)
    for file in (class_of_two / "out" / "course" / "keys").iterdir():
        assert b"reference" not in file.read_bytes()
        assert os.name != "posix" or file.stat().st_mode & 0o077 == 0


def test_released_again_data_and_own_settings_stay(class_of_two):
    settings = class_of_two / "out" / "course" / "nbgrader_config.py"
    own = settings.read_text(encoding="utf-8") + "# mine\n"
    settings.write_text(own, encoding="utf-8")
    data = of(class_of_two, "ada")[0] / "data.csv"
    before = data.read_bytes()
    release_course(*files(class_of_two), secret=class_of_two / "s.secret", progress=False)
    assert (data.read_bytes(), settings.read_text(encoding="utf-8")) == (before, own)


def test_another_assignment_does_not_write_over_folders(class_of_two):
    assignment, roster, out = files(class_of_two)
    other = assignment.with_name("b.toml")
    other.write_text(ASSIGNMENT.replace(KEY, "ps2"), encoding="utf-8")
    with pytest.raises(DataError, match="has the assignment 'ps1'"):
        release_course(other, roster, out, secret=class_of_two / "s.secret", progress=False)
    given, aside = out / "students", out / "students-ps1"
    given.rename(aside)
    release_course(other, roster, out, secret=class_of_two / "other.secret", progress=False)
    given.rename(out / "students-ps2")
    aside.rename(given)
    private = read_course_file(out / "course")
    assert private.opened("ps2") != private.opened(KEY)
    assert private.whose("ps2", "ada") != private.whose(KEY, "ada")


@pytest.mark.parametrize("name", ["secret", "ledger"])
def test_nothing_private_may_lie_where_students_code_is_run(tmp_path, name):
    (tmp_path / "a.toml").write_text(ASSIGNMENT, encoding="utf-8")
    private = {"secret": tmp_path / "s.secret", name: tmp_path / "out" / "course" / "file"}
    with pytest.raises(DataError, match="where students' code is run"):
        release_course(*files(tmp_path), **private, progress=False)


def test_without_nbgrader_it_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr(course_module, "NEEDED", ("no_such_library",))
    with pytest.raises(TutorkitError, match="needs nbgrader") as caught:
        release_course(*files(tmp_path))
    assert "tutorkit[nbgrader]" in caught.value.hint


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
def test_a_secret_that_others_can_read_marks_nobody(class_of_two):
    folder, course = of(class_of_two, "ada")[0], class_of_two / "out" / "course"
    submitted = course / "submitted" / "ada" / KEY
    submitted.mkdir(parents=True)
    text = (folder / "assignment.ipynb").read_text(encoding="utf-8")
    (submitted / "assignment.ipynb").write_text(text, encoding="utf-8")
    (class_of_two / "s.secret").chmod(0o644)
    try:
        run = nbgrader(course, "autograde", KEY)
    finally:
        (class_of_two / "s.secret").chmod(0o600)
    assert run.returncode != 0
    assert "Others on this machine can read the course secret" in run.stderr
    secret = open_secret(class_of_two / "s.secret")[0].hex()
    assert secret not in run.stderr
