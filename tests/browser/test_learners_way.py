"""A learner's way through the workbench in a real JupyterLab, with the network cut."""

import re

import pytest
from bench import Bench
from names import unnamed_controls
from playwright.sync_api import expect

from tutorkit import compare, datasets, fit_reml, parse

START = "from tutorkit import Workbench\nbench = Workbench('04_multilevel')\nbench"
MODEL = """DATA: 04_multilevel.csv;
CLUSTERID: j;
FIXED: x3i;
MODEL:
focal:
y ~ x1i x2i x3i x2i*x3i | x1i;
auxiliary:
x1i ~ x2i x3i;
x2i ~ x3i;
selection:
y.missing ~ y x1i x2i x3i x2i*x3i;
SEED: 123;
BURN: 2000;
ITERATIONS: 8000;
"""
TRUTH = {name: value for (of, name), value in datasets.truth("04_multilevel").items() if of == "y"}


@pytest.fixture(scope="module")
def bench(open_notebook):
    bench = Bench(open_notebook("workbench.ipynb", [START]))
    yield bench
    assert bench.notebook.errors == []
    assert bench.notebook.outside == []


def test_the_chapters_model_is_built_from_nothing_by_clicking(bench):
    bench.shot("workbench-1-data")
    bench.tab("2 Focal")
    bench.choose("Outcome", "y")
    bench.wait_script("y ~ Intercept;")
    bench.tick("Predictors of y", "x1i", "x2i", "x3i")
    bench.product("y", "x2i", "x3i")
    bench.wait_script("y ~ x1i x2i x3i x2i*x3i;")
    bench.tick("Random slopes: effects on y that vary over clusters", "x1i")
    bench.wait_script("| x1i;")
    bench.shot("workbench-2-focal")
    bench.press("^Next")
    incomplete = "Incomplete predictors: tick those that get a model"
    bench.tick(incomplete, "x1i (13.2% missing)", "x2i (8.5% missing)")
    bench.tick("Predictors of x1i", "x2i", "x3i")
    bench.tick("Predictors of x2i", "x3i")
    bench.tick("Complete predictors that need no model (FIXED)", "x3i")
    bench.wait_script("FIXED: x3i;")
    bench.shot("workbench-3-auxiliary")
    bench.press("^Next")
    bench.tick("Incomplete variables: tick those whose missingness is modelled",
               "y (23.5% missing)")  # fmt: skip
    bench.wait("so this equation can only model MAR")
    bench.shot("workbench-4-selection-without-y")
    bench.tick("Predictors of y.missing", "y", "x1i", "x2i", "x3i")
    bench.product("y.missing", "x2i", "x3i")
    bench.wait_script("y.missing ~ y x1i x2i x3i x2i*x3i;")
    bench.press("^Next")
    bench.number("Seed", 123)
    bench.wait_script("SEED: 123;")
    assert bench.script() == MODEL
    bench.wait("No advice here.")
    bench.shot("workbench-5-priors")


def test_equations_diagram_and_count_show_the_same_model(bench):
    for head in (
        "focal model of y", "auxiliary model of x1i", "auxiliary model of x2i",
        "selection model of y.missing",
    ):  # fmt: skip
        found = bench.root.get_by_text(head, exact=True).locator("visible=true")
        expect(found).to_have_count(1)
    bench.tab("Parameters")
    bench.wait("25 free parameters")
    bench.tab("Path diagram")
    diagram = bench.root.locator("figure svg").locator("visible=true").first
    assert "y.missing" in diagram.text_content()
    bench.shot("workbench-6-diagram")


def test_a_mistake_that_is_typed_is_marked_while_the_model_stays(bench):
    script = bench.root.get_by_role("textbox", name="Script of the model")
    script.fill(MODEL.replace("x1i ~ x2i x3i;", "x1i ~ x2i x2i x3i;"))
    bench.wait("stands twice")
    assert bench.root.locator("mark").first.inner_text() == "x2i"
    bench.wait("The model is still the last one that made sense")
    bench.shot("workbench-7-mistake")
    script.fill(MODEL)
    bench.root.get_by_text("stands twice").wait_for(state="hidden")
    assert bench.script() == MODEL


def test_it_is_run_stopped_half_way_and_run_again(bench):
    bench.tab("Run")
    bench.number("Iterations", 1_000_000)
    bench.press("^Run the model")
    bench.wait("Sampling: about")
    bench.wait("target at most 1.05")
    bench.shot("workbench-8-running")
    assert bench.root.get_by_role("button", name="Run the model").is_disabled()
    bench.press("^Stop")
    kept = bench.wait("Stopped:")
    assert int(re.search(r"([\d,]+) draws", kept)[1].replace(",", "")) > 100
    bench.number("Iterations", 8000)
    bench.press("^Run the model")
    bench.wait("Finished: 8,000 draws of 2 chains (seed 123).")
    bench.shot("workbench-9-finished")


def read_estimates(bench, fit):
    """Read a fit's estimates and SDs from the comparison's table on the page."""
    table = bench.root.locator("details[open] table").locator("visible=true").first
    heads = [cell.inner_text() for cell in table.locator("thead tr").first.locator("th").all()]
    rows = [
        [cell.inner_text() for cell in row.locator("th, td").all()]
        for row in table.locator("tbody tr").all()
    ]
    spans = [int(c.get_attribute("colspan") or 1) for c in table.locator("thead tr").first
             .locator("th").all()]  # fmt: skip
    at = sum(spans[: heads.index(fit)])
    return {row[0]: [float(x) for x in re.findall(r"-?\d+\.\d+", row[at])] for row in rows}


def test_the_estimates_are_read_from_the_page_and_compared_with_the_truth(bench):
    bench.tab("Compare")
    bench.root.get_by_role("checkbox", name="truth").locator("visible=true").check()
    bench.wait("truth 1.00;")
    bench.wait("complete data 1.01")
    bench.shot("workbench-10-compare")
    run, listwise = (read_estimates(bench, name) for name in ("last run", "listwise"))
    for name in ("Intercept", "x1i", "x2i", "x3i", "x2i*x3i"):
        estimate, sd = run[name]
        assert abs(estimate - TRUTH[name]) < 2.5 * sd
    full = fit_reml(parse(MODEL), datasets.load("04_multilevel", complete=True))
    complete = read_estimates(bench, "complete data")
    for row in compare({"full": full}).to_dict("records"):
        if row["parameter"] in TRUTH:
            assert abs(complete[row["parameter"]][0] - row["estimate"]) < 0.006
    for name in ("Intercept", "x1i"):
        assert abs(run[name][0] - TRUTH[name]) < abs(listwise[name][0] - TRUTH[name])


def test_a_run_is_kept_under_a_name_and_compared_with_another(bench):
    first = read_estimates(bench, "last run")
    bench.number("Name for the last run", "MNAR")
    bench.press("^Keep the last run")
    bench.wait("MNAR")
    bench.tab("Model")
    bench.tab("4 Selection")
    box = bench.group("Incomplete variables: tick those whose missingness is modelled")
    box.get_by_role("checkbox", name="y (23.5% missing)").uncheck()
    bench.wait("nothing models why")
    bench.tab("Run")
    bench.press("^Run the model")
    bench.wait("Finished: 8,000 draws")
    bench.tab("Compare")
    assert bench.root.get_by_role("checkbox", name="MNAR").locator("visible=true").is_checked()
    heads = bench.root.locator("details[open] thead th").locator("visible=true")
    for name in ("MNAR", "last run"):
        expect(heads.get_by_text(name, exact=True)).to_have_count(1)
    assert read_estimates(bench, "MNAR") == first
    assert read_estimates(bench, "last run") != first
    bench.shot("workbench-11-two-fits")


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        ("Burn-in PSR", "^At the end of the burn-in"),
        ("Traces", r": PSR [\d.]+; about"),
        ("Ranks", "where do each chain's draws stand|^Ranks are"),
        ("Autocorrelation", "draws one iteration apart correlate"),
        ("Prior and posterior", "^Prior of"),
        ("Report", ""),
    ],
)
def test_the_run_is_checked(bench, picture, says):
    bench.tab("Check")
    bench.choose("Show", picture)
    if picture == "Report":
        item = bench.root.locator(".tutorkit-report [title]").locator("visible=true").first
        item.wait_for()
        assert len(item.get_attribute("title")) > 20
        banner = bench.root.locator(".tutorkit-report > pre").locator("visible=true").first
        assert banner.evaluate("e => e.scrollWidth <= e.clientWidth")
    else:
        shown = bench.root.locator("figure [role=img]:has(svg)").locator("visible=true")
        expect(shown).to_have_count(1)
        expect(shown).to_have_attribute("aria-label", re.compile(says))
    bench.page.wait_for_timeout(300)
    bench.shot(f"workbench-12-{picture.lower().replace(' ', '-')}")


@pytest.mark.parametrize("page", ["Model", "Data", "Run", "Compare", "Check"])
def test_every_control_has_a_name_and_nothing_is_wider_than_the_page(bench, page):
    bench.tab(page)
    bench.page.wait_for_timeout(300)
    assert unnamed_controls(bench.page, ".jp-OutputArea-output") == []
    wide = bench.root.evaluate(
        """root => [...root.querySelectorAll('*')].filter(e => e.offsetParent
          && e.getBoundingClientRect().right > root.getBoundingClientRect().right + 2
          && !root.contains(e.parentElement.closest('[style*="overflow-x"], .tutorkit-report')))
          .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert wide == []


# text that is hard to read: its contrast to what is behind it is below 3
FAINT = """root => {
  const parse = text => { const n = text.match(/[\\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    return n.length > 3 ? n : [...n, 1]; };
  const part = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = e => { for (; e; e = e.parentElement) {
    const colour = parse(getComputedStyle(e).backgroundColor);
    if (colour[3] > 0.5) return colour; } return [255, 255, 255, 1]; };
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let text; (text = texts.nextNode());) {
    const e = text.parentElement, style = getComputedStyle(e);
    if (!text.data.trim() || e.matches("style, option, :disabled, :disabled *")
        || !e.getClientRects().length || style.visibility !== "visible") continue;
    const ink = parse(e.closest("svg") ? style.fill : style.color);
    if (ink[3] < 0.5) continue;
    const [a, b] = [light(ink), light(behind(e))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 3) found.push(`${contrast.toFixed(1)} ${text.data.trim().slice(0, 40)}`);
  }
  return found;
}"""


def test_the_dark_theme_shows_the_same(bench):
    bench.notebook.use_theme("JupyterLab Dark")
    for page in ("Model", "Data", "Run", "Compare", "Check"):
        bench.tab(page)
        bench.page.wait_for_timeout(400)
        bench.shot(f"workbench-13-dark-{page.lower()}")
        assert bench.root.evaluate(FAINT) == []
    bench.notebook.use_theme("JupyterLab Light")
