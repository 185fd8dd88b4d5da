"""Days that somebody wrote into a filter, as instants: of the reader's zone, the last one included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from app.domain.instants import utc_text
from app.web.pages.answering import zone
from app.web.pages.filters import Filters
from app.web.pages.language import N_, _

TIMES = ("since", "until")
WRITTEN = N_("%(given)s is no day. A day is written as 2026-01-31.")


def instants(filters: Filters) -> dict[str, str]:
    """What was understood, with instants in UTC, as calls take them, in place of days."""
    found = {name: utc_text(one) for name, one in spans(filters).items()}
    return {**filters.meant, **found}


def spans(filters: Filters) -> dict[str, datetime]:
    """The instants of ``since`` and ``until`` where they are filled in and understood."""
    since = filters.read("since", lambda text: _begin(date.fromisoformat(text)), WRITTEN)
    until = filters.read("until", lambda text: _begin(date.fromisoformat(text) + timedelta(days=1)), WRITTEN)
    if since is not None and until is not None and since >= until:
        filters.wrong["until"], until = _("The last day lies before the first."), None
    return {name: one for name, one in (("since", since), ("until", until)) if one is not None}


def _begin(day: date) -> datetime:
    """When a day begins where the reader is."""
    return datetime.combine(day, time(), zone()).astimezone(UTC)
