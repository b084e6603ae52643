"""The start page: the lessons, and how far the learner is in each."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from tutorkit.errors import DataError
from tutorkit.teaching.progress import FILE, Answers, read
from tutorkit.teaching.reading import lesson, numbers

CELL = "from tutorkit import start_page\n\nstart_page()"
MORE = {
    "00_whole_analysis.ipynb": "the chapter's analysis from script to comparison, in a few cells",
    "workbench.ipynb": "everything in one view: build, look, run, compare, check",
}


class StartPage:
    """The list of lessons as a notebook shows it; run its cell again to bring it up to date.

    Parameters
    ----------
    folder
        The folder with the notebooks and the learner's answers.
    """

    def __init__(self, folder: str | Path = ".") -> None:
        self.folder = Path(folder)

    def __str__(self) -> str:
        """Return the list as Markdown."""
        answers, trouble = {}, ""
        try:
            answers = read(self.folder / FILE)
        except DataError as error:
            trouble = f"⚠ {error.message}. {error.hint}\n\n"
        rows = [_row(self.folder, n, answers.get(f"{n}", {})) for n in numbers()]
        more = [
            f"- [{name}]({name}): {what}" for name, what in MORE.items()
            if (self.folder / name).exists()
        ]  # fmt: skip
        head = "| Lesson | Minutes | Done |\n| :-- | --: | :-- |\n"
        return (
            f"# tutorkit: missing data in multilevel models\n\n{trouble}{head}{''.join(rows)}\n"
            "Answers are saved by themselves in this folder. Beside the lessons:\n\n"
            + "\n".join(more)
            + "\n"
        )

    def _repr_markdown_(self) -> str:
        return str(self)


def start_page(folder: str | Path = ".") -> StartPage:
    """Return the list of lessons, with the learner's progress in each."""
    return StartPage(folder)


def start_notebook(folder: Path) -> str:
    """Return a notebook that shows the list, already run."""
    text = str(StartPage(folder))
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/markdown": text, "text/plain": text},
    }
    cell = {
        "cell_type": "code", "id": "start", "metadata": {"jupyter": {"source_hidden": True}},
        "execution_count": None, "source": CELL, "outputs": [output],
    }  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    tree = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def next_notebook(folder: Path) -> Path | None:
    """Return the first lesson in which something is left to do; None if there is none."""
    answers: Answers = {}
    with suppress(DataError):
        answers = read(folder / FILE)
    for number in numbers():
        content, files = lesson(number), sorted(folder.glob(f"{number:02}_*.ipynb"))
        if files and len(content.done_of(answers.get(f"{number}", {}))) < len(content.keys):
            return files[0]
    return None


def _row(folder: Path, number: int, answers: dict[str, object]) -> str:
    content = lesson(number)
    files = sorted(folder.glob(f"{number:02}_*.ipynb"))
    title = f"{number}. {content.title}"
    linked = f"[{title}]({files[0].name})" if files else title
    done, total = len(content.done_of(answers)), len(content.keys)
    full = round(10 * done / total)
    bar = "■" * full + "□" * (10 - full)
    return f"| {linked} | {content.minutes} | {bar} {done} of {total} |\n"
