"""The command line: ``tutorkit fit | lab | warm``."""

from __future__ import annotations

import argparse
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
from tutorkit import datasets
from tutorkit.data import read_data
from tutorkit.errors import DataError, TutorkitError
from tutorkit.export import to_json
from tutorkit.model.script import parse
from tutorkit.model.spec import ModelSpec
from tutorkit.reml import RemlFit, fit_reml
from tutorkit.report import report
from tutorkit.sampling import sample, warm

CHAPTER = "04_multilevel.imp"  # comes with the package
USER_MISTAKE = 2
INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(USER_MISTAKE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status: 0, 2 for a user's mistake, 130 if interrupted."""
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.command != "lab":
        _parser().error(f"unknown argument {rest[0]}")
    try:
        if options.command == "fit":
            return _fit(options)
        if options.command == "warm":
            print(f"The sampler is ready after {warm():.1f} seconds.")
            return 0
        from tutorkit.lab import open_lab  # JupyterLab takes a second to import

        open_lab(rest)
        return 0
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
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    fit = commands.add_parser("fit", help="fit the model of a script and print the report")
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
    commands.add_parser("lab", help="open the lessons in JupyterLab (its options may follow)")
    commands.add_parser(
        "warm", help="compile the sampler now, so that the first run starts at once"
    )
    return parser


def _fit(options: argparse.Namespace) -> int:
    spec = parse(_read_script(options.script))
    _check_writable(options.json)
    data, notes = _find_data(spec, options)
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
    if options.json:
        text = json.dumps(
            to_json(draws, tutorkit.IMPORT_SECONDS), indent=1, allow_nan=False, ensure_ascii=False
        )
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    print(report(draws, _reml_fits(spec, data)), end="")
    sys.stdout.flush()
    return 0


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


def _check_writable(name: str | None) -> None:
    """Find out before the run, not after it, that its results cannot be written."""
    if name is None:
        return
    path = Path(name)
    if path.is_dir():
        raise DataError(f"'{name}' is a folder, not a file")
    if not path.parent.is_dir():
        raise DataError(f"'{name}' cannot be written: there is no folder '{path.parent}'")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise DataError(f"'{name}' cannot be written: you have no permission")


def _find_data(
    spec: ModelSpec, options: argparse.Namespace
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read the data of --data or DATA: beside the script, else here, else shipped with tutorkit."""
    if options.data:
        return read_data(options.data), ()
    if spec.data is None:
        raise DataError(
            "The script names no data", "Add 'DATA: file.csv;' to it, or give --data FILE."
        )
    for path in (Path(options.script).parent / spec.data, Path(spec.data)):
        if path.exists():
            return read_data(path), ()
    if Path(spec.data).stem in datasets.names() and Path(spec.data).name == spec.data:
        name = Path(spec.data).stem
        note = f"'{spec.data}' is the file that comes with tutorkit. {datasets.about(name)}"
        return datasets.load(name), (note,)
    return read_data(Path(options.script).parent / spec.data), ()


def _reml_fits(spec: ModelSpec, data: pd.DataFrame) -> dict[str, RemlFit]:
    """Return the listwise fit, and the complete data's where we have them; none if impossible."""
    fits = {}
    name = Path(spec.data or "").stem
    try:
        if name in datasets.names() and data.equals(datasets.load(name)):
            fits["Complete data"] = fit_reml(spec, datasets.load(name, complete=True))
        fits["Listwise deletion"] = fit_reml(spec, data)
    except DataError:
        return fits
    return fits


if __name__ == "__main__":
    sys.exit(main())
