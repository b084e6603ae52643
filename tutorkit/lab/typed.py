"""Commands as somebody can type them whose Python is in a folder of its own."""

from __future__ import annotations

import sys


def typed(command: str) -> str:
    """Return a command of tutorkit, pip or jupyter as one of this Python, in quotation marks."""
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f"'{python} -m {command}'"
