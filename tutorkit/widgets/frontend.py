"""The few things that need JavaScript: keyboard guard and names, the script's editor, memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from html import escape
from itertools import count
from pathlib import Path

import anywidget
from traitlets import Bool, Int, List, Tuple, Unicode

SCRIPTS = Path(__file__).with_suffix("")
PATIENCE = 5.0  # seconds for a page that does not answer

# a view is alive if the box around its guard is; JupyterLab marks what has lost its kernel, and
# leaves an output without elements ("Error displaying widget") where it has no widget at all
STYLE = """<style>
.jp-OutputArea:has({alive}) > .jp-OutputArea-child:has({copy}),
.jp-OutputArea:has({copy}) > .jp-OutputArea-child:has({dead}),
.jp-OutputArea:has({copy}) > .jp-OutputArea-child > .jp-OutputArea-output.lm-Panel:not(:has(*))
{{display: none;}}
</style>"""


class Guard(anywidget.AnyWidget):
    """An invisible child of a view's outermost box that looks after the whole view.

    In the browser it keeps JupyterLab's shortcuts from the view's controls (Tab, Escape and
    combinations such as Ctrl+S still reach JupyterLab) and gives names to what ipywidgets leaves
    without one. A button's name is its tooltip where that contains its text.

    Parameters
    ----------
    uid : str
        The view's own name, of letters, digits and hyphens; the same as in ``static_html``.
    """

    _esm = SCRIPTS / "guard.js"

    def __init__(self, uid: str) -> None:
        super().__init__()
        self.add_class(f"tutorkit-view-{uid}")
        self._waiting: dict[int, tuple[Callable[[], None], threading.Timer]] = {}
        self._numbers = count(1)
        self.on_msg(self._heard)

    def flush(self, call: Callable[[], None]) -> None:
        """Make a call once all that was changed on the page is here, or after a while."""
        number = next(self._numbers)
        timer = threading.Timer(PATIENCE, self._call, [number])
        timer.daemon = True
        self._waiting[number] = call, timer
        self.send({"flush": number})
        timer.start()

    def _heard(self, _: object, content: dict[str, int], __: object) -> None:
        self._call(content.get("flushed", 0))

    def _call(self, number: int) -> None:
        call, timer = self._waiting.pop(number, (None, None))
        if call is not None and timer is not None:
            timer.cancel()
            call()


class ScriptEditor(anywidget.AnyWidget):
    """A field for a script in which the stretches that are wrong are underlined.

    ``value`` is the text; it arrives 400 ms after the last key, or when the field is left.
    ``marks`` are the wrong stretches, (start, end) in characters of ``value``, an empty one being
    shown on the next character; ``message`` says what is wrong, below the text. ``label`` is the
    field's name for screen readers, ``rows`` its least number of lines.
    """

    _esm = SCRIPTS / "script_editor.js"
    _css = SCRIPTS / "script_editor.css"

    value = Unicode().tag(sync=True)
    marks = List(Tuple(Int(), Int())).tag(sync=True)
    message = Unicode().tag(sync=True)
    label = Unicode("Script").tag(sync=True)
    rows = Int(6).tag(sync=True)


class Memory(anywidget.AnyWidget):
    """One text that the browser keeps for all notebooks of its server's address.

    ``found`` is what it had when this was drawn, once ``asked`` is True; ``kept`` is what it has
    from then on, when it changes.
    """

    _esm = SCRIPTS / "memory.js"

    found = Unicode().tag(sync=True)
    asked = Bool(False).tag(sync=True)
    kept = Unicode().tag(sync=True)


def static_html(uid: str, body: str) -> str:
    """Return HTML that stands in for a view wherever the view is dead.

    It must be an output of the same cell as the view whose ``Guard`` has this uid. While the view
    has a kernel this copy is hidden; where it has none, the copy is shown and the view's remains
    are hidden. That takes no JavaScript. An untrusted notebook drops the style, and shows both.
    """
    style = STYLE.format(
        alive=f".jupyter-widgets:not(.jupyter-widgets-disconnected) > .tutorkit-view-{uid}",
        dead=f".jupyter-widgets-disconnected > .tutorkit-view-{uid}",
        copy=f'.tutorkit-static[data-for="{uid}"]',
    )
    return f'{style}<div class="tutorkit-static" data-for="{escape(uid)}">{body}</div>'
