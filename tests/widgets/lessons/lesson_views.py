"""What the tests of a lesson's views share."""

import json

from tutorkit.teaching.progress import FILE
from tutorkit.widgets.parts import widgets_in


def only(view, kind):
    """Return the one part of a view that is of this kind."""
    (found,) = [widget for widget in widgets_in(view) if isinstance(widget, kind)]
    return found


def saved(folder, lesson=1):
    """Return the answers to a lesson that are in its folder's file."""
    return json.loads((folder / FILE).read_text())["answers"][f"{lesson}"]
