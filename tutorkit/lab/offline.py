"""Whether the lessons work on this machine without a network, and what to do if not."""

from __future__ import annotations

import platform
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from tutorkit.compiling import is_warm
from tutorkit.kernels.jit import CACHE_FOLDER
from tutorkit.lab.browser import opened_by
from tutorkit.lab.copies import COPY, lessons_source
from tutorkit.lab.kernel import Trial, try_kernel
from tutorkit.lab.server import Pages, served
from tutorkit.lab.typed import typed
from tutorkit.teaching.progress import FILE

WIDTH = 96
SHOWN = ("jupyterlab", "ipywidgets", "numba", "altair")
WARM = f"Run {typed('tutorkit warm')} once, with nobody waiting: it takes about half a minute."
AGAIN = "Install tutorkit again, as its README says."


@dataclass(frozen=True)
class Finding:
    """What was found of one part, and, if it does not work, what to do."""

    part: str
    what: str
    do: str = ""

    @property
    def works(self) -> bool:
        """Whether nothing need be done."""
        return not self.do

    def __str__(self) -> str:
        """Return one or a few lines, as wide as a terminal."""
        head = f"  {'ok ' if self.works else 'NOT'}  {self.part:<9} "
        room = WIDTH - len(head)
        lines = textwrap.wrap(self.what, room)
        if self.do:
            lines += textwrap.wrap(
                f"-> {self.do}", room, subsequent_indent="   ", break_on_hyphens=False
            )
        return head + f"\n{' ' * len(head)}".join(lines)


def check_offline(here: Path) -> bool:
    """Try all that a lesson needs, print of each part whether it works; return whether all does.

    ``here`` is the folder that the lessons would be copied to. Each line comes as soon as it is
    known: the whole takes ten seconds or so.
    """
    say = partial(print, flush=True)
    say(
        f"tutorkit {version('tutorkit')} with Python {platform.python_version()} on "
        f"{platform.system()} {platform.machine()}: does all work without a network?\n"
    )
    bad = 0
    for finding in _findings(here):
        say(str(finding))
        bad += not finding.works
    if bad:
        say(f"\n{bad} thing{'s' * (bad > 1)} to do, see above. Then run this check again.")
    else:
        say("\nAll works without a network. 'tutorkit lab' opens the lessons.")
    return not bad


def _findings(here: Path) -> Iterator[Finding]:
    yield _packages()
    yield _lessons(here)
    yield (cache := _cache())
    trial = try_kernel(with_run=cache.works)
    yield _kernel(trial)
    yield _charts(trial)
    with served() as pages:
        yield _server(pages)
        yield _browser(pages)


def _packages() -> Finding:
    wrong = []
    for text in requires("tutorkit") or ():
        needed = Requirement(text)
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(needed.name)
        except PackageNotFoundError:
            wrong.append(f"{needed.name} is missing")
            continue
        if not needed.specifier.contains(found, prereleases=True):
            wrong.append(f"{needed.name} is {found}, but {needed.specifier} is needed")
    if wrong:
        return Finding("packages", "; ".join(wrong), AGAIN)
    return Finding("packages", ", ".join(f"{name} {version(name)}" for name in SHOWN))


def _lessons(here: Path) -> Finding:
    folder, count = here / COPY, len(list(lessons_source().glob("*.ipynb")))
    if not count:
        return Finding("lessons", "the lessons are not with the package", AGAIN)
    place = folder if folder.exists() else here
    try:
        with tempfile.TemporaryFile(dir=place) as probe:
            probe.write(b" " * 1_000_000)
    except OSError as error:
        what = f"nothing can be saved in '{place}': {error.strerror}"
        return Finding("lessons", what, "Start from a folder that is yours and has room.")
    if (folder / FILE).exists():
        return Finding("lessons", f"{count} notebooks; '{folder}' holds your answers so far")
    return Finding("lessons", f"{count} notebooks; work on them is saved in '{folder}'")


def _cache() -> Finding:
    try:
        if is_warm():
            return Finding("cache", f"the sampler is compiled, in '{CACHE_FOLDER}'")
        place = next(p for p in (CACHE_FOLDER, *CACHE_FOLDER.parents) if p.exists())
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        what = f"'{CACHE_FOLDER}' cannot be used: {error.strerror}; each start compiles anew"
        return Finding("cache", what, "Set NUMBA_CACHE_DIR to a folder that is yours.")
    return Finding("cache", "the sampler is not compiled yet, so that the first run waits", WARM)


def _kernel(trial: Trial) -> Finding:
    if trial.error:
        return Finding("kernel", trial.error, trial.do)
    what = f"a notebook's Python started in {trial.started:.1f} s"
    if trial.ran is not None:
        what += f" and drew from the chapter's model in {trial.ran:.1f} s"
    return Finding("kernel", what)


def _charts(trial: Trial) -> Finding:
    if trial.error:
        return Finding("charts", "not tried, as no kernel works", "See kernel.")
    if trial.chart_error:
        return Finding("charts", trial.chart_error, AGAIN)
    return Finding("charts", f"a chart was drawn in {trial.drew:.1f} s, all from this machine")


def _server(pages: Pages) -> Finding:
    if pages.error:
        return Finding("server", pages.error, pages.do)
    what = f"JupyterLab and its widgets came up in {pages.seconds:.1f} s, all from this machine"
    return Finding("server", what)


def _browser(pages: Pages) -> Finding:
    if pages.error:
        return Finding("browser", "not tried, as no server works", "See server.")
    tried = opened_by(pages.address)
    return Finding("browser", tried.what, tried.do)
