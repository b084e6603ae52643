"""Scripts beyond the chapter's, from the command line to the report's lines."""

import json
import re
from pathlib import Path

import pytest
from wide_scripts import CLUSTERS, MAIN, SCRIPTS, wide_data

from tutorkit import parse, report, sample, summarize
from tutorkit.__main__ import main
from tutorkit.model.tokens import COMMANDS
from tutorkit.report.parts import figures

QUICK = ["--burn", "60", "--iterations", "200", "--seed", "1", "--quiet"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wide")
    wide_data().to_csv(folder / "wide.csv", index=False, na_rep="NA")
    return folder


def fit(folder, name, capsys):
    (folder / "a.imp").write_text(f"DATA: wide.csv;\n{SCRIPTS[name]}")
    assert main(["fit", str(folder / "a.imp"), *QUICK]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return " ".join(out.split())


KEY_LINES = {
    "implicit": (
        "Outcome models: 9 Predictor models: 9",
        "Fixed variables: x3i Incomplete continuous: x1i x2i",
        "Prior for predictor variances: Unit sum of squares, df = 2 (XPRIOR1)",
        "[2] x1i ~ Intercept x2i x3i | Intercept [3] x2i ~ Intercept x3i | Intercept",
        "PREDICTOR MODEL ESTIMATES: Summaries based on 200 iterations using 2 chains. "
        "Level 1 block: Predictor: x1i Parameters",
        "MODEL has no equation for the predictors 'x1i', 'x2i'.",
        "No residual correlations.",
        "FOCAL MODEL BY REML: Parameter Listwise deletion SE CI",
        "METROPOLIS-HASTINGS ACCEPTANCE RATES: Missing values are drawn from",
        "Prior for random effect variances: Zero matrix",
        "no parameter number. Random effects: y Parameters",
    ),
    "grand mean": (
        "Between-cluster imputation model: Latent cluster means (LATENT); random intercepts in "
        "some equations (see MODELS)",
        "Centered at grand mean: x1i x2i x3i (observed mean) Latent cluster means: x1i x2i",
        "predictor models (implied), between clusters: [4] x1i.mean ~ GrandMean x2i.mean x3i.mean",
        "Grand Mean block: Parameters",
        "Means of FIXED variables are the observed ones, not means that are estimated.",
        "No table of listwise deletion, because: 'x1i' is centred; REML takes the columns",
    ),
    "group mean": (
        "Complete continuous: x3i Centered at grand mean: x1i.mean x3i "
        "Centered at group mean: x1i x2i Latent cluster means: x1i x2i x3i",
        "[2] x1i ~ ClusterMean x2i x3i [3] x2i ~ ClusterMean x3i [4] x3i ~ ClusterMean",
        "Level 2 block: Predictor: x1i.mean",
        "because: 'x1i' is centred",
    ),
    "mean product": (
        "[1] y ~ Intercept x1i z x1i.mean x1i.mean*z w | Intercept",
        "Missing data rates of level-2 variables (% of clusters): z: 00.00 w: 06.67",
        "because: 'x1i.mean' is a latent cluster mean; REML takes",
        "multiply 'x1i' by a constant.",
    ),
    "level-2 outcome": (
        "Outcome variable: w (level 2) Parameters",
        "Random intercepts in some equations (see MODELS)",
        "[2] w ~ Intercept z [3] z ~ Intercept",
        "Complete, taken as fixed: x3i",
        "y, x1i -0.",
        "Level-2: Correlations",
        "more patterns in the other",
        "x1i, x2i",
        "by Residual Variation",
    ),
    "ordinal predictor": (
        "Incomplete continuous: x1i Incomplete ordinal: b o",
        "Hamiltonian steps for binary variables, latent responses integrated out; latent responses "
        "drawn for ordinal variables",
        "Thresholds: Tau 1 0.000 0.000 0.000 0.000 nan nan Tau 2",
        "Effect of x1i on y, by b: Conditional effects",
        "b = 1: Intercept",
        "1 observation has all variables in the imputation model missing.",
        "b, chain 1 Hamiltonian",
    ),
    "ordinal outcome": (
        "Outcome variable: o Parameters",
        "Thresholds: Tau 1 0.000",
        "No table of listwise deletion, because: 'o' is ORDINAL; REML needs a continuous outcome.",
    ),
    "single level": (
        "MCMC algorithm: Gibbs sampler; Hamiltonian steps",
        "Between-cluster imputation model: None Prior for residual variances",
        "Other missing values are drawn",
        "an N_Eff of nan.",
        "CORRELATIONS AMONG RESIDUALS: Summaries based on 200 iterations using 2 chains. "
        "Single level: Correlations",
        "Latent variable: y.missing Parameters",
    ),
    "single centred": (
        "predictor models (implied), around grand means: [2] x1i ~ GrandMean x2i "
        "[3] x2i ~ GrandMean",
        "Grand Means: x1i",
        "x2i @ mean: Intercept",
    ),
    "long form": (
        "selection: [4] m ~ Intercept y x1i x2i x3i x2i*x3i | Intercept",
        "selection block: Outcome variable: m Parameters",
        "Hamiltonian steps for selection models, missing values integrated out",
        "Selection model Type Probability Target value",
        "Outcome models: 25 Predictor models: 0",
        "N 30 Observations 383",
    ),
    "indicator only": (
        "[2] m ~ Intercept x3i | Intercept [3] w.missing ~ Intercept z",
        "Not imputed: w",
        "No equation explains or uses 'w', so its missing values are not imputed",
        "Latent variable: w.missing (level 2)",
    ),
    "no random intercept": (
        "Between-cluster imputation model: None",
        "[1] y ~ Intercept x1i x3i [2] x1i ~ Intercept x3i",
        "Listwise deletion SE CI",
        "σ²",
    ),
    "square": (
        "[1] y ~ Intercept x1i x1i^2 s | Intercept",
        "Complete, taken as fixed: s",
        "Observations 413",
    ),
    "simple": (
        "PARAMETER LIST: N(mean, variance), IG(shape, scale)",
        "L2 : Cov(x1i,Intercept) 2 IW(0.0, -3.0)",
        "Residual Var. 4 IG(-1.0, 0.0)",
        "L2 : Var(Intercept) 18 IW(1.0, 2.0)",
        "Residual Var. 19 IG(1.0, 0.5)",
        "x2i*x3i 9 N(0.0, Inf)",
        "31 to 60",
        "s = b1 + b2*b4 icc = 1 - y.residvar/y.totalvar",
        "Effect of x3i on y, by x2i: Conditional effects",
        "x2i = 2: Intercept",
        "the focal predictor 'x2i' is not centred",
    ),
    "mediation": (
        "indirect = a*b half = indirect/2 odd = ln(a - 0.33)",
        "odd has no value in",
        "draws: see GENERATED PARAMETERS.",
        "without them PSR and N_Eff cannot be computed",
        "Random effects: x2i",
    ),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_wide_script_is_fitted_and_reported(folder, capsys, name):
    out = fit(folder, name, capsys)
    for line in KEY_LINES[name]:
        assert line in out


def test_every_estimate_stands_in_text_and_html():
    draws = sample(
        parse(SCRIPTS["group mean"]), wide_data(), burn=30, iterations=60, progress=False, seed=1
    )
    shown = report(draws)
    flat, html = re.sub(r" +", " ", str(shown)), shown._repr_html_()
    for row in summarize(draws).to_dict("records"):
        cells = figures(*(row[k] for k in ("median", "sd", "lower", "upper")))
        name = row["outcome"] if row["group"] == "Grand Means" else row["name"]
        assert f" {name} {' '.join(cells)} " in flat
        assert f"<td>{cells[0]}</td>" in html
    for section in shown.sections[1:]:
        assert f"<h3>{section.title}</h3>" in html
    assert max(map(len, str(shown).splitlines())) <= 130


def test_residual_correlations_stand_under_their_level():
    script = SCRIPTS["level-2 outcome"]
    draws = sample(parse(script), wide_data(), burn=20, iterations=40, progress=False, seed=1)
    shown = {section.title: section.parts for section in report(draws).sections}
    _, *grids = shown["Correlations among residuals"]
    labels = {grid.title: [row[0] for row in grid.groups[0][1]] for grid in grids}
    assert labels == {"Level-1:": ["y, x1i", "y, x2i", "x1i, x2i"], "Level-2:": ["w, z"]}


OUTSIDE = [  # script, a part of the error
    ("LATENT: f; MODEL: y ~ x1i;", "does not support the command LATENT"),
    ("MODEL: f =~ x1i x2i;", "does not support latent variables"),
    ("CLUSTERID: j k; MODEL: y ~ x1i;", "does not support three levels"),
    ("COUNT: y; MODEL: y ~ x1i;", "does not support the command COUNT"),
    ("NOMINAL: o; MODEL: y ~ o;", "does not support the command NOMINAL"),
    ("MODEL: logit(b) ~ x1i;", "Name the outcome under ORDINAL"),
    ("MODEL: y ~ x1i@0;", "does not support fixed values"),
    ("MODEL: y ~~ x1i;", "does not support covariances"),
    ("BYGROUP: z; MODEL: y ~ x1i;", "Select each group with pandas"),
    ("WALDTEST: a = b; MODEL: y ~ x1i@a x2i@b;", "does not support the command WALDTEST"),
    (f"{CLUSTERS} MODEL: y ~ x1i.lag;", ".lag"),
    (f"{CLUSTERS} MODEL: y ~ x1i.mean; x1i ~ x3i;", "The means of 'x1i' are wanted"),
    (f"{CLUSTERS} ORDINAL: x3i; MODEL: {MAIN}", "ORDINAL but has 596 different values"),
    ("MODEL: y ~ x1i x2i x1i*x2i x1i^2; SIMPLE: x1i | x2i;", "no single slope"),
    ("VARIABLES: a b c; MODEL: a ~ b;", "begins with a header"),
    ("MODEL: y ~ x1i; NIMPS: 2; SAVE: separate = a.csv;", "does not support 'separate'"),
]


@pytest.mark.parametrize(("script", "message"), OUTSIDE)
def test_what_is_outside_is_one_line_and_status_2(folder, capsys, script, message):
    (folder / "bad.imp").write_text(f"DATA: wide.csv;\n{script}")
    assert main(["fit", str(folder / "bad.imp"), *QUICK]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert message in err


def test_json_holds_what_is_derived(folder, capsys):
    (folder / "s.imp").write_text(f"DATA: wide.csv;\n{SCRIPTS['simple']}")
    target = str(folder / "s.json")
    assert main(["fit", str(folder / "s.imp"), "--json", target, *QUICK]) == 0
    out = " ".join(capsys.readouterr().out.split())
    result = json.loads((folder / "s.json").read_text(encoding="utf-8"))
    rows = {(r["outcome"], r["group"], r["name"]): r for r in result["generated_parameters"]}
    assert ("y", "Standard Deviations", "L2 : Cor(x1i,Intercept)") in rows
    assert ("y", "Conditional Effects", "x2i | x3i @ +1 SD: Slope") in rows
    icc = rows["", "Generated Parameters", "icc"]
    assert f"icc {figures(icc['median'])[0]}" in out
    assert len(result["parameters"]) == 26


def test_the_readme_lists_every_command():
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[A-Z`, ]+`) \|", text, re.MULTILINE)
    assert {word for row in rows for word in re.findall("[A-Z]+", row)} == set(COMMANDS)
