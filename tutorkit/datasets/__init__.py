"""The chapter's data and exercise data, reconstructed, with the true values that made them.

They are not the chapter authors' files; see `about` and README.md in this folder.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tutorkit.errors import DataError, did_you_mean

__all__ = ["about", "load", "names", "path", "script", "truth"]

_LABEL = (
    "A reconstruction by tutorkit's authors, not the chapter authors' file, which we never had: "
)
_ABOUT = {
    "04_multilevel": _LABEL
    + "simulated data, calibrated and selected so that the chapter's table 7.1 comes out. Row "
    "values carry no information about the original rows, and listwise deletion does more harm "
    "than in a typical draw: x1i drops by .18 where about .07 is typical.",
    "exercise_04": _LABEL
    + "simulated data of the kind the chapter's exercise describes. Nothing is calibrated; the "
    "seed was chosen among 400.",
}

_SAME_IN_BOTH = {
    ("y", "Intercept"): 0.0,
    ("y", "x1i"): 1.0,
    ("y", "x2i"): 1.0,
    ("y", "x3i"): 1.0,
    ("y", "Residual Var."): 1.0,
    ("y", "L2 : Var(Intercept)"): 0.2,
    ("x1i", "L2 : Var(Intercept)"): 0.0,
    ("x2i", "L2 : Var(Intercept)"): 0.0,
}
_TRUTH = {
    "04_multilevel": _SAME_IN_BOTH
    | {
        ("y", "x2i*x3i"): 1.0,
        ("y", "L2 : Cov(x1i,Intercept)"): 0.1,
        ("y", "L2 : Var(x1i)"): 0.2,
        ("x1i", "Intercept"): 0.025,
        ("x1i", "x2i"): 0.33,
        ("x1i", "x3i"): 0.294,
        ("x1i", "Residual Var."): 0.782,
        ("x2i", "Intercept"): -0.04,
        ("x2i", "x3i"): 0.34,
        ("x2i", "Residual Var."): 0.869,
        ("y.missing", "Intercept"): -1.049,
        ("y.missing", "y"): 0.4,
        ("y.missing", "x1i"): 0.0,
        ("y.missing", "x2i"): 0.0,
        ("y.missing", "x3i"): 0.0,
        ("y.missing", "x2i*x3i"): 0.0,
        ("y.missing", "L2 : Var(Intercept)"): 0.0,
        ("y.missing", "Residual Var."): 1.0,
    },
    "exercise_04": _SAME_IN_BOTH
    | {
        ("y", "L2 : Cov(x3i,Intercept)"): 0.1,
        ("y", "L2 : Var(x3i)"): 0.2,
        ("x1i", "Intercept"): 0.0,
        ("x1i", "x2i"): 0.3,
        ("x1i", "x3i"): 0.3,
        ("x1i", "Residual Var."): 0.757,
        ("x2i", "Intercept"): 0.0,
        ("x2i", "x3i"): 0.35,
        ("x2i", "Residual Var."): 0.8775,
        # The 132 (72) largest propensities are missing: a cut, not a fixed probit intercept. These
        # two make the expected counts 132 and 72, so they hold to a few hundredths only.
        ("x1i.missing", "Intercept"): -2.00,
        ("x1i.missing", "x1i"): 1.0,
        ("x1i.missing", "y"): 0.6,
        ("x1i.missing", "x2i"): 0.0,
        ("x1i.missing", "x3i"): 0.0,
        ("x1i.missing", "L2 : Var(Intercept)"): 0.0,
        ("x1i.missing", "Residual Var."): 1.0,
        ("x2i.missing", "Intercept"): -1.69,
        ("x2i.missing", "x3i"): 1.0,
        ("x2i.missing", "x2i"): 0.0,
        ("x2i.missing", "x1i"): 0.0,
        ("x2i.missing", "y"): 0.0,
        ("x2i.missing", "L2 : Var(Intercept)"): 0.0,
        ("x2i.missing", "Residual Var."): 1.0,
    },
}


def names() -> tuple[str, ...]:
    """Return the names of the data sets."""
    return tuple(_ABOUT)


def about(name: str) -> str:
    """Say what the data set is, and what it is not."""
    return _ABOUT[_known(name)]


def path(name: str, complete: bool = False) -> Path:
    """Return the csv file, with ``complete`` the one before values were deleted."""
    return Path(__file__).parent / f"{_known(name)}{'_complete' * complete}.csv"


def load(name: str, complete: bool = False) -> pd.DataFrame:
    """Return the data, (600 rows; y, x1i, x2i, x3i, j), nan where a value is missing.

    With ``complete`` nothing is missing: the same rows before values were deleted.
    """
    return pd.read_csv(path(name, complete))


def truth(name: str) -> dict[tuple[str, str], float]:
    """Return the values that simulated the data, keyed by outcome and parameter.

    Names are spelled as in the chapter's output, e.g. ("y", "L2 : Var(x1i)"). Variances are
    variances; ``.missing`` equations are probits with residual variance 1. Intercepts of
    ``.missing`` equations are approximate, as the counts of missing values were fixed. Not listed:
    x1i.missing of the chapter data, which no single probit describes (README.md), and x2i.missing,
    which is chance alone.
    """
    return dict(_TRUTH[_known(name)])


def script(name: str) -> str:
    """Return the chapter's script for a data set, to be read by `tutorkit.parse`.

    Raises
    ------
    DataError
        For an unknown name, and for the exercise: its model is the learner's to build.
    """
    file = path(name).with_suffix(".imp")
    if not file.exists():
        raise DataError(f"'{name}' has no script", "It is an exercise: build its model yourself.")
    return file.read_text(encoding="utf-8")


def _known(name: str) -> str:
    if name not in _ABOUT:
        raise DataError(f"There is no data set '{name}'", did_you_mean(name, _ABOUT))
    return name
