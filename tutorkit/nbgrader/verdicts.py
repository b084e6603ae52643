"""The marks of what lies in one folder, by part, and the words for them; it never fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tutorkit.assignment.answers import Answers, read_answers
from tutorkit.assignment.description import Assignment
from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.manifest import ANSWERS
from tutorkit.errors import DataError, TutorkitError
from tutorkit.marking.marks import Part, mark
from tutorkit.marking.submissions import Source
from tutorkit.marking.tables import number
from tutorkit.nbgrader.sealed import unseal

OTHERS = "The answers are those of somebody else: they do not count."
UNKNOWN = "This student is not on the list of those who were given the assignment."


@dataclass(frozen=True)
class Verdict:
    """Marks by part; without parts, ``problem`` says why there are none."""

    parts: Mapping[str, Part] = field(default_factory=dict)
    problem: str = ""

    def of(self, key: str, most: float | None = None) -> tuple[str, float]:
        """Return the words for one part and its points, at most ``most``."""
        part = self.parts.get(key)
        if part is None:
            return self.problem or f"There is no part '{key}'.", 0.0
        points = min(part.points or 0.0, part.out_of if most is None else most)
        head = f"{part.name}: {number(points)} of {number(part.out_of)} points"
        return "\n".join([head, *part.words]), points


def judge(folder: Path, key_file: Path, key: str) -> Verdict:
    """Mark the answers in a folder with a student's sealed key, whatever lies there."""
    try:
        assignment, issued = unseal(key_file, key)
    except Exception as error:
        return Verdict(problem=f"The marks cannot be made: {_words(error)}")
    return judged(folder, assignment, issued)


def judged(folder: Path, assignment: Assignment, issued: Issued) -> Verdict:
    """Mark the answers in a folder by what was issued to the student whose folder it is."""
    try:
        answers = _answers(folder)
        if answers.handle != issued.handle:
            return Verdict(problem=OTHERS)
        return Verdict({part.key: part for part in mark(assignment, issued, answers).parts})
    except Exception as error:  # whatever it is, it is this student's alone
        return Verdict(problem=f"{ANSWERS}: {_words(error)}")


def _answers(folder: Path) -> Answers:
    file = folder / ANSWERS
    if not file.exists() and not file.is_symlink():
        hint = "'Submit' in the notebook writes it; it is handed in beside the notebook"
        raise DataError(f"It was not handed in. {hint}")
    found = Source(folder).find(ANSWERS)[0]
    if found.content is None:
        raise DataError(found.problem)
    return read_answers(found.content)


def _words(error: Exception) -> str:
    if isinstance(error, TutorkitError):
        return f"{error.message}."
    return f"It cannot be marked: {type(error).__name__}."
