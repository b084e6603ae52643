"""The answers file: written and read again, and read whoever wrote it."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutorkit import DataError, compare, datasets, parse, sample
from tutorkit.assignment.answers import (
    LONGEST,
    MOST_BYTES,
    Answers,
    RunSummary,
    read_answers,
    summary_of,
)

RUN = RunSummary(
    "MODEL: y ~ x1i;", 5, 2, 100, 400, False, 1.01, 350.5,
    {"x1i": {"estimate": 1.0, "sd": 0.1, "lower": 0.8, "upper": 1.2, "mcse": 0.01}}, "2026",
)  # fmt: skip
ANSWERS = Answers("a", "ab12", "00", "0.1", "2026-12-01T10:00:00+01:00", "MODEL: y ~ x1i;", RUN,
                  {"q": 1, "report": "ä <b> \u2028 =1"})  # fmt: skip
TREE = json.loads(ANSWERS.to_json())


def text(change=None, **parts):
    return json.dumps(TREE | parts).encode()


def run(**parts):
    return text(run=TREE["run"] | parts)


def test_what_is_written_is_read_again():
    assert read_answers(ANSWERS.to_json().encode()) == ANSWERS
    without = Answers("a", "ab12", "00")
    assert read_answers(without.to_json().encode()) == without
    assert read_answers(text(unknown={"more": [1, 2]})) == ANSWERS  # of a later version


def test_a_run_is_summed_up_as_compare_has_it():
    spec = parse("CLUSTERID: j; MODEL: y ~ x1i | x1i; BURN: 200; ITERATIONS: 600;")
    draws = sample(spec, datasets.load("04_multilevel"), seed=3, progress=False)
    found = summary_of(draws)
    table = compare({"run": draws}).set_index("parameter")
    assert (found.seed, found.chains, found.burn, found.iterations) == (3, 2, 200, 600)
    assert set(found.estimates) == set(table.index)
    for name, row in found.estimates.items():
        assert row["estimate"] == table.loc[name, "estimate"]
        assert row["mcse"] == table.loc[name, "mcse"]
    assert parse(found.script).equations == spec.equations
    assert 0.99 < found.psr < 2
    assert 0 < found.ess < 1000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "It is empty"),
        (b" \n", "It is empty"),
        (b"x" * (MOST_BYTES + 1), "larger than 1 MB"),
        (b"{", "breaks off or was changed"),
        (b"null", "not written by submit()"),
        (b"[1]", "not written by submit()"),
        (b"\xff\xfe{}", "signs that are no text"),
        (text(tutorkit=2), "not written by submit()"),
        (json.dumps({"tutorkit": 1}).encode(), "does not hold"),
        (text(handle=5), "'handle' is no text"),
        (text(script="x" * (LONGEST + 1)), "'script' is no text, or is too long"),
        (text(script="\ud800"), "signs that are no text"),
        (text(given=[1]), "'given' is too long"),
        (text(given={"q": [1]}), "the answer to 'q' is no text and no choice"),
        (text(given={"q": True}), "the answer to 'q'"),
        (text(given={"q": -1}), "the answer to 'q'"),
        (text(given={"q": 1.5}), "the answer to 'q'"),
        (text(given={"q": "x" * (LONGEST + 1)}), "the answer to 'q'"),
        (text(given={"q" * 101: 1}), "a name is too long"),
        (text(given={f"q{k}": 1 for k in range(201)}), "'given' is too long"),
        (text(run=5), "does not hold"),
        (run(psr="1"), "'psr' is no number"),
        (run(psr=None), "'psr' is no number"),
        (run(psr=True), "'psr' is no number"),
        (run(ess=1e300), "'ess' is no number that can be"),
        (run(seed=1.5), "'seed' is no whole number"),
        (run(iterations=-1), "'iterations' is no whole number"),
        (run(stopped=1), "'stopped' is not true or false"),
        (run(estimates=[]), "'estimates' is too long"),
        (run(estimates={"x": {}}), "an estimate has no value"),
        (run(estimates={"x": {"estimate": "1"}}), "'estimate' is no number"),
        (run(estimates={"x": 1}), "does not hold"),
        (run(estimates={str(k): {"estimate": 1} for k in range(300)}), "is too long"),
        (text().replace(b'"psr": 1.01', b'"psr": NaN'), "NaN is no number"),
        (text().replace(b'"psr": 1.01', b'"psr": -Infinity'), "-Infinity is no number"),
        (text().replace(b'"psr": 1.01', b'"psr": 1e999'), "no number that can be"),
        (text().replace(b'"handle"', b'"script": "", "handle"'), "said twice"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_answers_file_is_told_in_a_sentence(content, message):
    with pytest.raises(DataError) as caught:
        read_answers(content)
    assert message in caught.value.message
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 300


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner,
                                                                max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*TREE, "run.estimates", "run.psr", "run.script", "given.q"]), JSON)
def test_whatever_stands_in_any_place_is_read_or_refused(place, value):
    tree = json.loads(ANSWERS.to_json())
    *outer, last = place.split(".")
    inner = tree[outer[0]] if outer else tree
    inner[last] = value
    try:
        found = read_answers(json.dumps(tree).encode("utf-8", "surrogatepass"))
    except DataError:
        return
    assert read_answers(found.to_json().encode()) == found


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    with pytest.raises(DataError):
        read_answers(content)


def test_psr_and_effective_draws_are_the_worst_of_the_focal_parameters(monkeypatch):
    spec = parse("MODEL: y ~ x1i; BURN: 50; ITERATIONS: 100;")
    draws = sample(spec, datasets.load("04_multilevel"), seed=3, progress=False)
    name = "tutorkit.assignment.answers."
    monkeypatch.setattr(f"{name}split_psr", lambda _: np.array([1.01, np.nan, 1.2]))
    monkeypatch.setattr(f"{name}bulk_sizes", lambda _: np.array([50.0, np.nan, 90.0]))
    found = summary_of(draws)
    assert (found.psr, found.ess) == (1.2, 50)


@pytest.mark.parametrize("content", [text(given={"q": 200}), run(seed=True)])
def test_more_that_is_no_answers_file(content):
    with pytest.raises(DataError):
        read_answers(content)
