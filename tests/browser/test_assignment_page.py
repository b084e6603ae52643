"""An assignment from the instructor's command line to the student's page and back."""

import json
import shutil
import subprocess
import sys

import pytest
from lab_page import SCREENSHOTS, Notebook
from lab_server import jupyterlab
from learner import Learner
from names import unnamed_controls
from playwright.sync_api import expect

COMMAND = [sys.executable, "-m", "tutorkit"]
SCRIPT = "FIXED: x3i;\nMODEL:\nfocal:\ny ~ x1i x2i x3i | x3i;\nauxiliary:\nx1i x2i ~ x3i;\n"
SELECTION = "selection:\nx1i.missing ~ x1i y x2i x3i;\n"
ROSTER = "student,name,email\nanna,Anna Berg,a@x.org\nben,Ben Czerny,b@x.org\nzoë,Zoë D,z@x.org\n"


def run(folder, *arguments):
    """Run a command as an instructor does, and return what it says."""
    done = subprocess.run([*COMMAND, *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return an instructor's folder in which an assignment has been released."""
    folder = tmp_path_factory.mktemp("course")
    run(folder, "assign", "init", "exercise.toml")
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    said = run(
        folder, "assign", "release", "exercise.toml", "--roster", "roster.csv",
        "--out", "handout", "--secret", "course.secret", "--quiet",
    )  # fmt: skip
    assert "folders for 3 students" in said
    return folder


@pytest.fixture(scope="module")
def student(browser, course, tmp_path_factory):
    """Return a student who has opened the notebook and run all cells."""
    folder = tmp_path_factory.mktemp("anna")
    shutil.copytree(course / "handout" / "anna", folder / "work")
    with jupyterlab(tmp_path_factory.mktemp("lab"), folder / "work") as lab:
        page = browser.new_page(viewport={"width": 1024, "height": 768})
        notebook = Notebook(page)
        notebook.open(lab, "assignment.ipynb")
        notebook.run_all()
        student = Learner(notebook)
        student.folder, student.lab = folder / "work", lab
        yield student
        assert unnamed_controls(page, ".jp-OutputArea-output") == []
        assert notebook.errors == []
        assert notebook.outside == []
        page.close()


def write(student, text):
    """Type a script."""
    script = student.root.get_by_role("textbox", name="Script of the model")
    script.fill(text)
    script.blur()


def test_the_model_is_built_and_checked_as_far_as_may_be(student):
    student.shot("assignment-a-task")
    student.press("^Check the model")
    student.wait("There is no model yet")
    write(student, "CLUSTERID: j;\n" + SCRIPT.replace(" | x3i", "") + SELECTION)
    student.wait("selection model of x1i.missing")
    student.press("^Check the model")
    student.wait("The slope of x3i does not vary")
    student.shot("assignment-b-checked")
    write(student, "CLUSTERID: j;\n" + SCRIPT)
    student.press("^Check the model")
    student.wait("As asked for: focal model")  # nothing is said of the selection model
    write(student, "CLUSTERID: j;\n" + SCRIPT + SELECTION)


def test_it_runs_once_the_prediction_is_made(student):
    student.number("Burn-in", 1000)
    student.number("Iterations", 4000)
    student.press("^Run the model")
    student.wait("There is a prediction to make before you run a model")
    group = student.answer("Predict: Before you run it", "Higher", "Commit")
    expect(group.get_by_text("Committed")).to_be_visible()
    expect(group.get_by_role("radio").first).to_be_disabled()
    student.press("^Run the model")
    student.wait("Finished: 4,000 draws")


def test_answers_are_saved_while_they_are_written_and_handed_in(student):
    student.press("^Submit: write")
    student.wait("Not answered: What do you report")
    student.answer("x1i is missing more often", "Listwise deletion, and")
    group = student.question("What do you report?")
    group.get_by_label("Answer").fill("The intercept depends on the assumption; <b>x1i</b> less.")
    student.wait("You have changed something since: submit again.")
    work = json.loads((student.folder / "my-work.json").read_text())
    assert work["given"]["report"].startswith("The intercept depends")
    student.press("^Submit: write")
    student.wait("All is done")
    student.wait("Hand in this file")
    student.shot("assignment-c-submitted")
    answers = json.loads((student.folder / "answers.json").read_text())
    assert answers["given"]["direction"] == 2
    assert answers["run"]["iterations"] == 4000


def test_the_work_comes_back_when_the_kernel_is_gone(student):
    student.lab.stop_kernel("assignment.ipynb")
    student.notebook.reload()
    student.notebook.run_all()
    student.wait("5 of 5 done")
    field = student.question("What do you report?").get_by_label("Answer")
    expect(field).to_have_value("The intercept depends on the assumption; <b>x1i</b> less.")
    student.wait("Your last run is in it")
    assert SELECTION.split("\n")[1] in student.script()


def test_it_is_marked_and_told(student, course, browser):
    place = course / "submissions" / "anna"
    place.mkdir(parents=True)
    shutil.copy(student.folder / "answers.json", place)
    (course / "submissions" / "ben").mkdir()
    said = run(course, "grade", "submissions", "--ledger", "exercise.ledger.jsonl", "--quiet")
    assert "3 students: 1 marked, 1 cannot be read, 1 missing." in said
    assert "- ben (ben): It holds no answers.json." in said
    page = browser.new_page(viewport={"width": 1024, "height": 768})
    for name in ("feedback/anna.html", "overview.html"):
        page.goto((course / "grades-exercise-7-4" / name).as_uri())
        page.screenshot(path=SCREENSHOTS / f"marked-{name.split('/')[-1][:-5]}.png")
    page.goto((course / "grades-exercise-7-4/feedback/anna.html").as_uri())
    expect(page.get_by_text("17 of 20 points")).to_be_visible()
    expect(page.get_by_text("<b>x1i</b> less")).to_be_visible()  # as it was written
    page.close()
