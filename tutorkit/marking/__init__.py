"""Marking: what students handed in, read without running it, marked by rubric, and told."""

from tutorkit.marking.grading import grade
from tutorkit.marking.marks import Marked, Part, mark
from tutorkit.marking.outcomes import Graded, Outcome

__all__ = ["Graded", "Marked", "Outcome", "Part", "grade", "mark"]
