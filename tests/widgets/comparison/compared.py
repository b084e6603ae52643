"""What a comparison shows."""

import re

NAME = "04_multilevel"


def methods(view):
    """Return the fits in the interval chart, in order."""
    return re.findall(r"(?:: |; )(.+?) -?\d", view.intervals.picture.text.splitlines()[0])
