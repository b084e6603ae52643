"""Mistakes in scripts: what each says, and which stretch of the script it marks."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mistakes import marked, mistake

from tutorkit import datasets
from tutorkit.errors import TutorkitError
from tutorkit.model.script import parse, render
from tutorkit.model.spec import ModelSpec
from tutorkit.model.tokens import UNSUPPORTED_COMMANDS

CHAPTER = datasets.script("04_multilevel")


COMMANDS = [  # script, part of the message or hint, marked text
    ("SEEED: 1; MODEL: y ~ x;", "Did you mean 'SEED'?", "SEEED"),
    ("MODLE: y ~ x;", "Did you mean 'MODEL'?", "MODLE"),
    ("MODEL: y ~ x; SEEED: 123;", "Unknown command 'SEEED'", "SEEED"),
    ("MODEL: y ~ x; SEEED: ;", "Unknown command 'SEEED'", "SEEED"),
    ("MODEL: y ~ x; foo: 123;", "Unknown command 'foo'", "foo"),
    ("ITER 500; MODEL: y ~ x;", "A colon is missing behind 'ITER'", "ITER"),
    ("MODEL: y ~ x; iter 500;", "A colon is missing behind 'iter'", "iter"),
    ("SEED 123; MODEL: y ~ x;", "A colon is missing behind 'SEED'", "SEED"),
    ("MODEL: y ~ x; SEED 123;", "A colon is missing behind 'SEED'", "SEED"),
    ("SEED: 1; MODEL: y ~ x; Seed: 2;", "SEED is given twice", "Seed"),
    ("MODEL: y ~ x; MODEL: z ~ x;", "Put all equations under one MODEL", "MODEL"),
    ("SEED: ; MODEL: y ~ x;", "SEED is empty", "SEED"),
    ("MODEL: y ~ x; FIXED:", "FIXED is empty", "FIXED"),
    ("DATA: # a.csv\n; MODEL: y ~ x;", "DATA is empty", "DATA"),
    ("DATA: ''; MODEL: y ~ x;", "DATA must name a file", "''"),
    ("SEED: abc;", "SEED must be a whole number, not 'abc'", "abc"),
    ("SEED: 1.5;", "SEED must be a whole number, not '1.5'", "1.5"),
    ("SEED: 1 2;", "SEED must be a whole number, not '1 2'", "1 2"),
    ("SEED: -3;", "SEED must not be negative", "-3"),
    ("SEED: 99999999999999999999; MODEL: y ~ x;", "SEED must not be larger", "9" * 20),
    (f"SEED: {'9' * 5000};", "SEED is too large", "9" * 5000),
    ("BURN: 20,000;", "Write 'BURN: 20000;'", "20,000"),
    ("BURN: 1e4;", "BURN must be a whole number, not '1e4'", "1e4"),
    ("CHAINS: two;", "CHAINS must be a whole number, not 'two'", "two"),
    ("CHAINS: 0; MODEL: y ~ x;", "CHAINS must be at least 1", "0"),
    ("CHAINS: 4; ITERATIONS: 3; MODEL: y ~ x;", "at least CHAINS (4)", "3"),
    ("CHAINS: 20000; MODEL: y ~ x;", "at least CHAINS (20000)", "20000"),
    ("CLUSTERID: j k; MODEL: y ~ x;", "the name of one variable", "j k"),
    ("CLUSTERID: j k; MODEL: y ~ x;", "does not support three levels yet", "j k"),
    ("FIXED: a, b;", "Put blanks between them", ","),
    ("FIXED: x3:x1; MODEL: y ~ x;", "its numbers do not count up", "x3:x1"),
    ("FIXED: x01:x3; MODEL: y ~ x;", "such as 'x1:x3'", "x01:x3"),
    ("FIXED: x1:x9999999; MODEL: y ~ x;", "more than 100,000 names", "x1:x9999999"),
    ("FIXED: x1:z3; MODEL: y ~ x;", "'x1:' begins no range here", "x1"),
    ("FIXED: x.mean; MODEL: y ~ x;", "can only be a predictor", "x.mean"),
    ("VARIABLES: j y x y; MODEL: y ~ x;", "'y' stands twice under VARIABLES", "y"),
    ("VARIABLES: j y 2; MODEL: y ~ x;", "VARIABLES takes names of variables only", "2"),
    ("VARIABLES: y.missing y x; MODEL: y ~ x;", "can only be an outcome", "y.missing"),
    ("MISSING: NA;", "NA and empty cells always count as missing", "NA"),
    ("MISSING: -99, 999;", "MISSING takes numbers only", ","),
    ("MISSING: 1e999; MODEL: y ~ x;", "must be a number", "1e999"),
    ("OPTIONS: prior4;", "Unknown option 'prior4'", "prior4"),
    ("OPTIONS: hev;", "does not support the option 'hev' yet", "hev"),
    ("OPTIONS: prior1; OPTIONS: prior2;", "Keep one of prior1 and prior2", "prior2"),
    ("OPTIONS: pinf;", "Did you mean 'pinfo'?", "pinf"),
    ("SIM: x | z; MODEL: y ~ x;", "SIMPLE or SIMULATE: write at least four letters", "SIM"),
    ("SEE: 1; MODEL: y ~ x;", "Did you mean 'SEED'?", "SEE"),
    ("LATE: f; MODEL: y ~ x;", "does not support the command LATENT yet", "LATE"),
    ("ITER: 5; ITERATIONS: 6; MODEL: y ~ x;", "ITERATIONS is given twice", "ITERATIONS"),
    ("MODEL: y ~ x; seed: x ~ z;", "is a command and cannot label a block", "seed"),
    ("OPTIONS: prior1 prior2;", "Keep one of prior1 and prior2", "prior2"),
    ("OPTIONS: random_df;", "random_df needs a number", "random_df"),
    ("OPTIONS: random_df=1 random_df=2;", "random_df is given twice", "random_df"),
    ("OPTIONS: residual_scale=-1; MODEL: y ~ x;", "must not be negative", "residual_scale=-1"),
    ('DATA: "a.csv;\nMODEL: y ~ x;', "quotation mark is not closed", '"a.csv'),
    ("MODEL: missing: y.missing ~ x;", "is a command and cannot label a block", "missing"),
    ("y ~ x;", "Write 'MODEL:' before the first equation", "y ~ x"),
    ("focal: y ~ x;", "Write 'MODEL:' before the first equation", "focal"),
    ("MODEL: y ~ x; SEED: 1; x ~ z;", "Move it up", "x ~ z"),
    ("MODEL: ;", "The model has no equation", "MODEL"),
]


@pytest.mark.parametrize(("script", "says", "mark"), COMMANDS)
def test_a_mistake_in_a_command_is_marked(script, says, mark):
    error = mistake(script)
    assert says in str(error)
    assert marked(error) == mark


@pytest.mark.parametrize(
    ("script", "before"),
    [
        ("DATA: a.csv\nCLUSTERID: j;", "DATA: a.csv"),
        ("DATA: my a.csv CLUSTERID: j;", "DATA: my a.csv"),
        ("DATA: a.csv  # mine\n\nMODEL: y ~ x;", "DATA: a.csv"),
        ("DATA: 'a.csv' b;", "DATA: 'a.csv'"),
        ("SEED: 123 BURN: 20000;", "SEED: 123"),
        ("FIXED: x\nMODEL: y ~ x;", "FIXED: x"),
        ("MODEL: y ~ x1 x2\nx1 ~ x3;", "MODEL: y ~ x1 x2"),
        ("MODEL: y ~ x1 x2 # note\n\n x1 x2\n~ x3;", "MODEL: y ~ x1 x2"),
        ("MODEL: y ~ x1\nauxiliary:\nx1 ~ x2;", "MODEL: y ~ x1"),
        ("MODEL: y ~ x1 auxiliary: x1 ~ x2;", "MODEL: y ~ x1"),
        ("MODEL: y ~ x1 ITER: 20;", "MODEL: y ~ x1"),
        ("{x1 x2}\nMODEL: y ~ x;", "{x1 x2}"),
        ("TRANSFORM: z = ln(x)\nMODEL: y ~ z;", "TRANSFORM: z = ln(x)"),
        ("TRANSFORM: z = ln(x)\n w = x; MODEL: y ~ z;", "TRANSFORM: z = ln(x)"),
        ("CENTER: groupmean = x grandmean = z; MODEL: y ~ z;", "CENTER: groupmean = x"),
        ("SIMPLE: x | z\n z | x; MODEL: y ~ z;", "SIMPLE: x | z"),
        ("SAVE: stacked = 'a.csv' b; MODEL: y ~ z;", "SAVE: stacked = 'a.csv'"),
        ("MODEL: y ~ x1 SEED:1;", "MODEL: y ~ x1"),
        ("MODEL: y ~ x^2\nSEED: 1;", "MODEL: y ~ x^2"),
        ("MODEL: y ~ x", "MODEL: y ~ x"),
        ("MODEL: y ~ x; SEED: 1  # the end\n\n", "MODEL: y ~ x; SEED: 1"),
    ],
)
def test_a_missing_semicolon_is_marked_where_it_belongs(script, before):
    error = mistake(script)
    assert error.message == "A semicolon is missing here"
    assert script[: error.spot.start] == before


@pytest.mark.parametrize("command", UNSUPPORTED_COMMANDS)
def test_a_command_of_blimp_that_is_not_supported_is_named(command):
    error = mistake(f"MODEL: y ~ x;\n{command.lower()}: x;")
    assert error.message == f"tutorkit does not support the command {command} yet"
    assert marked(error) == command.lower()


@pytest.mark.parametrize("script", ["", " \n\t", "# nothing\n", "\ufeff"])
def test_an_empty_script_is_refused(script):
    assert mistake(script).message == "The script is empty"


def test_a_script_without_model_is_refused():
    assert mistake("SEED: 1;").message == "The script has no MODEL"


def test_binary_text_is_refused():
    assert "binary data" in mistake("\x89PNG\0\0 MODEL: y ~ x;").message


@pytest.mark.parametrize("sign", [":", "~", "*", "|", "a:b ", "a ~ ", "a:\n", '"', "\\", "^", "x("])
def test_a_very_long_line_of_signs_is_refused_with_a_short_message(sign):
    error = mistake("MODEL: y ~ x " + 50_000 * sign)
    assert len(str(error)) < 600
    assert error.spot.line_number >= 1


LONG = """VARIABLES: j y x1:x3 z;
CLUS: j;
ORDINAL: m;
TRANSFORM: m = ismissing(y); w = missing(x1 == 9, -x1^2);
CENTER: groupmean = x1; grandmean = z x1.mean;
MODEL: y ~ intercept@b0 x1@b1 x1.mean x2 z x2*z@b3 w | x1;
selection: {x1:x3} ~ z | 0; m ~ y x2**2 | 1@0;
SIMPLE: x2 | z; z | x2 @ -1 0 1.5;
PARAM: ind = b1*b3; total = ind + sqrt(y.totalvar)/m.residvar;
ITER: 500; NIMPS: 20; OPTIONS: prior1; OPTIONS: pinfo;
SAVE: stacked = imps.csv; stacked0 = my imps.parquet;
"""


def fuzzed(seed: int) -> str:
    """Return one of two scripts after a few random deletions, swaps and insertions."""
    dice = random.Random(seed)
    text = list((CHAPTER, LONG)[seed % 2])
    for _ in range(dice.randint(1, 6)):
        at, other = dice.randrange(len(text)), dice.randrange(len(text))
        change = dice.choice("dxiw")
        if change == "d":
            del text[at : at + dice.choice([1, 1, 5, 40])]
        elif change == "x":
            text[at], text[other] = text[other], text[at]
        elif change == "w":
            text[at:at] = text[other : other + 30]
        else:
            text.insert(
                at, dice.choice(":;~|*^#@()=-+,.'\"\\\n\t 019axZé²\u200b\ud800\0\x0b\u2028")
            )
    return "".join(text)


def outcome(script: str) -> ModelSpec | TutorkitError:
    try:
        return parse(script)
    except TutorkitError as error:
        return error


def check_outcome(script: str) -> None:
    """Demand a spec that can be written, or a mistake that can be shown."""
    result = outcome(script)
    if isinstance(result, ModelSpec):
        assert parse(render(result)) == result
    else:
        assert result.message in str(result)
        assert len(result.one_line("a.imp").splitlines()) == 1


@pytest.mark.parametrize("start", range(0, 3000, 500))
def test_a_mutilated_script_is_read_or_refused_politely(start):
    for seed in range(start, start + 500):
        check_outcome(fuzzed(seed))


def test_the_script_to_be_mutilated_is_sound():
    check_outcome(LONG)
    assert parse(LONG).print_parameters


@given(st.text(alphabet="MODELata:;~|*^ \nyx12.-=#'\"@{}()<>", max_size=60))
@example("DATA:")
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_or_refused_politely(text):
    check_outcome(text)
    check_outcome("MODEL: " + text)
    check_outcome("MODEL: y ~ x; TRANSFORM: z = " + text)
    check_outcome("MODEL: y ~ x1@b x2 x1*x2; SAVE: stacked = " + text + "; PARAMETERS: a = " + text)
    check_outcome(CHAPTER + text + ";")
