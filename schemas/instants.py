"""Instants as people write them: a day, or a day with a time; UTC where no zone is given."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from app.domain.messages import told

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_FIRST_YEAR, _LAST_YEAR = 1970, 9990
WANTED = told(
    "a day or an instant from {first_year} to {last_year}, such as 2026-01-31T12:00:00Z",
    first_year=_FIRST_YEAR + 1,
    last_year=_LAST_YEAR - 1,
)
"""What ``instant`` takes, for whoever gave something else."""


def instant(text: str) -> datetime | None:
    """The instant in UTC, None where ``text`` is none; a day is its first moment."""
    try:
        if not _INSTANT.fullmatch(text):
            return None
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not _FIRST_YEAR < found.year < _LAST_YEAR:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
