"""Where the data come from: a built-in data set or a file of one's own, and a first look at it."""

from __future__ import annotations

from html import escape
from typing import Any

from ipywidgets import HTML, Dropdown, FileUpload, Layout

from tutorkit.data.inspect import cluster_notes, inspect
from tutorkit.data.read import read_content
from tutorkit.datasets import about, names
from tutorkit.errors import DataError
from tutorkit.report.html import to_html
from tutorkit.report.parts import Grid, Section
from tutorkit.widgets.parts import Message, View, appear, caption_html, list_html, note_html
from tutorkit.widgets.session import Session

HEAD = ("Variable", "Kind (a guess)", "Different values", "Missing")
NO_CLUSTER = "No cluster variable is chosen: rows are taken as independent."
NO_NOTES = "Nothing to mind was found."
WORD = "Open a data file"
# ipywidgets writes the number of files into the button, here always 0; heads of columns may wrap
STYLE = f"""<style>
.tutorkit-upload {{font-size: 0;}}
.tutorkit-upload::before {{content: "{WORD}" / ""; font-size: var(--jp-widgets-font-size, 13px);}}
.tutorkit-variables thead th {{white-space: normal; vertical-align: bottom;}}
.tutorkit-variables th[scope=row] {{white-space: normal; overflow-wrap: anywhere;}}
</style>"""


class OwnData(View):
    """Choose the session's data, and see what was found in them."""

    def __init__(self, session: Session) -> None:
        self.built_in = Dropdown(
            description="Data set", style={"description_width": "90px"},
            layout=Layout(max_width="420px"),
        )  # fmt: skip
        self.upload = FileUpload(
            accept=".csv,.dat,.txt", description=WORD,
            layout=Layout(width="auto", align_self="flex-start"),
            tooltip=f"{WORD} (.csv, .dat or .txt) from your computer",
        )  # fmt: skip
        self.upload.add_class("tutorkit-upload")
        self.about, self.table, self.notes = HTML(), HTML(), HTML()
        self.message = Message()
        found = [self.about, self.table, self.notes]
        super().__init__(session, [self.built_in, self.upload, self.message, *found])
        for control in (self.built_in, self.upload):
            appear(control, not session.ONE_DATA_SET)
        self.on(self.built_in, self._choose)
        self.on(self.upload, self._open)
        self.follow(["data", "name", "cluster"], self._redraw)

    def _choose(self, name: str) -> None:
        if name:
            self.session.load(name)

    def _open(self, files: tuple[dict[str, Any], ...]) -> None:
        if not files:
            return
        self.upload.value = ()  # so that the same file, corrected, can be chosen again
        name = files[0]["name"]
        data = read_content(name, bytes(files[0]["content"]))
        self.session.load(data, name)
        self.message.say(f"'{name}' has {len(data)} rows and {data.shape[1]} columns.")

    def _redraw(self) -> None:
        session, known = self.session, names()
        is_known = session.complete is not None and session.name in known
        options = tuple((name, name) for name in known)
        options += () if is_known else ((session.name, ""),)
        if self.built_in.options != options:
            self.built_in.options = options
        self.built_in.value = session.name if is_known else ""
        self.about.value = note_html(about(session.name)) if is_known else ""
        looks = inspect(session.data, session.cluster).to_dict("records")
        rows = tuple(
            (row["variable"], row["kind"], f"{row['distinct']}", f"{row['missing_percent']:.1f}%")
            for row in looks
        )
        caption = f"{session.name}: {len(session.data)} rows"
        grid = Grid(HEAD, (("", rows),), words=(1,))
        table = f'<div class="tutorkit-variables">{to_html((Section("", (grid,)),))}</div>'
        self.table.value = STYLE + caption_html(caption) + table
        notes = [f"{row['variable']}: {row['note']}" for row in looks if row["note"]]
        notes += _cluster_notes(session)
        self.notes.value = caption_html("What to mind") + list_html(
            map(escape, notes or [NO_NOTES])
        )


def _cluster_notes(session: Session) -> tuple[str, ...]:
    if not session.cluster:
        return (NO_CLUSTER,)
    try:
        return cluster_notes(session.data, session.cluster)
    except DataError as error:  # a script may name no column
        return (f"{error.message}. {error.hint}",)
