"""One notebook open in JupyterLab in the browser."""

import contextlib
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error, expect

NETWORK = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")
# pictures for a person to look at, always kept
SCREENSHOTS = Path(
    os.environ.get("TUTORKIT_SCREENSHOTS", Path(__file__).parents[2] / ".artefacts/browser")
)
OUTPUTS = ".jp-OutputArea-output"

READY = """() => {
  const app = window.jupyterapp;
  const panel = app && app.shell.currentWidget;
  const session = panel && panel.sessionContext && panel.sessionContext.session;
  if (!session || !session.kernel || !app.commands.hasCommand('notebook:run-all-cells')) return '';
  return session.kernel.connectionStatus + ' ' + session.kernel.status;
}"""

CELLS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
  .filter(cell => cell.type === 'code')
  .map(cell => ({count: cell.executionCount, outputs: cell.outputs.toJSON()}))"""

THEME = "() => document.body.dataset.jpThemeName"


@dataclass
class Notebook:
    """A notebook in a page that is cut off from every address but this machine.

    ``outside`` lists the addresses it asked for all the same, ``errors`` the console's errors.
    """

    page: object
    outside: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    def open(self, lab, name, kernel=True):
        """Load the notebook; wait for its kernel, or, where it has none, for its outputs."""
        page = self.page
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith(NETWORK) else self.outside.append(r.url),
        )
        page.route(lambda url: not url.startswith(NETWORK), lambda route: route.abort())
        workspace = secrets.token_hex(4)
        page.goto(f"{lab.address}/lab/workspaces/{workspace}/tree/{name}?token={lab.token}&reset")
        if kernel:
            self.wait_for_kernel()
        else:
            page.locator(OUTPUTS).first.wait_for(state="attached")

    def wait_for_kernel(self):
        """Wait until the kernel is connected and idle."""
        self.poll(READY, lambda state: state == "connected idle")

    def reload(self):
        """Load the page again; the kernel goes on."""
        self.page.reload()
        self.wait_for_kernel()

    def poll(self, script, done, timeout=90):
        """Evaluate a script until its value satisfies ``done``; return that value."""
        end, value = time.monotonic() + timeout, None
        while time.monotonic() < end:
            with contextlib.suppress(Exception):  # the page may be navigating
                value = self.page.evaluate(script)
                if done(value):
                    return value
            time.sleep(0.1)
        raise TimeoutError(f"last value: {value!r}")

    def command(self, name, arguments=None):
        """Run a command of JupyterLab and wait until it is done."""
        self.page.evaluate(
            "([name, given]) => window.jupyterapp.commands.execute(name, given).then(() => true)",
            [name, arguments or {}],
        )

    def cells(self):
        """Return count and outputs of the code cells."""
        return self.page.evaluate(CELLS)

    def begin_all(self):
        """Begin to run every cell."""
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")

    def run_all(self):
        """Run every cell and wait for the last reply; return the cells."""
        try:
            self.command("notebook:run-all-cells")
        except Error as error:  # on a busy machine the browser may lose the promise, not the run
            if "garbage collected" not in str(error):
                raise
            self.poll(CELLS, lambda cells: all(cell["count"] for cell in cells))
            self.wait_for_kernel()
        return self.cells()

    def control(self, role, name):
        """Return the one control with a role (button, textbox, ...) and an accessible name."""
        return self.page.locator(OUTPUTS).get_by_role(role, name=name, exact=True)

    def click(self, name, role="button"):
        """Click the control of this name."""
        self.control(role, name).click()

    def fill(self, name, text):
        """Put a text into the field of this name, and leave the field."""
        field = self.control("textbox", name)
        field.fill(text)
        field.blur()

    def wait_for_text(self, text, place=OUTPUTS, timeout=20):
        """Wait until the text is seen in an element, which is returned."""
        found = self.page.locator(place).filter(has_text=text, visible=True).first
        expect(found).to_be_visible(timeout=1000 * timeout)
        return found

    def text(self, place):
        """Return the text of the element at a CSS selector."""
        return self.page.locator(place).first.inner_text()

    def use_theme(self, name):
        """Switch to a theme, such as "JupyterLab Dark"."""
        self.command("apputils:change-theme", {"theme": name})
        self.poll(THEME, lambda now: now == name, 20)
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def screenshot(self, name, place=None):
        """Save a picture of the page, or of the element at a selector; return its file."""
        file = SCREENSHOTS / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        (self.page.locator(place).first if place else self.page).screenshot(path=file)
        return file
