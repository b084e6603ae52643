"""The report as HTML holds all of it, and shows it as text."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from tutorkit import report, summarize
from tutorkit.report.html import to_html
from tutorkit.report.parts import Facts, Grid, Lines, Section, figures

EVIL = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "part",
    [
        Facts(((EVIL, "value"),)),
        Facts((("label", EVIL),), title=EVIL),
        Lines((EVIL,), title=EVIL),
        Lines((EVIL,), verbatim=True),
        Grid((EVIL, "column"), (("group", (("row", "cell"),)),)),
        Grid(("label", EVIL), (("group", (("row", "cell"),)),)),
        Grid(("label", "column"), ((EVIL, (("row", "cell"),)),)),
        Grid(("label", "column"), (("group", ((EVIL, "cell"),)),)),
        Grid(("label", "column"), (("group", (("row", EVIL),)),), title=EVIL),
    ],
)
def test_every_text_is_escaped(part):
    html = to_html([Section(EVIL, (part,))])
    assert "<img" not in html
    n_texts = str(part).count(EVIL) + 1
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") == n_texts


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_holds_the_same_and_is_well_formed(chapter_draws):
    shown = report(chapter_draws)
    html = shown._repr_html_()
    parser = _Tags()
    parser.feed(html)
    assert not parser.open
    assert "script" not in parser.seen
    assert "http" not in html
    for section_ in shown.sections[1:]:
        assert f"<h3>{section_.title}</h3>".replace("&", "&amp;") in html
    for row in summarize(chapter_draws).to_dict("records"):
        assert f"<td>{figures(row['median'], row['sd'])[0]}</td>" in html


def test_words_stand_left_and_numbers_right_without_a_style_sheet():
    grid = Grid(("label", "number", "word"), (("group", (("row", "1.0", "name"),)),), words=(2,))
    html = to_html([Section("", (grid,))])
    left = ' style="text-align: left"'
    for cell in ("label", "word", "group", "row", "name"):
        assert f"{left}>{cell}</t" in html
    assert '<th scope="col">number</th>' in html
    assert "<td>1.0</td>" in html


def test_html_escapes_names(chapter, chapter_draws):
    spec = replace(chapter, data="<img src=x onerror=alert(1)>.csv")
    html = report(replace(chapter_draws, spec=spec))._repr_html_()
    assert "<img" not in html
    assert "&lt;img" in html
