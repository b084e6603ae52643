"""What the tests of an assignment's views share."""

import json

from classroom import RIGHT

from tutorkit.widgets.parts import widgets_in


def all_of(view, kind):
    return [widget for widget in widgets_in(view) if isinstance(widget, kind)]


def run(session):
    session.write(RIGHT)
    session.start()
    session.wait()


def saved(folder, name="my-work.json"):
    return json.loads((folder / name).read_text())
