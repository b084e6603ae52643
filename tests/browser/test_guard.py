"""The guard in JupyterLab: shortcuts stay out of a view, and its controls have names."""

import pytest
from names import unnamed_controls
from playwright.sync_api import expect

ACTIVE = "window.jupyterapp.shell.currentWidget.content.activeCell.model"
IMPORTS = "import ipywidgets as w\nfrom tutorkit.widgets.frontend import Guard"
CONTROLS = """
options = ["a", "b", "c"]
clicks = w.Label("no clicks")
go = w.Button(description="Go", tooltip="Go and run")
go.on_click(lambda _: setattr(clicks, "value", "clicked"))
late = w.VBox()
add = w.Button(description="Add")
add.on_click(lambda _: setattr(late, "children", [w.IntSlider(description="late")]))
controls = [
    go, clicks, add, late, w.Button(icon="trash", tooltip="Remove it"),
    w.Checkbox(description="check"), w.Dropdown(options=options, description="drop"),
    w.Dropdown(options=options, tooltip="only a tooltip"),
    w.IntSlider(description="slide"), w.FloatRangeSlider(description="range"),
    w.SelectionSlider(options=options, description="choice"),
    w.IntProgress(value=30, description="bar"), w.RadioButtons(options=options, description="one"),
    w.ToggleButtons(options=options, description="switch"), w.ToggleButton(description="toggle"),
    w.Text(description="text"), w.Text(placeholder="hint"), w.FileUpload(description="Your data"),
    w.Tab([w.IntText(description="first"), w.IntText(description="second")], titles=["A", "B"]),
    w.HTML('<div role="alert">wrong</div><div aria-live="polite">news</div>'),
]
"""
CELLS = [IMPORTS + CONTROLS + "w.VBox([Guard('one'), *controls])", "w.Button(description='Bare')"]
GUARDED = ".jp-OutputArea:has(.tutorkit-view-one)"


@pytest.fixture(scope="module")
def notebook(open_notebook):
    notebook = open_notebook("guard.ipynb", CELLS)
    notebook.control("group", "switch").wait_for()
    yield notebook
    notebook.screenshot("guard", GUARDED)
    assert notebook.outside == []
    assert notebook.errors == []


def state(notebook):
    """Return how often each cell ran; it changes with a cell more, less, or run again."""
    return [cell["count"] for cell in notebook.cells()]


@pytest.mark.parametrize(
    ("role", "name"),
    [("button", "Go and run"), ("checkbox", "check"), ("combobox", "drop"), ("slider", "slide")],
)
@pytest.mark.parametrize(
    "key", ["b", "a", "Shift+Enter", "Control+Enter", "Alt+Enter", "Control+Shift+M"]
)
def test_shortcuts_of_jupyterlab_leave_the_notebook_alone(notebook, role, name, key):
    before = state(notebook)
    notebook.control(role, name).focus()
    notebook.page.keyboard.press(key)
    notebook.page.wait_for_timeout(50)
    assert state(notebook) == before


def test_without_a_guard_a_letter_inserts_a_cell(notebook):
    before = state(notebook)
    notebook.control("button", "Bare").focus()
    notebook.page.keyboard.press("b")
    notebook.page.wait_for_timeout(200)
    assert len(state(notebook)) == len(before) + 1
    notebook.command("notebook:delete-cell")
    assert state(notebook) == before


def test_controls_still_answer_their_own_keys(notebook):
    notebook.control("button", "Go and run").press("Enter")
    notebook.wait_for_text("clicked", ".widget-label")
    notebook.control("slider", "slide").press("ArrowRight")
    assert notebook.control("slider", "slide").get_attribute("aria-valuenow") == "1.0"
    notebook.control("textbox", "text").press_sequentially("bxdd")
    assert notebook.control("textbox", "text").input_value() == "bxdd"


def test_tab_moves_on_and_ctrl_s_saves(notebook):
    notebook.control("checkbox", "check").focus()
    notebook.page.keyboard.press("Tab")
    focused = notebook.page.evaluate("() => document.activeElement.tagName")
    assert focused == "SELECT"
    dirty = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"
    assert notebook.page.evaluate(dirty)
    notebook.page.keyboard.press("Control+s")
    notebook.poll(dirty, lambda value: not value, 10)


def test_undo_leaves_the_cell_as_it_is_and_works_in_a_text_field(notebook):
    source = f"() => {ACTIVE}.sharedModel.source"
    notebook.page.locator(".jp-Notebook .cm-content").first.click()
    notebook.page.keyboard.type("#")
    typed = notebook.page.evaluate(source)
    field = notebook.control("textbox", "hint")
    field.press_sequentially("abc")
    field.press("Control+z")
    assert field.input_value() != "abc"
    notebook.control("button", "Go and run").press("Control+z")
    notebook.page.wait_for_timeout(100)
    assert notebook.page.evaluate(source) == typed


def test_every_control_has_a_name_also_one_that_comes_later(notebook):
    assert unnamed_controls(notebook.page, GUARDED) == []
    notebook.click("Add")
    notebook.control("slider", "late").wait_for()
    assert unnamed_controls(notebook.page, GUARDED) == []


def test_the_check_of_names_finds_what_has_none(notebook):
    button = notebook.page.locator("button:has(.fa-trash)")
    button.evaluate("e => { e.ariaLabel = ''; e.title = ''; }")
    found = unnamed_controls(notebook.page, GUARDED)
    assert [line.split(":")[0] for line in found] == ["button"]
    button.evaluate("e => { e.title = 'Remove it'; }")
    assert unnamed_controls(notebook.page, GUARDED) == []


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("radiogroup", "one"), ("group", "switch"), ("progressbar", "bar"), ("tablist", "A, B"),
        ("tabpanel", "A"), ("slider", "range, upper end"), ("textbox", "slide, as a number"),
        ("button", "Remove it"), ("button", "Your data (0)"), ("combobox", "only a tooltip"),
    ],
)  # fmt: skip
def test_what_ipywidgets_leaves_unnamed_has_role_and_name(notebook, role, name):
    assert notebook.control(role, name).count() == 1


def test_states_follow(notebook):
    switch = notebook.control("group", "switch")
    switch.get_by_role("button", name="b").click()
    expect(switch.get_by_role("button", name="b", pressed=True)).to_have_count(1)
    expect(switch.get_by_role("button", name="a", pressed=False)).to_have_count(1)
    expect(notebook.control("progressbar", "bar")).to_have_attribute("aria-valuenow", "30")
    notebook.click("B", "tab")
    expect(notebook.control("tabpanel", "B")).to_have_count(1)


def test_announcements_in_html_are_kept(notebook):
    assert notebook.page.locator(f"{GUARDED} [role=alert]").inner_text() == "wrong"
    assert notebook.page.locator(f"{GUARDED} [aria-live=polite]").inner_text() == "news"
