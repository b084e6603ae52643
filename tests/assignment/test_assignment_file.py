"""Reading an assignment's file, and what is said of mistakes in it."""

import tomllib

import pytest

from tutorkit import TutorkitError
from tutorkit.assignment import read_assignment
from tutorkit.assignment.reading import EXAMPLE, assignment_of

LEAST = 'key = "a"\ntitle = "A"\n'


def read(tmp_path, text):
    file = tmp_path / "a.toml"
    file.write_text(text, encoding="utf-8")
    return read_assignment(file)


def test_the_example_says_what_holds_without_its_remarks():
    """Each line that is a remark shows what holds without it."""
    text = EXAMPLE.read_text()
    lines = [line for line in text.splitlines() if not line.startswith("# text")]
    shown = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and " = " in line else line
        for line in lines
    )
    assert shown != text
    assert assignment_of(tomllib.loads(shown)) == read_assignment(EXAMPLE)
    assert len(read_assignment(EXAMPLE).items) == 3
    assert read_assignment(EXAMPLE).out_of == 20


def test_the_least_there_can_be(tmp_path):
    found = read(tmp_path, LEAST)
    assert found.data.template == "exercise"
    assert found.marked == {
        "focal": 4, "auxiliary": 3, "selection": 3, "convergence": 2, "estimates": 4,
    }  # fmt: skip
    assert found.text.startswith("Fit a multilevel model to your data. Regress y on x1i, x2i")
    assert found.criteria.parameters == ("Intercept", "x1i", "x2i", "x3i")
    assert read(tmp_path, LEAST + "[points]\nfocal = 0").marked.keys().isdisjoint(["focal"])


def test_it_is_read_again_from_what_the_ledger_keeps(tmp_path):
    import json

    tree = tomllib.loads(EXAMPLE.read_text())
    again = assignment_of(json.loads(json.dumps(tree, default=str)))
    assert again == assignment_of(tree)


QUESTION = '\n[[question]]\nkey = "q"\ntext = "Q?"\n'
PREDICTION = '\n[[prediction]]\nkey = "p"\ntext = "P?"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The assignment has no 'key'"),
        ('key = "a"', "The assignment has no 'title'"),
        ('key = "A b"\ntitle = "A"', "'A b' cannot be the key"),
        ('key = "../a"\ntitle = "A"', "cannot be the key"),
        (LEAST + 'titel = "A"', "'titel' is not part of the assignment"),
        (LEAST + "due = 2026-12-11", "no time that is the same everywhere"),
        (LEAST + 'due = "tomorrow"', "no time that is the same everywhere"),
        (LEAST + "due = 5", "no time that is the same everywhere"),
        (LEAST + "late_penalty = 1" + "0" * 400, "'late_penalty' must be a number"),
        (LEAST + "[points]\nfocal = 1" + "0" * 400, "'focal' of [points] must be a number"),
        (LEAST + QUESTION.replace('"q"', '"total"'), "The key 'total' is taken"),
        (LEAST + "due = 2026-12-11T10:00:00", "no time that is the same everywhere"),
        (LEAST + 'late = "never"', "'late' is 'never'"),
        (LEAST + "late_penalty = 10", "'late_penalty' is 10"),
        (LEAST + 'visible = ["all"]', "'visible' names 'all'"),
        (LEAST + 'visible = ["selection"]', "leaves out the focal model"),
        (LEAST + "visible = 1", "'visible' must be a list"),
        (LEAST + "iterations = 10", "'iterations' must be from 200"),
        (LEAST + "iterations = true", "'iterations' must be a number"),
        (LEAST + "[points]\nfocal = -1", "[points] must lie"),
        (LEAST + '[points]\nfocal = "4"', "'focal' of [points] must be a number"),
        (LEAST + "[points]\nfocus = 1", "'focus' is not part of [points]"),
        (LEAST + "[points]\nfocal=0\nauxiliary=0\nselection=0\nconvergence=0\nestimates=0",
         "has no points"),
        (LEAST + "[criteria]\npsr = 0.9", "[criteria] cannot be met"),
        (LEAST + "[criteria]\nfull = 2", "[criteria] cannot be met"),
        (LEAST + '[criteria]\nparameters = ["x4i"]', "names the parameter 'x4i'"),
        (LEAST + '[criteria]\nparameters = ["x2i*x3i"]', "names the parameter 'x2i*x3i'"),
        (LEAST + "[criteria]\nparameters = []", "lists no parameters"),
        (LEAST + '[data]\ntemplate = "chapter 7"', "no template 'chapter 7'"),
        (LEAST + '[data]\nmnar = "x3i"', "'mnar' names 'x3i'"),
        (LEAST + '[data]\nmnar = "y"', "'y' is to be missing not at random but has no rate"),
        (LEAST + '[data]\nrandom_slope = "y"', "'random_slope' names 'y'"),
        (LEAST + "[data]\nrates = { x1i = 22 }", "The rate of 'x1i' is 22"),
        (LEAST + "[data]\nrates = { x1i = 0 }", "The rate of 'x1i' is 0"),
        (LEAST + "[data]\nrates = { x3i = 0.2 }", "'rates' names 'x3i'"),
        (LEAST + '[data]\nrates = { x1i = "much" }', "'x1i' of data.rates must be a number"),
        (LEAST + "[data]\nstrength = 0", "The strength of 'x1i' is 0"),
        (LEAST + "[data]\nalso = { x1i = 1.0 }", "'also' names 'x1i', which is 'mnar'"),
        (LEAST + '[data]\nmar = { x2i = "x1i" }', "which is missing not at random"),
        (LEAST + '[data]\nmar = { x1i = "x3i" }', "'x1i' is 'mnar'"),
        (LEAST + '[data]\nmar = { x2i = "x2i" }', "'x2i' depends on itself"),
        (LEAST + "[data]\nclusters = 3", "'clusters' is 3"),
        (LEAST + "[data]\ncluster_size = 1.5", "'cluster_size' of [data] must be a number"),
        (LEAST + "[data]\ninteraction = 1", "'interaction' of [data] must be true or false"),
        (LEAST + "data = 3", "[data] is not a table"),
        (LEAST + QUESTION + 'right = "a"', "has right alone"),
        (LEAST + QUESTION + 'choices = ["a", "b"]', "has choices alone"),
        (LEAST + QUESTION + 'choices = ["a", "b"]\nright = "c"', "'c' is none of the choices"),
        (LEAST + QUESTION + 'choices = ["a", "a"]\nright = "a"', "two choices or more"),
        (LEAST + QUESTION + "points = -3", "has -3 points"),
        (LEAST + QUESTION + "answer = 1", "'answer' is not part of [[question]] number 1"),
        (LEAST + QUESTION + QUESTION, "The key 'q' is taken"),
        (LEAST + QUESTION.replace('"q"', '"focal"'), "The key 'focal' is taken"),
        (LEAST + QUESTION.replace('"q"', '"Q 1"'), "has the key 'Q 1'"),
        (LEAST + PREDICTION, "has no choices"),
        (LEAST + PREDICTION + 'choices = ["a", "b"]\npoints = 1', "'points' is not part of"),
        (LEAST + "question = 3", "'question' must be a list"),
        (LEAST + "question = [3]", "[[question]] number 1 is not a table"),
        ("key = ", "'a.toml' cannot be read"),
        ("a = " + "[" * 5000, "'a.toml' cannot be read"),
    ],
)  # fmt: skip
def test_mistakes_are_told(tmp_path, text, message):
    with pytest.raises(TutorkitError) as caught:
        read(tmp_path, text)
    assert message in caught.value.message
    assert "\n" not in caught.value.message


def test_there_is_no_such_file(tmp_path):
    with pytest.raises(TutorkitError, match="There is no assignment file"):
        read_assignment(tmp_path / "b.toml")
    with pytest.raises(TutorkitError, match="cannot be opened"):
        read_assignment(tmp_path)
    (tmp_path / "c.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TutorkitError, match="not a text file"):
        read_assignment(tmp_path / "c.toml")


def test_two_variables_that_depend_on_each_other(tmp_path):
    rates = "rates = { y = 0.2, x1i = 0.2, x2i = 0.2 }"
    data = f'mnar = "y"\n{rates}\nmar = {{ x1i = "x2i", x2i = "x1i" }}'
    with pytest.raises(TutorkitError, match="two variables depend on each other"):
        read(tmp_path, f"{LEAST}[data]\n{data}")
