"""Where each part of a model stands in the script it was read from."""

from __future__ import annotations

from tutorkit.errors import Place, Spot
from tutorkit.model.tokens import Token

Places = dict[Place, tuple[int, int]]
"""Where each part of a model stands in a script, as start and end."""

_OTHER = {"predictor": "slope", "iterations": "chains", "imputations": "iterations"}


def note(places: Places, place: Place, first: Token, last: Token | None = None) -> None:
    """Note where a part stands; a second time it is noted as "… again"."""
    again = (f"{place[0]} again", *place[1:])
    span = (first.start, (last or first).end)
    if places.setdefault(place, span) != span:
        places.setdefault(again, span)


def locate(text: str, places: Places, place: Place) -> Spot | None:
    """Return the spot of a part, or of what it is part of."""
    if not place:
        return None
    part, *names = place
    once = part.removesuffix(" again")
    for other in (part, once, _OTHER.get(part, "")):
        span = places.get((other, *names))
        if span:
            return Spot(text, *span)
    if once in ("transform", "parameter") and len(names) > 1:
        return locate(text, places, (once, names[0]))
    return None
