"""The course secret, what follows from it, and the roster."""

import pytest

from tutorkit import DataError
from tutorkit.assignment.roster import read_roster, safe_name
from tutorkit.assignment.secret import generator, open_secret, sub_key

SECRET = bytes(range(32))


def test_a_secret_is_made_once_for_its_owner_only(tmp_path):
    file = tmp_path / "new" / "course.secret"
    secret, made = open_secret(file)
    assert (len(secret), made) == (32, True)
    assert file.stat().st_mode & 0o777 == 0o600
    assert open_secret(file) == (secret, False)
    assert open_secret(tmp_path / "other")[0] != secret


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_secret_that_others_may_read_is_refused(tmp_path, mode):
    file = tmp_path / "secret"
    open_secret(file)
    file.chmod(mode)
    with pytest.raises(DataError, match="Others on this machine can read"):
        open_secret(file)


def test_a_secret_does_not_lie_where_it_is_shared(tmp_path):
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    with pytest.raises(DataError, match="lies in a repository"):
        open_secret(tmp_path / "repo" / "private" / "secret")
    with pytest.raises(DataError, match="handed out"):
        open_secret(tmp_path / "out" / "secret", tmp_path / "out")
    assert not (tmp_path / "repo" / "private").exists()


@pytest.mark.parametrize("content", [b"", b"secret", b"ab" * 31, b"\xff" * 64, b"zz" * 32])
def test_what_is_no_secret_is_refused(tmp_path, content):
    file = tmp_path / "secret"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(DataError, match=r"no course secret|cannot be used"):
        open_secret(file)


def test_keys_differ_by_purpose_assignment_and_student():
    keys = {sub_key(SECRET, p, a, s) for p in ("data", "mark") for a in "ab" for s in "xy"}
    assert len(keys) == 8
    assert sub_key(SECRET, "data", "a", "Zoe\u0308") == sub_key(SECRET, "data", "a", "ZOË")
    # parts are kept apart: "ab" + "c" is not "a" + "bc"
    assert sub_key(SECRET, "data", "ab", "c") != sub_key(SECRET, "data", "a", "bc")


def test_keys_are_what_they_were():
    """Data made years ago must be made again alike."""
    key = sub_key(SECRET, "data", "exercise-7-4", "anna")
    assert key.hex() == KNOWN_KEY
    assert generator(key).standard_normal(2).round(6).tolist() == KNOWN_DRAWS


KNOWN_KEY = "4858861f087b515d96e5bbec9b945fea2dc3ecd8bc7eac307404912f2ba4238b"
KNOWN_DRAWS = [-0.538319, -0.893087]


@pytest.mark.parametrize(
    "text", ["../../etc/passwd", "a/b", "CON", "con.txt", "", "..", "zoë", "=cmd", "a" * 200,
             "a\\b", "a:b", "x\u202ey", ".hidden", "a."],
)  # fmt: skip
def test_names_of_folders_are_safe_everywhere(text):
    name = safe_name(text)
    assert name not in ("", ".", "..")
    assert all(c.isascii() and (c.isalnum() or c in "._-") for c in name)
    assert len(name) <= 80
    assert name != text
    assert safe_name("Anna-2.b") == "Anna-2.b"


def test_names_of_folders_are_not_shared():
    names = ["anna", "anna b", "anna_b", "anna/b", "anna\\b", "änna", "ânna", "a" * 90, "a" * 91]
    assert len({safe_name(name) for name in names}) == len(names)
    assert safe_name("Anna b") == safe_name("anna\u00a0b")  # one student, spelled in two ways


def roster(tmp_path, text, encoding="utf-8"):
    file = tmp_path / "roster.csv"
    file.write_bytes(text.encode(encoding))
    return read_roster(file)


def test_a_roster_is_read_as_spreadsheets_write_it(tmp_path):
    found = roster(tmp_path, "\ufeffName;Student;Canvas ID;Room\nAnna;007;12;A\n;;;\nBen;NA;;B\n")
    assert [(s.student, s.name, s.canvas_id) for s in found] == [
        ("007", "Anna", "12"), ("NA", "Ben", ""),
    ]  # fmt: skip
    assert found[1].shown == "Ben"
    assert roster(tmp_path, "student\nx\n")[0].shown == "x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("name,id\nAnna,1\n", "has no column 'student'"),
        ("studnt\nAnna\n", "has no column 'student'"),
        ("student\n", "lists no students"),
        ("student,name\n,Anna\n", "Line 2 of 'roster.csv' has no identifier"),
        ("student\nanna\nANNA\n", "lists 'ANNA' in lines 2 and 3"),
        ("student\nZoe\u0308\nzoë\n", "in lines 2 and 3"),
        ("student\n" + "a" * 200 + "\n", "is too long"),
        ("student\nan\u202ena\n", "signs that cannot be seen"),
        ("student,due\nanna,tomorrow\n", "'tomorrow' is no time"),
        ("student,due\nanna,2026-12-24\n", "'2026-12-24' is no time"),
        ('student\n"anna\n', "cannot be read"),
        ("student,name\nanna,Smith, Anna\n", "Line 2 of 'roster.csv' has more cells than columns"),
        ("student,canvas_id\nanna,7\nben,7\n", "has a canvas_id that another student has"),
        ("student,due date\nanna,x\n", "has a column 'due_date', which is not read"),
    ],
)
def test_mistakes_in_a_roster_are_told(tmp_path, text, message):
    with pytest.raises(DataError) as caught:
        roster(tmp_path, text)
    assert message in caught.value.message


def test_a_roster_that_is_not_there_or_not_in_utf_8(tmp_path):
    with pytest.raises(DataError, match="There is no roster"):
        read_roster(tmp_path / "none.csv")
    with pytest.raises(DataError, match="not a text file in UTF-8"):
        roster(tmp_path, "student\nzoë\n", "utf-16")


def test_a_link_into_a_repository_is_seen_through(tmp_path):
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "repo")
    with pytest.raises(DataError, match="lies in a repository"):
        open_secret(tmp_path / "link" / "secret")
    with pytest.raises(DataError, match="handed out"):
        open_secret(tmp_path / "link" / "secret", tmp_path / "repo")


def test_the_first_line_of_a_roster_says_what_stands_between_cells(tmp_path):
    (found,) = roster(tmp_path, 'student;name\nanna;"Berg, Anna, Prof., Dr."\n')
    assert found.name == "Berg, Anna, Prof., Dr."
