"""Texts of lessons as HTML: each term opens in place to what it means."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ipywidgets import Widget

from tutorkit.charts.theme import COLOURS
from tutorkit.teaching.glossary import Term, terms_in
from tutorkit.widgets.parts import INK, Group

STYLE = """<style>
.tutorkit-choices .widget-radio-box label {display: flex; align-items: flex-start; height: auto;
  line-height: 1.35; padding: .15em 0; white-space: normal;}
.tutorkit-choices .widget-radio-box input {order: -1; flex: none;}
.tutorkit-group > .widget-html .widget-html-content {white-space: normal; line-height: 1.4;}
.tutorkit-term {display: inline;}
.tutorkit-term > summary {display: inline; list-style: none; cursor: help;
  text-decoration: underline dotted 1px; text-underline-offset: .2em;}
.tutorkit-term > summary::-webkit-details-marker {display: none;}
.tutorkit-term::details-content {display: inline;}
.tutorkit-term:not([open]) > .tutorkit-meaning {display: none;}
.tutorkit-meaning {font-style: italic; font-weight: normal;
  background: var(--jp-layout-color2, #eee); border-radius: 3px; padding: 0 .3em;}
</style>"""


def explained_html(text: str) -> str:
    """Return a text with the first mention of each term folding out to its meaning."""
    out, at = "", 0
    for start, end, term in terms_in(text):
        out += escape(text[at:start]) + _term(text[start:end], term)
        at = end
    return out + escape(text[at:])


def asked(text: str, controls: Iterable[Widget], first: str = "") -> Group:
    """Return what is asked above its controls; ``first`` is a word before it."""
    group = Group(f"{first}{text}", controls)
    group.head.value = (
        f'<div style="{INK};margin:.3em 0 0;font-weight:bold">{escape(first)}'
        f"{explained_html(text)}</div>"
    )
    return group


def verdict_html(head: str, words: str, good: bool, more: str = "") -> str:
    """Return what is said to an answer: a head, words, and a sign beside the colour.

    ``more`` is HTML that is read out with it.
    """
    sign, colour = ("✓", COLOURS[2]) if good else ("→", COLOURS[1])
    return (
        f'<div role="status" style="{INK};border-left:4px solid {colour};padding:.2em .6em;'
        f'margin:.3em 0;line-height:1.45"><b><span aria-hidden="true">{sign}</span> '
        f"{escape(head)}</b> {explained_html(words)}{more}</div>"
    )


def glossary_html(terms: list[Term]) -> str:
    """Return terms and what they mean as a list, folded up."""
    rows = "".join(
        f"<dt><b>{escape(term.name)}</b></dt><dd style='margin:0 0 .3em 1.2em'>"
        f"{escape(term.words)}</dd>"
        for term in terms
    )
    return (
        f'<details style="{INK};line-height:1.4"><summary>Words used in this lesson</summary>'
        f"<dl style='margin:.3em 0'>{rows}</dl></details>"
    )


def _term(shown: str, term: Term) -> str:
    name = "" if shown.lower() == term.name.lower() else f"{term.name}: "
    return (
        f'<details class="tutorkit-term"><summary>{escape(shown)}</summary>'
        f'<span class="tutorkit-meaning"> {escape(name + term.words)} </span></details>'
    )
