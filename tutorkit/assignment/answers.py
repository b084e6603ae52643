"""A student's answers as a file: what it holds, and how it is read, whoever wrote it.

Nothing in it is run, and nothing is taken for granted: size, depth, types, numbers and letters are
looked at before anything else is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from tutorkit.comparison.tables import compare, focal_values
from tutorkit.diagnostics import bulk_sizes, split_psr
from tutorkit.draws import Draws
from tutorkit.errors import DataError
from tutorkit.model.script import render

VERSION = 1
MOST_BYTES = 1_000_000
LONGEST = 20_000  # letters of a text
MOST_ROWS = 200
ESTIMATE = ("estimate", "sd", "lower", "upper", "mcse")


@dataclass(frozen=True)
class RunSummary:
    """What is handed in of a run: its model and settings, and each focal parameter's estimate.

    ``psr`` and ``ess`` are the worst of the focal parameters. ``estimates`` has, by short name as
    in `tutorkit.compare`, ``estimate`` (the posterior median), ``sd``, ``lower``, ``upper`` and
    ``mcse``.
    """

    script: str
    seed: int
    chains: int
    burn: int
    iterations: int
    stopped: bool
    psr: float
    ess: float
    estimates: Mapping[str, Mapping[str, float]]
    made: str = ""


@dataclass(frozen=True)
class Answers:
    """All that a student hands in.

    ``script`` is the model as it stands, ``run`` the run that counts. ``given`` has predictions and
    answers by key: the index of a choice, or a text. ``submitted`` is a time by the student's own
    clock, "" as long as the work is not handed in.
    """

    assignment: str
    handle: str
    sha256: str
    version: str = ""
    submitted: str = ""
    script: str = ""
    run: RunSummary | None = None
    given: Mapping[str, int | str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the answers as the text of a file."""
        tree = {"tutorkit": VERSION, **asdict(self)}
        text = json.dumps(tree, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
        return text.encode("utf-8", "replace").decode()  # half a letter cannot be written


def summary_of(draws: Draws) -> RunSummary:
    """Return what is handed in of a run.

    Raises
    ------
    TutorkitError
        If it kept no draw.
    """
    values = focal_values("run", draws)
    table = compare({"run": draws}).set_index("parameter")
    rows = {
        str(name): {key: float(row[key]) for key in ESTIMATE if math.isfinite(row[key])}
        for name, row in table.iterrows()
    }
    psr, ess = np.nanmax(split_psr(values)), np.nanmin(bulk_sizes(values))
    return RunSummary(
        script=render(draws.spec),
        seed=int(draws.seed),
        chains=draws.spec.chains,
        burn=draws.spec.burn,
        iterations=draws.n_kept,
        stopped=draws.stopped,
        psr=float(psr) if np.isfinite(psr) else 0.0,
        ess=float(ess) if np.isfinite(ess) else 0.0,
        estimates=rows,
        made=datetime.now().astimezone().isoformat(timespec="seconds"),
    )


def read_answers(content: bytes) -> Answers:
    """Read the content of an answers file, whoever wrote it.

    Raises
    ------
    DataError
        If it is anything else; the message is a sentence about "it".
    """
    if len(content) > MOST_BYTES:
        raise DataError(f"It is larger than {MOST_BYTES / 1e6:.0f} MB: no answers are")
    if not content.strip():
        raise DataError("It is empty")
    try:
        text = content.decode("utf-8-sig")
        tree = json.loads(text, parse_constant=_refuse, object_pairs_hook=_once)
        json.dumps(tree, ensure_ascii=False).encode()  # half a letter cannot be written anywhere
    except UnicodeError:
        raise DataError("It holds signs that are no text") from None
    except RecursionError:
        raise DataError("It is nested too deeply") from None
    except ValueError as error:
        what = str(error) if isinstance(error, _Refused) else "it breaks off or was changed"
        raise DataError(f"It is not JSON as tutorkit writes it: {what}") from None
    try:
        return _answers(tree)
    except (LookupError, TypeError, AttributeError, OverflowError, ValueError) as error:
        what = f": {error}" if isinstance(error, _Refused) else ""
        raise DataError(f"It does not hold what an answers file holds{what}") from None


class _Refused(ValueError):
    """Something in a file that cannot be, in words."""


def _refuse(constant: str) -> Any:
    raise _Refused(f"{constant} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("something is said twice")
    return found


def _answers(tree: Any) -> Answers:
    if not isinstance(tree, dict) or tree.get("tutorkit") != VERSION:
        raise _Refused("it was not written by submit()")
    texts = {key: _text(tree, key) for key in Answers.__dataclass_fields__ if key not in _OTHER}
    run = tree["run"]
    return Answers(run=None if run is None else _run(run), given=_given(tree["given"]), **texts)


_OTHER = ("run", "given")


def _run(tree: dict[str, Any]) -> RunSummary:
    estimates = tree["estimates"]
    if not isinstance(estimates, dict) or len(estimates) > MOST_ROWS:
        raise _Refused("'estimates' is too long")
    rows = {
        _short(name): {key: _number(row, key) for key in ESTIMATE if key in row}
        for name, row in estimates.items()
    }
    if any("estimate" not in row for row in rows.values()):
        raise _Refused("an estimate has no value")
    stopped = tree["stopped"]
    if not isinstance(stopped, bool):
        raise _Refused("'stopped' is not true or false")
    counts = {key: _count(tree, key) for key in ("seed", "chains", "burn", "iterations")}
    return RunSummary(
        script=_text(tree, "script"),
        stopped=stopped,
        psr=_number(tree, "psr"),
        ess=_number(tree, "ess"),
        estimates=rows,
        made=_text(tree, "made"),
        **counts,
    )


def _given(tree: Any) -> dict[str, int | str]:
    if not isinstance(tree, dict) or len(tree) > MOST_ROWS:
        raise _Refused("'given' is too long")
    for key, value in tree.items():
        whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_ROWS
        if not (whole or (isinstance(value, str) and len(value) <= LONGEST)):
            raise _Refused(f"the answer to '{_short(key)}' is no text and no choice")
    return {_short(key): value for key, value in tree.items()}


def _text(tree: dict[str, Any], key: str) -> str:
    value = tree[key]
    if not isinstance(value, str) or len(value) > LONGEST:
        raise _Refused(f"'{key}' is no text, or is too long")
    return value


def _short(text: str) -> str:
    if len(text) > 100:
        raise _Refused("a name is too long")
    return text


def _number(tree: Mapping[str, Any], key: str) -> float:
    value = tree[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        raise _Refused(f"'{key}' is no number that can be")
    return float(value)


def _count(tree: dict[str, Any], key: str) -> int:
    value = tree[key]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1e12:
        raise _Refused(f"'{key}' is no whole number that can be")
    return value
