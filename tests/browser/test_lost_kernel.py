"""A saved notebook whose kernel is gone shows the analysis as it was, without dead controls."""

import json

import pytest
from bench import Bench
from playwright.sync_api import expect

NAME = "lost.ipynb"
START = """from tutorkit import Workbench, datasets
bench = Workbench("04_multilevel", datasets.script("04_multilevel"))
bench.session.edit(burn=200, iterations=1000)
bench"""
CONTROLS = "button, input, select, textarea, [role=tab], .jupyter-widgets"
COPY = ".tutorkit-static"


@pytest.fixture(scope="module")
def saved(open_notebook, lab):
    """Run the chapter's model, look at it, save the notebook, lose the kernel."""
    bench = Bench(open_notebook(NAME, [START]))
    bench.tab("Run")
    bench.press("^Run the model")
    bench.wait("Finished: 1,000 draws of 2 chains (seed 123).")
    bench.tab("Compare")
    bench.wait("last run 0.")
    expect(bench.page.locator(COPY)).to_be_hidden()
    expect(bench.page.locator(f"{COPY} .tutorkit-report")).to_be_attached(timeout=20_000)
    expect(bench.page.locator(f"{COPY} img").nth(2)).to_be_attached(timeout=20_000)
    bench.notebook.command("docmanager:save")
    assert bench.notebook.errors == []
    bench.page.close()
    lab.stop_kernel(NAME)


def look(notebook, name):
    """Check that script, pictures and report are seen, and nothing that does not work."""
    page = notebook.page
    copy = page.locator(COPY)
    expect(copy).to_be_visible(timeout=20_000)
    notebook.screenshot(f"lost-{name}")
    for k, place in enumerate(("img >> nth=0", "img >> nth=-1", ".tutorkit-report")):
        copy.locator(place).first.scroll_into_view_if_needed()
        notebook.screenshot(f"lost-{name}-{k + 1}")
    script = copy.locator("pre").first
    expect(script).to_be_visible()
    for line in ("y ~ x1i x2i x3i x2i*x3i | x1i;", "BURN: 200;", "ITERATIONS: 1000;"):
        assert line in script.inner_text()
    images = copy.locator("img").all()
    assert len(images) >= 3
    for image in images:
        expect(image).to_be_visible()
        assert image.evaluate("e => e.naturalWidth") > 100
    words = [image.get_attribute("alt") for image in images]
    assert min(map(len, words)) > 30
    assert any("listwise" in text and "last run" in text for text in words)
    report = copy.locator(".tutorkit-report")
    expect(report).to_be_visible()
    for words in ("y.missing", "N_Eff", "Model fit"):
        expect(report).to_contain_text(words, ignore_case=True)
    for error in ("model not found", "Error displaying widget"):
        assert page.get_by_text(error).locator("visible=true").count() == 0
    controls = page.locator(f".jp-OutputArea-output :is({CONTROLS})").locator("visible=true")
    assert controls.count() == 0
    assert page.locator(".jp-OutputArea-output").locator("visible=true").count() == 1
    assert notebook.outside == []


@pytest.mark.usefixtures("saved")
def test_without_a_kernel_the_last_look_is_seen(open_notebook, lab):
    notebook = json.loads((lab.folder / NAME).read_text(encoding="utf-8"))
    notebook["metadata"] |= {
        "kernelspec": {"name": "gone", "display_name": "gone", "language": "R"},
        "language_info": {"name": "R"},
    }
    (lab.folder / "lost_gone.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    lab.ask("contents/lost_gone.ipynb/trust", "POST")
    gone = open_notebook("lost_gone.ipynb", kernel=False)
    gone.page.locator(".jp-Dialog").get_by_role("button", name="No Kernel").click()
    look(gone, "none")


@pytest.mark.usefixtures("saved")
def test_with_a_fresh_kernel_it_is_seen_as_well_and_the_cell_makes_it_live_again(open_notebook):
    fresh = open_notebook(NAME)
    look(fresh, "fresh")
    fresh.run_all()
    expect(fresh.page.locator(COPY)).to_be_hidden(timeout=20_000)
    bench = Bench(fresh)
    bench.tab("Run")
    bench.press("^Run the model")
    bench.wait("Finished: 1,000 draws of 2 chains (seed 123).")
    expect(fresh.page.locator(COPY)).to_be_hidden()
    bench.shot("lost-live-again")
