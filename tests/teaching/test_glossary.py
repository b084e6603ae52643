"""Terms are found in texts as they are written, once each, and every lesson explains some."""

import pytest

from tutorkit.teaching import lesson, numbers
from tutorkit.teaching.glossary import glossary, terms_in, terms_of

TEXTS = {n: lesson(n).texts for n in numbers()}


def found(text):
    return [(text[start:end], term.name) for start, end, term in terms_in(text)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("MAR and MNAR, MNAR again", [("MAR", "MAR"), ("MNAR", "MNAR")]),
        ("Chains and a chain", [("Chains", "chain")]),
        ("the selection models", [("selection models", "selection model")]),
        ("unbiased", [("unbiased", "bias")]),
        ("mar, MARS, y.missing, probit_variance, x.chain, chain.x", []),
        ("missing completely at random.", [("completely at random", "MCAR")]),
        ("PSR: N_eff!", [("PSR", "PSR"), ("N_eff", "N_eff")]),
    ],
)
def test_terms_are_found(text, terms):
    assert found(text) == terms


def test_each_term_is_explained_once_and_used():
    forms = [form.lower() for term in glossary() for form in term.forms]
    assert len(set(forms)) == len(forms)
    used = terms_of(text for texts in TEXTS.values() for text in texts)
    assert used == list(glossary())
    for term in glossary():
        assert len(term.words) > 25
        assert not term.words.endswith(".")


@pytest.mark.parametrize("number", numbers())
def test_each_lesson_has_terms(number):
    assert len(terms_of(TEXTS[number])) > 3
