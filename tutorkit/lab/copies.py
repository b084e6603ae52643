"""A learner's copies of the lessons, and the page they start from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tutorkit.errors import DataError
from tutorkit.files import write_whole
from tutorkit.teaching.overview import start_notebook

PACKAGE = Path(__file__).parents[1]
COPY = "tutorkit-lessons"
START = "start.ipynb"
NOT_COPIED = {"README.md"}  # for who writes lessons


def copy_lessons(here: Path) -> Path:
    """Bring the lessons to ``tutorkit-lessons`` in the folder given; return their start page.

    Raises
    ------
    DataError
        If they cannot be written there.
    """
    try:
        folder = lessons_folder(here)
        first = folder / START
        write_whole(first, start_notebook(folder))
    except OSError as error:
        what = f"The lessons cannot be copied to '{here / COPY}': {error.strerror}"
        hint = "Run this in a folder that is yours, such as a new one in your home folder."
        raise DataError(what, hint) from None
    return first


def lessons_source() -> Path:
    """Return the folder of the lessons as their authors wrote them."""
    installed = PACKAGE / "lessons"
    return installed if installed.is_dir() else PACKAGE.parent / "lessons"  # in a checkout


def lessons_folder(here: Path) -> Path:
    """Return a folder with the lessons in which a learner's work can be saved.

    It is ``tutorkit-lessons`` in the folder given. Notebooks come there without solutions; files
    that are there already are left as they are.
    """
    folder, source = here / COPY, lessons_source()
    for file in sorted(source.rglob("*")):
        place = file.relative_to(source)
        target = folder / place
        hidden = any(part.startswith(".") for part in place.parts)  # such as notebook checkpoints
        if not file.is_file() or hidden or place.name in NOT_COPIED or target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".ipynb":
            write_whole(target, without_solutions(file.read_text(encoding="utf-8")))
        else:
            part = target.with_name(f".{target.name}.part")
            shutil.copyfile(file, part)
            part.replace(target)  # whole or not at all
    return folder


def without_solutions(notebook: str) -> str:
    """Return a notebook without the cells tagged "solution" and without outputs."""
    tree = json.loads(notebook)
    tree["cells"] = [
        cell for cell in tree["cells"] if "solution" not in cell["metadata"].get("tags", ())
    ]
    for cell in tree["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"
