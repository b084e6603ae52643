"""Data that do not fit a model: what is said, and which part of the script is marked."""

import re
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from tutorkit import datasets
from tutorkit.data import prepare, read_data
from tutorkit.errors import DataError, TutorkitError
from tutorkit.model.script import parse
from tutorkit.model.spec import Equation, ModelSpec, Term

CHAPTER = datasets.script("04_multilevel")


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return read_data(files("tutorkit") / "datasets" / "04_multilevel.csv")


def mistake(script: str, data: object) -> DataError:
    with pytest.raises(DataError) as caught:
        prepare(parse(script), data)
    return caught.value


def marked(error: DataError) -> str:
    return error.spot.text[error.spot.start : error.spot.end]


def put(name, row, value):
    """Return a change of the data: one cell."""
    return lambda d: d.assign(**{name: d[name].astype(object).where(d.index != row, value)})


def column(name, make):
    """Return a change of the data: one column."""
    return lambda d: d.assign(**{name: make(d)})


def twice(name):
    """Return a change of the data: a column again."""
    return lambda d: pd.concat([d, d[[name]]], axis=1)


def level_2(data):
    """Add two columns with one value per cluster."""
    return data.assign(w=data["j"] % 4, z=data["j"] ** 2 % 7)


J = "CLUSTERID: j; MODEL: "
LEVEL_2 = level_2
REFUSED = [  # change of the data, script, part of the message or hint, marked text
    (None, f"{J} y ~ x3;", "Did you mean 'x3i'?", "x3"),
    (None, f"{J} y ~ x3i; X ~ x3i;", "The data have no column 'X'", "X"),
    (None, f"{J} y ~ x3i; q.missing ~ y;", "The data have no column 'q'", "q.missing"),
    (None, "CLUSTERID: jj; MODEL: y ~ x3i;", "Did you mean 'j'?", "jj"),
    (None, "FIXED: x4i; MODEL: y ~ x3i;", "The data have no column 'x4i'", "x4i"),
    (twice("x3i"), f"{J} y ~ x3i;", "The data have two columns named 'x3i'", "x3i"),
    (column("j", lambda d: "s" + d["j"].astype(str)), CHAPTER, "'j' holds text: 's1' in row", "j"),
    (put("j", 7, np.nan), CHAPTER, "'j' is missing in 1 of 600 rows", "j"),
    (put("j", 7, np.inf), CHAPTER, "'j' is infinite in row 7", "j"),
    (column("j", lambda d: 4), CHAPTER, "'j' has the same value in every row", "j"),
    (put("x3i", 5, "abc"), CHAPTER, "holds 'abc', which is not a number, in row 5 (line 7", "x3i"),
    (put("x3i", 5, "1_0"), CHAPTER, "'x3i' holds '1_0', which is not a number", "x3i"),
    (put("x3i", 5, "0,5"), CHAPTER, "Write decimals with a point: 0.5", "x3i"),
    (put("x3i", 5, 1 + 2j), CHAPTER, "which is not a number", "x3i"),
    (column("x3i", lambda d: pd.Timestamp("2020")), CHAPTER, "'x3i' holds '2020-01-01", "x3i"),
    (put("x1i", 5, -np.inf), CHAPTER, "'x1i' is infinite in row 5 (line 7 of the file)", "x1i"),
    (put("x1i", 5, 10**400), CHAPTER, "'x1i' is infinite in row 5", "x1i"),
    (column("x3i", lambda d: 3), CHAPTER, "'x3i' has the same value (3) in every row", "x3i"),
    (column("y", lambda d: 0.5), f"{J} y ~ x3i;", "cannot be told from the intercept", "y"),
    (column("x1i", lambda d: np.nan), CHAPTER, "'x1i' is missing in every row", "x1i"),
    (column("y", lambda d: np.nan), "MODEL: y ~ intercept;", "Every value of the model's", None),
    (column("y", lambda d: 9), "MISSING: 9; MODEL: y ~ intercept;", "Check the codes", "9"),
    (lambda d: d[:0], CHAPTER, "The data have no rows", None),
    (None, "FIXED: x1i; MODEL: y ~ x1i x3i;", "FIXED but 79 of its 600 values are missing", "x1i"),
    (None, f"{J} x3i.missing ~ y; y ~ x3i;", "'x3i' has no missing values", "x3i.missing"),
    (None, f"{J} y ~ x3i | x3i;", "at least 6 clusters, and the data have 5", "x3i"),
    (None, f"{J} y ~ x3i;", "random intercept of 'y' needs at least 4", "y"),
    (lambda d: d[:5], "MODEL: y ~ x3i;", "'y' has too few values (3) for its equation", "y"),
    (column("b", lambda d: 2 * d["x3i"] + 1), f"{J} y ~ x3i b;", "from the intercept, 'x3i'", "b"),
    (column("b", lambda d: 1e9 + d["x3i"] * 1e-5), f"{J} y ~ b;", "from the intercept.", "b"),
    (column("x1i", lambda d: 2 * d.x2i), f"{J} y ~ x2i x1i; x1i x2i ~ x3i;", "from 'x2i'", "x1i"),
    (column("b", lambda d: d.index % 2), f"{J} y ~ b x3i b^2;", "'b^2' can be computed", "b^2"),
    (column("y", lambda d: 3 - d["x3i"]), f"{J} y ~ x3i;", "no residual left to model", "y"),
    (column("x3i", lambda d: d["x3i"] * 1e200), CHAPTER, "'x3i' are too large", "x3i"),
    (column("x3i", lambda d: d["x3i"] * 1e-200), CHAPTER, "'x3i' are too small", "x3i"),
    (column("x3i", lambda d: d["x3i"] * 1e60), f"{J} y ~ x3i^2;", "'x3i^2' are too large", "x3i^2"),
    (LEVEL_2, f"{J} w ~ x3i;", "'w' has one value per cluster, but 'x3i' varies", "x3i"),
    (LEVEL_2, f"{J} w ~ z | z;", "'w' has one value per cluster and cannot have the random", "z"),
    (LEVEL_2, f"{J} y ~ w.mean;", "'w' has one value per cluster, so it has no cluster", "w.mean"),
    (LEVEL_2, f"CENTER: groupmean = w; {J} y ~ w;", "so it has no cluster means", "w"),
    (None, f"{J} y ~ x1i.mean; x1i ~ x3i;", "The means of 'x1i' are wanted", "x1i"),
    (None, f"ORDINAL: x3i; {J} y ~ x3i;", "'x3i' is ORDINAL but has 596 different values", "x3i"),
    (column("o", lambda d: d.index % 13), f"ORDINAL: o; {J} o ~ x3i;", "has 13 different", "o"),
    (column("b", lambda d: "no"), f"ORDINAL: b; {J} b ~ x3i;", "which is not a number", "b"),
    (column("b", lambda d: 1), f"ORDINAL: b; {J} b ~ x3i;", "same value (1) in every row", "b"),
    (None, f"TRANSFORM: q = sqrt(-1 - x3i^2); {J} y ~ q;", "gives 'q' no value in every", "q"),
    (None, f"TRANSFORM: q = ln(x4i); {J} y ~ q;", "The data have no column 'x4i'", "x4i"),
    (None, f"TRANSFORM: q = x3i*0 + 2; {J} y ~ q;", "gives 'q' the same value (2) in every", "q"),
    (put("x2i", 5, "abc"), f"TRANSFORM: q = x2i; {J} y ~ q;", "'x2i' holds 'abc'", "x2i"),
    (None, f"{J} y ~ x1i x2i x1i*x2i x1i^2; SIMPLE: x1i | x2i;", "no single slope", "x1i | x2i"),
    (None, f"{J} y ~ x1i x2i x1i*x2i x1i^2*x2i; SIMPLE: x1i | x2i;", "'x1i^2*x2i'", "x1i | x2i"),
    (column("w", lambda d: d["j"] % 4), f"{J} y ~ w x3i | x3i w;", "'w' has a random slope", "w"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "script", "says", "mark"), REFUSED)
def test_data_that_do_not_fit_are_refused(data, change, script, says, mark):
    if "clusters, and" in says or "needs at least" in says:
        data = data[data["j"] <= (5 if "|" in script else 3)]
    error = mistake(script, change(data) if change else data)
    assert says in " ".join(str(error).split())
    assert (marked(error) if error.spot else None) == mark


@pytest.mark.parametrize("thing", [[1], None, "a.csv", np.zeros((2, 2))])
def test_only_a_data_frame_is_accepted(thing):
    assert "must be a pandas DataFrame" in mistake(CHAPTER, thing).message


def test_a_model_made_without_a_script_shows_its_rendered_script(data):
    with pytest.raises(DataError, match=r"line 2: y ~ q;\n +\^\n"):
        prepare(ModelSpec((Equation("y", (Term(("q",)),)),)), data)


def test_a_row_of_other_data_is_named_by_its_label(data):
    named = put("x3i", 5, "abc")(data).set_axis([f"r{k}" for k in range(600)])
    assert mistake(CHAPTER, named).message.endswith("in row 'r5'")


# --- hints work as printed -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [object, "category"])
@pytest.mark.parametrize("holes", [False, True])
def test_the_code_that_numbers_clusters_works_as_printed(data, kind, holes):
    text = ("school " + data["j"].astype(str)).where(data.index > (9 if holes else -1))
    names = {"data": data.assign(j=text.astype(kind))}
    hint = mistake(CHAPTER, names["data"]).hint
    exec(hint.removeprefix("Number the clusters first: "), {}, names)
    made = prepare(parse(CHAPTER), names["data"])
    assert (made.n_clusters, len(made.rows)) == (30, 590 if holes else 600)


def test_the_code_that_drops_rows_without_cluster_works_as_printed(data):
    names = {"data": put("j", 7, np.nan)(data)}
    hint = mistake(CHAPTER, names["data"]).hint
    exec(hint.removeprefix("Drop these rows first: "), {}, names)
    assert len(prepare(parse(CHAPTER), names["data"]).rows) == 599


def test_the_equation_offered_for_an_incomplete_fixed_variable_is_enough(data):
    script = "FIXED: x1i x3i; MODEL: y ~ x1i x3i;"
    line = re.search("add '(.*)' to MODEL", mistake(script, data).hint)[1]
    prepare(parse(script.replace("x1i", "", 1) + line), data)
    other = mistake("FIXED: x1i; MODEL: y ~ x1i x2i x3i;", data)
    assert "'x1i ~ x3i;'" in other.hint  # x2i is incomplete itself


# --- how much data a model needs -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("equation", "options", "needed"),
    [
        ("y ~ x3i", "prior2", 4),  # flat on a variance: Gelman (2006)
        ("y ~ x3i | x3i", "prior2", 6),  # 2p + 2
        ("y ~ x3i x1i | x3i x1i; x1i ~ x3i", "prior2", 8),
        ("y ~ intercept | x3i", "prior2", 5),  # the slopes' mean is known to be zero
        ("y ~ x3i", "coefficient_variance=9", 3),  # so are all means up to a proper prior
        ("y ~ x3i", "prior3", 2),
        ("y ~ x3i | x3i", "prior3", 3),
        ("y ~ x3i | x3i", "prior1", 2),
    ],
)
def test_so_many_clusters_are_needed(data, equation, options, needed):
    spec = parse(f"CLUSTERID: j; MODEL: {equation}; OPTIONS: {options};")
    prepare(spec, data[data["j"] <= needed])
    if needed > 2:
        with pytest.raises(DataError, match=f"at least {needed} clusters, .* have {needed - 1}"):
            prepare(spec, data[data["j"] < needed])


def test_only_partly_missing_clusters_tell_about_a_selection_model(data):
    spec = parse("CLUSTERID: j; MODEL: y ~ x3i; y.missing ~ x3i;")
    for n_partly in (2, 3):
        y = data["y"].fillna(0).where((data["j"] > n_partly) | (data.index % 2 == 0))
        some = data.assign(y=y.where(data["j"] < 30))  # the last cluster is wholly missing
        if n_partly == 3:
            prepare(spec, some)
        else:
            with pytest.raises(DataError, match="3 clusters in which 'y' is partly missing"):
                prepare(spec, some)


def test_clusters_without_an_observed_outcome_do_not_count(data):
    some = data.assign(y=data["y"].where(data["j"] <= 3))
    assert "and the data have 3" in mistake("CLUSTERID: j; MODEL: y ~ x3i;", some).message


@pytest.mark.parametrize(
    ("options", "needed"),
    [("prior2", 5), ("prior3", 3), ("coefficient_variance=1", 3)],
)
def test_so_many_values_are_needed(data, options, needed):
    spec = parse(f"MODEL: y ~ x3i; OPTIONS: {options};")
    complete = data.dropna()
    prepare(spec, complete[:needed])
    with pytest.raises(DataError, match=f"At least {needed} are needed"):
        prepare(spec, complete[: needed - 1])


def test_terms_that_only_few_complete_rows_confuse_are_accepted(data):
    few = data.assign(
        b=(data.index % 50 == 49).astype(float), x1i=data["x1i"].where(data.index < 5)
    )
    prepare(parse("MODEL: y ~ b x1i x3i; x1i ~ x3i;"), few)


def test_a_cluster_variable_is_not_made_by_transform():
    with pytest.raises(TutorkitError, match="'g' is a column of the data and cannot be made anew"):
        parse("CLUSTERID: g; TRANSFORM: g = j + 1; MODEL: y ~ x3i;")


def test_the_powers_of_a_moderator_are_no_hindrance(data):
    prepare(parse("MODEL: y ~ x1i x2i x1i*x2i x2i^2 x1i*x2i^2; SIMPLE: x1i | x2i;"), data)
