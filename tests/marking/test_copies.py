"""Work that is the same in several hands is named, and what may be so by chance is not."""

import tomllib

from classroom import SMALL

from tutorkit.assignment.answers import Answers, RunSummary
from tutorkit.assignment.reading import assignment_of
from tutorkit.marking.copies import copies

ASSIGNMENT = assignment_of(tomllib.loads(SMALL))
LONG = "The estimates depend on the assumption about x1i, and by how much I have shown above."


def found(**works):
    answers = {}
    for name, (text, *estimates) in works.items():
        rows = {f"b{k}": {"estimate": value} for k, value in enumerate(estimates)}
        run = RunSummary("", 1, 2, 1, 1, False, 1.0, 1.0, rows)
        answers[name] = Answers("small", name, "s", run=run, given={"report": text})
    return copies(ASSIGNMENT, answers)


def test_long_answers_that_agree_but_for_signs_are_named():
    assert found(a=(LONG,), b=(LONG.upper().replace(",", " –"),), c=(LONG + " So.",)) == {
        "a": ["The same answer to 'report' as b."], "b": ["The same answer to 'report' as a."],
    }  # fmt: skip


def test_short_and_empty_answers_agree_by_chance():
    assert found(a=("It depends.",), b=("It depends.",), c=("",), d=("",)) == {}


def test_two_figures_that_agree_are_named_and_one_is_not():
    assert found(a=("", 1.25, 2.5, 3.0), b=("", 1.25, 2.5, 4.0), c=("", 1.25, 9.0, 9.0)) == {
        "a": ["The same figures as b."], "b": ["The same figures as a."],
    }  # fmt: skip


def test_of_many_only_three_are_named():
    (words,) = found(**{name: (LONG,) for name in "abcdef"})["a"]
    assert words == "The same answer to 'report' as b, c, d and 2 more."
