"""Pages of HTML that run nothing and load nothing, whatever is written in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
STYLE = """\
:root {color-scheme: light dark;}
body {font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em;}
h1 {font-size: 1.5em;} h2 {font-size: 1.15em; margin-top: 1.6em;}
table {border-collapse: collapse; margin: .5em 0; width: 100%;}
th, td {text-align: left; vertical-align: top; padding: .25em .7em .25em 0;
  border-bottom: 1px solid #8886; overflow-wrap: break-word;}
td.number, th.number {text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums;}
pre {white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid #8886;
  padding-left: .8em;}
.total {font-size: 1.3em;} ul {margin: 0; padding-left: 1.1em;}
.wide {overflow-x: auto;} figure {margin: 0; color: inherit !important;}
figure img {max-width: 100%; height: auto; background: white; border-radius: 4px;}"""


def page(title: str, body: str) -> str:
    """Return a page; ``body`` is HTML."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )


def text(words: object) -> str:
    """Return words as HTML that shows them: signs that hide or turn letters are shown as �."""
    plain = "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else "\ufffd"
        for c in f"{words}"
    )
    return escape(plain)


def items(words: Iterable[str]) -> str:
    """Return words as a list."""
    return "<ul>" + "".join(f"<li>{text(word)}</li>" for word in words) + "</ul>"


def table(header: Sequence[str], rows: Iterable[Sequence[object]], numbers: Sequence[int]) -> str:
    """Return rows as a table; columns of ``numbers`` stand to the right.

    A cell that is a tuple is a list of words, and any other cell words.
    """

    def side(k: int) -> str:
        return ' class="number"' if k in numbers else ""

    head = "".join(f'<th scope="col"{side(k)}>{text(name)}</th>' for k, name in enumerate(header))
    body = ""
    for row in rows:
        cells = "".join(
            f"<td{side(k)}>{items(value) if isinstance(value, tuple) else text(value)}</td>"
            for k, value in enumerate(row)
        )
        body += f"<tr>{cells}</tr>"
    rows_ = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide"><table>{rows_}</table></div>'
