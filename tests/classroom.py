"""A class that is released and answers: honest ones with real runs, and all kinds of damage."""

import io
import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path

from tutorkit import parse, read_data, sample
from tutorkit.assignment.answers import Answers, summary_of
from tutorkit.assignment.manifest import read_manifest
from tutorkit.assignment.release import release

SMALL = """
key = "small"
title = "A small assignment"
due = 2026-12-11T23:59:00+01:00
late_penalty = 0.1
iterations = 800
[data]
template = "exercise"
clusters = 12
cluster_size = 10
[criteria]
ess = 100
[[prediction]]
key = "direction"
text = "Where will the intercept be?"
choices = ["Lower", "Higher"]
[[question]]
key = "mechanism"
text = "Why?"
choices = ["Because", "By chance"]
right = "Because"
points = 1
[[question]]
key = "report"
text = "What do you report?"
points = 3
rubric = "1 each"
"""
SECRET = bytes(range(32))
POINTS = {"focal": 4, "auxiliary": 3, "selection": 3, "convergence": 2, "estimates": 4,
          "mechanism": 1}  # fmt: skip
IN_TIME = "2026-12-10T12:00:00+01:00"
FOCAL, AUXILIARY = "focal: y ~ x1i x2i x3i | x3i;", "auxiliary: x1i x2i ~ x3i;"
SELECTION = "selection: x1i.missing ~ x1i y x2i x3i;"


def script(
    focal=FOCAL, auxiliary=AUXILIARY, selection=SELECTION, fixed="FIXED: x3i;", run=(300, 800)
):
    settings = f"BURN: {run[0]}; ITERATIONS: {run[1]};"
    return f"CLUSTERID: j; {fixed} MODEL: {focal} {auxiliary} {selection} {settings}"


RIGHT = script()


class Classroom:
    """A released assignment, and the folder in which students hand in."""

    def __init__(self, folder: Path, students, text=SMALL):
        self.folder = folder
        self.assignment = folder / "private" / "small.toml"
        self.roster = folder / "private" / "roster.csv"
        self.secret = folder / "private" / "course.secret"
        self.ledger = folder / "private" / "small.ledger.jsonl"
        self.handout = folder / "handout"
        self.submissions = folder / "submissions"
        self.assignment.parent.mkdir(parents=True, exist_ok=True)
        self.submissions.mkdir(exist_ok=True)
        self.assignment.write_text(text)
        lines = ["student,name,email,canvas_id", *students]
        self.secret.write_text(SECRET.hex())  # the same data each time
        self.secret.chmod(0o600)
        self.roster.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def release(self, **more):
        """Release the assignment; released again, it goes on."""
        return release(self.assignment, self.roster, self.handout, secret=self.secret,
                       ledger=self.ledger, progress=False, **more)  # fmt: skip

    def answers(self, folder, text=RIGHT, seed=7, **more):
        """Return what a student hands in who runs this model; no run if ``seed`` is None."""
        manifest = read_manifest(self.handout / folder)
        run = None
        if seed is not None:
            data = read_data(self.handout / folder / "data.csv")
            run = summary_of(sample(parse(text), data, seed=seed, progress=False))
        given = {"direction": 1, "mechanism": 0, "report": f"I, {folder}, report: it depends."}
        parts = {"script": text, "run": run, "given": given, "submitted": IN_TIME} | more
        return Answers(manifest.assignment, manifest.handle, manifest.sha256, "0.1.0", **parts)

    def hand_in(self, name, content, file="answers.json"):
        """Write what is handed in under a name; answers, text or bytes."""
        text = content.to_json() if isinstance(content, Answers) else content
        place = self.submissions / name / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())


def zipped(*members):
    """Return a zip file with these (name, content)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def locked(content):
    """Return a zip file that says it needs a password."""
    data = bytearray(zipped(("answers.json", content)))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def changed(answers, **parts):
    """Return the answers as JSON with parts of it changed, also to what cannot be."""
    return json.dumps(json.loads(answers.to_json()) | parts)


def broken(content):
    """Return a zip file in which what was packed is no longer what it was."""
    data = bytearray(zipped(("answers.json", content)))
    data[60:90] = b"\xff" * 30
    return bytes(data)


ZEROS = "0" * 100_000
DEEP = b'{"tutorkit": 1, "given": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"


def damages(classroom, good):
    """Return, for each kind of damage, a function of (name, folder) that hands it in.

    ``good`` returns what would have been handed in.
    """
    hand_in, root = classroom.hand_in, classroom.submissions

    def beside(name, content):
        (root / name).write_bytes(content)

    def link(name, _):
        (root / name).mkdir()
        os.symlink(classroom.secret, root / name / "answers.json")

    def pipe(name, _):
        (root / name).mkdir()
        os.mkfifo(root / name / "answers.json")

    def many(name, _):
        for k in range(2100):
            (root / name).mkdir(exist_ok=True)
            (root / name / f"{k}.txt").touch()

    def folder(name, _):
        (root / name / "answers.json").mkdir(parents=True)

    def put(make):
        return lambda name, student: hand_in(name, make(good(student)))

    def pack(make):
        return lambda name, student: beside(f"{name}.zip", make(good(student).to_json()))

    return {
        "an empty folder": lambda name, _: (root / name).mkdir(),
        "an empty file": put(lambda _: ""),
        "cut off": put(lambda own: own.to_json()[:-200]),
        "a letter": put(lambda _: "Dear teacher, my dog has eaten the answers."),
        "an image": put(lambda _: b"\x89PNG\r\n\x1a\n\0\0\0\xff\xfe" * 50),
        "five megabytes": put(lambda own: changed(own, script="x" * 5_000_000)),
        "nested 200,000 deep": put(lambda _: DEEP),
        "not a number": put(lambda own: changed(own, run=float("nan"))),
        "another list": put(lambda own: changed(own, run=[1, 2, 3])),
        "an endless number": put(lambda own: changed(own).replace(": 1,", f": 1{ZEROS},", 1)),
        "half a letter": put(lambda own: changed(own, script="\ud800")),
        "said twice": put(lambda own: changed(own).replace("{", '{"handle": "x", ', 1)),
        "a folder of that name": folder,
        "a link to the secret": link,
        "a pipe": pipe,
        "2,100 files": many,
        "a zip bomb": pack(lambda _: zipped(("answers.json", b"0" * 60_000_000))),
        "a damaged zip": pack(lambda own: zipped(("answers.json", own))[:-30]),
        "a broken zip": pack(broken),
        "a zip with a password": pack(locked),
        "a zip without answers": pack(lambda _: zipped(("../../evil.py", "x = 1"))),
        "a foreign handle": put(lambda own: replace(own, handle="0" * 20)),
        "another assignment": put(lambda own: replace(own, assignment="other", handle="1" * 20)),
    }
