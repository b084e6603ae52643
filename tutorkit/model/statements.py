"""What one statement of TRANSFORM, PARAMETERS, SIMPLE or SAVE asks for."""

from __future__ import annotations

from dataclasses import dataclass

SAVED_KINDS = ("stacked", "stacked0")
SAVED_ENDINGS = (".csv", ".parquet")


@dataclass(frozen=True)
class Assignment:
    """A statement ``name = expression`` of TRANSFORM (a column) or PARAMETERS (a quantity).

    ``expression`` is in the tidy form of `tutorkit.model.expressions`, as in ``ln(x) + 1``.
    """

    name: str
    expression: str

    def __str__(self) -> str:
        """Return the statement as it is written in a script."""
        return f"{self.name} = {self.expression}"


@dataclass(frozen=True)
class Simple:
    """The effect of ``focal`` on the focal outcome at values of ``moderator``.

    Without ``values`` these are one SD below the moderator's mean, the mean, and one SD above.
    """

    focal: str
    moderator: str
    values: tuple[float, ...] = ()

    def __str__(self) -> str:
        """Return the statement as it is written in a script."""
        values = f" @ {' '.join(map(render_number, self.values))}" if self.values else ""
        return f"{self.focal} | {self.moderator}{values}"


@dataclass(frozen=True)
class Save:
    """A file for the imputed data sets, one below the other.

    ``kind`` is "stacked", or "stacked0" with the incomplete data on top as imputation 0.
    """

    kind: str
    file: str


def render_number(value: float) -> str:
    """Return a number as short as a script can have it."""
    number = float(value)
    return f"{number:.0f}" if abs(number) < 1e15 and number.is_integer() else repr(number)
