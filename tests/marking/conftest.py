"""A class of 120: released, answered honestly, dishonestly and with all kinds of damage, marked."""

import shutil
from dataclasses import replace

import pytest
from classroom import IN_TIME, Classroom, damages, script, zipped
from large_class import MODELS, SEED, N, student
from small_class import STUDENTS, here

from tutorkit.marking import grade


@pytest.fixture(scope="session")
def large(tmp_path_factory):
    lines = [f"s{k:03d},Student {k},s{k:03d}@example.org,{9000 + k}" for k in range(N - 2)]
    lines += ['"=cmd|calc!A1","<b>Åsa</b> =1+1",,', '"../../etc/passwd",Zoë,,']
    room = Classroom(tmp_path_factory.mktemp("class"), lines)
    room.released = room.release()
    return room


@pytest.fixture(scope="session")
def handed_in(large):
    """Hand in: students 0-59 honest, in all forms; then one for each kind of damage; tricks."""
    room = large
    who, k = {}, 0
    for name, (text, *_) in MODELS.items():
        for form in range(5):
            folder = student(k)
            answers = room.answers(folder, text, seed=SEED + k)
            if form == 0:
                room.hand_in(folder, answers)
            elif form == 1:  # with the mark of a text editor of Windows
                room.hand_in(folder, b"\xef\xbb\xbf" + answers.to_json().encode())
            elif form == 2:
                packed = zipped((f"{folder}/answers.json", answers.to_json()), ("x/data.csv", "y"))
                (room.submissions / f"{folder}.zip").write_bytes(packed)
            elif form == 3:  # as Canvas names what it has
                (room.submissions / f"studentname_{9000 + k}_77_answers-1.json").write_text(
                    answers.to_json()
                )
            else:  # and Moodle
                room.hand_in(f"Student {k}_4711_assignsubmission_file", answers)
            who[folder] = name
            k += 1
    room.good = lambda folder: room.answers(folder, seed=None)
    room.damaged = {}
    for name, hand_in in damages(room, room.good).items():
        hand_in(student(k), student(k))
        room.damaged[student(k)] = name
        k += 1
    room.honest, room.next = who, k
    return room


@pytest.fixture(scope="session")
def tricks(handed_in):
    """Return students who try something, by what they try."""
    room, k = handed_in, handed_in.next
    names = iter(student(k) for k in range(k, N - 2))
    found = {}

    def trick(name, make):
        found[name] = folder = next(names)
        answers = make(room.answers(folder, seed=SEED), folder)
        if answers is not None:
            room.hand_in(folder, answers)

    honest = room.answers(student(0), seed=SEED)
    trick("the answers of another", lambda own, _: honest)
    trick("another's figures under the own name", lambda own, _: replace(own, run=honest.run))
    trick("other data", lambda own, _: replace(own, sha256="0" * 64))
    run = honest.run
    trick("impossible psr", lambda own, _: replace(own, run=replace(own.run, psr=0.5)))
    trick("impossible ess", lambda own, _: replace(own, run=replace(own.run, ess=1e9)))
    rows = {name: {"estimate": 1.0, "lower": 2.0, "upper": 3.0} for name in run.estimates}
    trick("outside the interval", lambda own, _: replace(own, run=replace(own.run, estimates=rows)))
    wide = {name: row | {"mcse": 1e9} for name, row in run.estimates.items()}
    trick("huge errors", lambda own, _: replace(
        own, script=script(selection=""), run=replace(own.run, estimates=wide)))  # fmt: skip
    trick("late", lambda own, _: replace(own, submitted="2026-12-13T00:10:00+01:00"))
    trick("very late", lambda own, _: replace(own, submitted="2027-12-13T00:10:00+01:00"))
    trick("no time", lambda own, _: replace(own, submitted="tomorrow"))
    trick("no run", lambda own, _: replace(own, run=None))
    trick("no script", lambda own, _: replace(own, run=None, script="This is no model."))
    trick("a bomb as script", lambda own, _: replace(
        own, run=None, script="VARIABLES: x1:x999999999; MODEL: y ~ x1:x99999999;"))  # fmt: skip
    trick("brackets", lambda own, _: replace(
        own, run=None, script="TRANSFORM: z = " + "(" * 9000 + "; MODEL: y ~ z;"))  # fmt: skip
    evil = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\u0007"
    trick("script in html", lambda own, _: replace(
        own, given={"direction": 7, "mechanism": "x", "report": evil}))  # fmt: skip
    trick("a formula", lambda own, _: replace(
        own, given=own.given | {"report": '=HYPERLINK("http://evil","x")'}))  # fmt: skip
    same = "My report says that the estimates depend on the assumption about x1i, and how so."
    trick("the same words", lambda own, _: replace(own, given={"report": same}))
    trick("the same words again", lambda own, _: replace(own, given={"report": same.upper()}))
    trick("twice", lambda own, folder: None)
    folder = found["twice"]
    first = room.answers(folder, script(selection=""), seed=None, submitted=IN_TIME)
    later = room.answers(folder, seed=SEED, submitted="2026-12-10T13:00:00+01:00")
    room.hand_in(folder, first)
    room.hand_in(folder, later, "answers (1).json")
    for spare in room.released.students[-2:]:
        folder = spare.folder
        room.hand_in(folder, room.answers(folder, seed=SEED))
    room.hand_in("who is this", "{}")
    room.missing = list(names)
    return found


@pytest.fixture(scope="session")
def graded(handed_in, tricks):
    return grade(handed_in.submissions, handed_in.ledger, handed_in.folder / "grades",
                 progress=False)  # fmt: skip


# --- a small class ---


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    room = Classroom(tmp_path_factory.mktemp("class"), STUDENTS)
    room.release()
    return room


@pytest.fixture
def room(released, tmp_path, monkeypatch):
    monkeypatch.setattr("tutorkit.marking.grading.examiner", here)
    shutil.copytree(released.folder, tmp_path / "class")
    room = Classroom(tmp_path / "class", STUDENTS)
    room.run = lambda **more: grade(
        room.submissions, room.ledger, room.folder / "grades", progress=False, **more
    )
    return room
