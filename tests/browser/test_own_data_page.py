"""A learner's own file: opened in the page, looked at, modelled; what is no table is refused."""

import numpy as np
import pandas as pd
import pytest
from bench import Bench
from playwright.sync_api import expect

START = "from tutorkit import Workbench\nbench = Workbench('04_multilevel')\nbench"
OPEN = "Open a data file (0)"
STATE = "bench.session.name, bench.session.data.shape, bench.session.script"


def own_table():
    """Return 6 schools of 30 rows: y = 1 + 2 x + noise, a fifth of x missing."""
    rng = np.random.default_rng(1)
    school = np.repeat(np.arange(1, 7), 30)
    x = rng.normal(size=180)
    y = 1 + 2 * x + rng.normal(size=6)[school - 1] * 0.5 + rng.normal(size=180) * 0.5
    x[rng.random(180) < 0.2] = np.nan
    grade = rng.integers(1, 5, 180)
    words = np.where(grade > 2, "high", "low")
    return pd.DataFrame(
        {"school": school, "y": y, "x": x, "grade": grade, "level": words, "wave": 1}
    )


OWN = own_table().round(4).to_csv(index=False, na_rep="NA").encode()
# as a spreadsheet saves it where commas are decimal ones
SECOND = b"a;b\n" + b"".join(b"%d,5;%d,25\n" % (k, k * k % 17) for k in range(40))


@pytest.fixture(scope="module")
def bench(open_notebook):
    bench = Bench(open_notebook("own.ipynb", [START]))
    yield bench
    assert bench.notebook.errors == []
    assert bench.notebook.outside == []


def upload(bench, name, content):
    """Open a file as one does: press the button, choose."""
    bench.tab("Model")
    bench.tab("1 Data")
    with bench.page.expect_file_chooser() as chooser:
        bench.root.get_by_role("button", name=OPEN, exact=True).click()
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": content})


def guesses(bench):
    """Return the kind of each variable, as the page's table has it."""
    rows = bench.root.locator("table:has(th:text-is('Kind (a guess)')) tbody tr")
    cells = [row.locator("th, td").all_inner_texts() for row in rows.all()]
    return {row[0]: row[1] for row in cells if len(row) > 1}


def check_complaint(bench, says):
    """Check that there is one message on the page, which is seen without scrolling."""
    alert = bench.root.get_by_role("alert").locator("visible=true")
    expect(alert).to_contain_text(says)
    expect(alert).to_be_in_viewport(ratio=1)


def test_a_file_is_opened_and_what_is_found_in_it_is_said(bench):
    upload(bench, "mine.csv", OWN)
    bench.wait("'mine.csv' has 180 rows and 6 columns.")
    said = bench.root.get_by_role("status").locator("visible=true")
    expect(said).to_be_in_viewport(ratio=1)
    bench.wait("mine.csv: 180 rows")
    kinds = {
        "y": "continuous", "x": "continuous", "grade": "ordered categories?", "level": "text",
        "wave": "constant",
    }  # fmt: skip
    found = guesses(bench)
    assert list(found) == ["school", *kinds]
    assert found.items() >= kinds.items()
    for note in (
        "grade: It holds few different whole numbers",
        "level: It holds words. Give each word a number first",
        "wave: It is always 1: it cannot explain anything",
        "'school' has 6 values only",
    ):
        bench.wait(note, 5)
    assert bench.root.get_by_label("Cluster variable").locator("option:checked").inner_text() == (
        "school"
    )
    assert bench.root.get_by_text("the chapter authors' file").count() == 0
    bench.shot("own-1-data")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "holds binary data"),
        ("nothing.csv", b"", "'nothing.csv' is empty"),
        ("uneven.csv", b"a;b\n1,5;2\n3,5\n", "separated by semicolons"),
    ],
)
def test_a_file_that_is_no_table_is_refused_and_the_data_stay(bench, name, content, says):
    before = bench.ask(STATE)
    upload(bench, name, content)
    check_complaint(bench, says)
    assert bench.ask(STATE) == before
    assert "mine.csv" in before
    bench.wait("mine.csv: 180 rows")
    bench.shot(f"own-2-{name.split('.')[0]}")


def test_nothing_is_offered_that_only_a_simulation_knows(bench):
    bench.tab("Data")
    bench.choose("Picture", "Observed and complete values")
    bench.wait("For these data nobody does")
    bench.shot("own-3-complete")
    bench.tab("Compare")
    bench.wait("Nothing to compare yet")
    for page in ("Data", "Compare", "Check"):
        bench.tab(page)
        bench.page.wait_for_timeout(300)
        boxes = bench.root.get_by_role("checkbox").locator("visible=true").all()
        names = [box.evaluate("e => e.labels[0].textContent.trim()") for box in boxes]
        assert names == (["listwise (REML)", "last run"] if page == "Compare" else [])


def test_a_model_of_them_is_built_and_run(bench):
    bench.tab("Model")
    bench.tab("2 Focal")
    bench.choose("Outcome", "y")
    bench.tick("Predictors of y", "x")
    bench.wait_script("y ~ x;")
    assert "DATA: mine.csv;\nCLUSTERID: school;" in bench.script()
    bench.tab("Run")
    bench.number("Burn-in", 500)
    bench.number("Iterations", 2000)
    bench.number("Seed", 1)
    bench.press("^Run the model")
    bench.wait("Finished: 2,000 draws of 2 chains (seed 1).")
    bench.tab("Compare")
    slope = bench.wait("x: listwise 2.0", 20)
    bench.shot("own-4-compare")
    assert "last run 2.0" in slope or "last run 1.9" in slope
    assert "truth" not in slope


def test_words_in_a_model_are_refused_with_advice_and_the_run_stays(bench):
    bench.tab("Model")
    bench.tab("2 Focal")
    bench.tick("Predictors of y", "level")
    bench.wait_script("y ~ x level;")
    bench.tab("Run")
    bench.press("^Run the model")
    check_complaint(bench, "'level' holds 'high', which is not a number")
    bench.shot("own-5-words")
    assert bench.ask("bench.session.draws.n_kept") == "2000"


def test_a_second_file_takes_the_place_of_the_first_and_its_model_returns_with_it(bench):
    upload(bench, "second.csv", SECOND)
    bench.wait("'second.csv' has 40 rows and 2 columns.")
    assert list(guesses(bench)) == ["a", "b"]
    bench.wait_script("DATA: second.csv;\nMODEL:")
    assert "y ~" not in bench.script()
    upload(bench, "mine.csv", OWN)
    bench.wait_script("y ~ x level;")
