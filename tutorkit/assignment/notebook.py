"""The notebook that students work in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tutorkit.assignment.description import Assignment

Cell = dict[str, Any]


def notebook_of(assignment: Assignment) -> str:
    """Return the notebook of an assignment as the text of a file; it is the same for everybody."""
    return notebook_text(list(cells_of(assignment)))


def cells_of(assignment: Assignment) -> Iterator[Cell]:
    """Return the cells: the task, what is asked, the workbench piece by piece, the end."""
    kinds = {item.kind for item in assignment.items if item.kind != "written" or item.points}
    yield markdown("task", f"# {plain(assignment.title)}\n\n{plain(assignment.text)}\n\n{ABOUT}")
    yield code("begin", "from tutorkit import Assignment\n\nassignment = Assignment()\nassignment")
    if "prediction" in kinds:
        yield markdown("predict", PREDICT)
        yield code("predictions", "assignment.predictions()")
    yield markdown("look", "## Look at the data")
    yield code("data", "assignment.data()")
    yield markdown("build", BUILD)
    yield code("model", "assignment.model()")
    yield markdown("run", RUN)
    yield code("runner", "assignment.runner()")
    yield code("comparison", "assignment.comparison()")
    yield code("diagnostics", "assignment.diagnostics()")
    if any(item.kind != "prediction" for item in assignment.items):
        yield markdown("answer", "## Questions\n\nWhat you write is saved while you write.")
        yield code("questions", "assignment.questions()")
    yield markdown("hand-in", HAND_IN)
    yield code("submission", "assignment.submission()")


ABOUT = """\
Your data are your own: nobody else in the class has the same. They are simulated, so that there \
is a truth; estimates are held against what the right model gives **for your data**, not against \
the truth. What you do is saved in `my-work.json` beside this notebook, by itself.

Choose *Run All Cells* in the menu *Run* to begin, and whenever you come back."""
PREDICT = """\
## Predict

Say what you expect before you run a model. This is kept, and not marked."""
BUILD = """\
## Build the model

By choosing, or by typing the script. *Check* says what can be said without giving the answer."""
RUN = """\
## Run it, compare, check

The last run is the one that is handed in, with the model it was made with."""
HAND_IN = """\
## Hand in

*Submit* writes `answers.json` beside this notebook, without a network. Hand in that file. You may \
submit again: the file is then written anew."""


def plain(text: str) -> str:
    """Return a text such that Markdown takes none of its signs for its own."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+!|~$" else c for c in text)


def markdown(name: str, source: str) -> Cell:
    """Return a Markdown cell."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def code(name: str, source: str) -> Cell:
    """Return a cell of code."""
    return {
        "cell_type": "code", "id": name, "metadata": {}, "source": source,
        "outputs": [], "execution_count": None,
    }  # fmt: skip


def notebook_text(cells: list[Cell]) -> str:
    """Return cells as the text of a notebook's file."""
    tree = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"
