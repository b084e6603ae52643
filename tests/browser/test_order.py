"""What is done on the page is worked off in the order in which it was done."""

import pytest
from bench import Bench

START = """import time
from tutorkit import ModelBuilder, Session
builder = ModelBuilder(Session("04_multilevel", "CLUSTERID: j; MODEL: focal: y ~ x2i x3i;"))
editor = builder.steps.children[1].editor
editor.first.observe(lambda _: time.sleep(0.5), "value")  # as on a busy machine
builder"""
GROUP = "Products in the model of y"
AT_ONCE = """group => {
  const choose = (label, value) => {
    const selects = [...group.querySelectorAll("select")];
    const select = selects.find(e => e.labels[0].textContent === label);
    select.value = value;
    select.dispatchEvent(new Event("change", {bubbles: true}));
  };
  choose("Product of", "x2i");
  choose("and", "x3i");
  [...group.querySelectorAll("button")].find(e => e.textContent === "Add product").click();
}"""


@pytest.fixture(scope="module")
def bench(open_notebook):
    return Bench(open_notebook("order.ipynb", [START]))


def test_a_click_does_not_overtake_the_choices_before_it(bench):
    bench.tab("2 Focal")
    # from now on they answer on a thread of their own
    bench.choose("Product of", "x3i", GROUP)
    bench.choose("and", "x2i", GROUP)
    bench.page.wait_for_timeout(1000)
    bench.group(GROUP).evaluate(AT_ONCE)
    bench.wait_script("y ~ x2i x3i x2i*x3i;")
    assert bench.ask("editor.message.value") == "''"
    assert bench.notebook.errors == []


QUESTION = """import threading, time
from tutorkit import Lesson
lesson = Lesson(7, ".")
def busy():
    end = time.time() + 3
    while time.time() < end:
        pass
lesson.ask("recall-when")"""


def test_a_click_does_not_overtake_what_the_page_keeps_back(open_notebook):
    """While a change is being worked off, ipywidgets sends the next one only afterwards."""
    bench = Bench(open_notebook("kept-back.ipynb", [QUESTION]))
    bench.page.wait_for_timeout(1000)
    radios = bench.root.get_by_role("radio")
    bench.ask("0", "[threading.Thread(target=busy).start() for _ in range(4)]")
    radios.first.focus()
    for key in ("Space", "ArrowDown", "ArrowDown"):
        bench.page.keyboard.press(key)
    bench.root.get_by_role("button", name="Answer").click()
    bench.wait("Right.", timeout=20)
    assert bench.ask("lesson.session.answers['recall-when']") == "[2]"
    assert bench.notebook.errors == []
