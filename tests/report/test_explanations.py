"""Every item a report can hold is explained, to a pointer and in a list."""

import re
from collections import defaultdict
from dataclasses import replace
from html import escape, unescape

import pytest
from wide_scripts import CLUSTERS, SCRIPTS, wide_data

from tutorkit import TutorkitError, baseline, fit_reml, parse, report, sample
from tutorkit.report.explanations import RULES, explain, explanation
from tutorkit.report.html import MEANINGS, to_html
from tutorkit.report.parts import Facts, Grid, Section

SLOPES = f"{CLUSTERS} MODEL: y ~ x1i x3i | x1i x3i; SAVE: stacked = imp.csv; NIMPS: 2;"


@pytest.fixture(scope="module")
def reports(chapter_draws, complete, listwise):
    fits = {"Complete data": complete, "Listwise deletion": listwise}
    found = {"chapter": report(chapter_draws, fits)}
    data = wide_data()
    for name, script in {**SCRIPTS, "slopes": SLOPES}.items():
        spec = parse(script)
        draws = sample(spec, data, burn=20, iterations=40, seed=1, progress=False)
        try:
            fits = {"REML": fit_reml(spec, data)}
        except TutorkitError:  # of centred or ordinal variables
            fits = {}
        found[name] = report(draws, fits)
    return found


def items(shown):
    """Yield kind, text, section and group of every item."""
    for section in shown.sections:
        if section.title:
            yield "section", section.title, section.title, ""
        for part in section.parts:
            if part.title:
                yield "title", part.title, section.title, ""
            if isinstance(part, Facts):
                yield from (("row", label, section.title, part.title) for label, _ in part.rows)
            if isinstance(part, Grid):
                yield from (("column", name, section.title, "") for name in part.head)
                for group, rows in part.groups:
                    if group:
                        yield "group", group, section.title, ""
                    yield from (("row", row[0], section.title, group) for row in rows)


def test_every_item_of_every_report_is_explained(reports):
    lacking = {
        item
        for shown in reports.values()
        for item in items(shown)
        if not explain(item[1], item[0], *item[2:])
    }
    assert lacking == set()


def test_every_rule_explains_an_item_of_some_report(reports):
    used = {
        explain(text, kind, section, group)
        for shown in reports.values()
        for kind, text, section, group in items(shown)
    }
    idle = [rule.pattern for rules in RULES.values() for rule in rules if rule.words not in used]
    assert idle == [r"Complete\ ordinal"]  # no script here has a complete one with an equation


def test_no_name_stands_for_two_meanings(reports):
    meanings = defaultdict(set)
    for shown in reports.values():
        for kind, text, section, group in items(shown):
            found = explanation(text, kind, section, group)
            meanings[found.term].add(found.words)
    assert {term for term, words in meanings.items() if len(words) > 1} == set()


def test_explanations_are_whole_sentences():
    for rules in RULES.values():
        for rule in rules:
            assert re.fullmatch(r"[A-Z0-9].*[.)]", rule.words), rule.words
            assert "  " not in rule.words


@pytest.mark.parametrize(
    ("kind", "text", "section", "group", "words"),
    [
        ("column", "Median", "Outcome model estimates", "", "posterior draws"),
        ("column", "Median", "Imputed data", "", "Half of the values"),
        ("column", "PSR", "Outcome model estimates", "", "1.05"),
        ("row", "x1i", "Outcome model estimates", "Coefficients", "goes up by one and"),
        ("row", "x1i", "Outcome model estimates", "Standardized Coefficients", "one SD"),
        ("row", "x2i*x3i", "Outcome model estimates", "Coefficients", "interaction"),
        ("row", "x1i^2", "Outcome model estimates", "Coefficients", "bends"),
        ("row", "x1i.mean", "Outcome model estimates", "Coefficients", "between clusters"),
        ("row", "L2 : Var(x1i)", "Outcome model estimates", "Variances", "slope"),
        ("row", "L2 : Var(Intercept)", "Parameter list", "y, Variances", "intercept"),
        ("row", "Tau 1", "Outcome model estimates", "Thresholds", "fixed at 0"),
        ("row", "N", "Focal model by REML", "Random effects", "clusters"),
        ("row", "τ22.x3i", "Focal model by REML", "Random effects", "slope"),
        ("row", "y", "Data information", "Missing data rates (%):", "Percent"),
    ],
)
def test_an_item_is_explained_by_its_place(kind, text, section, group, words):
    assert words in explain(text, kind, section, group)


@pytest.mark.parametrize(
    ("kind", "text", "section", "group"),
    [
        ("section", "Another section", "Another section", ""),
        ("column", "Medians", "Outcome model estimates", ""),
        ("column", "SE", "Outcome model estimates", ""),
        ("row", "x1i", "Outcome model estimates", ""),
        ("row", "Another option", "Algorithmic options specified", ""),
    ],
)
def test_what_is_not_known_has_no_explanation(kind, text, section, group):
    assert explain(text, kind, section, group) == ""


def test_html_shows_the_explanations_on_the_items_and_in_a_list(reports):
    shown = reports["chapter"]
    html = shown._repr_html_()
    start = html.index(f"<details><summary>{MEANINGS}</summary>")
    hovers = {unescape(words) for words in re.findall(r' title="([^"]*)"', html[:start])}
    listed = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html[start:]))
    expected = {
        found.term: found.words
        for kind, text, section, group in items(shown)
        if (found := explanation(text, kind, section, group))
    }
    assert hovers == set(expected.values())
    assert {unescape(t): unescape(w) for t, w in listed.items()} == expected
    assert html[start:].count("<dt>") == len(expected)
    assert html.endswith("</dl></details></div>")
    words = escape(explain("Imputation method", "row", shown.sections[1].title))
    assert f"<dd>{words}</dd>" in html
    for text in ("Median", "PSR"):
        words = escape(explain(text, "column", "Outcome model estimates"))
        assert f'<th scope="col" title="{words}">{text}</th>' in html
    assert ".tutorkit-report [title] {cursor: help; text-decoration: underline dotted" in html


def test_html_without_explained_items_has_no_list():
    html = to_html([Section("Another", (Facts((("label", "value"),)),))])
    assert MEANINGS not in html
    assert " title=" not in html


def test_the_text_has_no_explanations(reports):
    assert MEANINGS not in str(reports["chapter"])


def test_the_baseline_alone_explains_itself(listwise):
    html = baseline({"Listwise deletion": listwise})._repr_html_()
    assert "<dt>ICC</dt>" in html


def test_names_of_the_data_are_not_explained_as_ours(chapter, chapter_draws):
    """A block may have any name."""
    equations = tuple(replace(e, block="Median") for e in chapter.equations)
    spec = replace(chapter, equations=equations)
    html = report(replace(chapter_draws, spec=spec))._repr_html_()
    assert "<dt>Block</dt>" in html
