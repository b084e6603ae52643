"""What all views are made of: callbacks whose errors are seen, messages, pictures."""

from __future__ import annotations

import functools
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import Any
from uuid import uuid4

from IPython.display import DisplayHandle, display
from ipywidgets import HTML, VBox, Widget

from tutorkit.charts import Picture
from tutorkit.charts.theme import COLOURS
from tutorkit.errors import TutorkitError
from tutorkit.widgets.events import from_browser, keep_order
from tutorkit.widgets.frontend import Guard, static_html
from tutorkit.widgets.model_session import MODEL
from tutorkit.widgets.session import Session

# layouts: each widget makes one of its own from them
WIDE = {"width": "100%", "max_width": "560px"}
ROW = {"flex_flow": "row wrap", "width": "100%"}
INK = "color:var(--jp-ui-font-color1,#222)"


class View(VBox):
    """A part of the workbench that follows a session, alone or among others.

    A callback of its controls does one thing: it calls a method of the session. The view redraws
    when the session has changed. Its message is the last of its children, unless it is among them.
    """

    def __init__(self, session: Session, children: Iterable[Widget] = ()) -> None:
        self.session = session
        if not hasattr(self, "message"):  # a view may put it where it is seen
            self.message = Message()
        self._redrawing = 0  # the thread that redraws
        self._asleep = self._stale = False
        self._redraws: list[Callable[[], None]] = []
        self._failed: list[Callable[[], None]] = []  # redraws that the message is about
        self.uid = uuid4().hex[:12]
        shown = list(children)
        shown += [] if self.message in shown else [self.message]
        self.guard = Guard(self.uid)
        super().__init__([*shown, self.guard])
        for widget in widgets_in(self):
            keep_order(widget)
        session.observe(self._forget, [*MODEL, "data"])

    def on(self, control: Widget, callback: Callable[[Any], None], trait: str = "value") -> None:
        """Call ``callback`` with the value that the user gives a control, not the program."""
        call = self.guarded(callback)

        def changed(change: Any) -> None:
            if self._redrawing != threading.get_ident():  # not a value that a redraw has set
                self.session.events.do(lambda: call(change["new"]))

        keep_order(control)  # it may have come later
        control.observe(changed, trait)

    def on_click(self, button: Any, callback: Callable[[], None]) -> None:
        """Call ``callback`` when the button is pressed."""
        call = self.guarded(callback)

        def clicked(_: Any) -> None:
            if from_browser():  # once all that was changed before the click is here
                self.guard.flush(lambda: self.session.events.later(call))
            else:
                self.session.events.do(call)

        keep_order(button)
        button.on_click(clicked)

    def follow(self, names: str | list[str], redraw: Callable[[], None]) -> None:
        """Redraw now, and whenever one of these traits of the session has changed."""
        self._redraws.append(redraw)

        def changed(_: Any) -> None:
            if self._asleep:
                self._stale = True
            else:
                self._redraw_safely(redraw)

        self.session.observe(changed, names)
        self._redraw_safely(redraw)

    def sleep(self) -> None:
        """Follow the session no longer, as long as nobody looks."""
        self._asleep = True

    def wake(self) -> None:
        """Catch up with the session, and follow it again."""
        self._asleep = False
        if self._stale:
            self._stale = False
            self._redraw_safely(*self._redraws)

    def guarded(self, callback: Callable[..., None]) -> Callable[..., None]:
        """Return the callback such that its errors are shown in this view.

        JupyterLab shows errors of callbacks nowhere. One thing is done at a time: callbacks may
        arrive on several threads.
        """

        @functools.wraps(callback)
        def call(*arguments: Any) -> None:
            with self.session.lock:
                self.message.clear()
                try:
                    callback(*arguments)
                except TutorkitError as error:
                    self._redraw_safely(*self._redraws)  # controls show again what is
                    self.message.complain(error)
                except Exception as error:
                    self.message.report(error)

        return call

    def _ipython_display_(self) -> None:
        """Show the live view and, for where it has no kernel, what to do there."""
        self.show_with_copy(note_html(self.session.WITHOUT_KERNEL))

    def copied(self, body: str) -> object:
        """Return HTML as the copy of this view."""
        return _Copy(self.uid, body)

    def show_with_copy(self, copy: str) -> DisplayHandle:
        """Show the live view and HTML that takes its place where it has no kernel any more."""
        live = self._repr_mimebundle_() | {"text/plain": self.session.WITHOUT_KERNEL}
        display(live, raw=True)
        return display(self.copied(copy), display_id=True)

    def _redraw_safely(self, *redraws: Callable[[], None]) -> None:
        """Redraw; the message of a redraw that fails stays until the same one succeeds."""
        with self.session.lock:
            for redraw in redraws:
                try:
                    self._quietly(redraw)
                except Exception as error:
                    self._failed.append(redraw)
                    self.message.report(error)
                    continue
                if redraw in self._failed:
                    self._failed = [other for other in self._failed if other != redraw]
                    self._forget()

    def _quietly(self, redraw: Callable[[], None]) -> None:
        """Redraw without calling back for the values that controls get."""
        self._redrawing, before = threading.get_ident(), self._redrawing
        try:
            redraw()
        finally:
            self._redrawing = before

    def _forget(self, _: Any = None) -> None:
        """Take away a message that was about the model or the data as they were."""
        if not self._failed:
            self.message.clear()


class _Copy:
    """The copy of a view as an output, with a text for where there is no HTML."""

    def __init__(self, uid: str, body: str) -> None:
        self._uid, self._body = uid, body

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": static_html(self._uid, self._body), "text/plain": "(a saved copy)"}


class Group(VBox):
    """Controls under a caption, which is also the group's name for screen readers."""

    def __init__(self, caption: str, controls: Iterable[Widget]) -> None:
        self.head = HTML()
        super().__init__([self.head, *controls])
        self.add_class("tutorkit-group")
        self.name(caption)

    def name(self, caption: str) -> None:
        """Change the caption."""
        self.head.value = caption_html(caption)


class Message(HTML):
    """A place for one message, read out by screen readers when it changes."""

    def clear(self) -> None:
        """Take the message away."""
        self.value = ""

    def say(self, text: str) -> None:
        """Tell the user something that is no mistake."""
        self.value = f'<div role="status" style="{INK}">{escape(text)}</div>'

    def complain(self, error: TutorkitError) -> None:
        """Show a mistake: what, where, what to do."""
        self.value = f'<div role="alert">{mistake_html(error)}</div>'

    def report(self, error: Exception | None) -> None:
        """Show an error, whosever it is."""
        if isinstance(error, TutorkitError):
            self.complain(error)
        elif error is not None:
            self.crash("".join(traceback.format_exception(error)))

    def crash(self, trace: str) -> None:
        """Show an error of ours."""
        self.value = (
            '<div role="alert"><p>Something went wrong inside tutorkit. Your work is still there. '
            "Please report this:</p>"
            f'<pre style="white-space:pre-wrap">{escape(trace)}</pre></div>'
        )


class Display(HTML):
    """A place for one picture, or for a sentence where there is nothing to draw yet."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.picture: Picture | None = None

    def show(self, picture: Picture, unfolded: bool = False) -> None:
        """Draw a picture with its text twin, folded up unless ``unfolded``."""
        self.picture = picture
        html = picture._repr_html_()
        self.value = html.replace("<details>", "<details open>") if unfolded else html

    def explain(self, text: str) -> None:
        """Say why there is no picture, and what to do."""
        self.picture = None
        self.value = note_html(text)


def widgets_in(widget: Widget) -> Iterator[Widget]:
    """Return a widget and all that it holds."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from widgets_in(child)


def appear(widget: Widget, wanted: bool) -> None:
    """Show a widget, or hide it."""
    widget.layout.display = None if wanted else "none"


def mistake_html(error: TutorkitError) -> str:
    """Return a mistake as HTML: the message in bold, the script's line with the spot marked."""
    parts = [f"<b>⚠ {escape(error.message)}.</b>"]
    if error.spot is not None:
        line, at, width = error.spot.shown()
        before, marked, after = line[:at], line[at : at + width], line[at + width :]
        parts.append(
            f"<code>line {error.spot.line_number}: {escape(before)}"
            f"<mark>{escape(marked)}</mark>{escape(after)}</code>"
        )
    if error.hint:
        parts.append(escape(error.hint))
    body = "<br>".join(parts)
    return (
        f'<div style="{INK};border-left:4px solid {COLOURS[1]};padding:.2em .6em;margin:.3em 0;'
        f'line-height:1.4">{body}</div>'
    )


def note_html(text: str) -> str:
    """Return a quiet sentence as HTML."""
    style = "color:var(--jp-ui-font-color2,#555);margin:.3em 0;line-height:1.45"
    return f'<p style="{style}">{escape(text)}</p>'


def list_html(items: Iterable[str]) -> str:
    """Return items, which are HTML themselves, as a list."""
    body = "".join(f'<li style="margin:.2em 0">{item}</li>' for item in items)
    return f'<ul style="{INK};line-height:1.4;margin:.2em 0;padding-left:1.2em">{body}</ul>'


def heading_html(text: str, level: int = 3) -> str:
    """Return a heading as HTML."""
    return (
        f'<h{level} style="{INK};font-size:1.05em;font-weight:bold;margin:.4em 0">'
        f"{escape(text)}</h{level}>"
    )


def caption_html(text: str) -> str:
    """Return the name of a group of controls as HTML."""
    return f'<div style="{INK};margin:.3em 0 0"><b>{escape(text)}</b></div>'


def progress_html(done: int, total: int, what: str, label: str) -> str:
    """Return a bar and how much is done of what, in words; ``label`` is the bar's name."""
    return (
        f'<div style="{INK}"><progress aria-label="{escape(label)}" value="{done}" max="{total}" '
        f'style="width:320px"></progress> {done:,} of {total:,} {escape(what)}</div>'
    )
