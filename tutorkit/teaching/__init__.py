"""The lessons: what they ask, what they say to each answer, and how far a learner is."""

from tutorkit.teaching.items import Choice, Content, Item, Prediction, Question, Task
from tutorkit.teaching.reading import lesson, numbers

__all__ = ["Choice", "Content", "Item", "Prediction", "Question", "Task", "lesson", "numbers"]
