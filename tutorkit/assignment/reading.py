"""Read an assignment's file, and say what is wrong with it."""

from __future__ import annotations

import contextlib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from tutorkit.assignment.data_plan import OUTCOME, PREDICTORS, PRODUCT, DataPlan, data_plan
from tutorkit.assignment.description import Assignment, Criteria, Item, Points
from tutorkit.assignment.task_text import task_text
from tutorkit.errors import DataError, SpecError, TutorkitError, did_you_mean
from tutorkit.teaching.checking import ROLES

EXAMPLE = Path(__file__).parent / "example.toml"
PARTS = ("key", "title", "text", "due", "late", "late_penalty", "visible", "iterations",
         "data", "points", "criteria", "prediction", "question")  # fmt: skip
COLUMNS = ("student", "name", "status", "total", "notes")  # of the table of grades
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
Types = dict[str, tuple[type, ...]]
NUMBER, TEXT = (int, float), (str,)
DATA: Types = {
    "template": TEXT, "mnar": TEXT, "random_slope": TEXT, "strength": NUMBER,
    "interaction": (bool,), "clusters": (int,), "cluster_size": (int,),
    "rates": (dict,), "also": (dict,), "mar": (dict,),
}  # fmt: skip


def read_assignment(path: str | os.PathLike[str]) -> Assignment:
    """Read an assignment's file.

    Raises
    ------
    DataError
        If there is no such file, or it is no TOML.
    SpecError
        If what it says cannot be.
    """
    file = Path(path)
    try:
        tree = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        hint = "'tutorkit assign init' writes one to begin with."
        raise DataError(f"There is no assignment file '{file}'", hint) from None
    except OSError as error:
        raise DataError(f"'{file}' cannot be opened: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DataError(f"'{file}' is not a text file in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"'{file.name}' cannot be read: {error}") from None
    except RecursionError:
        raise DataError(f"'{file.name}' cannot be read: it is nested too deeply") from None
    try:
        return assignment_of(tree)
    except TutorkitError as error:
        raise SpecError(f"{file.name}: {error.message}", error.hint) from None


def assignment_of(tree: Mapping[str, Any]) -> Assignment:
    """Return the assignment that a tree of plain values, as TOML or JSON hold it, describes.

    Raises
    ------
    SpecError
        If what it says cannot be.
    """
    _only(tree, PARTS, "the assignment")
    key, title = _key(tree), _need(tree, "title", "the assignment")
    given = _typed(tree.get("data", {}), DATA, "[data]")
    for name in ("rates", "also"):
        _typed(given.get(name, {}), dict.fromkeys(given.get(name, {}), NUMBER), f"data.{name}")
    _typed(given.get("mar", {}), dict.fromkeys(given.get("mar", {}), TEXT), "data.mar")
    plan = data_plan(given)
    criteria = _criteria(tree.get("criteria", {}), plan)
    points = Points(**_typed(tree.get("points", {}), _numbers(Points), "[points]"))
    items = tuple(_items(tree))
    found = Assignment(
        key=key,
        title=title,
        text=_one(tree, "text", TEXT, "").strip() or task_text(plan),
        data=plan,
        due=_due(tree.get("due")),
        late=_choice(tree, "late", ("mark", "refuse")),
        late_penalty=_share(tree),
        visible=_visible(tree),
        points=points,
        criteria=criteria,
        items=items,
        iterations=_one(tree, "iterations", (int,), 8000),
    )
    _check(found)
    return found


def _items(tree: Mapping[str, Any]) -> list[Item]:
    out = []
    for kind in ("prediction", "question"):
        tables = _one(tree, kind, (list,), [])
        for k, table in enumerate(tables, start=1):
            where = f"[[{kind}]] number {k}"
            if not isinstance(table, dict):
                raise SpecError(f"{where} is not a table", f"Write [[{kind}]] above its lines.")
            known: Types = {"key": TEXT, "text": TEXT, "choices": (list,)}
            if kind == "question":
                known |= {"points": NUMBER, "right": TEXT, "rubric": TEXT}
            _typed(table, known, where)
            out.append(_item(table, kind, where))
    again = [item.key for k, item in enumerate(out) if item.key in {i.key for i in out[:k]}]
    ours = {*(part.name for part in fields(Points)), *COLUMNS}
    taken = [item.key for item in out if item.key in ours]
    if again or taken:
        raise SpecError(f"The key '{(again or taken)[0]}' is taken", "Give each question its own.")
    return out


def _item(table: Mapping[str, Any], kind: str, where: str) -> Item:
    key, text = _need(table, "key", where), _need(table, "text", where)
    if not KEY.fullmatch(key):
        raise SpecError(f"{where} has the key '{key}'", "Use small letters, digits and hyphens.")
    choices = tuple(table.get("choices", ()))
    if any(not isinstance(choice, str) or not choice.strip() for choice in choices):
        raise SpecError(f"{where} has a choice that is not a text")
    if len(set(choices)) != len(choices) or len(choices) == 1:
        raise SpecError(f"{where} needs two choices or more, all different")
    points, right = float(table.get("points", 0)), table.get("right")
    if kind == "prediction":
        if not choices:
            raise SpecError(f"{where} has no choices", 'Add: choices = ["…", "…"]')
        return Item(key, text, "prediction", choices)
    if bool(choices) != (right is not None):
        hint = "'right' is the text of one of the 'choices'; written questions have neither."
        raise SpecError(f"{where} has {'choices' if choices else 'right'} alone", hint)
    if choices and right not in choices:
        raise SpecError(f"'{right}' is none of the choices of {where}")
    if not 0 <= points <= 1000:
        raise SpecError(f"{where} has {points:g} points")
    index = choices.index(str(right)) if choices else None
    marked = "choice" if choices else "written"
    return Item(key, text, marked, choices, points, index, table.get("rubric", ""))  # type: ignore[arg-type]


def _criteria(table: Mapping[str, Any], plan: DataPlan) -> Criteria:
    known: Types = _numbers(Criteria) | {"parameters": (list,)}
    parts = dict(_typed(table, known, "[criteria]"))
    names = ("Intercept", *PREDICTORS, *([PRODUCT] if plan.interaction else []))
    for name in parts.get("parameters", ()):
        if name not in names:
            what = f"[criteria] names the parameter '{name}'"
            raise SpecError(what, did_you_mean(str(name), names))
    parts["parameters"] = tuple(parts.get("parameters", names))
    criteria = Criteria(**parts)
    if not criteria.parameters:
        raise SpecError("[criteria] lists no parameters", f"Such as those of {OUTCOME}: x1i.")
    if not (criteria.psr > 1 and criteria.ess > 0 and 0 < criteria.full <= criteria.half):
        hint = "psr is above 1, ess above 0, and 0 < full <= half, in posterior SDs."
        raise SpecError("[criteria] cannot be met as it stands", hint)
    return criteria


def _due(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str):  # as JSON has it
        with contextlib.suppress(ValueError):
            value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        hint = "With the distance from UTC: due = 2026-12-11T23:59:00+01:00"
        raise SpecError("'due' is no time that is the same everywhere", hint)
    return value


def _visible(tree: Mapping[str, Any]) -> tuple[Any, ...]:
    names = _one(tree, "visible", (list,), ["focal"])
    for name in names:
        if name not in ROLES:
            raise SpecError(f"'visible' names {name!r}", did_you_mean(str(name), ROLES))
    if names and "focal" not in names:
        hint = "Add 'focal': the task says in words what it is."
        raise SpecError("'visible' leaves out the focal model", hint)
    return tuple(role for role in ROLES if role in names)


def _share(tree: Mapping[str, Any]) -> float:
    share = float(_one(tree, "late_penalty", NUMBER, 0.0))
    if not 0 <= share <= 1:
        raise SpecError(f"'late_penalty' is {share:g}", "A share of the marks: 0.1 for a tenth.")
    return share


def _key(tree: Mapping[str, Any]) -> str:
    key = _need(tree, "key", "the assignment")
    if not KEY.fullmatch(key):
        hint = "Up to 40 small letters, digits, hyphens and underscores: it names files."
        raise SpecError(f"'{key}' cannot be the key of an assignment", hint)
    return key


def _check(assignment: Assignment) -> None:
    if any(not 0 <= points <= 1000 for points in assignment.points.parts.values()):
        raise SpecError("[points] must lie from 0 to 1000")
    if not assignment.out_of:
        raise SpecError("The assignment has no points")
    if not 200 <= assignment.iterations <= 1_000_000:
        raise SpecError("'iterations' must be from 200 to 1,000,000")


def _numbers(cls: type) -> Types:
    return {part.name: NUMBER for part in fields(cls) if part.name != "parameters"}


def _need(table: Mapping[str, Any], name: str, where: str) -> str:
    value = _one(table, name, TEXT, "").strip()
    if not value:
        raise SpecError(f"{where[0].upper()}{where[1:]} has no '{name}'")
    return str(value)


def _choice(table: Mapping[str, Any], name: str, known: tuple[str, ...]) -> Any:
    value = _one(table, name, TEXT, known[0])
    if value not in known:
        raise SpecError(f"'{name}' is '{value}'", did_you_mean(value, known))
    return value


def _one(table: Mapping[str, Any], name: str, types: tuple[type, ...], default: Any) -> Any:
    return _typed({k: v for k, v in table.items() if k == name}, {name: types}, "").get(
        name, default
    )


def _typed(table: Any, known: Mapping[str, tuple[type, ...]], where: str) -> dict[str, Any]:
    """Demand that a table has known keys only, with values of their types."""
    if not isinstance(table, dict):
        raise SpecError(f"{where} is not a table")
    _only(table, tuple(known), where)
    for name, value in table.items():
        types = known[name]
        wrong = not isinstance(value, types) or (isinstance(value, bool) and bool not in types)
        if wrong or (isinstance(value, int | float) and not abs(value) < 1e9):
            kinds = {int: "a number", float: "a number", str: "a text", list: "a list",
                     dict: "a table", bool: "true or false"}  # fmt: skip
            inside = f" of {where}" if where else ""
            raise SpecError(f"'{name}'{inside} must be {kinds[types[-1]]}, not {value!r:.60}")
    return table


def _only(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in table:
        if name not in known:
            raise SpecError(f"'{name}' is not part of {where}", did_you_mean(name, known))
