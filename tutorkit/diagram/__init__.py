"""The model as a path diagram: boxes, arrows and words, drawn as SVG."""

from tutorkit.diagram.drawing import path_diagram
from tutorkit.diagram.words import describe_diagram, estimates_for, estimates_of, path_table

__all__ = ["describe_diagram", "estimates_for", "estimates_of", "path_diagram", "path_table"]
