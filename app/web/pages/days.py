"""Days that somebody wrote into a form, as instants: of the reader's zone, the last one included."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from app.domain.errors import Invalid, Problem
from app.domain.instants import utc_text
from app.web.pages.answering import zone
from app.web.pages.language import _

TIMES = ("since", "until")


def instants(filled: Mapping[str, str]) -> dict[str, str]:
    """``filled`` with instants in UTC, as calls take them, in place of its days; raises ``Invalid``."""
    return {**filled, **{name: utc_text(one) for name, one in spans(filled).items()}}


def spans(filled: Mapping[str, str]) -> dict[str, datetime]:
    """The instants of ``since`` and ``until`` where they are filled in; raises ``Invalid``."""
    found = {}
    for name in TIMES:
        if given := filled.get(name):
            try:
                day = date.fromisoformat(given) + timedelta(days=name == "until")
            except (ValueError, OverflowError):
                problem = Problem(_("a day is written as 2026-01-31"))
                raise Invalid(_("The search cannot be read."), [problem]) from None
            found[name] = datetime.combine(day, time(), zone()).astimezone(UTC)
    return found
