"""The command line: ``tutorkit fit | lab | lessons | warm | assign | grade``."""

from __future__ import annotations

import argparse
import gc
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

import pandas as pd

import tutorkit
from tutorkit import commands, datasets
from tutorkit.completed import check_columns, check_saving, check_writable, save_imputations
from tutorkit.data import read_data
from tutorkit.draws import Draws
from tutorkit.errors import DataError, TutorkitError
from tutorkit.export import to_json
from tutorkit.lab import copy_lessons
from tutorkit.model.script import parse, spot
from tutorkit.model.spec import ModelSpec, Save
from tutorkit.reml import RemlFit, fit_reml
from tutorkit.report import report
from tutorkit.sampling import sample, warm
from tutorkit.summaries import summarize

CHAPTER = "04_multilevel.imp"  # comes with the package
USER_MISTAKE = 2
INTERRUPTED = 130


def run() -> NoReturn:
    """Run the command line; end without taking down all that was imported, which takes a while."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file on Windows may not know all signs
            stream.reconfigure(errors="replace")
    status = main()
    if "lab" in sys.argv[1:2]:  # JupyterLab has things to put away
        sys.exit(status)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(USER_MISTAKE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status: 0, 2 for a user's mistake, 130 if interrupted."""
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.command != "lab":
        _parser().error(f"unknown argument {rest[0]}")
    if options.command != "lab":
        gc.set_threshold(100_000)  # to look for garbage in all that was imported takes a while
    try:
        if options.command == "fit":
            return _fit(options)
        if options.command == "assign":
            return commands.assign(options)
        if options.command == "grade":
            return commands.grade(options)
        if options.command == "warm":
            print(f"The sampler is ready after {warm():.1f} seconds.")
            return 0
        if options.command == "lessons":
            print(f"The lessons start from '{copy_lessons(Path.cwd())}'.")
            return 0
        return _lab(options, rest)
    except TutorkitError as error:
        file = options.script if options.command == "fit" and error.spot else ""
        print(f"tutorkit: {error.one_line(file)}", file=sys.stderr)
        return USER_MISTAKE
    except BrokenPipeError:  # the reader of our output, such as head, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("tutorkit: interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="tutorkit", description="Multilevel models with missing data.")
    parser.add_argument("--version", action="version", version=f"tutorkit {version('tutorkit')}")
    known = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    fit = known.add_parser("fit", help="fit the model of a script and print the report")
    fit.add_argument("script", metavar="SCRIPT", help="a script such as 04_multilevel.imp")
    fit.add_argument("--data", metavar="FILE", help="csv file to use instead of the script's DATA")
    fit.add_argument("--json", metavar="FILE", help="also write the results as JSON")
    for name, meaning in (
        ("seed", "seed of the random numbers"),
        ("chains", "number of chains"),
        ("burn", "burn-in iterations of each chain"),
        ("iterations", "kept iterations of all chains together"),
    ):
        fit.add_argument(
            f"--{name}", type=int, metavar="N", help=f"{meaning}, overrides the script"
        )
    fit.add_argument("--quiet", action="store_true", help="no progress bar")
    lab = known.add_parser("lab", help="open the lessons in JupyterLab (its options may follow)")
    lab.add_argument(
        "--offline-check", action="store_true", help="only say whether all works without a network"
    )
    known.add_parser("lessons", help="copy the lessons to tutorkit-lessons, as lab does")
    known.add_parser("warm", help="compile the sampler now, so that the first run starts at once")
    commands.add_commands(known)
    return parser


def _lab(options: argparse.Namespace, rest: Sequence[str]) -> int:
    if not options.offline_check:
        from tutorkit.lab.opening import open_lab  # JupyterLab takes a second to import

        open_lab(rest)
        return 0
    if rest:
        _parser().error(f"unknown argument {rest[0]}")
    try:
        from tutorkit.lab.offline import check_offline
    except ImportError as error:
        what = f"Not even the check can run: {error}"
        raise DataError(what, "Install tutorkit again, as its README says.") from None
    return 0 if check_offline(Path.cwd()) else 1


def _fit(options: argparse.Namespace) -> int:
    spec = parse(_read_script(options.script))
    data, notes, source = _find_data(spec, options)
    outputs = _outputs(spec, options, source)
    if spec.save:
        check_columns(spec, data)
    draws = sample(
        spec,
        data,
        seed=options.seed,
        chains=options.chains,
        burn=options.burn,
        iterations=options.iterations,
        progress=not options.quiet,
    )
    if draws.n_kept == 0:
        print("tutorkit: stopped during burn-in, before any draw was kept", file=sys.stderr)
        return INTERRUPTED
    warnings = (*notes, *draws.data.warnings)
    draws = replace(draws, data=replace(draws.data, warnings=warnings))
    table = summarize(draws)
    if options.json:
        tree = to_json(draws, table, tutorkit.IMPORT_SECONDS)
        text = json.dumps(tree, indent=1, allow_nan=False, ensure_ascii=False)
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    fits, no_fit = _reml_fits(spec, data)
    failed: TutorkitError | None = None
    saved: list[str] = []
    try:
        for save, file in zip(spec.save, outputs, strict=True):
            saved.append(_save(draws, data, save, file))
    except TutorkitError as error:  # the report of a long run is printed all the same
        failed = error
        saved.append(f"{error.message}.")
    print(report(draws, fits, no_fit=no_fit, saved=saved, table=table), end="")
    sys.stdout.flush()
    if failed is not None:
        raise failed
    return 0


def _save(draws: Draws, data: pd.DataFrame, save: Save, file: Path) -> str:
    """Write a file of SAVE; return a sentence that says so."""
    save_imputations(draws, data, file, incomplete=save.kind == "stacked0")
    n = min(draws.spec.imputations, len(draws.imputed))
    sets = f"{n} imputed data set{'s' * (n > 1)}"
    with_top = ", and the incomplete data on top" if save.kind == "stacked0" else ""
    return f"{save.kind}: {sets}{with_top}, one below the other, were written to '{file}'."


def _outputs(spec: ModelSpec, options: argparse.Namespace, source: Path | None) -> list[Path]:
    """Return the files of SAVE; find out before the run that results cannot be written."""
    files = [Path(options.script).parent / save.file for save in spec.save]
    inputs = {Path(options.script).resolve(): "the script"}
    if source is not None:
        inputs[source.resolve()] = "the data"
    if options.json is not None:
        check_writable(options.json)
    for k, file in enumerate([*files, *([Path(options.json)] if options.json else [])]):
        place = ("save", spec.save[k].kind) if k < len(files) else ()
        if k < len(files):
            check_saving(file)
        if file.resolve() in inputs:
            what = f"'{file}' cannot be written: it would replace {inputs[file.resolve()]}"
            where = spot(spec, place) if place else None
            raise DataError(what, "Choose another name.", place=place, spot=where)
        inputs[file.resolve()] = f"'{file}'"
    return files


def _read_script(name: str) -> str:
    path = Path(name)
    if name == CHAPTER and not path.exists():
        return datasets.script(path.stem)
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        hint = f"Give the path of a text file, or {CHAPTER} for the chapter's script."
        raise DataError(f"There is no script '{name}'", hint) from None
    except UnicodeDecodeError:
        raise DataError(f"'{name}' is not a text file in UTF-8") from None
    except OSError as error:
        raise DataError(f"'{name}' cannot be read: {error.strerror}") from None


def _find_data(
    spec: ModelSpec, options: argparse.Namespace
) -> tuple[pd.DataFrame, tuple[str, ...], Path | None]:
    """Read the data of --data or DATA: beside the script, else here, else shipped with tutorkit.

    Return the data, notes to be shown as warnings, and the file if it is the user's own.
    """
    columns = spec.columns or None
    if options.data:
        return read_data(options.data, columns), (), Path(options.data)
    if spec.data is None:
        raise DataError(
            "The script names no data", "Add 'DATA: file.csv;' to it, or give --data FILE."
        )
    beside = Path(options.script).parent / spec.data
    for path in (beside, Path(spec.data)):
        if path.exists():
            return read_data(path, columns), (), path
    if Path(spec.data).stem in datasets.names() and Path(spec.data).name == spec.data:
        name = Path(spec.data).stem
        note = f"'{spec.data}' is the file that comes with tutorkit. {datasets.about(name)}"
        if columns:
            return read_data(datasets.path(name), columns), (note,), None
        return datasets.load(name), (note,), None
    return read_data(beside, columns), (), None


def _reml_fits(spec: ModelSpec, data: pd.DataFrame) -> tuple[dict[str, RemlFit], str]:
    """Return the listwise fit, the complete data's where we have them, and why one is lacking."""
    tables = {"Listwise deletion": data}
    name = Path(spec.data or "").stem
    if name in datasets.names() and data.equals(datasets.load(name)):
        tables = {"Complete data": datasets.load(name, complete=True), **tables}
    fits: dict[str, RemlFit] = {}
    lacking: list[str] = []
    for title, table in tables.items():
        try:
            fits[title] = fit_reml(spec, table)
        except DataError as error:
            what = title[0].lower() + title[1:]
            lacking.append(f"No table of {what}, because: {error.message}.")
    return fits, " ".join(lacking)


if __name__ == "__main__":
    run()
