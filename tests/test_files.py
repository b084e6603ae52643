"""Files that stay whole: written at once, or by a line at a time."""

import os
import stat

import pytest

from tutorkit.files import append, mend, read_lines, write_whole


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    file = tmp_path / "a.txt"
    write_whole(file, "old\n")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(5, "I/O")))
    with pytest.raises(OSError, match="I/O"):
        write_whole(file, "new\n")
    assert file.read_text() == "old\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
def test_files_are_readable_as_the_system_wants_or_private(tmp_path):
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "open", "x")
        write_whole(tmp_path / "mine", "x", private=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "mine").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("tail", "lines", "after"),
    [
        (b"", [{"a": 1}], b'{"a": 1}\n'),
        (b'{"b"', [{"a": 1}], b'{"a": 1}\n'),  # torn
        (b'{"b": 2}', [{"a": 1}, {"b": 2}], b'{"a": 1}\n{"b": 2}\n'),  # an editor's
        (b"12", [{"a": 1}], b'{"a": 1}\n'),  # may be torn
    ],
)
def test_a_last_line_counts_if_it_is_whole(tmp_path, tail, lines, after):
    file = tmp_path / "a.jsonl"
    append(file, {"a": 1})
    with file.open("ab") as out:
        out.write(tail)
    assert read_lines(file) == lines
    assert file.read_bytes() == b'{"a": 1}\n' + tail  # reading changes nothing
    mend(file)
    assert file.read_bytes() == after
    append(file, {"c": 3})
    assert read_lines(file) == [*lines, {"c": 3}]
