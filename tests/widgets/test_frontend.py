"""What the browser gets from Python; tests/browser looks at what it does with that."""

import re
import threading

import pytest
from traitlets import TraitError

from tutorkit.widgets.frontend import Guard, ScriptEditor, static_html


def test_the_copy_holds_body_and_name_and_its_style_names_the_guard_of_the_same_uid():
    html = static_html("a-1", "<b>the body</b>")
    assert html.endswith('<div class="tutorkit-static" data-for="a-1"><b>the body</b></div>')
    (marked,) = Guard("a-1")._dom_classes
    assert f"> .{marked})" in html
    assert "{" not in re.sub(r"\{\s*display: none;\s*\}", "", html)


def test_scripts_are_sent_with_the_widgets():
    assert "stopPropagation" in str(Guard("a")._esm)
    editor = ScriptEditor()
    assert "textarea" in str(editor._esm)
    assert ".tutorkit-editor" in str(editor._css)


def test_marks_are_pairs_of_places():
    editor = ScriptEditor(value="y ~ z;", marks=[(4, 5)])
    editor.marks = [[0, 1]]  # as they come from JSON
    assert editor.marks == [(0, 1)]
    with pytest.raises(TraitError):
        editor.marks = [(1, 2, 3)]


def test_a_call_waits_until_the_page_has_sent_all(monkeypatch):
    sent, calls = [], []
    guard = Guard("a")
    monkeypatch.setattr(guard, "send", sent.append)
    for name in "ab":
        guard.flush(lambda name=name: calls.append(name))
    assert [*sent] == [{"flush": 1}, {"flush": 2}]
    assert calls == []
    guard._handle_custom_msg({"flushed": 2}, [])
    guard._handle_custom_msg({"flushed": 2}, [])  # once only
    guard._handle_custom_msg({"other": 1}, [])
    assert calls == ["b"]
    guard._handle_custom_msg({"flushed": 1}, [])
    assert calls == ["b", "a"]


def test_a_page_that_does_not_answer_is_waited_for_for_a_while(monkeypatch):
    monkeypatch.setattr("tutorkit.widgets.frontend.PATIENCE", 0.05)
    called = threading.Event()
    Guard("a").flush(called.set)
    assert called.wait(5)
