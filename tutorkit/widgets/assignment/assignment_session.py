"""A session on an assignment: one's own data, and all that is done saved as it is done."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from traitlets import Dict, Instance, Unicode

from tutorkit.assignment.answers import LONGEST, Answers, RunSummary, read_answers, summary_of
from tutorkit.assignment.manifest import ANSWERS, DATA, WORK, read_manifest
from tutorkit.draws import Draws
from tutorkit.errors import DataError, TutorkitError
from tutorkit.files import write_whole
from tutorkit.widgets.model_session import alone
from tutorkit.widgets.session import Session
from tutorkit.widgets.sources import Source

STAYS = "It stays on this page: do not close it."
MARKING = "NBGRADER_EXECUTION"  # in the environment while nbgrader runs the notebook


class AssignmentSession(Session):
    """One student's work on an assignment.

    ``given`` are predictions and answers by key, ``summary`` is what is handed in of the last run,
    ``submitted`` is when the answers were written last. ``trouble`` says why work could not be read
    or saved.

    Raises
    ------
    DataError
        If manifest or data are not as they were handed out.
    """

    WITHOUT_KERNEL = (
        "Choose 'Run All Cells' in the menu Run to go on: your work comes back by itself."
    )

    ONE_DATA_SET = True

    given = Dict()
    summary = Instance(RunSummary, allow_none=True)
    submitted = Unicode()
    trouble = Unicode()

    def __init__(self, folder: Path) -> None:
        self.manifest = read_manifest(folder)
        self.folder = folder
        criteria = self.manifest.criteria
        self.targets = (criteria["psr"], criteria["ess"])
        self._loaded = False
        super().__init__(folder / DATA)
        self._loaded = True
        self._handed_in: Answers | None = None
        self._saved = b""
        self._take_up()
        self.observe(self._save, ["script", "given", "summary"])
        self.observe(self._summarize, "draws")

    @alone
    def load(self, source: Source, name: str = "") -> None:
        """Take the student's data, and no others.

        Raises
        ------
        TutorkitError
            If others are to be loaded.
        """
        if self._loaded:
            hint = "For others open a workbench: Workbench('my.csv') in a notebook of your own."
            raise TutorkitError("An assignment is about its own data", hint)
        super().load(source, name)

    # -- what is saved

    def answers(self, submitted: str = "") -> Answers:
        """Return all that would be handed in as it stands."""
        return Answers(
            assignment=self.manifest.assignment,
            handle=self.manifest.handle,
            sha256=self.manifest.sha256,
            version=version("tutorkit"),
            submitted=submitted,
            script=self.script if self.spec is not None or self.problem is not None else "",
            run=self.summary,
            given=dict(self.given),
        )

    def _take_up(self) -> None:
        """Go on where the work was left: from its own file, else from what was handed in."""
        work = self._read(WORK)
        self._handed_in = self._read(ANSWERS)
        self.submitted = self._handed_in.submitted if self._handed_in else ""
        found = work or self._handed_in
        if found is not None:
            self.given, self.summary = dict(found.given), found.run
            if found.script:
                self.write(found.script)

    def _read(self, name: str) -> Answers | None:
        """Return what is in a file; what is not this student's own is put aside."""
        file = self.folder / name
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self.trouble = f"'{name}' cannot be opened: {error.strerror}."
            return None
        try:
            found = read_answers(content)
        except DataError as error:
            self._put_aside(file, f"'{name}' cannot be read: {error.message}.")
            return None
        if found.handle != self.manifest.handle:
            self._put_aside(file, f"'{name}' is of another student or assignment.")
            return None
        if name == WORK:
            self._saved = content
        return found

    @property
    def changed(self) -> bool:
        """Whether something is no longer as it was handed in."""
        handed_in = self._handed_in
        return handed_in is not None and replace(handed_in, submitted="", version="") != replace(
            self.answers(), version=""
        )

    def _put_aside(self, file: Path, why: str) -> None:
        """Keep a file that is not ours to write over under another name."""
        if os.environ.get(MARKING):  # whoever marks wants it where it is
            self.trouble = why
            return
        aside = file.with_name(f"{file.stem}-{datetime.now():%Y%m%d-%H%M%S}{file.suffix}")
        try:
            file.rename(aside)
            self.trouble = f"{why} It is kept as '{aside.name}'."
        except OSError as error:
            self.trouble = f"{why} It cannot be renamed: {error.strerror}."

    def _save(self, _: object = None) -> None:
        """Save the work as it stands; if that fails, the head of the assignment says so."""
        if os.environ.get(MARKING):
            return
        file, text = self.folder / WORK, self.answers().to_json().encode()
        try:
            read_answers(text)
            if file.exists() and file.read_bytes() != self._saved:
                self._put_aside(file, f"'{WORK}' was written by another notebook or page.")
            else:
                self.trouble = ""
            write_whole(file, text.decode())
            self._saved = text
        except OSError as error:
            why = error.strerror
            self.trouble = f"Your work cannot be saved in '{WORK}': {why}. {STAYS}"
        except DataError as error:
            self.trouble = f"Your work cannot be saved. {error.message}. {STAYS}"

    def _summarize(self, _: object) -> None:
        if isinstance(self.draws, Draws) and self.draws.n_kept:
            self.summary = summary_of(self.draws)

    # -- what is done

    @alone
    def answer(self, key: str, value: int | str) -> None:
        """Take a prediction or an answer, and save it.

        Raises
        ------
        TutorkitError
            If it is too long.
        """
        if isinstance(value, str) and len(value) > LONGEST:
            what = f"This answer has {len(value):,} letters, and only {LONGEST:,} are read"
            raise TutorkitError(what, "Shorten it: what is written now is not saved.")
        self.given = {**self.given, key: value}

    @alone
    def start(self) -> None:
        """Run the model, once all predictions are committed.

        Raises
        ------
        TutorkitError
            If a prediction is still to be made, and as `Session.start` does.
        """
        for item in self.manifest.predictions:
            if item.key not in self.given:
                hint = "Say what you expect, and commit it: then press Run again."
                raise TutorkitError("There is a prediction to make before you run a model", hint)
        super().start()

    @property
    def lacking(self) -> list[str]:
        """What is still to be done, in words."""
        out = []
        if self.spec is None:
            out.append("There is no model yet.")
        if self.problem is not None:
            out.append("The script has a mistake.")
        if self.summary is None:
            out.append("No model has been run.")
        for item in self.manifest.items:
            if item.kind == "prediction" and item.key not in self.given:
                out.append(f"Not predicted: {item.text}")
            elif item.kind != "prediction" and self.given.get(item.key) in (None, ""):
                out.append(f"Not answered: {item.text}")
        return out

    @alone
    def submit(self) -> None:
        """Write the answers file. While nbgrader marks, nothing is written.

        Raises
        ------
        TutorkitError
            If a run is going on, or the file cannot be written.
        """
        if os.environ.get(MARKING):
            return
        self._demand_idle("submit")
        now = datetime.now().astimezone().isoformat(timespec="milliseconds")
        text = self.answers(now).to_json()
        try:
            read_answers(text.encode())
        except DataError as error:
            raise TutorkitError(f"This cannot be handed in. {error.message}") from None
        try:
            write_whole(self.folder / ANSWERS, text)
        except OSError as error:
            what = f"'{ANSWERS}' cannot be written: {error.strerror}"
            raise DataError(what, "Look for room on the disk, and submit again.") from None
        self._handed_in = self.answers(now)
        self.submitted = now
