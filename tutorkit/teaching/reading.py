"""Lessons from the files of this folder."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

from tutorkit.errors import TutorkitError
from tutorkit.teaching.items import Assumption, Choice, Content, Item, Prediction, Question, Task

FOLDER = Path(__file__).parent


def numbers() -> tuple[int, ...]:
    """Return the numbers of the lessons there are."""
    return tuple(sorted(int(f.stem.removeprefix("lesson_")) for f in FOLDER.glob("lesson_*.toml")))


@functools.cache
def lesson(number: int) -> Content:
    """Return a lesson.

    Raises
    ------
    TutorkitError
        If there is none of this number.
    """
    if number not in numbers():
        known = ", ".join(map(str, numbers()))
        raise TutorkitError(f"There is no lesson {number!r}", f"There are lessons {known}.")
    parts = tomllib.loads((FOLDER / f"lesson_{number}.toml").read_text(encoding="utf-8"))
    questions = [Question(**_with_choices(item)) for item in parts.pop("question", [])]
    predictions = [Prediction(**_with_choices(item)) for item in parts.pop("prediction", [])]
    models = [Task(**{**item, **_tuples(item)}) for item in parts.pop("model", [])]
    tasks = tuple(parts.pop("tasks", {}).items())
    assumptions = tuple(Assumption(**item) for item in parts.pop("assumption", []))
    parts["objectives"] = tuple(parts["objectives"])
    items: tuple[Item, ...] = (*questions, *predictions, *models)
    return Content(items=items, tasks=tasks, assumptions=assumptions, **parts)


def _with_choices(item: dict[str, Any]) -> dict[str, Any]:
    return item | {"choices": tuple(Choice(**choice) for choice in item.get("choices", ()))}


def _tuples(item: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) for key, value in item.items() if isinstance(value, list)}
