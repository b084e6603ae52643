"""A learner in a lesson, who finds things by what they are called."""

import contextlib

import pytest
from bench import Bench
from lab_page import Notebook
from lab_server import jupyterlab
from names import unnamed_controls
from playwright.sync_api import expect

# until nothing has moved for 150 ms, for 5 s at most
AT_REST = """() => new Promise(done => {
  const where = () => [...document.querySelectorAll(".tutorkit-group")]
    .map(group => group.getBoundingClientRect().top).join();
  const began = performance.now();
  let last = where(), since = began;
  const look = now => {
    if (where() !== last) [last, since] = [where(), now];
    now - since > 150 || now - began > 5000 ? done() : requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


class Learner(Bench):
    """A learner in a lesson."""

    def __init__(self, notebook):
        super().__init__(notebook)
        self.root = self.page.locator(".jp-Notebook")

    def question(self, text):
        """Return the group of a question whose text begins so."""
        group = self.root.locator(f'.tutorkit-group[aria-label^="{text}"]').locator("visible=true")
        group.scroll_into_view_if_needed()
        return group

    def answer(self, text, choice, button="Answer"):
        """Choose, press the button and read what is said."""
        group = self.question(text)
        group.locator("label", has_text=choice).click()
        return self._press(group, button)

    def commit(self, text, number):
        """Predict a number and read what is said."""
        group = self.question(text)
        group.get_by_label("I expect").fill(f"{number}")
        return self._press(group, "Commit")

    def _press(self, group, button):
        """Press a button of a question; go on when its words are there and nothing moves.

        They move what stands below, and a click in that moment is lost, a person's as well.
        """
        before = group.inner_text()
        group.get_by_role("button", name=button).click()
        expect(group).not_to_have_text(before, use_inner_text=True, timeout=10_000)
        self.page.evaluate(AT_REST)
        return group

    def says(self, group, text):
        """Wait until a verdict is seen; what terms in it mean is folded up."""
        verdict = group.get_by_role("status").locator("visible=true").first
        expect(verdict).to_contain_text(text, use_inner_text=True, timeout=10_000)

    def done(self, n, of):
        """Check how many things are said to be done."""
        expect(self.root.get_by_text(f"{n} of {of} done.")).to_be_attached(timeout=10_000)


@contextlib.contextmanager
def in_lesson(browser, lab, name):
    """Open a lesson's notebook and run it.

    In the end check that nothing failed or came from outside, and that all controls have names.
    """
    page = browser.new_page(viewport={"width": 1024, "height": 768})
    notebook = Notebook(page)
    notebook.open(lab, name)
    notebook.run_all()
    yield Learner(notebook)
    assert unnamed_controls(page, ".jp-OutputArea-output") == []
    assert notebook.errors == []
    assert notebook.outside == []
    page.close()


def lesson_open(name):
    """Return a fixture: a learner in this lesson, opened once for a module."""

    @pytest.fixture(scope="module")
    def learner(browser, tmp_path_factory):
        with (
            jupyterlab(tmp_path_factory.mktemp("lesson")) as lab,
            in_lesson(browser, lab, name) as learner,
        ):
            yield learner

    return learner
