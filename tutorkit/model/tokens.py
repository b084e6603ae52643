"""The words of a script: its commands, what may be a name, and the lexer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from tutorkit.errors import ScriptError, Spot

COMMANDS = (
    "DATA", "VARIABLES", "CLUSTERID", "ORDINAL", "FIXED", "MISSING", "TRANSFORM", "CENTER", "MODEL",
    "SIMPLE", "PARAMETERS", "SEED", "BURN", "ITERATIONS", "CHAINS", "NIMPS", "OPTIONS", "SAVE",
)  # fmt: skip

_DRAWS = "Compute it from the draws after the run, or under PARAMETERS."
UNSUPPORTED_COMMANDS = {
    "NOMINAL": "Outcomes are continuous, or probit with ORDINAL: make 0/1 columns with TRANSFORM.",
    "COUNT": "Outcomes are continuous, or binary and ordered with ORDINAL.",
    "TIMEID": "Leave it out: the order of the rows within a cluster has no meaning here.",
    "FILTER": "Select the rows with pandas before you fit the model.",
    "BYGROUP": "Select each group with pandas and fit the model to it.",
    "DROPOUT": "Write a selection model instead, as in 'y.missing ~ y x;'.",
    "WEIGHT": "Leave it out: every row counts the same.",
    "LATENT": "Only variables of the data can be used.",
    "RANDOMEFFECT": "Write a random slope behind '|', as in 'y ~ x | x;'.",
    "TEST": _DRAWS,
    "WALDTEST": _DRAWS,
    "FCS": "Give every incomplete variable an equation under MODEL instead.",
    "SIMULATE": "Simulate the data in Python instead.",
    "THIN": "Leave it out: every draw is kept.",
    "OUTPUT": "Leave it out.",
}
SHORTEST_COMMAND = 4

MISSING_SUFFIX = ".missing"
MEAN_SUFFIX = ".mean"
VARIANCE_SUFFIXES = (".totalvar", ".coefvar", ".residvar")
_SUFFIXES = (".latent", ".lag")

_DIGITLIKE = "¹²³⁰⁴-⁹₀-₉"  # letters to Python's \w, powers to a learner
_NAME = rf"[^\W\d{_DIGITLIKE}](?:[^\W{_DIGITLIKE}]|\.)*"
_SPACE = r"(?:[\s\ufeff]|\#[^\r\n]*)*"
_SPACES = re.compile(_SPACE)
_TOKEN = re.compile(
    rf"""(?P<name>{_NAME})
      | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[\w.]*)
      | (?P<sign><->|<-|->|=~|~~|\*\*|==|!=|<=|>=|[-~|*^;:,=+/@(){{}}<>\[\]])""",
    re.VERBOSE,
)
_DATA = re.compile(rf"(DATA)\s*(:){_SPACE}", re.IGNORECASE)
_SAVED = re.compile(rf"({_NAME})\s*(=){_SPACE}")
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
    """One word of a script: a name, a number, a sign, or a file named by DATA or SAVE."""

    kind: str
    text: str
    start: int
    end: int
    script: str

    @property
    def in_range(self) -> bool:
        """Tell whether this name comes from a range such as ``x1:x3``."""
        return self.kind == "name" and self.text != self.script[self.start : self.end]


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
    at, saving = _end(_SPACES, script, 0), False
    while at < len(script):
        named = _DATA.match(script, at) or (_SAVED.match(script, at) if saving else None)
        if named:
            saving = named[2] == "="
            tokens.append(Token("name", named[1], *named.span(1), script))
            tokens.append(Token("sign", named[2], *named.span(2), script))
            tokens += _file(script, named.end())
        else:
            tokens.append(_token(script, at))
            if tokens[-1].text == ":" and len(tokens) > 1:
                saving = tokens[-2].text.upper() == "SAVE"
        at = _end(_SPACES, script, tokens[-1].end)
    return tokens


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _file(script: str, at: int) -> list[Token]:
    """Read a file name, which may hold blanks and, in quotes, anything."""
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
    hint = "To say 'and', multiply: '(x > 3)*(z > 3)'." if sign == "&" else "Delete it."
    raise mistake(f"{shown} has no meaning in a script", hint, token)


def is_command(word: str) -> bool:
    """Tell whether Blimp has a command of this name."""
    return word.upper() in COMMANDS or word.upper() in UNSUPPORTED_COMMANDS


def commands_like(word: str) -> list[str]:
    """Return the command of this name, or all those that begin so."""
    if is_command(word):
        return [word.upper()]
    return [name for name in (*COMMANDS, *UNSUPPORTED_COMMANDS) if name.startswith(word.upper())]


def command_of(word: str) -> str | None:
    """Return the command a word stands for, which may be cut off after its fourth letter."""
    like = commands_like(word)
    return like[0] if len(like) == 1 and len(word) >= min(SHORTEST_COMMAND, len(like[0])) else None


def is_intercept(word: str) -> bool:
    """Tell whether ``word`` stands for the intercept."""
    return word.casefold() == "intercept"


def is_label(word: str) -> bool:
    """Tell whether ``word`` can name a block of equations."""
    return re.fullmatch(_NAME, word) is not None and not is_command(word)


def render_file(name: str) -> str:
    """Return a file name as it is written in a script, in quotes only if need be."""
    match = _FILE.fullmatch(f" {name}", 1)
    quoted = name[0] in "\"'" or name != name.strip() or _end(_SPACES, name, 0) > 0
    return f'"{name}"' if quoted or match is None else name


def variable_of(factor: str) -> str:
    """Return the variable behind a factor of a term: ``x`` for ``x`` and for ``x.mean``."""
    return factor.removesuffix(MEAN_SUFFIX)


def factor_problem(factor: str) -> tuple[str, str] | None:
    """Return why ``factor`` cannot be part of a term (message and hint), or None if it can."""
    return name_problem(variable_of(factor))


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
    for suffix, use in _USES.items():
        if lower.endswith(suffix):
            if name.endswith(suffix):
                return f"'{name}' can only be {use[0]}", use[1].format(name)
            return f"'{name}' must end in '{suffix}', in small letters", ""
    for suffix in _SUFFIXES:
        if lower.endswith(suffix):
            return (
                f"tutorkit does not support '{suffix}' yet",
                f"If '{name}' is a column of your data, rename it; if not, compute it with pandas.",
            )
    return None


_USES = {
    MISSING_SUFFIX: ("an outcome", "Write it left of '~', as in '{} ~ x;': a selection model."),
    MEAN_SUFFIX: ("a predictor", "It is a cluster mean: write it right of '~', as in 'y ~ {};'."),
}
