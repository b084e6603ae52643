"""The course secret, from which every student's data and handle follow, and nobody can go back.

Seeds are HMAC-SHA256 (Krawczyk, Bellare & Canetti 1997, RFC 2104) of purpose, assignment and
student, so that each is drawn apart and none tells anything about another.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import unicodedata
from pathlib import Path

import numpy as np
from platformdirs import user_config_path

from tutorkit.errors import DataError

BYTES = 32
SCHEME = "tutorkit/1"


def default_file() -> Path:
    """Return where the secret is kept if nobody says otherwise."""
    return user_config_path("tutorkit") / "course.secret"


def open_secret(file: Path, out: Path | None = None) -> tuple[bytes, bool]:
    """Return the course secret, and whether it was made just now.

    Parameters
    ----------
    file
        Where it is, or is to be: outside any repository, readable for its owner only.
    out
        The folder that is handed out, which must not hold it.

    Raises
    ------
    DataError
        If others could read it, or it is no secret.
    """
    _check_place(file, out)
    try:
        made = not file.exists()
        if made:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as new:
                new.write(secrets.token_hex(BYTES) + "\n")
        mode = file.stat().st_mode
        text = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not a text"
        raise DataError(f"The course secret '{file}' cannot be used: {reason}") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise DataError(
            f"Others on this machine can read the course secret '{file}'",
            f"Who has it can compute all data. Take their rights away: chmod 600 '{file}'. If "
            "somebody may have read it, use another file for the next course.",
        )
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != BYTES:
        hint = f"It holds {2 * BYTES} hexadecimal digits; give another with --secret FILE."
        raise DataError(f"'{file}' holds no course secret", hint)
    return secret, made


def sub_key(secret: bytes, purpose: str, assignment: str, student: str) -> bytes:
    """Return 32 bytes for one purpose, assignment and student; others cannot be had from them.

    Students are the same if their names agree without capitals and in Unicode's form NFKC.
    """
    parts = (SCHEME, purpose, assignment, same_student(student))
    return hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).digest()


def same_student(student: str) -> str:
    """Return a student's identifier in the form that all its spellings share."""
    return unicodedata.normalize("NFKC", student).casefold()


def generator(key: bytes) -> np.random.Generator:
    """Return a random generator for a sub-key."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(int.from_bytes(key))))


def _check_place(file: Path, out: Path | None) -> None:
    place = file.resolve()
    if out is not None and place.is_relative_to(out.resolve()):
        what = f"The course secret '{file}' would lie in the folder that is handed out"
        raise DataError(what, "Keep it elsewhere: --secret FILE.")
    if any((folder / ".git").exists() for folder in place.parents):
        raise DataError(
            f"The course secret '{file}' lies in a repository",
            "Repositories are shared. Keep it elsewhere: --secret FILE, or leave --secret out.",
        )
