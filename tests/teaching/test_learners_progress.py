"""Answers in a file and in a code: saved whole, never overwritten by mistake, carried anywhere."""

import json
import os
import threading

import pytest
from hypothesis import given, strategies

from tutorkit import DataError
from tutorkit.teaching import Question, lesson
from tutorkit.teaching.overview import start_notebook, start_page
from tutorkit.teaching.progress import FILE, from_code, joint, merge, read, to_code, write

KEYS = lesson(1).keys
SOME = {"1": {"x1i": [0, 2, 1], "rows": 365, "harmless": "MAR with 32% missing"}}


def test_answers_are_kept_and_added_to(tmp_path):
    file = tmp_path / FILE
    assert read(file) == {}
    write(file, SOME)
    assert read(file) == SOME
    write(file, {"1": {"y": [2]}, "2": {"se": 1}})
    assert read(file) == {"1": SOME["1"] | {"y": [2]}, "2": {"se": 1}}
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
    threads = [
        threading.Thread(target=write, args=(file, {f"{k}": {"a": k}})) for k in range(100, 120)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read(file) == {f"{k}": {"a": k} for k in range(100, 120)}
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def answer_of(key):
    """Return a strategy for possible answers."""
    items = {item.key: item for item in lesson(1).items}
    if key not in items:
        return strategies.text("MARN 0123%é", max_size=30)
    item = items[key]
    if isinstance(item, Question):
        return strategies.lists(
            strategies.integers(0, len(item.choices) - 1), min_size=1, max_size=5
        )
    if item.choices:
        return strategies.integers(0, len(item.choices) - 1)
    return strategies.integers(item.low, item.high)


@given(
    strategies.fixed_dictionaries({}, optional={key: answer_of(key) for key in KEYS}),
    strategies.none() | strategies.text("y ~x1|;é\n", max_size=40),
)
def test_a_code_gives_back_what_went_in(answers, script):
    answers |= {} if script is None else {"script": script}
    code = to_code({"1": answers})
    assert from_code(code) == ({"1": answers} if answers else {})


def test_a_code_is_short_and_may_be_broken_over_lines():
    answers = {item.key: [1, 0] if isinstance(item, Question) else 1 for item in lesson(1).items}
    answers |= {"rows": 365, "harmless": "MAR with 32% missing"}
    code = to_code({"1": answers})
    assert len(code) < 90
    assert from_code(f" {code[:20]}\n {code[20:]} ") == {"1": answers}


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
    code = to_code({"1": {"rows": 300, "old": 1}, "77": {"a": 1}})
    assert from_code(code) == {"1": {"rows": 300}}


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


IMPOSSIBLE = [
    ("1", "x2i", 3), ("1", "x2i", [7]), ("1", "x2i", []), ("1", "rows", 5000), ("1", "slope", "a"),
    ("2", "focal", True), ("2", "focal", {"right": True}), ("2", "script", 5), ("1", "harmless", 1),
    ("1", "nothing", 1), ("2", "focal", {"right": True, "hints": 9}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "key", "value"), IMPOSSIBLE)
def test_an_answer_that_cannot_be_is_left_out_and_harms_nothing(tmp_path, number, key, value):
    content = {"version": 1, "answers": {number: {key: value}, "4": {"mnar": 1}}}
    (tmp_path / FILE).write_text(json.dumps(content))
    assert read(tmp_path / FILE) == {number: {}, "4": {"mnar": 1}}
    assert "0 of 9" in str(start_page(tmp_path))


def test_answers_from_two_places_lose_nothing_that_is_done():
    known = {"x2i": [0], "x1i": [2], "slope": 1, "harmless": "a"}
    more = {"x2i": [2], "x1i": [1], "slope": 2, "mar": 0, "y": [0]}
    found = joint("1", known, more)
    assert found == {
        "x2i": [2, 0], "x1i": [2, 1], "slope": 1, "harmless": "a", "mar": 0, "y": [0],
    }  # fmt: skip
    assert {*lesson(1).done_of(found)} >= {*lesson(1).done_of(known), *lesson(1).done_of(more)}


def test_of_two_models_the_one_of_the_place_where_more_is_done_stays():
    task = {"right": False, "hints": 2}
    known, more = {"script": "a", "focal": task}, {"script": "b", "se": 1}
    assert joint("2", known, more)["script"] == "b"
    assert joint("2", more, known)["script"] == "b"
    done = joint("2", known, {"focal": {"right": True, "hints": 0}})
    assert done["focal"] == {"right": True, "hints": 2}
