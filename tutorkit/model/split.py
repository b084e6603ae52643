"""The statements of a script: its tokens cut at ';', ranges such as ``x1:x3`` written out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutorkit.errors import ScriptError
from tutorkit.model.tokens import Token, command_of, missing_semicolon, mistake, starts_line

TILDES = ("~", "<-")
MAX_IN_RANGES = 100_000


class Statement(NamedTuple):
    """A stretch of script up to ';': the words before colons, and the rest."""

    heads: list[Token]
    body: list[Token]


class _Range(NamedTuple):
    """A range such as ``x1:x3``: the stem of its names, and the first and last number."""

    stem: str
    first: str
    last: str

    @property
    def size(self) -> int:
        return int(self.last) - int(self.first) + 1

    def names(self) -> list[str]:
        """Return all names, numbers as wide as the first one is."""
        numbers = range(int(self.first), int(self.last) + 1)
        return [f"{self.stem}{k:0{len(self.first)}d}" for k in numbers]


def statements(tokens: Sequence[Token]) -> Iterator[Statement]:
    """Split a script into statements; empty ones (';;') are left out."""
    at, n_in_ranges = 0, 0
    while at < len(tokens):
        heads: list[Token] = []
        body: list[Token] = []
        while _before_colon(tokens, at) and not _range_at(tokens, at):
            heads.append(tokens[at])
            at += 2
        while at < len(tokens) and not _is_semicolon(tokens[at]):
            found = _range_at(tokens, at)
            if found:
                n_in_ranges += found.size
                if n_in_ranges > MAX_IN_RANGES:
                    what = f"The ranges up to here hold more than {MAX_IN_RANGES:,} names"
                    raise mistake(what, "Use smaller ones.", tokens[at], tokens[at + 2])
                body += _written_out(tokens, at, found)
                at += 2
            elif body and _before_colon(tokens, at):
                raise _unexpected_colon(tokens, at)
            else:
                body.append(tokens[at])
            at += 1
        if at == len(tokens) and body:
            raise missing_semicolon(tokens[-1])
        if heads or body:
            yield Statement(heads, body)
        at += 1


def _is_semicolon(token: Token) -> bool:
    return token.kind == "sign" and token.text == ";"


def _before_colon(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at].kind == "name" and tokens[at + 1].text == ":"


def _range_at(tokens: Sequence[Token], at: int) -> _Range | None:
    """Return the range such as ``x1:x3`` written here: one stem, two numbers, no blanks."""
    if not _before_colon(tokens, at) or at + 2 == len(tokens):
        return None
    if tokens[at + 2].start != tokens[at].end + 1:
        return None
    ends = [re.fullmatch(r"(.*?)([0-9]{1,9})", tokens[k].text) for k in (at, at + 2)]
    if not ends[0] or not ends[1] or ends[0][1] != ends[1][1]:
        return None
    return _Range(ends[0][1], ends[0][2], ends[1][2])


def _written_out(tokens: Sequence[Token], at: int, found: _Range) -> list[Token]:
    """Return the names of a range, each where the whole range stands; it must count up."""
    names = found.names()
    last = tokens[at + 2]
    if not names or names[-1] != last.text:
        what = f"'{tokens[at].text}:{last.text}' is not a range: its numbers do not count up"
        hint = f"Write the names, or a range such as '{found.stem}1:{found.stem}3'."
        raise mistake(what, hint, tokens[at], last)
    return [tokens[at]._replace(text=name, end=last.end) for name in names]


def _unexpected_colon(tokens: Sequence[Token], at: int) -> ScriptError:
    """Tell a missing semicolon (``SEED: 1 BURN: 2;``) from a product (``x:z``)."""
    before = tokens[at - 1]
    ends = before.kind in ("name", "number", "file") or before.text in (")", "}")
    if ends and (_opens_command(tokens, at) or _opens_block(tokens, at)):
        return missing_semicolon(before)
    last = tokens[min(at + 2, len(tokens) - 1)]
    what = f"'{tokens[at].text}:{last.text}' is not a range such as 'x1:x3'"
    hint = "Write every name: 'x1 x2 x3'. A product is written 'x1*x2'."
    return mistake(what, hint, tokens[at], last)


def _opens_command(tokens: Sequence[Token], at: int) -> bool:
    word = tokens[at].text
    is_short = command_of(word) not in (None, word.upper())
    followed = at + 2 < len(tokens) and tokens[at + 2].kind == "number"
    return followed if is_short else command_of(word) is not None


def _opens_block(tokens: Sequence[Token], at: int) -> bool:
    if starts_line(tokens, at):
        return True
    end = next((k for k in range(at, len(tokens)) if _is_semicolon(tokens[k])), len(tokens))
    return any(token.text in TILDES for token in tokens[at:end])
