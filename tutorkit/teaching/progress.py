"""A learner's answers: in a file beside the notebooks, and as a code to carry them elsewhere."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import time
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tutorkit.errors import DataError
from tutorkit.files import write_whole
from tutorkit.teaching.reading import lesson, numbers

FILE = "tutorkit-progress.json"
VERSION = 1
SCRIPT = "script"  # the key of the model as it stands
STALE_SECONDS = 5  # after which a lock is taken to be a dead kernel's
START = "T1-"  # of a code
_COMMON = (
    b'","y.missing ~ y x1i x2i x3i x2i*x3i;y ~ x1i x2i x3i x2i*x3i | x1i;":[1,":[0,":[2,":1,":0,'
)

Answers = dict[str, dict[str, Any]]
"""Answers by lesson ("1") and key: attempts at a question, a prediction, what a task holds."""


def read(file: Path) -> Answers:
    """Return the answers in a file; none if there is no file yet.

    Raises
    ------
    DataError
        If the file cannot be read. It is left as it is.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return _checked(content)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise DataError(f"'{file.name}' cannot be read: {error.strerror}") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise DataError(
            f"'{file.name}' does not hold the progress of lessons",
            "Rename or remove it, and run this cell again; your answers are then saved anew.",
        ) from None


def write(file: Path, answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Add answers to those in the file, whole or not at all; several notebooks may do so at once.

    Raises
    ------
    DataError
        If the file cannot be read or written.
    """
    try:
        with _alone(file):
            content = {"version": VERSION, "answers": merge(read(file), answers)}
            write_whole(file, json.dumps(content, indent=1) + "\n")
    except OSError as error:
        raise DataError(
            f"Your answers cannot be saved in '{file.name}': {error.strerror}",
            "They stay on this page; note the code of this lesson to carry them elsewhere.",
        ) from None


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Keep other notebooks from writing meanwhile; a lock that was left behind is taken away."""
    lock = file.with_name(f".{file.name}.lock")
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            with contextlib.suppress(FileNotFoundError):
                if time.time() - lock.stat().st_mtime > STALE_SECONDS:
                    lock.unlink()
            time.sleep(0.005)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def merge(known: Answers, more: Mapping[str, Mapping[str, Any]]) -> Answers:
    """Return all answers; where both have one, that of ``more``."""
    lessons = dict.fromkeys([*known, *more])
    return {name: {**known.get(name, {}), **more.get(name, {})} for name in lessons}


def joint(name: str, known: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers to one lesson from two places, such that nothing that is done is lost.

    Attempts at a question follow each other, those that end right last; a prediction once
    committed stays; of two models that of ``known`` stays unless it has done no task.
    """
    content = lesson(int(name))
    out = {**more, **known}
    for key in known.keys() & more.keys():
        if isinstance(known[key], list):
            first, last = known[key], more[key]
            if content.is_done(key, known):
                first, last = last, first
            out[key] = first if first == last else [*first, *last]
        elif isinstance(known[key], dict):
            out[key] = {
                "right": known[key]["right"] or more[key]["right"],
                "hints": max(known[key]["hints"], more[key]["hints"]),
            }
    if len(content.done_of(more)) > len(content.done_of(known)) and SCRIPT in more:
        out[SCRIPT] = more[SCRIPT]
    return out


def to_code(answers: Answers) -> str:
    """Return the answers to the lessons there are as a short text of letters, digits, - and _."""
    kept = {
        n: [_mark(n), *(answers[f"{n}"].get(key) for key in (*lesson(n).keys, SCRIPT))]
        for n in numbers()
        if answers.get(f"{n}")
    }
    packer = zlib.compressobj(9, wbits=-15, zdict=_COMMON)
    plain = json.dumps(kept, separators=(",", ":")).encode()
    packed = packer.compress(plain) + packer.flush()
    check = zlib.crc32(packed).to_bytes(4, "big")[:2]
    return START + base64.urlsafe_b64encode(packed + check).decode().rstrip("=")


def from_code(code: str) -> Answers:
    """Return the answers in a code; blanks and line breaks in it do not matter.

    Raises
    ------
    DataError
        If it is no code, not all of one, or made by other lessons than these.
    """
    text = "".join(code.split())
    if not text.startswith(START):
        raise DataError(f"This is not a code of tutorkit: one begins with '{START}'")
    try:
        body = text.removeprefix(START)
        content = base64.b64decode(body + "=" * (-len(body) % 4), b"-_", validate=True)
        packed, check = content[:-2], content[-2:]
        if zlib.crc32(packed).to_bytes(4, "big")[:2] != check:
            raise ValueError("changed")
        plain = zlib.decompressobj(wbits=-15, zdict=_COMMON).decompress(packed, 1_000_000)
        kept = {int(n): values for n, values in json.loads(plain).items()}
    except (ValueError, zlib.error):
        hint = "Copy all of it, from the first letter to the last."
        raise DataError("This code is not complete", hint) from None
    if any(n not in numbers() or values[0] != _mark(n) for n, values in kept.items()):
        hint = "It can be used only with the version of tutorkit that made it."
        raise DataError("This code was made by other lessons than these", hint)
    found: Answers = {}
    for n, (_, *values) in kept.items():
        pairs = zip((*lesson(n).keys, SCRIPT), values, strict=True)
        known = {key: value for key, value in pairs if value is not None}
        found[f"{n}"] = _possible(f"{n}", known)
    return found


def _mark(number: int) -> int:
    """Return a number that changes with what a lesson asks."""
    return zlib.crc32(" ".join(lesson(number).keys).encode()) % 1000


def _checked(content: Any) -> Answers:
    """Return the answers in the content of a file; errors if it is anything else.

    What a lesson does not ask, and answers that cannot be, are left out.
    """
    if content["version"] != VERSION:
        raise ValueError("another version")
    found = {str(name): dict(answers.items()) for name, answers in content["answers"].items()}
    return {name: _possible(name, answers) for name, answers in found.items()}


def _possible(name: str, answers: dict[str, Any]) -> dict[str, Any]:
    if name not in map(str, numbers()):
        return answers  # of another version, which may want it back
    content = lesson(int(name))
    return {
        key: value for key, value in answers.items()
        if (isinstance(value, str) if key == SCRIPT else content.is_possible(key, value))
    }  # fmt: skip
