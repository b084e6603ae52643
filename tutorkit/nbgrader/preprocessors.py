"""Steps of nbgrader's autograding and feedback that get along with whatever is handed in."""

from __future__ import annotations

import contextlib
import copy
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat.v4 as v4
from nbgrader.preprocessors import ClearHiddenTests, Execute, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from tutorkit.nbgrader.cells import KEY, KEY_FILE
from tutorkit.nbgrader.course_file import read_course_file
from tutorkit.nbgrader.exporters import released
from tutorkit.nbgrader.issued import put_back
from tutorkit.nbgrader.sealed import key_file, marking_key
from tutorkit.nbgrader.verdicts import UNKNOWN, Verdict, judge

SECONDS = 300.0  # for all cells of one notebook
VIEW = "assignment."  # with what cells begin that show a view
MAKE = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}


class Clean(NbGraderPreprocessor):
    """Brings a notebook into the form it was handed out in, with what the student wrote.

    Of a cell that is marked and was copied one counts: for a written answer one that was written
    in, of these the one in its own place. The others stay as text, and what was deleted comes back.
    Metadata come from the released notebook alone, so that none of a student's can stop nbgrader.
    """

    def preprocess(self, nb: Any, resources: Any) -> Any:
        """Clean a notebook."""
        original = released(resources)
        marked = [cell for cell in original.cells if is_grade(cell)]
        kept = {_counting(nb.cells, cell): cell for cell in marked}
        cells = []
        for k, cell in enumerate(nb.cells):
            if k in kept:
                cells.append(_as_released(kept[k], cell))
            elif cell.cell_type in MAKE:
                cells.append(MAKE[cell.cell_type](_source(cell), id=f"own-{k}"))
        found = {cell.id for cell in cells}
        cells += [copy.deepcopy(cell) for cell in marked if cell.id not in found]
        nb.cells, nb.metadata = cells, copy.deepcopy(original.metadata)
        nb.nbformat, nb.nbformat_minor = original.nbformat, original.nbformat_minor
        return nb, resources


class Examine(Execute):
    """Marks a student's answers, then runs the notebook, and sees that the marks are these.

    While the notebook runs, the kernel's environment has the student's own sub-key and the place of
    their sealed key, and nothing else of the course. Test cells get the marks that were made before
    it ran, whatever has become of them, and without what others wrote to stderr. Views as they were
    handed out are not run: a page shows nothing of them, and they take most of the time.
    """

    def preprocess(self, nb: Any, resources: Any, km: Any = None) -> Any:
        """Mark and run a notebook."""
        folder, verdict, about = Path(resources["metadata"]["path"]), None, resources["nbgrader"]
        opened = _opened(about)
        if opened is not None:
            verdict = judge(folder, *opened)
            put_back(Path.cwd(), opened[0].stem, folder)
        self._until = time.monotonic() + SECONDS
        self._ours = {c.source for c in released(resources).cells if c.cell_type == "code"}
        with _handed(opened):
            try:
                nb, resources = super().preprocess(nb, resources, km)
            except Exception as error:  # the student's code has ended the kernel
                self.log.warning("The notebook did not run to its end: %s", error)
        for k, cell in enumerate(nb.cells):
            if is_grade(cell) and not is_solution(cell):
                self._settle(cell, verdict or Verdict(problem=UNKNOWN), k, about["student"])
        return nb, resources

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> Any:
        """Run a cell, unless it is a view or the notebook has taken too long."""
        ours = cell.source in self._ours and cell.cell_type == "code"
        if (ours and cell.source.startswith(VIEW)) or time.monotonic() > self._until:
            return cell, resources
        cell, resources = super().preprocess_cell(cell, resources, index)
        if ours:
            cell.outputs = [o for o in cell.outputs if o.output_type == "error"]
        return cell, resources

    def _settle(self, cell: Any, verdict: Verdict, place: int, student: str) -> None:
        """Give a test cell its marks."""
        about = cell.metadata.nbgrader
        words, points = verdict.of(about.grade_id.removeprefix("mark-"), float(about.points))
        found = [o.data.get("text/plain") for o in cell.outputs if "data" in o]
        if found != [repr(points)]:
            what = "Test cell %s of %s gave %s in place of %r"
            self.log.warning(what, about.grade_id, student, found, points)
        number = cell.execution_count or place + 1
        cell.outputs = [
            v4.new_output("stream", name="stdout", text=f"{words}\n"),
            v4.new_output("execute_result", {"text/plain": repr(points)}, execution_count=number),
        ]


class ClearTests(ClearHiddenTests):
    """Clears hidden tests from test cells, and looks for none in what students wrote."""

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> Any:
        """Clear one cell."""
        if is_grade(cell) and not is_solution(cell):
            return super().preprocess_cell(cell, resources, index)
        return cell, resources


def _counting(cells: list[Any], original: Any) -> int:
    """Return which of some cells counts as one that was released, -1 if none does."""
    name = original.metadata.nbgrader.grade_id

    def rank(k: int) -> tuple[bool, bool, int]:
        return _source(cells[k]) == original.source, cells[k].get("id") != name, k

    return min((k for k, cell in enumerate(cells) if _name(cell) == name), key=rank, default=-1)


def _name(cell: Any) -> str | None:
    """Return the name under which a cell claims to be marked."""
    about = cell.get("metadata", {}).get("nbgrader")
    name = about.get("grade_id") if isinstance(about, dict) else None
    return name if isinstance(name, str) else None


def _as_released(original: Any, cell: Any) -> Any:
    new = copy.deepcopy(original)
    if is_solution(original):
        new.source = _source(cell)
        if isinstance(cell.get("attachments"), dict):
            new.attachments = cell.attachments
    return new


def _source(cell: Any) -> str:
    source = cell.get("source")
    return source if isinstance(source, str) else ""


def _opened(about: Any) -> tuple[Path, str] | None:
    """Return a student's sealed key and the sub-key that opens it, None if they have none."""
    course = Path.cwd()  # where nbgrader works
    private = read_course_file(course)
    whose = private.whose(about["assignment"], about["student"])
    if whose is None:
        return None
    key = marking_key(private.opened(about["assignment"]), about["assignment"], whose.student)
    return key_file(course, whose.handle), key


@contextlib.contextmanager
def _handed(opened: tuple[Path, str] | None) -> Iterator[None]:
    """Have a student's own sub-key in the environment, and take it away whatever happens."""
    if opened is not None:
        os.environ[KEY_FILE], os.environ[KEY] = str(opened[0]), opened[1]
    try:
        yield
    finally:
        for name in (KEY_FILE, KEY):
            os.environ.pop(name, None)
