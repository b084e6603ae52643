"""Assignments: described in a file, released with data for each student, answered in a notebook."""

from tutorkit.assignment.description import Assignment, Item, Points
from tutorkit.assignment.reading import read_assignment

__all__ = ["Assignment", "Item", "Points", "read_assignment"]
