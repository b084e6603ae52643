"""The lessons in JupyterLab: learners' copies, opening them, and whether all works offline."""

from tutorkit.lab.copies import copy_lessons, lessons_folder, without_solutions

__all__ = ["copy_lessons", "lessons_folder", "without_solutions"]
