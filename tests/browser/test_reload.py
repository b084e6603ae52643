"""A run goes on when its page is reloaded or closed, and its chart is drawn without flicker."""

import re

import pytest
from bench import Bench

NAME = "reload.ipynb"
START = """from tutorkit import Workbench, datasets
bench = Workbench("04_multilevel", datasets.script("04_multilevel"))
bench.session.edit(burn=1000, iterations=1_000_000)
bench"""
COUNT = "runs = []\nbench.session.observe(lambda change: runs.append(change['new']), 'run')"
# nothing is done, and no button goes off, before both are pressed
HOLD = """import threading, time
def hold():
    with bench.session.lock:
        time.sleep(2)
threading.Thread(target=hold).start()
time.sleep(0.2)"""
# a run of its own, to compare with
ALONE = """from dataclasses import replace
from tutorkit import sample
spec = replace(bench.session.spec, burn=200, iterations=40000)
alone = sample(spec, bench.session.data, progress=False).values
"""
SAME = "bench.session.draws.n_kept, bench.session.draws.values.tobytes() == alone.tobytes()"

TRACE = "svg[aria-label^='Trace of']"
POINTS = f"() => document.querySelector(\"{TRACE} polyline\")?.getAttribute('points') ?? ''"
DONE = "() => document.querySelector('.jp-OutputArea-output progress')?.value ?? 0"

LATELY = "() => window.seen.times.filter(time => time > performance.now() - 3000).length"

# looks at the trace in each frame, from its first drawing on
WATCH = f"""() => {{
  const trace = () => document.querySelector("{TRACE}");
  const seen = window.seen = {{times: [], absent: 0, frames: 0, heights: []}};
  let last = "";
  new MutationObserver(() => {{
    const points = trace()?.querySelector("polyline")?.getAttribute("points") ?? last;
    if (points !== last) seen.times.push(performance.now());
    last = points;
  }}).observe(document.querySelector(".jp-OutputArea-output"),
    {{subtree: true, childList: true, characterData: true}});
  let box = null;
  const look = () => {{
    box ??= trace()?.closest(".widget-html");
    if (box) {{
      const height = box.getBoundingClientRect().height;
      seen.frames += 1;
      seen.absent += box.querySelector("svg") ? 0 : 1;
      if (!seen.heights.includes(height)) seen.heights.push(height);
    }}
    requestAnimationFrame(look);
  }};
  look();
}}"""


@pytest.fixture(scope="module")
def bench(open_notebook):
    notebook = open_notebook(NAME, [START])
    notebook.command("docmanager:save")
    bench = Bench(notebook)
    bench.ask("runs", COUNT)
    return bench


def start(bench):
    bench.tab("Run")
    bench.press("^Run the model")
    bench.wait("Sampling: about")


def moves(notebook, script):
    """Check that what a script returns changes."""
    before = notebook.page.evaluate(script)
    notebook.poll(script, lambda now: now and now != before, 5)


def watch_until_stopped(bench):
    """Stop the run that is seen to go on."""
    bench.wait("Sampling: about")
    for script in (DONE, POINTS):
        moves(bench.notebook, script)
    bench.press("^Stop")
    kept = re.search(r"Stopped: ([\d,]+) draws are kept", bench.wait("Stopped:"))
    assert int(kept[1].replace(",", "")) > 1000


def again(bench, open_notebook):
    """Return the workbench in another page of the same notebook and kernel."""
    other = Bench(open_notebook(NAME))
    other.tab("Run")
    assert other.notebook.errors == []
    return other


def test_the_trace_moves_four_times_a_second_and_never_flickers(bench):
    bench.tab("Run")
    bench.page.evaluate(WATCH)
    start(bench)
    bench.notebook.poll(LATELY, lambda drawings: drawings >= 3 * 3.5, 15)
    seen = bench.page.evaluate("() => window.seen")
    assert seen["frames"] > 60
    assert seen["absent"] == 0
    assert len(seen["heights"]) == 1
    assert seen["heights"][0] > 100
    bench.shot("reload-1-running")


def test_a_page_that_is_reloaded_follows_the_run_and_can_stop_it(bench):
    done = bench.page.evaluate(DONE)
    assert done > 0
    bench.notebook.reload()
    bench.wait("Sampling: about")
    assert bench.page.evaluate(DONE) > done
    watch_until_stopped(bench)
    bench.tab("Compare")
    box = bench.root.get_by_role("checkbox", name="last run").locator("visible=true")
    assert box.is_enabled()


def test_two_pages_at_once_start_one_run_and_show_it_alike(bench, open_notebook):
    bench.tab("Run")
    other = again(bench, open_notebook)
    press = "e => e.click()"
    buttons = [
        page.root.get_by_role("button", name="Run the model").locator("visible=true")
        for page in (bench, other)
    ]
    bench.ask("runs.clear()", HOLD)
    for button in buttons:
        assert button.is_enabled()
        button.evaluate(press)
    for page in (bench, other):
        page.wait("Sampling: about")
        moves(page.notebook, POINTS)
        assert page.root.get_by_role("button", name="Run the model").is_disabled()
    watch_until_stopped(other)
    bench.wait("Stopped:")
    assert bench.ask("len(runs)") == "1"
    other.page.close()


def test_a_run_that_nobody_watches_ends_with_the_draws_of_a_single_one(bench, open_notebook):
    """Although Run was pressed twice, and the page closed in the middle."""
    bench.number("Burn-in", 200)
    bench.number("Iterations", 40000)
    bench.tab("Model")
    bench.wait_script("ITERATIONS: 40000;")
    bench.tab("Run")
    bench.ask("runs.clear()")
    run = bench.root.get_by_role("button", name="Run the model").locator("visible=true")
    run.evaluate("e => { e.click(); e.click(); }")
    bench.wait("Sampling: about")
    bench.page.close()
    other = again(bench, open_notebook)
    other.wait("Finished: 40,000 draws of 2 chains")
    assert other.page.locator(TRACE).count() == 1
    other.shot("reload-2-finished")
    assert other.ask("len(runs)") == "1"
    assert other.ask(SAME, ALONE) == "(40000, True)"
