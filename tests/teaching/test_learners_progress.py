"""Answers in a file and in a code: saved whole, never overwritten by mistake, carried anywhere."""

import json
import os
import threading

import pytest
from hypothesis import given, strategies

from tutorkit import DataError
from tutorkit.teaching import lesson
from tutorkit.teaching.overview import start_notebook, start_page
from tutorkit.teaching.progress import FILE, from_code, merge, read, to_code, write

KEYS = lesson(1).keys
SOME = {"1": {"x1i": [0, 2, 1], "rows": 365, "harmless": ["MAR", 0.32]}}
VALUES = strategies.one_of(
    strategies.lists(strategies.integers(0, 4), min_size=1, max_size=5),
    strategies.integers(0, 600), strategies.text(max_size=40), strategies.just(True),
)  # fmt: skip


def test_answers_are_kept_and_added_to(tmp_path):
    file = tmp_path / FILE
    assert read(file) == {}
    write(file, SOME)
    assert read(file) == SOME
    write(file, {"1": {"y": [2]}, "2": {"a": 1}})
    assert read(file) == {"1": SOME["1"] | {"y": [2]}, "2": {"a": 1}}
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"version": 2, "answers": {}}', "\x00",
                                     '{"version": 1, "answers": [1]}', '{"version": 1}',
                                     '{"version": 1, "answers": {"1": 3}}'])  # fmt: skip
def test_a_file_that_is_something_else_is_refused_and_left_alone(tmp_path, content):
    file = tmp_path / FILE
    file.write_text(content)
    for call in (lambda: read(file), lambda: write(file, SOME)):
        with pytest.raises(DataError, match=f"'{FILE}' does not hold the progress"):
            call()
    assert file.read_text() == content


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(DataError, match="cannot be saved in"):
        write(tmp_path / "nowhere" / FILE, SOME)


def test_a_writer_that_is_killed_leaves_the_file_whole(tmp_path, monkeypatch):
    file = tmp_path / FILE
    write(file, SOME)
    before = file.read_text()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(5, "killed")))
    with pytest.raises(DataError, match="killed"):
        write(file, {"1": {"y": [2]}})
    assert file.read_text() == before


def test_many_writers_leave_a_file_that_can_be_read(tmp_path):
    file = tmp_path / FILE
    threads = [threading.Thread(target=write, args=(file, {f"{k}": {"a": k}})) for k in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read(file)


@given(strategies.dictionaries(strategies.sampled_from(KEYS), VALUES))
def test_a_code_gives_back_what_went_in(answers):
    code = to_code({"1": answers})
    assert from_code(code) == ({"1": answers} if answers else {})


def test_a_code_is_short_and_may_be_broken_over_lines():
    code = to_code({"1": {key: [1, 0] for key in KEYS}})
    assert len(code) < 50
    assert from_code(f" {code[:20]}\n {code[20:]} ") == {"1": {key: [1, 0] for key in KEYS}}


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: c[:10], lambda c: c + "A",
                                    lambda c: c[:12] + "AB" + c[14:], lambda c: "T1-",
                                    lambda c: "T1-*" + c[4:]])  # fmt: skip
def test_a_code_that_was_not_copied_whole_is_refused(change):
    with pytest.raises(DataError, match="not complete"):
        from_code(change(to_code(SOME)))


def test_other_texts_are_no_codes():
    with pytest.raises(DataError, match="begins with 'T1-'"):
        from_code("hello")


def test_codes_of_other_lessons_are_refused(monkeypatch):
    code = to_code(SOME)
    monkeypatch.setattr("tutorkit.teaching.progress._mark", lambda _: 0)
    with pytest.raises(DataError, match="other lessons"):
        from_code(code)


def test_answers_to_what_is_no_longer_asked_are_not_in_the_code():
    assert from_code(to_code({"1": {"rows": 3, "old": 1}, "77": {"a": 1}})) == {"1": {"rows": 3}}


def test_merged_answers_are_the_newer_ones():
    assert merge({"1": {"a": 1, "b": 2}}, {"1": {"b": 3}}) == {"1": {"a": 1, "b": 3}}


def test_the_start_page_lists_lessons_links_and_progress(tmp_path):
    (tmp_path / "01_what_is_missing.ipynb").write_text("{}")
    (tmp_path / "workbench.ipynb").write_text("{}")
    write(tmp_path / FILE, SOME)
    page = start_page(tmp_path)._repr_markdown_()
    assert "[1. What is missing, and why it matters](01_what_is_missing.ipynb)" in page
    assert f"■■■□□□□□□□ 3 of {len(KEYS)}" in page
    assert "[workbench.ipynb](workbench.ipynb)" in page
    assert "00_whole_analysis" not in page
    (cell,) = json.loads(start_notebook(tmp_path))["cells"]
    assert cell["outputs"][0]["data"]["text/markdown"] == page


def test_the_start_page_says_that_the_file_is_damaged(tmp_path):
    (tmp_path / FILE).write_text("nothing")
    page = str(start_page(tmp_path))
    assert "does not hold the progress of lessons" in page
    assert f"0 of {len(KEYS)}" in page
