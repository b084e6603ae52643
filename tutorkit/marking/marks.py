"""Mark one student's answers by the assignment's rubric."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tutorkit.assignment.answers import Answers, RunSummary
from tutorkit.assignment.description import Assignment, Item
from tutorkit.assignment.ledger import Issued
from tutorkit.assignment.target import nearness, same_model, target_of
from tutorkit.errors import TutorkitError
from tutorkit.model.script import parse
from tutorkit.model.spec import ModelSpec
from tutorkit.teaching.checking import ROLES

NAMES = {
    "focal": "Focal model", "auxiliary": "Auxiliary models", "selection": "Selection model",
    "convergence": "Convergence", "estimates": "Estimates",
}  # fmt: skip
ERRORS = 3  # Monte Carlo standard errors that are allowed for
LARGEST_ERROR = 0.1  # of the student's own, in posterior SDs: more is no Monte Carlo error
FAR = 0.5  # posterior SDs between listwise and reference from which on they can be told apart


@dataclass(frozen=True)
class Part:
    """Marks for one part of the rubric, and why; ``points`` is None until somebody marks it."""

    key: str
    name: str
    points: float | None
    out_of: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Marked:
    """All parts, and what is for the instructor alone.

    ``mistakes`` are those of the model in the words of `tutorkit.teaching`; ``doubts`` name figures
    that should be looked at.
    """

    parts: tuple[Part, ...]
    mistakes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """The points so far."""
        return sum(part.points or 0.0 for part in self.parts)

    @property
    def pending(self) -> tuple[str, ...]:
        """The keys of what is still to be marked by hand."""
        return tuple(part.key for part in self.parts if part.points is None)

    def with_hand_marks(self, marks: Mapping[str, tuple[float, str]]) -> Marked:
        """Return the same with marks and comments given by hand, by key."""
        parts = tuple(
            replace(part, points=marks[part.key][0], words=_comment(marks[part.key][1]))
            if part.key in marks
            else part
            for part in self.parts
        )
        return replace(self, parts=parts)


def mark(assignment: Assignment, issued: Issued, answers: Answers) -> Marked:
    """Mark answers by what was issued to the student whose they are.

    The model is that of the run that was handed in, or the script if there is no run. Models are
    marked by term (see `nearness`). A run has converged by the assignment's criteria, half of
    the points for PSR and half for effective draws. An estimate is held against the reference
    posterior of the student's own data: with SD and Monte Carlo error of the reference s and e, and
    e' of the student's own (at most s/10), it gets full marks within
    ``full`` s + 3 sqrt(e² + e'²), half within ``half`` in place of ``full``.
    """
    run, doubts = answers.run, []
    script = run.script if run is not None else answers.script
    spec, problem = _read(script)
    parts, mistakes = [], []
    points, target = assignment.points.parts, target_of(assignment.data)
    for role in ROLES:
        if role in points:
            credit, found = nearness(spec, target, role)
            words = [f"{f.what} {f.why}".strip() for f in found] or ["As asked for."]
            mistakes += [f.what for f in found]
            words = [problem] if problem else words
            parts.append(_part(role, credit, points[role], words))
    trouble = _trouble(answers, issued)
    if trouble:
        doubts.append(trouble)
    for key, judge in (("convergence", _converged), ("estimates", _estimates)):
        if key in points:
            credit, words = (0.0, [trouble]) if trouble else judge(assignment, issued, run)
            parts.append(_part(key, credit, points[key], words))
    for item in assignment.items:
        if item.points:
            parts.append(_answered(item, answers.given.get(item.key)))
    if run is not None and answers.script not in ("", run.script) and not problem:
        if not same_model(_read(answers.script)[0], spec):
            doubts.append("The model was changed after the run; that of the run counts.")
    return Marked(tuple(parts), tuple(mistakes), tuple(doubts))


def no_marks(assignment: Assignment, why: str) -> Marked:
    """Return the marks of work that does not count: none."""
    parts = tuple(
        Part(key, NAMES.get(key) or _title(assignment.item(key)), 0.0, out_of)
        for key, out_of in assignment.marked.items()
    )
    return Marked(parts, doubts=(why,))


def _part(key: str, credit: float, out_of: float, words: list[str]) -> Part:
    return Part(key, NAMES[key], round(credit * out_of, 2), out_of, tuple(words))


def _read(script: str) -> tuple[ModelSpec | None, str]:
    """Return the model of a script, and what is wrong with it."""
    if not script.strip():
        return None, "There is no model."
    try:
        return parse(script), ""
    except TutorkitError as error:
        return None, f"The script cannot be read: {error.message}."


def _trouble(answers: Answers, issued: Issued) -> str:
    """Say why the figures of a run cannot count, "" if they can."""
    run = answers.run
    if answers.sha256 != issued.sha256:
        return "The figures are of other data than those that were issued."
    if run is None:
        return ""
    if not (run.psr == 0 or run.psr >= 0.9) or run.ess > 10 * max(run.iterations, 1):
        return "PSR and effective draws cannot be of a run of this length."
    for name, row in run.estimates.items():
        low, high = row.get("lower", -math.inf), row.get("upper", math.inf)
        if not low <= row["estimate"] <= high or row.get("sd", 1) < 0 or row.get("mcse", 0) < 0:
            return f"The figures of {name} contradict each other."
    return ""


def _converged(
    assignment: Assignment, _: Issued, run: RunSummary | None
) -> tuple[float, list[str]]:
    if run is None:
        return 0.0, ["There is no run."]
    wanted = assignment.criteria
    good_psr, good_ess = 0 < run.psr <= wanted.psr, run.ess >= wanted.ess
    words = [
        f"PSR {run.psr:.3f}, at most {wanted.psr:g} is asked for{_sign(good_psr)}",
        f"{run.ess:,.0f} effective draws, at least {wanted.ess:,.0f} are asked for"
        f"{_sign(good_ess)}",
    ]
    return (good_psr + good_ess) / 2, words


def _estimates(
    assignment: Assignment, issued: Issued, run: RunSummary | None
) -> tuple[float, list[str]]:
    if run is None:
        return 0.0, ["There is no run."]
    found = [_estimate(assignment, issued, run, name) for name in assignment.criteria.parameters]
    return sum(credit for credit, _ in found) / len(found), [words for _, words in found]


def _estimate(
    assignment: Assignment, issued: Issued, run: RunSummary, name: str
) -> tuple[float, str]:
    """Hold one estimate against the reference posterior."""
    row, reference = _row(run, name), issued.reference[name]
    if row is None:
        return 0.0, f"{name}: the run has none."
    sd, wanted = reference["sd"], assignment.criteria
    own_error = min(row.get("mcse", LARGEST_ERROR * sd), LARGEST_ERROR * sd)
    allowed = ERRORS * math.hypot(reference["mcse"], own_error)
    off = abs(row["estimate"] - reference["median"])
    credit = 1.0 if off <= wanted.full * sd + allowed else 0.5 * (off <= wanted.half * sd + allowed)
    words = (
        f"{name}: {row['estimate']:.2f}; the reference for your data is "
        f"{reference['median']:.2f} (SD {sd:.2f}): {off / sd:.1f} SDs away"
        f"{': half of its marks.' if credit == 0.5 else ': ✓' if credit else ': no marks.'}"
    )
    listwise = issued.listwise.get(name, math.nan)
    apart = abs(listwise - reference["median"]) > FAR * sd
    if credit == 0 and apart and abs(row["estimate"] - listwise) < 0.1 * sd:
        words += " This is what listwise deletion gives."
    return credit, words


def _row(run: RunSummary, name: str) -> Mapping[str, float] | None:
    """Return the estimate of a coefficient, in whatever order a product's factors stand."""
    same = sorted(name.split("*"))
    return next((row for own, row in run.estimates.items() if sorted(own.split("*")) == same), None)


def _answered(item: Item, given: int | str | None) -> Part:
    title = _title(item)
    if item.kind == "written":
        if not isinstance(given, str) or not given.strip():
            return Part(item.key, title, 0.0, item.points, ("There is no answer.",))
        return Part(item.key, title, None, item.points, ("To be marked.",))
    if isinstance(given, bool) or not isinstance(given, int) or given >= len(item.choices):
        return Part(item.key, title, 0.0, item.points, ("There is no answer.",))
    right = given == item.right
    words = f"You chose: {item.choices[given]}.{'' if right else ' That is not so.'}"
    return Part(item.key, title, item.points * right, item.points, (words,))


def _title(item: Item | None) -> str:
    return item.text if item is not None else ""


def _sign(good: bool) -> str:
    return ": ✓" if good else "."


def _comment(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
