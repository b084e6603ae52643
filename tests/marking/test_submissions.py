"""Finding answers in what was handed in, and whose they are."""

import zipfile

import pytest
from classroom import zipped

from tutorkit import DataError
from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.roster import Student
from tutorkit.marking.owners import Owners, marked_late
from tutorkit.marking.submissions import NAME, Source, open_source


def places(folder, entry):
    return {(f.place, f.content, f.problem) for f in Source(folder).find(entry)}


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("answers.json", True), ("Answers.JSON", True), ("answers (1).json", True),
        ("answers-2.json", True), ("doejane_12_34_answers.json", True), ("answers.txt", False),
        ("my-work.json", False), ("myanswers.json", False), ("answers.json.exe", False),
        ("answers copy.json", True), ("Copy of answers.json", True), ("answers.json.txt", True),
        ("answers (1) (2).json", True), ("answers_final.json", True), ("answersheet.json", False),
    ],
)  # fmt: skip
def test_names_of_answers_files(name, is_one):
    assert bool(NAME.fullmatch(name)) == is_one


def test_answers_are_found_in_folders_and_zip_files(tmp_path):
    (tmp_path / "anna" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "anna" / "deep" / "er" / "answers.json").write_bytes(b"1")
    (tmp_path / "ben.zip").write_bytes(zipped(("x/answers.json", b"2"), ("x/data.csv", b"3")))
    (tmp_path / "dora").mkdir()
    (tmp_path / "dora" / "work.zip").write_bytes(zipped(("answers.json", b"4")))
    (tmp_path / ".hidden").mkdir()
    assert Source(tmp_path).entries() == ["anna", "ben.zip", "dora"]
    assert places(tmp_path, "anna") == {("anna/deep/er/answers.json", b"1", "")}
    assert places(tmp_path, "ben.zip") == {("ben.zip/x/answers.json", b"2", "")}
    assert places(tmp_path, "dora") == {("dora/work.zip/answers.json", b"4", "")}


def test_a_download_may_stay_one_zip_file(tmp_path):
    """With folders, as Moodle makes it, and zip files of students in it."""
    inner = zipped(("answers.json", b"2"))
    file = tmp_path / "all.zip"
    file.write_bytes(
        zipped(("Anna B_7_assignsubmission_file/answers.json", b"1"), ("ben_8_9_work.zip", inner),
               ("__MACOSX/answers.json", b"0"))
    )  # fmt: skip
    assert Source(file).entries() == ["Anna B_7_assignsubmission_file", "ben_8_9_work.zip"]
    assert {c for _, c, _ in places(file, "Anna B_7_assignsubmission_file")} == {b"1"}
    assert {c for _, c, _ in places(file, "ben_8_9_work.zip")} == {b"2"}


def test_times_stand_beside_the_answers(tmp_path):
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / "answers.json").write_bytes(b"1")
    (tmp_path / "anna" / "timestamp.txt").write_text("2026-12-01 10:00:00 UTC\n")
    (found,) = Source(tmp_path).find("anna")
    assert found.time == "2026-12-01 10:00:00 UTC"


def test_what_cannot_be_opened_is_told(tmp_path):
    with pytest.raises(DataError, match="There is no folder or zip file"):
        Source(tmp_path / "none").entries()
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(DataError, match="neither a folder nor a zip file"):
        Source(tmp_path / "a.txt").entries()
    (found,) = Source(tmp_path).find("gone")
    assert "cannot be opened" in found.problem
    (found,) = Source(tmp_path).find("a.txt")
    assert found.problem == "It holds no answers.json"


def test_links_in_folders_are_not_followed(tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "answers.json").write_bytes(b"secret")
    (tmp_path / "in" / "anna").mkdir(parents=True)
    (tmp_path / "in" / "anna" / "link").symlink_to(tmp_path / "private")
    (tmp_path / "in" / "ben").symlink_to(tmp_path / "private")
    for entry in ("anna", "ben"):
        assert all(f.content is None for f in Source(tmp_path / "in").find(entry))
        assert all(f.problem for f in Source(tmp_path / "in").find(entry))


def test_a_member_that_says_it_is_small_is_read_as_far_as_may_be(tmp_path):
    """The size in a zip file's table is what somebody wrote there."""
    data = bytearray(zipped(("answers.json", b"0" * 3_000_000)))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    (tmp_path / "anna.zip").write_bytes(bytes(data))
    (found,) = Source(tmp_path).find("anna.zip")
    assert found.content is None or len(found.content) <= 1_000_001
    with zipfile.ZipFile(tmp_path / "anna.zip") as archive:
        assert archive.infolist()[0].file_size == 10


STUDENTS = [
    Student("anna", "Anna Berg", canvas_id="101"), Student("007", "James"), Student("zoë", "Zoë D"),
    Student("a b/c", "Two"), Student("x1", "Same Name"), Student("x2", "Same Name"),
    Student("james", "Another"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "student"),
    [
        ("anna", "anna"), ("ANNA", "anna"), ("anna.zip", "anna"), ("anna.json", "anna"),
        ("anna_answers.json", "anna"), ("Anna Berg", "anna"), ("007", "007"),
        ("berganna_101_555_answers.json", "anna"), ("berganna_LATE_101_555_answers-1.json", "anna"),
        ("berganna_999_555_answers.json", None), ("Zoe\u0308", "zoë"),
        ("Anna Berg_4711_assignsubmission_file", "anna"),
        ("Anna Berg_4711_assignsubmission_file_answers.json", "anna"),
        ("Same Name", None), ("james", "james"), ("unknown", None), ("", None),
        (STUDENTS[3].folder, "a b/c"),
    ],
)  # fmt: skip
def test_whose_a_submission_is_by_its_name(entry, student):
    issued = {s.student: Issued(s, s.student, "", {}, [], {}) for s in STUDENTS}
    found = Owners(issued).of(entry)
    assert (found.student.student if found else None) == student


def test_canvas_says_what_is_late():
    assert marked_late("berganna_LATE_101_555_answers.json")
    assert not marked_late("berganna_101_555_answers.json")
    assert not marked_late("late")


def test_one_folder_or_zip_file_around_all_is_looked_into(tmp_path):
    known = {"anna", "ben"}.__contains__
    outer = tmp_path / "submissions" / "inner"
    for name in ("anna", "ben"):
        (outer / name).mkdir(parents=True)
        (outer / name / "answers.json").write_bytes(name.encode())
    assert open_source(tmp_path, known).entries() == ["anna", "ben"]
    members = [(f"top/{name}/answers.json", name) for name in ("anna", "ben")]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "all.zip").write_bytes(zipped(*members))
    for path in (tmp_path / "in", tmp_path / "in" / "all.zip"):
        source = open_source(path, known)
        assert source.entries() == ["anna", "ben"]
        assert [f.content for f in source.find("ben")] == [b"ben"]
    (tmp_path / "one" / "anna").mkdir(parents=True)
    assert open_source(tmp_path / "one", known).entries() == ["anna"]


def test_what_is_broken_inside_costs_nothing_of_the_rest(tmp_path):
    broken = bytearray(zipped(("answers.json", b"0123456789" * 400)))
    broken[40:60] = b"\xff" * 20  # the stream itself, not its end
    place = tmp_path / "group" / "anna"
    place.mkdir(parents=True)
    (place / "a.zip").write_bytes(bytes(broken))
    (place / "b.zip").write_bytes(zipped(*[(f"{k}.txt", "") for k in range(2100)]))
    (place / "c.zip").write_bytes(
        zipped(("x.zip", zipped(("y.zip", zipped(("answers.json", ""))))))
    )
    (place / "my-work.json").write_text("{}")
    (place / "z.zip").write_bytes(zipped(("in/work.zip", zipped(("answers.json", b"here")))))
    found = {f.place.split("/")[2]: f for f in Source(tmp_path).find("group")}
    assert found["z.zip"].content == b"here"
    assert found["a.zip"].problem == "It is damaged"
    assert "more than 2,000 files" in found["b.zip"].problem
    assert "zip file in a zip file in a zip file" in found["c.zip"].problem
    assert "not what Submit writes" in found["my-work.json"].problem


def test_names_in_a_students_zip_file_say_nothing_about_whose_it_is():
    issued = {s.student: Issued(s, s.student, "", {}, [], {}) for s in STUDENTS}
    owners = Owners(issued)
    assert owners.of("group A/anna/x/answers.json").student.student == "anna"
    assert owners.of("work.zip/anna/answers.json") is None
    assert owners.of("james/work.zip/anna/answers.json").student.student == "james"


def test_what_macs_and_jupyter_add_is_left_out(tmp_path):
    extra = ("__MACOSX/._answers.json", "._answers.json", "x/.ipynb_checkpoints/answers-c.json")
    members = [("answers.json", b"1"), *((name, b"0") for name in extra)]
    (tmp_path / "ben.zip").write_bytes(zipped(*members))
    assert places(tmp_path, "ben.zip") == {("ben.zip/answers.json", b"1", "")}
    kept = tmp_path / "anna" / ".ipynb_checkpoints"
    kept.mkdir(parents=True)
    (kept / "answers-checkpoint.json").write_bytes(b"0")
    (tmp_path / "anna" / "._answers.json").write_bytes(b"0")
    (tmp_path / "anna" / "answers.json").write_bytes(b"1")
    assert places(tmp_path, "anna") == {("anna/answers.json", b"1", "")}


def test_of_many_files_and_of_large_ones_no_more_is_read_than_may_be(tmp_path):
    many = [(f"{k}.txt", "") for k in range(2000)]
    (tmp_path / "anna.zip").write_bytes(zipped(*many, ("answers.json", b"1")))
    (found,) = Source(tmp_path).find("anna.zip")
    assert (found.content, "more than 2,000 files" in found.problem) == (None, True)
    (tmp_path / "ben.zip").write_bytes(zipped(("answers.json", b"0" * 3_000_000)))
    (found,) = Source(tmp_path).find("ben.zip")
    assert len(found.content) == 1_000_001


def test_a_time_beside_the_answers_is_no_link(tmp_path):
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / "answers.json").write_bytes(b"1")
    (tmp_path / "private").write_text("secret")
    (tmp_path / "anna" / "timestamp.txt").symlink_to(tmp_path / "private")
    (time,) = {f.time for f in Source(tmp_path).find("anna") if f.content}
    assert time == ""
