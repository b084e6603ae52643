"""The workbench with the keyboard only: every step is reached, and JupyterLab gets no key."""

import re

import pytest
from bench import Bench

START = "from tutorkit import Workbench\nbench = Workbench('04_multilevel')\nbench"
# of the first page, in the order in which one works; Back is off in the first step
ORDER = [
    "tab Model", "tab 1 Data", "combobox Data set",
    "button Open a data file (0)", "combobox Cluster variable", "button Next: the next step",
    "button Undo the last change of the model", "textbox Script of the model", "tab Equations",
]  # fmt: skip
SLOPES = "Random slopes: effects on y that vary over clusters"


class Keys:
    """The page as one meets it with the keyboard: what has the focus, and where Tab leads."""

    def __init__(self, bench):
        self.bench, self.page = bench, bench.page
        self.client = self.page.context.new_cdp_session(self.page)
        bench.root.get_by_role("tab", name="Model", exact=True).focus()

    def press(self, *keys):
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def focus(self):
        """Return role and name, as a screen reader has them, of what has the focus."""
        active = self.client.send("Runtime.evaluate", {"expression": "document.activeElement"})
        at = {"objectId": active["result"]["objectId"], "fetchRelatives": False}
        node = self.client.send("Accessibility.getPartialAXTree", at)["nodes"][0]
        return f"{node['role']['value']} {node.get('name', {}).get('value', '')}"

    def wait(self, wanted):
        """Wait until this has the focus, without a key."""
        for _ in range(100):
            if self.focus() == wanted:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{wanted} does not get the focus, but {self.focus()}")

    def group(self):
        """Return the caption of the group that has the focus."""
        return self.page.evaluate(
            "() => document.activeElement.closest('.tutorkit-group')?.getAttribute('aria-label')"
        )

    def inside(self):
        """Tell whether the focus is in the workbench."""
        return self.page.evaluate("() => !!document.activeElement.closest('.jp-OutputArea-output')")

    def to(self, wanted, key="Tab", group=None):
        """Press Tab until this has the focus."""
        seen = []
        while self.focus() != wanted or (group and self.group() != group):
            seen.append(self.focus())
            assert len(seen) < 40, f"Tab does not lead to {wanted}: {seen}"
            self.press(key)
            assert self.inside(), f"{key} leads out before {wanted}: {seen}"

    def turn(self, steps, name):
        """Turn to a page or step from the one that has the focus, by arrow keys and Enter."""
        self.press(*["ArrowRight"] * steps, "Enter")
        assert self.focus() == f"tab {name}"
        assert self.page.evaluate("() => document.activeElement.ariaSelected") == "true"

    def change(self, key, script):
        """Press a key that changes the model; the control keeps the focus in the redraw."""
        self.page.evaluate("() => { window.before = document.activeElement; }")
        self.press(key)
        self.bench.wait_script(script)
        self.page.wait_for_timeout(200)
        assert self.page.evaluate("() => window.before === document.activeElement")


@pytest.fixture(scope="module")
def keys(open_notebook):
    keys = Keys(Bench(open_notebook("keyboard.ipynb", [START])))
    yield keys
    assert keys.bench.notebook.errors == []


@pytest.fixture(autouse=True)
def the_cell_stays_as_it_is(keys):
    """Check that no cell has come, gone or been run again."""
    yield
    assert [cell["count"] for cell in keys.bench.notebook.cells()] == [1]


def test_tab_goes_through_the_page_in_the_order_of_the_steps_and_out_of_it(keys):
    there = []
    while keys.inside():
        there.append(keys.focus())
        assert len(there) <= len(ORDER), f"Tab does not lead out: {there}"
        keys.press("Tab")
    assert there == ORDER
    back = []
    for _ in ORDER:
        keys.press("Shift+Tab")
        back.append(keys.focus())
    assert back == ORDER[::-1]


def test_a_model_is_built(keys):
    keys.to("tab 1 Data")
    keys.turn(1, "2 Focal")
    keys.to("combobox Outcome")
    keys.change("y", "y ~ Intercept;")
    keys.to("checkbox x3i", group="Predictors of y")
    keys.change("Space", "y ~ x3i;")
    keys.to("checkbox x3i", group=SLOPES)
    keys.change("Space", "y ~ x3i | x3i;")
    keys.change("Space", "y ~ x3i;")
    keys.change("Space", "y ~ x3i | x3i;")


def test_a_model_of_an_incomplete_predictor_appears_below_its_box(keys):
    keys.to("checkbox x1i", "Shift+Tab", "Predictors of y")
    keys.change("Space", "y ~ x3i x1i | x3i;")
    keys.to("tab 2 Focal", "Shift+Tab")
    keys.turn(1, "3 Auxiliary")
    keys.press("Tab")
    box = keys.focus()
    assert box.startswith("checkbox x1i (")
    keys.change("Space", "x1i ~ Intercept;")
    keys.to("checkbox x3i", group="Predictors of x1i")
    keys.change("Space", "x1i ~ x3i;")
    keys.to(box, "Shift+Tab")
    keys.change("Space", "y ~ x3i x1i | x3i;\nBURN")


def test_a_button_that_goes_off_does_not_lose_the_place(keys):
    keys.to("button Next: the next step")
    keys.press("Enter", "Enter")
    keys.bench.wait("Prior of variances")
    keys.wait("group Back, Next, Undo")
    keys.press("Enter", "Tab")
    assert keys.focus() == "button Back: the step before"
    keys.press("Tab")
    assert keys.focus() == "button Undo the last change of the model"
    keys.bench.shot("keyboard-1-last-step")


def test_the_model_is_run_and_stopped(keys):
    keys.to("tab Model", "Shift+Tab")
    keys.turn(2, "Run")
    keys.bench.wait("Press Run.")
    keys.to("spinbutton Iterations")
    keys.press("Control+a")
    keys.page.keyboard.type("1000000")
    keys.to("button Run the model")
    keys.press("b", "x", "d", "d", "Shift+Enter")  # which presses the button, and nothing else
    keys.bench.wait("Sampling: about")
    keys.wait("group Run, Stop")
    keys.press("Enter", "Tab")
    assert keys.focus() == "button Stop and keep the draws"
    keys.bench.shot("keyboard-2-running")
    keys.press("Space")
    assert re.search(r"Stopped: [\d,]+ draws are kept", keys.bench.wait("Stopped:"))
    keys.wait("group Run, Stop")
    keys.press("Tab")
    assert keys.focus() == "button Run the model"
    keys.bench.shot("keyboard-3-stopped")


@pytest.mark.parametrize(
    "control",
    ["tab Run", "spinbutton Burn-in", "combobox Trace of"],
)
def test_keys_that_mean_something_to_a_notebook_do_nothing_to_it(keys, control):
    keys.to(control, "Shift+Tab" if control == "tab Run" else "Tab")
    keys.press("b", "x", "d", "d", "m", "Shift+Enter", "Control+Enter", "Alt+Enter")
    keys.page.wait_for_timeout(100)
    assert keys.inside()
