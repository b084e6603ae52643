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
