"""The workbench on a page, found by what its controls are called."""

import re

from playwright.sync_api import expect

SCRIPT = "Script of the model"
ASK = """([code, wanted]) => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
  .requestExecute({code, silent: true, store_history: false, user_expressions: {wanted}}).done
  .then(reply => (reply.content.user_expressions?.wanted.data ?? reply.content)["text/plain"]
    ?? JSON.stringify(reply.content))"""


class Bench:
    """A workbench in an open notebook, used as a learner uses it."""

    def __init__(self, notebook):
        self.notebook, self.page = notebook, notebook.page
        self.root = self.page.locator(".jp-OutputArea-output").locator("visible=true").first

    def tab(self, name):
        """Turn to a page or step."""
        self.root.get_by_role("tab", name=name, exact=True).click()

    def group(self, caption):
        """Return the group of controls under a caption."""
        return self.root.get_by_role("group", name=caption, exact=True).locator("visible=true")

    def tick(self, caption, *names):
        """Tick checkboxes of a group."""
        for name in names:
            box = self.group(caption).get_by_role("checkbox", name=name, exact=True)
            box.check()

    def choose(self, label, value, group=None):
        """Choose from a dropdown, if need be one in a group."""
        place = self.group(group) if group else self.root
        place.get_by_label(label, exact=True).locator("visible=true").select_option(label=value)

    def product(self, outcome, first, second):
        """Add a product to the model of an outcome."""
        group = f"Products in the model of {outcome}"
        self.choose("Product of", first, group)
        self.choose("and", second, group)
        self.group(group).get_by_role("button", name="Add product").click()

    def press(self, name):
        """Press the button whose name matches."""
        self.root.get_by_role("button", name=re.compile(name)).locator("visible=true").click()

    def number(self, label, value):
        """Fill a field and leave it."""
        field = self.root.get_by_label(label, exact=True).locator("visible=true")
        field.fill(str(value))
        field.press("Tab")

    def script(self):
        """Return the text in the editor."""
        return self.root.get_by_role("textbox", name=SCRIPT).input_value()

    def wait_script(self, text):
        """Wait until a text stands in the script."""
        script = self.root.get_by_role("textbox", name=SCRIPT)
        expect(script).to_have_value(re.compile(re.escape(text)), timeout=10_000)

    def wait(self, text, timeout=60):
        """Wait until a text is seen; return all of its element's."""
        found = self.root.get_by_text(text).locator("visible=true").first
        expect(found).to_be_visible(timeout=1000 * timeout)
        return found.inner_text()

    def ask(self, expression, code=""):
        """Run code in the kernel, without a cell; return what the expression is then, as text."""
        return self.page.evaluate(ASK, [code, expression])

    def shot(self, name):
        """Save a picture of the page."""
        return self.notebook.screenshot(name)
