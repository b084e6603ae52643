"""What a script's mistake says, and which stretch of the script it marks."""

import pytest

from tutorkit.errors import ScriptError
from tutorkit.model.script import parse


def mistake(script: str) -> ScriptError:
    with pytest.raises(ScriptError) as caught:
        parse(script)
    return caught.value


def marked(error: ScriptError) -> str:
    return error.spot.text[error.spot.start : error.spot.end]
