"""Every error a user can meet: what is wrong, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Place = tuple[str, ...]
"""Where in a model something stands, e.g. ("predictor", "y", "x1i") or ("fixed", "x3i")."""


@dataclass(frozen=True)
class Spot:
    """A stretch ``text[start:end]`` of a script, to be shown to the person who wrote it."""

    text: str
    start: int
    end: int

    @property
    def line_number(self) -> int:
        """Line of the start, counted from 1."""
        return self.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """Column of the start, counted from 1."""
        return self.start - self.text.rfind("\n", 0, self.start)

    @property
    def line(self) -> str:
        """The whole line in which the spot starts."""
        return self.text.split("\n")[self.line_number - 1].rstrip("\r")

    @property
    def width(self) -> int:
        """Characters to mark on that line, at least one."""
        return max(1, min(self.end - self.start, len(self.line) - self.column + 1))

    def shown(self, most: int = 100) -> tuple[str, int, int]:
        """Return the line fit to be printed (cut if long), and where in it the mark stands."""
        line, start = self.line, self.column - 1
        first = max(0, start - most // 2) if len(line) > most else 0
        piece = line[first : first + most]
        before, after = "…" * (first > 0), "…" * (first + most < len(line))
        at = start - first + len(before)
        plain = "".join(c if c.isprintable() else " " for c in before + piece + after)
        return plain, at, max(1, min(self.width, len(before + piece) - at))


class TutorkitError(Exception):
    """A mistake in what the user gave us.

    Parameters
    ----------
    message
        One sentence: what is wrong, without a full stop at its end.
    hint
        What to do about it, as a sentence.
    place
        Where in the model it is, when known.
    spot
        Where in the script it is, when known; shown with the stretch marked.
    """

    def __init__(
        self, message: str, hint: str = "", *, place: Place = (), spot: Spot | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.hint, self.place, self.spot = message, hint, place, spot

    def __str__(self) -> str:
        """Return the message, the script's line with the spot marked, and the hint."""
        parts = [f"{self.message}."]
        if self.spot is not None:
            gutter = f"line {self.spot.line_number}: "
            line, at, width = self.spot.shown()
            mark = " " * (len(gutter) + at) + "^" * width
            parts.append(f"\n    {gutter}{line}\n    {mark}\n")
        if self.hint:
            parts.append(self.hint)
        return "\n".join(parts)

    def one_line(self, file: str = "") -> str:
        """Return the same in one line, the spot between « and »."""
        where, shown = file, ""
        if self.spot is not None:
            line, at, width = self.spot.shown()
            before, marked, after = line[:at], line[at : at + width], line[at + width :]
            shown = f" [{before.lstrip()}«{marked}»{after.rstrip()}]"
            where += f":{self.spot.line_number}:{self.spot.column}" if file else ""
        text = f"{where + ': ' if where else ''}{self.message}. {self.hint}{shown}"
        return " ".join(text.split())


class ScriptError(TutorkitError):
    """A script that cannot be read as a model."""


class SpecError(TutorkitError):
    """A model that contradicts itself or lies outside the model class."""


class DataError(TutorkitError):
    """Data that cannot be used, or do not fit the model."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint naming the closest known name, or all of them (up to 12) when none is close."""
    choices = list(known)
    folded = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    close = close or [known for known in folded if name and known.startswith(name.casefold())]
    if close:
        return f"Did you mean '{folded[close[0]]}'?"
    more = ", …" if len(choices) > 12 else ""
    return f"Known here: {', '.join(choices[:12])}{more}." if choices else ""
