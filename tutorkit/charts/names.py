"""Long names made short enough for a picture, such that different names stay different."""

from __future__ import annotations

from collections.abc import Iterable

ENDING = 3  # letters behind the cut, if that tells the names apart


def shortened(names: Iterable[str], most: int) -> dict[str, str]:
    """Return each name with at most ``most`` letters (5 or more), cut in the middle.

    The cut lies near the end, or elsewhere if the names differ only elsewhere; names that no cut
    tells apart end in a number instead.
    """
    known = list(dict.fromkeys(names))
    endings = sorted(range(1, most - 1), key=lambda n: abs(n - ENDING))
    for ending in endings:
        short = {name: _cut(name, most, ending) for name in known}
        if len(set(short.values())) == len(known):
            return short
    return {
        name: name if len(name) <= most else f"{name[: most - 1 - len(str(k))]}…{k}"
        for k, name in enumerate(known, start=1)
    }


def _cut(name: str, most: int, ending: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1 - ending]}…{name[-ending:]}"
