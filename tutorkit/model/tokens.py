"""The words of a script: its commands, what may be a name, and the lexer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from tutorkit.errors import ScriptError, Spot

COMMANDS = (
    "DATA", "CLUSTERID", "FIXED", "MISSING", "MODEL",
    "SEED", "BURN", "ITERATIONS", "CHAINS", "OPTIONS",
)  # fmt: skip

_NORMAL = "Every outcome is continuous here, except missingness indicators such as 'y.missing'."
_COLUMN = "Compute the new column with pandas before you fit the model."
_DRAWS = "Compute it from the draws after the run."
UNSUPPORTED_COMMANDS = {
    "VARIABLES": "Leave it out: the first line of the data file names the variables.",
    "ORDINAL": _NORMAL,
    "NOMINAL": _NORMAL,
    "COUNT": _NORMAL,
    "TIMEID": "",
    "TRANSFORM": _COLUMN,
    "FILTER": "Select the rows with pandas before you fit the model.",
    "BYGROUP": "Select each group with pandas and fit the model to it.",
    "DROPOUT": "",
    "WEIGHT": "",
    "LATENT": "",
    "RANDOMEFFECT": "Write a random slope behind '|', as in 'y ~ x | x;'.",
    "CENTER": "Centre the column with pandas before you fit the model.",
    "SIMPLE": _DRAWS,
    "PARAMETERS": _DRAWS,
    "TEST": _DRAWS,
    "WALDTEST": _DRAWS,
    "FCS": "Give every incomplete variable an equation under MODEL instead.",
    "SIMULATE": "Simulate the data in Python instead.",
    "NIMPS": "Leave it out.",
    "THIN": "Leave it out: every draw is kept.",
    "OUTPUT": "Leave it out.",
    "SAVE": "Leave it out: results stay in the notebook.",
}

MISSING_SUFFIX = ".missing"
_SUFFIXES = (".mean", ".latent", ".lag")

_DIGITLIKE = "¹²³⁰⁴-⁹₀-₉"  # letters to Python's \w, powers to a learner
_NAME = rf"[^\W\d{_DIGITLIKE}](?:[^\W{_DIGITLIKE}]|\.)*"
_SPACE = r"(?:[\s\ufeff]|\#[^\r\n]*)*"
_SPACES = re.compile(_SPACE)
_TOKEN = re.compile(
    rf"""(?P<name>{_NAME})
      | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[\w.]*)
      | (?P<sign><->|<-|->|=~|~~|\*\*|==|[-~|*^;:,=+/@(){{}}<>\[\]])""",
    re.VERBOSE,
)
_DATA = re.compile(rf"(DATA)\s*(:){_SPACE}", re.IGNORECASE)
_COMMAND = "|".join((*COMMANDS, *UNSUPPORTED_COMMANDS))
_FILE = re.compile(
    rf"""(?P<quote>["'])(?P<quoted>[^\r\n]*?)(?P=quote)
      | (?P<plain>(?:(?!(?<=\s)(?:{_COMMAND})\s*:)[^;\#\r\n])*)""",
    re.VERBOSE | re.IGNORECASE,
)
_LOOKALIKES = {
    "~": "∼～˜〜", "*": "×·∗⋅✕", ";": "；", ":": "：", "|": "｜∣¦", "-": "–—−",
    "^2": "²", "^3": "³",
}  # fmt: skip


class Token(NamedTuple):
    """One word of a script: a name, a number, a sign, or the file named by DATA."""

    kind: str
    text: str
    start: int
    end: int
    script: str


def mistake(message: str, hint: str, first: Token, last: Token | None = None) -> ScriptError:
    """Return the error that marks the script from ``first`` to ``last``."""
    return ScriptError(message, hint, spot=Spot(first.script, first.start, (last or first).end))


def missing_semicolon(before: Token) -> ScriptError:
    """Return the error that marks the place behind ``before``."""
    spot = Spot(before.script, before.end, before.end)
    return ScriptError("A semicolon is missing here", "Every statement ends in ';'.", spot=spot)


def starts_line(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether the token at this place is the first on its line."""
    return at == 0 or "\n" in tokens[at].script[tokens[at - 1].end : tokens[at].start]


def tokenize(script: str) -> list[Token]:
    """Split a script into tokens; blanks and comments are left out."""
    if "\0" in script:
        raise ScriptError("This is not a script but binary data", "Open a plain text file.")
    tokens: list[Token] = []
    at = _end(_SPACES, script, 0)
    while at < len(script):
        data = _DATA.match(script, at)
        if data:
            tokens.append(Token("name", data[1], *data.span(1), script))
            tokens.append(Token("sign", data[2], *data.span(2), script))
            tokens += _file(script, data.end())
        else:
            tokens.append(_token(script, at))
        at = _end(_SPACES, script, tokens[-1].end)
    return tokens


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _file(script: str, at: int) -> list[Token]:
    """Read the file name behind ``DATA:``, which may hold blanks and, in quotes, anything."""
    match = _FILE.match(script, at)
    if match is None or not match[0].strip():
        return []
    if match["quote"]:
        return [Token("file", match["quoted"], at, match.end(), script)]
    name = match["plain"].rstrip()
    token = Token("file", name, at, at + len(name), script)
    if name[0] in "\"'":
        raise mistake("The quotation mark is not closed", "Leave out the quotation marks.", token)
    return [token]


def _token(script: str, at: int) -> Token:
    match = _TOKEN.match(script, at)
    if match and match.lastgroup:
        return Token(match.lastgroup, match[0], at, match.end(), script)
    sign = script[at]
    token = Token("stray", sign, at, at + 1, script)
    for meant, alike in _LOOKALIKES.items():
        if sign in alike:
            raise mistake(f"The sign '{sign}' is not known in a script", f"Write '{meant}'.", token)
    if sign in "\"'“”„‘’«»`":
        raise mistake("Quotation marks are not used here", "Take them away.", token)
    shown = f"The sign '{sign}'"
    if not sign.isprintable():
        shown = f"An invisible character ({unicodedata.name(sign, f'U+{ord(sign):04X}')})"
    raise mistake(f"{shown} has no meaning in a script", "Delete it.", token)


def is_command(word: str) -> bool:
    """Tell whether Blimp has a command of this name."""
    return word.upper() in COMMANDS or word.upper() in UNSUPPORTED_COMMANDS


def is_intercept(word: str) -> bool:
    """Tell whether ``word`` stands for the intercept."""
    return word.casefold() == "intercept"


def is_label(word: str) -> bool:
    """Tell whether ``word`` can name a block of equations."""
    return re.fullmatch(_NAME, word) is not None and not is_command(word)


def render_file(name: str) -> str:
    """Return a file name as it is written behind ``DATA:``, in quotes only if need be."""
    match = _FILE.fullmatch(f" {name}", 1)
    quoted = name[0] in "\"'" or name != name.strip() or _end(_SPACES, name, 0) > 0
    return f'"{name}"' if quoted or match is None else name


def name_problem(name: str) -> tuple[str, str] | None:
    """Return why ``name`` cannot be a variable (message and hint), or None if it can."""
    if not re.fullmatch(_NAME, name):
        return (
            f"'{name}' cannot be the name of a variable",
            "Names start with a letter and hold letters, digits, '_' and '.': rename the column.",
        )
    if is_intercept(name):
        return "'intercept' stands for the intercept, not for a variable", "Rename the column."
    lower = name.lower()
    if lower.endswith(MISSING_SUFFIX):
        if lower == MISSING_SUFFIX or name.endswith(MISSING_SUFFIX):
            return (
                f"'{name}' can only be an outcome",
                f"Write it left of '~', as in '{name} ~ x;': a selection model.",
            )
        return f"'{name}' must end in '{MISSING_SUFFIX}', in small letters", ""
    for suffix in _SUFFIXES:
        if lower.endswith(suffix):
            return (
                f"tutorkit does not support '{suffix}' yet",
                f"If '{name}' is a column of your data, rename it; if not, compute it with pandas.",
            )
    return None
