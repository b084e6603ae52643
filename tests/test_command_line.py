"""The command line, as a user meets it."""

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys

import pandas as pd
import pytest

from tutorkit import datasets, read_data
from tutorkit.__main__ import main

QUICK = ["--burn", "100", "--iterations", "400", "--quiet"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chapter.imp").write_text(datasets.script("04_multilevel"))
    datasets.load("04_multilevel").to_csv(tmp_path / "mine.csv", index=False, na_rep="NA")
    return tmp_path


def test_fit_reports_the_chapters_script_with_the_shipped_data(folder, capsys):
    assert main(["fit", "chapter.imp", *QUICK]) == 0
    out, err = capsys.readouterr()
    assert "OUTCOME MODEL ESTIMATES:" in out
    assert "A reconstruction by tutorkit's authors" in " ".join(out.split())
    assert "Complete data" in out
    assert err == ""


def test_the_chapters_script_comes_with_the_package_but_the_users_own_goes_first(folder, capsys):
    assert main(["fit", "04_multilevel.imp", *QUICK]) == 0
    assert "[4]  y.missing ~ Intercept y x1i" in capsys.readouterr().out
    (folder / "04_multilevel.imp").write_text("DATA: mine.csv; MODEL: y ~ x3i;")
    assert main(["fit", "04_multilevel.imp", *QUICK]) == 0
    assert "y.missing" not in capsys.readouterr().out


def test_fit_prefers_the_users_own_file(folder, capsys):
    (folder / "04_multilevel.csv").write_text((folder / "mine.csv").read_text())
    assert main(["fit", "chapter.imp", *QUICK]) == 0
    out, _ = capsys.readouterr()
    assert "reconstruction" not in out


def test_fit_writes_json_that_says_what_the_report_says(folder, capsys):
    arguments = ["fit", "chapter.imp", "--data", "mine.csv", "--json", "out.json", "--seed", "9"]
    assert (
        main([*arguments, "--chains", "3", "--burn", "100", "--iterations", "600", "--quiet"]) == 0
    )
    out, _ = capsys.readouterr()
    result = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert [result[k] for k in ("seed", "chains", "burn", "iterations")] == [9, 3, 100, 600]
    assert set(result) == {
        "parameters", "residual_correlations", "generated_parameters", "model_fit",
        "data_information", "warnings", "seed", "chains", "burn", "iterations", "timing",
    }  # fmt: skip
    assert set(result["timing"]) == {"import_s", "compile_s", "sample_s"}
    assert result["timing"]["import_s"] > 0.1
    parameters = {(p["outcome"], p["group"], p["name"]): p for p in result["parameters"]}
    assert len(parameters) == 51
    for key in (
        ("y", "Variances", "L2 : Cov(x1i,Intercept)"),
        ("y", "Coefficients", "x2i*x3i"),
        ("y", "Standardized Coefficients", "x2i*x3i"),
        ("y", "Proportion Variance Explained", "by Level-2 Random Slopes"),
        ("y.missing", "Variances", "L2 : Var(Intercept)"),
    ):
        row = parameters[key]
        assert set(row) == {
            "outcome", "group", "name", "median", "sd", "lower", "upper", "psr", "ess_bulk",
            "ess_tail", "mcse_mean",
        }  # fmt: skip
        assert f"{row['median']:.3f}" in out
    fixed = parameters["y.missing", "Variances", "Residual Var."]
    assert fixed["median"] == 1
    assert fixed["psr"] is None
    assert len(result["residual_correlations"]) == 6
    assert result["data_information"]["missing_rates"]["x1i"] == pytest.approx(79 / 600)


SCRIPT = "DATA: mine.csv; CLUSTERID: j; FIXED: x3i;\nMODEL: {model}\nSEED: 1;"


@pytest.mark.parametrize(
    ("model", "arguments", "message"),
    [
        ("y ~ x1j;", [], "bad.imp:2:12: "),
        ("y ~ x1i x3i\nx1i ~ x3i;", [], "bad.imp:2:"),
        ("y ~ x3i;", ["--data", "none.csv"], "There is no file 'none.csv'"),
        ("y ~ x3i;", ["--json", "no/folder/x.json"], "'no/folder/x.json' cannot be written"),
        ("y ~ x3i;", ["--json", "."], "'.' is a folder"),
        ("y ~ x3i;", ["--chains", "0"], "CHAINS must be at least 1"),
        ("y ~ x3i;", ["--chains", "two"], "invalid int value: 'two'"),
        ("y ~ x3i;", ["--speed", "9"], "unknown argument --speed"),
        ("x3i ~ x3i;", [], "'x3i'"),
    ],
)
def test_a_users_mistake_is_one_line_and_status_2(folder, capsys, model, arguments, message):
    (folder / "bad.imp").write_text(SCRIPT.format(model=model))
    try:
        status = main(["fit", "bad.imp", *QUICK, *arguments])
    except SystemExit as exit_:  # argparse's own way out
        status = exit_.code
    out, err = capsys.readouterr()
    assert status == 2
    assert out == ""
    assert err.startswith("tutorkit")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize("name", ["none.imp", ".", "binary.imp"])
def test_a_script_that_cannot_be_read_is_explained(folder, capsys, name):
    (folder / "binary.imp").write_bytes(b"\xff\xfe\x00\x01")
    assert main(["fit", name]) == 2
    _, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert name in err


def test_an_earlier_json_file_survives_a_failing_run(folder, capsys):
    (folder / "out.json").write_text("precious")
    (folder / "bad.imp").write_text(SCRIPT.format(model="y ~ x4i;"))
    assert main(["fit", "bad.imp", "--json", "out.json"]) == 2
    assert (folder / "out.json").read_text() == "precious"
    assert main(["fit", "bad.imp", "--json", "new.json"]) == 2
    assert not (folder / "new.json").exists()


SAVING = "DATA: mine.csv; CLUSTERID: j; MODEL: y ~ x3i; SEED: 1; NIMPS: 3; SAVE: "


def test_save_writes_imputed_data_beside_the_script(folder, capsys):
    (folder / "sub").mkdir()
    (folder / "sub" / "a.imp").write_text(SAVING + "stacked = one.csv; stacked0 = two.csv;")
    assert main(["fit", "sub/a.imp", *QUICK]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "stacked: 3 imputed data sets, one below the other, were written to 'sub/one.csv'" in out
    assert "stacked0: 3 imputed data sets, and the incomplete data on top" in out
    one, two = (read_data(folder / "sub" / name) for name in ("one.csv", "two.csv"))
    assert one["imputation"].value_counts().to_dict() == {1: 600, 2: 600, 3: 600}
    assert one["y"].notna().all()
    assert two["imputation"].unique().tolist() == [0, 1, 2, 3]
    assert two["y"].isna().sum() == 141


def test_save_writes_parquet(folder, capsys):
    pytest.importorskip("pyarrow")
    (folder / "a.imp").write_text(SAVING + "stacked = one.parquet;")
    assert main(["fit", "a.imp", *QUICK]) == 0
    assert len(pd.read_parquet(folder / "one.parquet")) == 1800


@pytest.mark.parametrize(
    ("save", "message"),
    [
        ("stacked = no/a.csv", "there is no folder 'no'"),
        ("stacked = mine.csv", "it would replace the data"),
        ("stacked = twin.csv; stacked0 = ./twin.csv", "it would replace 'twin.csv'"),
        ("stacked = folder.csv", "is a folder"),
        ("stacked = a.parquet", "parquet files need the package pyarrow"),
        ("stacked = a.xlsx", "must end in .csv or .parquet"),
    ],
)
def test_what_save_cannot_write_is_found_before_the_run(folder, capsys, monkeypatch, save, message):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr("tutorkit.__main__.sample", None)  # must not be reached
    (folder / "folder.csv").mkdir()
    (folder / "a.imp").write_text(f"{SAVING} {save};")
    assert main(["fit", "a.imp", *QUICK]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert message in err


def test_save_refuses_data_that_have_its_column_before_the_run(folder, capsys, monkeypatch):
    monkeypatch.setattr("tutorkit.__main__.sample", None)
    datasets.load("04_multilevel").assign(imputation=1).to_csv("mine.csv", index=False)
    (folder / "a.imp").write_text(SAVING + "stacked = one.csv;")
    assert main(["fit", "a.imp", *QUICK]) == 2
    assert "The data have a column 'imputation'" in capsys.readouterr().err


def test_a_report_is_printed_even_if_its_imputations_cannot_be_written(folder, capsys, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    (folder / "a.imp").write_text(SAVING + "stacked = one.csv;")
    assert main(["fit", "a.imp", *QUICK]) == 2
    out, err = capsys.readouterr()
    assert "OUTCOME MODEL ESTIMATES" in out
    assert err == "tutorkit: 'one.csv' cannot be written: No space left on device.\n"


@pytest.mark.parametrize("name", ["bare.csv", "bare.dat"])
def test_variables_name_the_columns_of_a_file_without_a_header(folder, capsys, name):
    between = " " if name.endswith("dat") else ","
    datasets.load("04_multilevel").to_csv(
        name, index=False, header=False, na_rep="999", sep=between
    )
    (folder / "a.imp").write_text(
        f"DATA: {name}; VARIABLES: j y u v w; MISSING: 999; MODEL: y ~ w;"
    )
    assert main(["fit", "a.imp", *QUICK]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "y: 23.50 w: 00.00" in out


@pytest.mark.parametrize(
    ("data", "variables", "message"),
    [
        ("mine.csv", "y x1 x2 x3 j", "'mine.csv' begins with a header"),
        ("04_multilevel.csv", "y x1 x2 x3 j", "'04_multilevel.csv' begins with a header"),
        ("bare.csv", "y x1 x2", "has 5 values, but VARIABLES names 3 columns"),
    ],
)
def test_variables_that_do_not_fit_the_file_are_explained(folder, capsys, data, variables, message):
    datasets.load("04_multilevel").to_csv("bare.csv", index=False, header=False, na_rep="NA")
    (folder / "a.imp").write_text(f"DATA: {data}; VARIABLES: {variables}; MODEL: y ~ x2;")
    assert main(["fit", "a.imp", *QUICK]) == 2
    assert message in capsys.readouterr().err


def test_an_interrupt_reports_what_was_drawn(folder):
    command = [sys.executable, "-m", "tutorkit", "fit", "chapter.imp", "--iterations", "1000000"]
    process = subprocess.Popen(
        [*command, "--burn", "50"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    seen = ""
    while not re.search(r"\| [1-9]\d\d\d+/", seen):  # the bar says that 1,000 are done
        piece = os.read(process.stderr.fileno(), 4096).decode()
        assert piece, seen
        seen += piece
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "The run was stopped" in out


def test_output_may_be_cut_short_by_its_reader(folder):
    command = f"{sys.executable} -m tutorkit fit chapter.imp {' '.join(QUICK)} | head -3"
    run = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert run.stdout.count("\n") == 3
    assert run.stderr == ""


def test_version_and_warm(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert main(["warm"]) == 0
    out, _ = capsys.readouterr()
    assert out.startswith("tutorkit 0.")
    assert "ready after" in out
