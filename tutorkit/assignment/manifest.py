"""What goes with a student's data: whose they are, and what is asked, without what is right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tutorkit.assignment.description import Assignment, Item
from tutorkit.assignment.target import Target, target_of
from tutorkit.errors import DataError
from tutorkit.formulas import Role, role_of
from tutorkit.model.script import parse, render
from tutorkit.model.spec import ModelSpec

VERSION = 1
FILE, DATA, NOTEBOOK, WORK, ANSWERS = (
    "manifest.json", "data.csv", "assignment.ipynb", "my-work.json", "answers.json",
)  # fmt: skip


@dataclass(frozen=True)
class Manifest:
    """A student's part of an assignment.

    ``models`` are scripts of what may be checked while one works: the ``visible`` parts of the
    right models. If the selection model is visible, ``causes`` has its indicator with what is asked
    for in it, and ``free`` the indicators that may have models or not.
    """

    assignment: str
    handle: str
    sha256: str
    title: str
    text: str
    due: str
    points: Mapping[str, float]
    criteria: Mapping[str, float]
    items: tuple[Item, ...]
    models: tuple[str, ...]
    visible: tuple[Role, ...]
    causes: Mapping[str, Sequence[str]]
    free: tuple[str, ...]

    @property
    def target(self) -> Target:
        """What the visible parts of a model are held against."""
        models = tuple(map(parse, self.models))
        (indicator, causes), *_ = [*self.causes.items(), ("", ())]
        return Target(models, indicator, tuple(causes), self.free)

    @property
    def predictions(self) -> tuple[Item, ...]:
        """What is predicted before the run."""
        return tuple(item for item in self.items if item.kind == "prediction")


def manifest_of(assignment: Assignment, handle: str, sha256: str, due: str) -> dict[str, Any]:
    """Return the manifest of one student, as JSON holds it."""
    criteria, target = assignment.criteria, target_of(assignment.data)
    told = "selection" in assignment.visible
    return {
        "tutorkit": VERSION,
        "version": version("tutorkit"),
        "assignment": assignment.key,
        "handle": handle,
        "sha256": sha256,
        "title": assignment.title,
        "text": assignment.text,
        "due": due,
        "points": assignment.marked,
        "criteria": {"psr": criteria.psr, "ess": criteria.ess},
        "items": [
            {"key": i.key, "text": i.text, "kind": i.kind, "choices": list(i.choices),
             "points": i.points}
            for i in assignment.items
        ],
        "visible": list(assignment.visible),
        "models": [render(model) for model in _models(assignment)],
        "causes": {target.indicator: list(target.causes)} if told else {},
        "free": list(target.free) if told else [],
    }  # fmt: skip


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest in a student's folder, and see that the data are those it is about.

    Raises
    ------
    DataError
        If a file is not there, or is not as it was handed out.
    """
    file = folder / FILE
    again = "Copy it again from where you got this assignment."
    try:
        tree = json.loads(file.read_text(encoding="utf-8"))
        if tree.pop("tutorkit") != VERSION:
            raise ValueError("another version")
        tree.pop("version")
        items = [Item(**i | {"choices": tuple(i["choices"])}) for i in tree.pop("items")]
        tree |= {name: tuple(tree[name]) for name in ("models", "visible", "free")}
        manifest = Manifest(items=tuple(items), **tree)
        if manifest.due:
            datetime.fromisoformat(manifest.due)
        data = (folder / DATA).read_bytes()
    except FileNotFoundError as error:
        what = f"There is no '{Path(error.filename).name}' beside this notebook"
        raise DataError(what, f"Notebook, data and manifest belong together. {again}") from None
    except OSError as error:
        raise DataError(f"'{error.filename}' cannot be opened: {error.strerror}") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise DataError(f"'{FILE}' is not as it was handed out", again) from None
    if hashlib.sha256(data).hexdigest() != manifest.sha256:
        hint = f"Perhaps a spreadsheet program has saved it. {again} Your answers stay."
        raise DataError(f"'{DATA}' is not as it was handed out", hint)
    return manifest


def _models(assignment: Assignment) -> list[ModelSpec]:
    """Return the visible parts of the right models."""
    visible = assignment.visible
    found = []
    for key in assignment.data.keys() if visible else ():
        equations = tuple(e for e in key.equations if role_of(key, e) in visible)
        fixed = key.fixed if "auxiliary" in visible else ()
        found.append(replace(key, equations=equations, fixed=fixed, source=None))
    return list(dict.fromkeys(found))
