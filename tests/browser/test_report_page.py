"""The report in the view that checks a run: whole at the width of a small screen."""

import pytest

CELLS = [
    "from tutorkit import Diagnostics, Session",
    'script = """CLUSTERID: j; MODEL: y ~ x1i x2i x3i x2i*x3i | x1i; x1i x2i ~ x3i; '
    'y.missing ~ y x1i x2i x3i x2i*x3i; BURN: 100; ITERATIONS: 400; SEED: 1;"""',
    'session = Session("04_multilevel", script); session.start(); session.wait()',
    'view = Diagnostics(session); view.picture.value = "Report"; view',
]
WIDER = """() => {
  const report = document.querySelector('.jp-OutputArea-output .tutorkit-report');
  const view = report.closest('.jp-OutputArea-output').getBoundingClientRect();
  const scrolls = element => element.closest('.tutorkit-report div') !== null;
  return [...report.querySelectorAll('*'), report]
    .filter(element => !scrolls(element) || element.matches('.tutorkit-report div'))
    .filter(element => element.getBoundingClientRect().right > view.right + 0.5)
    .map(element => element.tagName + ' ' + element.textContent.slice(0, 60));
}"""
CUT = """() => [...document.querySelectorAll('.tutorkit-report pre, .tutorkit-report div')]
  .filter(element => element.scrollWidth > element.clientWidth + 1)
  .map(element => element.textContent.slice(0, 60))"""


@pytest.fixture(scope="module")
def page(open_notebook):
    notebook = open_notebook("report.ipynb", CELLS)
    notebook.wait_for_text("Outcome model estimates")
    return notebook.page


def test_nothing_of_the_report_is_wider_than_its_view(page):
    page.locator(".tutorkit-report summary").click()  # what the items mean
    assert page.evaluate(WIDER) == []
    assert page.evaluate(CUT) == []  # none of these tables need be scrolled
