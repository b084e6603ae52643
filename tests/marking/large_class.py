"""What the tests of the class of 120 share."""

import csv
import math

from classroom import RIGHT, script

N = 120
MODELS = {  # what part of focal, auxiliary and selection model is right, counted by hand
    "right": (RIGHT, 1, 1, 1),
    "few predictors of missingness": (script(selection="selection: x1i.missing ~ x1i y;"), 1, 1, 1),
    "other order": (script(auxiliary="auxiliary: x2i x1i ~ x3i;"), 1, 1, 1),
    "no random slope": (script(focal="focal: y ~ x1i x2i x3i;"), 6 / 7, 1, 1),
    "x2i forgotten": (script(focal="focal: y ~ x1i x3i | x3i;"), 6 / 7, 1, 1),
    "MAR": (script(selection=""), 1, 1, 0),
    "no auxiliary models": (script(auxiliary="", fixed=""), 1, 0, 1),
    "missing by y only": (script(selection="selection: x1i.missing ~ y;"), 1, 1, 2 / 3),
    "missing by itself only": (script(selection="selection: x1i.missing ~ x1i;"), 1, 1, 2 / 3),
    "the other variable": (script(selection="selection: x2i.missing ~ x2i;"), 1, 1, 0),
    "a product too many": (script(focal="focal: y ~ x1i x2i x3i x2i*x3i | x3i;"), 6 / 7, 1, 1),
    "one auxiliary model": (script(auxiliary="auxiliary: x1i ~ x3i;", fixed=""), 1, 2 / 5, 1),
}  # fmt: skip
SEED = 20  # of the honest runs; each has its own


def student(k):
    return f"s{k:03d}"


def parts(outcome):
    return {part.key: part.points for part in outcome.marked.parts}


def table(graded, name, separator=","):
    with (graded.out / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=separator))


def deserved(run, issued):
    """Return the points for estimates by the rule of the guide, worked out again."""
    points = 0.0
    for parameter in ("Intercept", "x1i", "x2i", "x3i"):
        row, reference = run.estimates.get(parameter), issued.reference[parameter]
        if row is None:
            continue
        own = min(row["mcse"], reference["sd"] / 10)
        error = 3 * math.sqrt(reference["mcse"] ** 2 + own**2)
        off = abs(row["estimate"] - reference["median"])
        full, half = (off <= share * reference["sd"] + error for share in (0.25, 0.5))
        points += 1 if full else 0.5 * half
    return points
