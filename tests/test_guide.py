"""The guide for instructors: its commands work as they are printed, and its pictures are there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from classroom import script

from tutorkit import parse, read_data, sample
from tutorkit.assignment.answers import Answers, summary_of
from tutorkit.assignment.manifest import read_manifest

FOLDER = Path(__file__).parents[1] / "tutorkit" / "assignment"
GUIDE = (FOLDER / "GUIDE.md").read_text(encoding="utf-8")
PROGRAM = f"{shlex.quote(sys.executable)} -m tutorkit "


def command(name):
    """Return what is printed under a mark."""
    return re.search(rf"<!-- {name} -->\n```sh\n(.*?)```", GUIDE, re.DOTALL)[1]


def test_its_commands_run_as_they_are_printed(tmp_path):
    here, course = tmp_path / "tutorkit", tmp_path / "course"
    here.mkdir()
    course.mkdir()
    own = {"XDG_CONFIG_HOME": str(tmp_path / "settings")}  # where the secret comes
    said = ""

    def run(name):
        nonlocal said
        text = command(name).replace(".venv/bin/tutorkit ", PROGRAM)
        done = subprocess.run(["bash", "-ec", text], cwd=here, env=os.environ | own,
                              capture_output=True, text=True)  # fmt: skip
        assert done.returncode == 0, done.stderr
        said += done.stdout

    for name in ("init", "roster", "release"):
        run(name)
    assert "A course secret was made" in said
    assert "folders for 3 students" in said
    for student in ("s1001", "s1002"):
        folder = course / "handout" / student
        manifest, data = read_manifest(folder), read_data(folder / "data.csv")
        summary = summary_of(sample(parse(script()), data, seed=1, iterations=4000, progress=False))
        answers = Answers(manifest.assignment, manifest.handle, manifest.sha256, run=summary)
        place = course / "submissions" / student
        place.mkdir(parents=True)
        (place / "answers.json").write_text(answers.to_json())
    run("grade")
    assert "3 students: 2 marked, 1 missing." in said
    files = set(re.findall(r"`([a-z.*/,-]+\.(?:csv|html))`", GUIDE.partition("## 5.")[0]))
    found = {str(path.relative_to(course / "grades")) for path in course.glob("grades/**/*")}
    assert {"overview.html", "grades.csv", "submissions.csv"} <= files & found


def test_what_it_links_to_is_there():
    links = re.findall(r"\]\(([^)]+)\)", GUIDE)
    assert len(links) >= 4
    for link in links:
        assert (FOLDER / link).is_file(), link
