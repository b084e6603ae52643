"""Whose a submission is: by the name under which it was handed in, and by the handle in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.roster import safe_name
from tutorkit.assignment.secret import same_student

CANVAS = re.compile(r"[^_]+_(?:late_)?(?P<id>\d+)_\d+_.*", re.IGNORECASE)
MOODLE = re.compile(r"(?P<name>.+)_\d+_assignsubmission_file.*", re.IGNORECASE)
LATE = re.compile(r"[^_]+_late_\d+_\d+_.*", re.IGNORECASE)


class Owners:
    """Finds students by the names of files and folders that course sites and people give."""

    def __init__(self, issued: Mapping[str, Issued]) -> None:
        self._issued = issued
        self._names: dict[str, str] = {}
        self._canvas: dict[str, str] = {}
        for key, one in issued.items():
            student = one.student
            for name in (key, student.folder, safe_name(student.student)):
                self._names[same_student(name)] = key
            if student.canvas_id:
                self._canvas[student.canvas_id] = key
        shown = [same_student(one.student.name) for one in issued.values()]
        for key, one in issued.items():
            name = same_student(one.student.name)
            if name and shown.count(name) == 1:
                self._names.setdefault(name, key)

    def of(self, place: str) -> Issued | None:
        """Return the student under whose name something was handed in, None if it does not say.

        ``place`` has the names of folders and files, with slashes between them. What is in a zip
        file was named by whoever made it, and says nothing.
        """
        for name in place.split("/"):
            found = self._named(name)
            if found is not None or name.lower().endswith(".zip"):
                return found
        return None

    def _named(self, entry: str) -> Issued | None:
        stem = entry
        if PurePosixPath(entry).suffix.lower() in (".json", ".zip"):
            stem = entry[: entry.rindex(".")]
        canvas, moodle = CANVAS.fullmatch(entry), MOODLE.fullmatch(entry)
        if canvas and canvas["id"] in self._canvas:
            return self._issued[self._canvas[canvas["id"]]]
        names = [entry, stem, re.sub(r"[ _-]answers$", "", stem, flags=re.IGNORECASE)]
        names += [moodle["name"]] if moodle else []
        found = (self._names.get(same_student(name)) for name in names)
        key = next(filter(None, found), None)
        return self._issued[key] if key is not None else None


def marked_late(entry: str) -> bool:
    """Tell whether Canvas says in a file's name that it came late."""
    return bool(LATE.fullmatch(entry))
