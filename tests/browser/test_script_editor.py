"""The script editor in JupyterLab: typing, marks, and changes from Python while one types."""

import pytest
from names import unnamed_controls

SCRIPT = "MODEL:\ny ~ x1i x2i | x1i;\n" + "auxiliary: x1i x2i ~ x3i ses2 " * 4 + ";\nSEED: 1;"
CELLS = [
    f"""
import ipywidgets as w
from tutorkit.widgets.frontend import Guard, ScriptEditor
editor = ScriptEditor(value={SCRIPT!r}, label="Script of the model", rows=4)
seen = w.HTML()
show = lambda _: setattr(seen, "value", f"<pre class='seen'>{{editor.value}}</pre>")
editor.observe(show, "value")
show(0)

def button(name, act):
    made = w.Button(description=name)
    made.on_click(lambda _: act())
    return made

def mark(start, end, message="Unknown variable"):
    editor.marks, editor.message = [(start, end)], message

def put(value):
    editor.value = value

def clean():
    editor.value, editor.marks, editor.message = {SCRIPT!r}, [], ""

at = editor.value.rindex("ses2")
tools = w.HBox([
    button("word", lambda: mark(at, at + 4)),
    button("end", lambda: mark(len(editor.value), len(editor.value))),
    button("letter", lambda: (put("σ² 😀 = y"), mark(7, 8))),
    button("clean", clean),
    button("above", lambda: put("# new\\n" + editor.value)),
    button("other", lambda: put("from Python")),
])
w.VBox([Guard("editor"), tools, editor, seen])
"""
]
FIELD = ".tutorkit-editor textarea"
MARK = ".tutorkit-editor mark"


@pytest.fixture(scope="module")
def opened(open_notebook):
    notebook = open_notebook("editor.ipynb", CELLS)
    yield notebook
    assert notebook.outside == []
    assert notebook.errors == []


@pytest.fixture
def notebook(opened):
    """Return the notebook with the script as it was at first."""
    opened.click("clean")
    opened.wait_for_value = lambda text: opened.poll(
        "() => document.querySelector('.seen').textContent", lambda seen: seen == text, 5
    )
    opened.wait_for_value(SCRIPT)
    opened.poll("() => document.querySelectorAll('.tutorkit-editor mark').length", lambda n: n == 0)
    return opened


def put_caret(notebook, place):
    notebook.page.locator(FIELD).evaluate(
        "(field, place) => { field.focus(); field.setSelectionRange(place, place); }", place
    )


def caret(notebook):
    return notebook.page.locator(FIELD).evaluate("field => field.selectionStart")


def value(notebook):
    return notebook.page.locator(FIELD).input_value()


# where the letters of the field really stand, as a copy of it with the same style has them
LETTERS = """([start, end]) => {
  const field = document.querySelector('.tutorkit-editor textarea');
  const copy = document.createElement('div');
  for (const name of getComputedStyle(field)) copy.style[name] = getComputedStyle(field)[name];
  const box = field.getBoundingClientRect();
  Object.assign(copy.style, {position: 'fixed', left: box.left + 'px', top: box.top + 'px'});
  copy.textContent = field.value;
  document.body.append(copy);
  const range = document.createRange();
  range.setStart(copy.firstChild, start);
  range.setEnd(copy.firstChild, end);
  const {x, y, width, height} = range.getBoundingClientRect();
  copy.remove();
  return {x, y, width, height};
}"""

# the editor's pause of 400 ms lasts for ever
NO_PAUSE_ENDS = """() => {
  window.ownSetTimeout = window.setTimeout;
  window.setTimeout = (act, ms, ...rest) => ms === 400 ? -1 : ownSetTimeout(act, ms, ...rest);
}"""


def test_typing_reaches_python_after_a_pause(notebook):
    put_caret(notebook, len(SCRIPT))
    notebook.page.keyboard.type("\nBURN: 5;")
    assert notebook.text(".seen") == SCRIPT
    notebook.wait_for_value(SCRIPT + "\nBURN: 5;")


def test_leaving_the_field_sends_at_once(notebook):
    notebook.page.evaluate(NO_PAUSE_ENDS)
    put_caret(notebook, 0)
    notebook.page.keyboard.type("# ")
    notebook.page.keyboard.press("Tab")
    assert not notebook.page.locator(FIELD).evaluate("e => e === document.activeElement")
    notebook.wait_for_value("# " + SCRIPT)
    notebook.page.evaluate("() => { window.setTimeout = window.ownSetTimeout; }")


def test_a_mark_stands_under_its_word(notebook):
    notebook.click("word")
    notebook.page.locator(MARK).wait_for()
    notebook.screenshot("script_editor", ".jp-OutputArea:has(.tutorkit-editor)")
    box = notebook.page.locator(MARK).bounding_box()
    at = SCRIPT.rindex("ses2")
    letters = notebook.page.evaluate(LETTERS, [at, at + 4])
    assert letters["y"] > notebook.page.locator(FIELD).bounding_box()["y"] + 50  # in a wrapped line
    for side in ("x", "y", "width", "height"):
        assert box[side] == pytest.approx(letters[side], abs=1)


def test_an_empty_mark_at_the_end_is_seen(notebook):
    notebook.click("end")
    box = notebook.page.locator(MARK).bounding_box()
    before = notebook.page.evaluate(LETTERS, [len(SCRIPT) - 1, len(SCRIPT)])
    assert box["width"] > 4
    assert box["x"] == pytest.approx(before["x"] + before["width"], abs=1)


def test_marks_count_characters_as_python_does(notebook):
    notebook.click("letter")
    notebook.page.locator(MARK).wait_for()
    assert notebook.page.locator(MARK).inner_text() == "y"


def test_a_wrong_script_is_said_to_be_wrong(notebook):
    field = notebook.page.locator(FIELD)
    assert field.get_attribute("aria-invalid") == "false"
    notebook.click("word")
    notebook.page.locator(MARK).wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    message = notebook.page.locator(f"[id='{field.get_attribute('aria-describedby')}']")
    assert message.inner_text() == "Unknown variable"
    assert notebook.control("textbox", "Script of the model").count() == 1
    assert unnamed_controls(notebook.page, ".jp-OutputArea:has(.tutorkit-editor)") == []


def test_marks_hide_while_one_types_and_come_back(notebook):
    notebook.click("word")
    notebook.page.locator(MARK).wait_for()
    put_caret(notebook, len(SCRIPT))
    notebook.page.keyboard.type(" ")
    assert notebook.page.locator(MARK).count() == 0
    notebook.page.locator(MARK).wait_for()


def press_unseen(notebook, name):
    """Press a button without taking the focus from the field."""
    notebook.control("button", name).evaluate("button => button.click()")


def test_a_change_from_python_leaves_the_caret_at_its_letter(notebook):
    place = SCRIPT.index("| x1i")
    put_caret(notebook, place)
    press_unseen(notebook, "above")
    notebook.wait_for_value("# new\n" + SCRIPT)
    assert value(notebook) == "# new\n" + SCRIPT
    assert caret(notebook) == place + len("# new\n")


def test_a_change_from_python_does_not_take_what_is_being_typed(notebook):
    put_caret(notebook, len(SCRIPT))
    notebook.page.keyboard.type("\n# mine")
    press_unseen(notebook, "other")
    notebook.wait_for_value("from Python")
    assert value(notebook) == SCRIPT + "\n# mine"
    notebook.wait_for_value(SCRIPT + "\n# mine")
    assert value(notebook) == SCRIPT + "\n# mine"


def test_tab_moves_on_and_undo_takes_back(notebook):
    put_caret(notebook, len(SCRIPT))
    notebook.page.keyboard.type("wrong")
    for _ in "wrong":
        notebook.page.keyboard.press("Control+z")
    assert value(notebook) == SCRIPT
    notebook.page.keyboard.press("Shift+Tab")
    assert notebook.page.evaluate("() => document.activeElement.textContent") == "other"


def test_the_editor_follows_the_dark_theme(notebook):
    notebook.click("word")
    colour = "e => getComputedStyle(e).color"
    light = notebook.page.locator(FIELD).evaluate(colour)
    notebook.use_theme("JupyterLab Dark")
    assert notebook.page.locator(FIELD).evaluate(colour) != light
    notebook.screenshot("script_editor_dark", ".jp-OutputArea:has(.tutorkit-editor)")
    notebook.use_theme("JupyterLab Light")
