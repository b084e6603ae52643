"""What marking one student needs, sealed with a sub-key that opens nothing else."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tutorkit.assignment.description import Assignment
from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.reading import assignment_of
from tutorkit.assignment.roster import Student
from tutorkit.assignment.secret import sub_key
from tutorkit.errors import DataError

KEYS = "keys"
PURPOSE = "mark"


def by_program(assignment: Assignment) -> Assignment:
    """Return an assignment without what is marked by hand, which has cells of its own."""
    items = tuple(item for item in assignment.items if item not in assignment.written)
    return replace(assignment, items=items)


def key_file(course: Path, handle: str) -> Path:
    """Return where a student's sealed key lies in a course."""
    return course / KEYS / f"{handle}.key"


def marking_key(secret: bytes, assignment: str, student: str) -> str:
    """Return the sub-key that opens one student's sealed key, as text for the environment."""
    return base64.urlsafe_b64encode(sub_key(secret, PURPOSE, assignment, student)).decode()


def seal(course: Path, tree: Mapping[str, Any], one: Issued, key: str) -> None:
    """Write a student's sealed key: what their marks follow from, without names and truth.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    from cryptography.fernet import Fernet  # an extra

    bare = replace(one, student=Student(one.handle), truth=[], versions={})
    content = {"assignment": _without_rubrics(tree), "issued": asdict(bare)}
    file = key_file(course, one.handle)
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as new:
            new.write(Fernet(key).encrypt(json.dumps(content, default=str).encode()))
    except OSError as error:
        raise DataError(f"'{file}' cannot be written: {error.strerror}") from None


def unseal(file: Path, key: str) -> tuple[Assignment, Issued]:
    """Open a sealed key.

    Raises
    ------
    DataError
        If there is none, or the sub-key is that of another student.
    """
    from cryptography.fernet import Fernet, InvalidToken  # an extra

    try:
        content = json.loads(Fernet(key).decrypt(file.read_bytes()))
    except OSError as error:
        raise DataError(f"'{file.name}' cannot be opened: {error.strerror}") from None
    except (InvalidToken, ValueError):
        hint = "'tutorkit assign release --nbgrader' writes it anew."
        raise DataError("The sealed key was made with another secret", hint) from None
    parts = content["issued"]
    issued = Issued(**parts | {"student": Student(**parts["student"])})
    return by_program(assignment_of(content["assignment"])), issued


def _without_rubrics(tree: Mapping[str, Any]) -> dict[str, Any]:
    questions = [
        {name: value for name, value in question.items() if name != "rubric"}
        for question in tree.get("question", ())
    ]
    return {**tree, **({"question": questions} if questions else {})}
