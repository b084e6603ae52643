"""What the tests of grading a small class share."""

import contextlib

from tutorkit.assignment.ledger import read_ledger
from tutorkit.marking.examiner import examine

STUDENTS = ["anna,Anna,,101", "ben,Ben,,102", "dora,Dora,,103"]
IN_TIME, LATE = "2026-12-10T12:00:00+01:00", "2026-12-12T12:00:00+01:00"  # due on the 11th


@contextlib.contextmanager
def here(source, ledger, seconds):
    """Examine in this process, which need not be started; `test_examiner` has the other."""
    book = read_ledger(ledger)
    yield lambda entry: examine(source, entry, book)


def change(room, old, new):
    """Change the assignment, and release it again."""
    text = room.assignment.read_text()
    assert old in text
    room.assignment.write_text(text.replace(old, new))
    return room.release()


def canvas(room, name, answers, late=False):
    word = "late_" * late
    file = room.submissions / f"name_{word}{name}_555_answers.json"
    file.write_text(answers.to_json())
