"""Instants: always UTC, always written the same way."""

from __future__ import annotations

from datetime import datetime

_UTC = "+00:00"


def utc_text(at: datetime) -> str:
    """``2026-11-21T10:00:00.123456Z``: six decimals and a Z, so that texts sort as the instants do.

    Raises ``ValueError`` for an instant without a zone, or in one that is not UTC: a time that has to be
    guessed has no place in a log.
    """
    text = at.isoformat(timespec="microseconds")
    if not text.endswith(_UTC):
        raise ValueError(f"an instant must be in UTC, got {text}")
    return text.removesuffix(_UTC) + "Z"


def from_utc_text(text: str) -> datetime:
    """The instant that ``utc_text`` wrote; raises ``ValueError`` for any other form."""
    # Not strptime, which takes ten times as long, and lists read thousands of instants.
    try:
        found = datetime.fromisoformat(text)
        if utc_text(found) == text:
            return found
    except ValueError:
        pass
    raise ValueError(f"{text!r} does not match 2026-11-21T10:00:00.123456Z")
