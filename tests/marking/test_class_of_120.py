"""A class of 120: released, answered honestly, dishonestly and with all kinds of damage, marked."""

import csv
import html
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from classroom import (
    IN_TIME,
    POINTS,
    RIGHT,
    Classroom,
    damages,
    script,
    zipped,
)

from tutorkit.assignment.ledger import read_ledger
from tutorkit.marking import grade
from tutorkit.marking.outcomes import COPIED, MARKED, MISSING, UNREADABLE

N = 120
MODELS = {  # what part of focal, auxiliary and selection model is right, counted by hand
    "right": (RIGHT, 1, 1, 1),
    "few predictors of missingness": (script(selection="selection: x1i.missing ~ x1i y;"), 1, 1, 1),
    "other order": (script(auxiliary="auxiliary: x2i x1i ~ x3i;"), 1, 1, 1),
    "no random slope": (script(focal="focal: y ~ x1i x2i x3i;"), 6 / 7, 1, 1),
    "x2i forgotten": (script(focal="focal: y ~ x1i x3i | x3i;"), 6 / 7, 1, 1),
    "MAR": (script(selection=""), 1, 1, 0),
    "no auxiliary models": (script(auxiliary="", fixed=""), 1, 0, 1),
    "missing by y only": (script(selection="selection: x1i.missing ~ y;"), 1, 1, 2 / 3),
    "missing by itself only": (script(selection="selection: x1i.missing ~ x1i;"), 1, 1, 2 / 3),
    "the other variable": (script(selection="selection: x2i.missing ~ x2i;"), 1, 1, 0),
    "a product too many": (script(focal="focal: y ~ x1i x2i x3i x2i*x3i | x3i;"), 6 / 7, 1, 1),
    "one auxiliary model": (script(auxiliary="auxiliary: x1i ~ x3i;", fixed=""), 1, 2 / 5, 1),
}  # fmt: skip
SEED = 20  # of the honest runs; each has its own


def student(k):
    return f"s{k:03d}"


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    lines = [f"s{k:03d},Student {k},s{k:03d}@example.org,{9000 + k}" for k in range(N - 2)]
    lines += ['"=cmd|calc!A1","<b>Åsa</b> =1+1",,', '"../../etc/passwd",Zoë,,']
    room = Classroom(tmp_path_factory.mktemp("class"), lines)
    room.released = room.release()
    return room


@pytest.fixture(scope="module")
def handed_in(room):
    """Hand in: students 0-59 honest, in all forms; then one for each kind of damage; tricks."""
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


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def graded(handed_in, tricks):
    return grade(handed_in.submissions, handed_in.ledger, handed_in.folder / "grades",
                 progress=False)  # fmt: skip


def parts(outcome):
    return {part.key: part.points for part in outcome.marked.parts}


def table(graded, name):
    with (graded.out / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def deserved(run, issued):
    """Return the points for estimates by the rule of the guide, worked out again."""
    points = 0.0
    for parameter in ("Intercept", "x1i", "x2i", "x3i"):
        row, reference = run.estimates.get(parameter), issued.reference[parameter]
        if row is None:
            continue
        own = min(row["mcse"], reference["sd"] / 10)
        error = 3 * math.sqrt(reference["mcse"] ** 2 + own**2)
        off = abs(row["estimate"] - reference["median"])
        full, half = (off <= share * reference["sd"] + error for share in (0.25, 0.5))
        points += 1 if full else 0.5 * half
    return points


# --- the honest ones ------------------------------------------------------------------------------


def test_everybody_has_one_outcome_and_everything_handed_in_one_line(graded, handed_in):
    assert len(graded.outcomes) == N
    assert len({outcome.student.student for outcome in graded.outcomes}) == N
    found = {entry.place.split("/")[0] for entry in graded.entries}
    assert found == {path.name for path in handed_in.submissions.iterdir()}
    assert handed_in.released.failed == {}
    assert handed_in.released.unfinished == ()


@pytest.mark.parametrize("name", MODELS)
def test_honest_models_get_what_they_deserve_in_whatever_form_they_come(graded, handed_in, name):
    _, *shares = MODELS[name]
    students = [s for s, kind in handed_in.honest.items() if kind == name]
    assert len(students) == 5
    for who in students:
        outcome = graded.of(who)
        assert outcome.status == MARKED, outcome
        got = parts(outcome)
        for role, share in zip(("focal", "auxiliary", "selection"), shares, strict=True):
            assert got[role] == pytest.approx(share * POINTS[role], abs=0.005), (who, role)
        assert got["mechanism"] == 1
        assert got["report"] is None
        assert "assum" not in " ".join(outcome.notes)


def test_estimates_and_convergence_are_marked_by_the_rubric(graded, handed_in):
    """Worked out again from the ledger and what was handed in."""
    issued = read_ledger(handed_in.ledger).issued
    right = 0
    for who, name in handed_in.honest.items():
        outcome = graded.of(who)
        run, got = outcome.answers.run, parts(outcome)
        half = (run.psr <= 1.05) + (run.ess >= 100)
        assert got["convergence"] == half
        credit = deserved(run, issued[who])
        assert got["estimates"] == pytest.approx(credit, abs=0.005)
        if name in ("right", "few predictors of missingness", "other order"):
            right += credit == 4
    assert right >= 14  # of 15: the right models' runs agree with the reference


def test_wrong_models_are_named_with_what_is_wrong(graded, handed_in):
    words = {name: " ".join(w for part in graded.of(who).marked.parts for w in part.words)
             for who, name in handed_in.honest.items()}  # fmt: skip
    assert "The slope of x3i does not vary over clusters" in words["no random slope"]
    assert "x2i is missing in the focal model of y" in words["x2i forgotten"]
    assert "There is no model of x1i.missing" in words["MAR"]
    assert "There is no auxiliary model of x1i" in words["no auxiliary models"]
    assert "x1i is missing in the selection model" in words["missing by y only"]
    assert "y is missing in the selection model" in words["missing by itself only"]
    assert "x2i*x3i is too much in the focal model" in words["a product too many"]


# --- damage ---------------------------------------------------------------------------------------


def test_each_kind_of_damage_is_its_own_affair_and_is_named(graded, handed_in):
    assert len(handed_in.damaged) >= 20
    for who, kind in handed_in.damaged.items():
        outcome = graded.of(who)
        assert outcome.status == UNREADABLE, kind
        assert outcome.total == 0, kind
        (note,) = outcome.notes
        assert "Traceback" not in note
        lines = [e.what for e in graded.entries if e.student == who]
        assert lines, kind
        assert all(len(line) > 10 for line in lines), kind


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("an empty folder", "holds no answers.json"),
        ("an empty file", "is empty"),
        ("cut off", "it breaks off or was changed"),
        ("five megabytes", "larger than 1 MB"),
        ("nested 200,000 deep", "nested too deeply"),
        ("not a number", "NaN is no number"),
        ("half a letter", "signs that are no text"),
        ("said twice", "something is said twice"),
        ("a link to the secret", "a link to another file"),
        ("a pipe", "no file that can be read"),
        ("2,100 files", "more than 2,000 files"),
        ("a zip bomb", "larger than 1 MB"),
        ("a broken zip", "is damaged"),
        ("a damaged zip", "no zip file, or a damaged one"),
        ("a zip with a password", "protected by a password"),
        ("a foreign handle", "not of this assignment"),
    ],
)
def test_damage_is_told(graded, handed_in, kind, words):
    (who,) = [who for who, name in handed_in.damaged.items() if name == kind]
    assert words in graded.of(who).notes[0]


def test_who_handed_in_nothing_is_missing(graded, handed_in):
    missing = [o.student.student for o in graded.outcomes if o.status == MISSING]
    assert missing == handed_in.missing
    assert missing
    assert any(entry.student == "" and entry.place.startswith("who is this")
               for entry in graded.entries)  # fmt: skip


# --- tricks ---------------------------------------------------------------------------------------


def test_copies_get_nothing_and_cost_the_other_nothing(graded, tricks, handed_in):
    copied = graded.of(tricks["the answers of another"])
    assert (copied.status, copied.total) == (COPIED, 0)
    assert "somebody else" in copied.notes[0]
    assert student(0) not in " ".join(copied.notes)  # nothing is told about others
    assert graded.of(student(0)).total > 10


def test_another_students_figures_are_held_against_the_own_reference(graded, tricks, handed_in):
    who = tricks["another's figures under the own name"]
    outcome, issued = graded.of(who), read_ledger(handed_in.ledger).issued
    points = parts(outcome)["estimates"]
    assert points == pytest.approx(deserved(outcome.answers.run, issued[who]), abs=0.005)
    assert points < deserved(outcome.answers.run, issued[student(0)])
    (doubt,) = [doubt for doubt in outcome.doubts if doubt.startswith("The same figures as")]
    assert tricks["impossible psr"] not in doubt


@pytest.mark.parametrize(
    ("trick", "words"),
    [
        ("other data", "other data than those that were issued"),
        ("impossible psr", "cannot be of a run of this length"),
        ("impossible ess", "cannot be of a run of this length"),
        ("outside the interval", "contradict each other"),
    ],
)
def test_figures_that_cannot_be_do_not_count_and_the_model_does(graded, tricks, trick, words):
    outcome = graded.of(tricks[trick])
    got = parts(outcome)
    assert (got["convergence"], got["estimates"]) == (0, 0)
    assert (got["focal"], got["auxiliary"], got["selection"]) == (4, 3, 3)
    assert any(words in doubt for doubt in outcome.doubts)


def test_a_large_monte_carlo_error_buys_nothing(graded, tricks):
    assert parts(graded.of(tricks["huge errors"]))["estimates"] < 4


def test_late_work_loses_what_the_assignment_says(graded, tricks):
    late, very = graded.of(tricks["late"]), graded.of(tricks["very late"])
    assert late.share == pytest.approx(0.8)  # two days begun
    assert late.total == pytest.approx(late.marked.total * 0.8, abs=0.01)
    assert "1.0 days" in late.notes[0]
    assert very.total == 0
    assert graded.of(tricks["no time"]).share == 1
    assert "does not say when" in " ".join(graded.of(tricks["no time"]).doubts)


def test_without_a_run_the_script_is_marked(graded, tricks):
    got = parts(graded.of(tricks["no run"]))
    assert (got["focal"], got["selection"], got["convergence"], got["estimates"]) == (4, 3, 0, 0)
    for trick in ("no script", "a bomb as script", "brackets"):
        outcome = graded.of(tricks[trick])
        assert outcome.status == MARKED
        assert parts(outcome)["focal"] == 0
        assert parts(outcome)["mechanism"] == 1
        assert "cannot be read" in outcome.marked.parts[0].words[0]


def test_the_same_words_are_shown_to_the_instructor_and_cost_nothing(graded, tricks):
    one, two = (graded.of(tricks[t]) for t in ("the same words", "the same words again"))
    assert any(two.student.student in doubt for doubt in one.doubts)
    assert any(one.student.student in doubt for doubt in two.doubts)
    assert parts(one)["focal"] == 4
    assert one.notes == ()


def test_the_later_of_two_counts(graded, tricks):
    outcome = graded.of(tricks["twice"])
    assert parts(outcome)["selection"] == 3
    lines = [e.what for e in graded.entries if e.student == tricks["twice"]]
    assert sorted(lines) == ["Marked.", "Not counted: another one is."]


# --- what is written ------------------------------------------------------------------------------


class Tags(HTMLParser):
    """All elements of a page, with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Note an element."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}


def test_no_page_runs_or_loads_anything(graded):
    pages = [graded.out / "overview.html", *(graded.out / "feedback").iterdir()]
    assert len(pages) == 1 + sum(o.marked is not None for o in graded.outcomes)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        found = Tags(text)
        assert not found.tags & {"script", "iframe", "object", "embed", "link", "form", "a"}, page
        assert not [name for name in found.attributes if name.startswith("on")], page
        assert "default-src 'none'" in text
        assert "\u202e" not in text
        assert "http://" not in text.replace("http://evil", "").replace(
            "http://www.w3.org", "")  # fmt: skip


def test_feedback_is_about_one_student_only(graded, handed_in):
    """No ID, handle, name or reference of anybody else is in it."""
    issued = read_ledger(handed_in.ledger).issued
    for outcome in graded.outcomes:
        if outcome.marked is None:
            continue
        page = graded.out / "feedback" / f"{outcome.student.folder}.html"
        text = page.read_text(encoding="utf-8")
        own = outcome.answers.given.get("report", "") if outcome.answers else ""
        text = text.replace(html.escape(str(own)), "").replace(outcome.student.name, "")
        for one in issued.values():
            if one.student != outcome.student:
                assert one.handle not in text
                assert one.student.student not in text
                assert not re.search(rf"\b{re.escape(one.student.name)}\b", text)


def test_no_table_holds_a_formula(graded):
    for name in ("grades.csv", "canvas.csv", "moodle.csv", "marks-by-hand.csv", "submissions.csv"):
        for row in table(graded, name):
            for value in row:
                assert not value.startswith(("=", "+", "-", "@", "\t")), (name, value)


def test_canvas_and_moodle_get_final_grades_only(graded, handed_in):
    canvas, moodle = table(graded, "canvas.csv"), table(graded, "moodle.csv")
    assert canvas[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert canvas[1][0].strip() == "Points Possible"
    assert canvas[1][5] == "20"
    assert len(canvas) == N + 2
    assert len(moodle) == N + 1
    grades = {row[2]: row[5] for row in canvas[2:]}
    assert grades[student(0)] == ""  # a written answer is still to be marked
    assert grades[handed_in.missing[0]] == ""
    assert grades[next(iter(handed_in.damaged))] == ""  # for a person to decide


def test_marks_by_hand_are_added_when_it_is_marked_again(graded, handed_in):
    file = graded.out / "marks-by-hand.csv"
    rows = table(graded, file.name)
    at = {name: k for k, name in enumerate(rows[0])}
    marked = {student(0): ("2.5", "Good, but =SUM"), student(1): ("9", ""), student(2): ("two", ""),
              student(3): ("1", "")}  # fmt: skip
    for row in rows[1:]:
        if row[at["student"]] in marked:
            row[at["mark"]], row[at["comment"]] = marked[row[at["student"]]]
        if row[at["student"]] == student(3):
            row[at["code"]] = "aanother"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=";").writerows(rows)
    again = grade(handed_in.submissions, handed_in.ledger, graded.out, progress=False)
    before, after = graded.of(student(0)), again.of(student(0))
    assert after.final
    assert after.total == pytest.approx(before.total + 2.5)
    assert dict((row[2], row[5]) for row in table(again, "canvas.csv"))[student(0)] == (
        f"{after.total:g}"
    )
    assert len(again.problems) == 3
    assert any("'9' is no mark from 0 to 3" in problem for problem in again.problems)
    assert any("'two' is no mark" in problem for problem in again.problems)
    assert any("has changed since" in problem for problem in again.problems)
    kept = {
        row[at["student"]]: (row[at["mark"]], row[at["comment"]])
        for row in table(again, file.name)[1:]
    }
    assert {who: kept[who][0] for who in marked} == {w: m for w, (m, _) in marked.items()}
    page = (again.out / "feedback" / f"{student(0)}.html").read_text(encoding="utf-8")
    assert "Good, but =SUM" in page


def test_nothing_was_written_outside(graded, handed_in):
    assert not list(handed_in.folder.rglob("evil.py"))
    assert {path.name for path in handed_in.folder.iterdir()} == {
        "private", "handout", "submissions", "grades",
    }  # fmt: skip
