"""When something was handed in, and how late that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tutorkit.marking.examiner import Examined

EARLY = datetime(1970, 1, 1, tzinfo=UTC)


def time_of(seen: Examined) -> datetime | None:
    """Return when something was handed in: what stands beside it goes before what it says."""
    claimed = seen.answers.submitted if seen.answers else ""
    for text in (seen.time, claimed):
        try:
            time = datetime.fromisoformat(text.removesuffix(" UTC").strip())
        except ValueError:
            continue
        return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    return None


def late_words(delay: timedelta, share: float) -> str:
    """Say how late something is, and what is left of its marks."""
    hours = delay / timedelta(hours=1)
    how = "less than an hour"
    if hours >= 1:
        how = f"{hours:.1f} hours" if hours < 24 else f"{hours / 24:.1f} days"
    left = "" if share == 1 else f" {share:.0%} of the marks are left."
    return f"Handed in {how} after it was due.{left}"
