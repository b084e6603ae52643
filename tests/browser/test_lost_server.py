"""The server goes in the middle of a lesson, and with it the folder: answers come back."""

import psutil
import pytest
from lab_page import Notebook
from lab_server import free_port, jupyterlab
from learner import Learner
from playwright.sync_api import expect

from tutorkit.teaching.progress import FILE

NAME, MODEL = "01_what_is_missing.ipynb", "03_auxiliary_models.ipynb"
INCOMPLETE = "Incomplete predictors: tick those that get a model"
REMEMBERED = "This browser remembers answers that are not in this folder: 3 in lesson 1."


def answer(learner):
    """Answer three things, one of them wrongly at first."""
    learner.commit("Predict: 13.2% of x1i", 390)
    learner.answer("x2i was deleted", "MNAR")
    learner.answer("x2i was deleted", "MCAR")
    learner.answer("The larger x2i", "MAR: at random")
    learner.done(3, 9)


def kill(lab):
    """End the server and its kernels at once, as a machine that is switched off does."""
    server = psutil.Process(lab.pid)
    for process in [*server.children(recursive=True), server]:
        process.kill()


def begin(context, lab, name=NAME):
    """Open a lesson in a new page and run it."""
    notebook = Notebook(context.new_page())
    notebook.open(lab, name)
    notebook.run_all()
    return Learner(notebook)


@pytest.fixture(scope="module")
def before(browser, tmp_path_factory):
    """Answer on a server that then goes; return browser, page, port and code."""
    context, port = browser.new_context(viewport={"width": 1024, "height": 768}), free_port()
    with jupyterlab(tmp_path_factory.mktemp("first"), port=port) as lab:
        learner = begin(context, lab)
        answer(learner)
        kill(lab)
    yield context, learner, port
    context.close()


def test_the_page_still_shows_the_code_and_it_brings_all_back(browser, before, tmp_path):
    _, learner, _ = before
    learner.shot("lost-server-gone")
    dialog = learner.page.locator(".jp-Dialog")  # that the server cannot be reached
    dialog.get_by_role("checkbox").check(timeout=30_000)
    dialog.get_by_role("button").last.click()
    learner.root.get_by_text("Carry your answers to another computer").click()
    shown = learner.root.locator("code", has_text="T1-").locator("visible=true")
    code = shown.inner_text()
    learner.shot("lost-server-code")
    elsewhere = browser.new_context(viewport={"width": 1024, "height": 768})
    with jupyterlab(tmp_path) as lab:
        other = begin(elsewhere, lab)
        other.done(0, 9)
        expect(other.root.get_by_text("This browser remembers")).to_have_count(0)
        other.root.get_by_label("Code", exact=True).fill(code)
        other.press("^Continue from it")
        other.done(3, 9)
        other.says(other.question("x2i was deleted"), "Right.")
        other.notebook.screenshot("lost-server-elsewhere")
    elsewhere.close()


def test_the_same_browser_offers_them_on_a_new_server(before, tmp_path):
    context, _, port = before
    with jupyterlab(tmp_path, port=port) as lab:
        learner = begin(context, lab)
        learner.wait(REMEMBERED)
        learner.done(0, 9)
        learner.shot("lost-server-offer")
        learner.press("^Bring them back")
        learner.done(3, 9)
        learner.says(learner.question("x2i was deleted"), "Right.")
        expect(learner.root.get_by_text(REMEMBERED)).to_be_hidden()
        assert (lab.folder / "tutorkit-progress.json").exists()
        learner.page.close()


def test_the_file_brings_back_answers_and_the_model_that_was_being_built(browser, tmp_path):
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    with jupyterlab(first) as lab:
        learner = begin(context, lab, MODEL)
        learner.answer("From lesson 2: why is", "Rows of one cluster")
        learner.tick(INCOMPLETE, "x1i (13.2% missing)", "x2i (8.5% missing)")
        learner.tick("Predictors of x2i", "x3i")
        learner.wait_script("x2i ~ x3i;")
        learner.done(1, 8)
        kept = (lab.folder / FILE).read_text(encoding="utf-8")  # as it was downloaded before
        kill(lab)
    context.close()
    (second / "tutorkit-lessons").mkdir(parents=True)
    (second / "tutorkit-lessons" / FILE).write_text(kept, encoding="utf-8")
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    with jupyterlab(second) as lab:
        learner = begin(context, lab, MODEL)
        learner.done(1, 8)
        learner.wait_script("x2i ~ x3i;")
        learner.says(learner.question("From lesson 2: why is"), "Right.")
        learner.shot("lost-server-file")
    context.close()


def test_a_saved_lesson_without_its_kernel_says_how_to_go_on(browser, tmp_path):
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    with jupyterlab(tmp_path) as lab:
        learner = begin(context, lab)
        answer(learner)
        note = learner.page.get_by_text("your answers come back by themselves")
        expect(note.first).to_be_hidden()
        learner.notebook.command("docmanager:save")
        learner.page.close()
        lab.stop_kernel(NAME)
        again = Notebook(context.new_page())
        again.open(lab, NAME, kernel=False)
        note = again.page.get_by_text("your answers come back by themselves")
        expect(note.first).to_be_visible(timeout=20_000)
        expect(again.page.get_by_text("Error displaying widget").locator("visible=true")
               ).to_have_count(0)  # fmt: skip
        again.screenshot("lost-server-saved")
        again.wait_for_kernel()  # the page starts a new one
    context.close()
