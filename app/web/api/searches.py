"""The search over decisions: by what stands in the clear, newest first, a page at a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response

from app.domain.errors import Invalid, NotFound, Problem
from app.services.assembly import Services
from app.services.recording import Wanted
from app.web.answers import identifier, json_answer, query

WORDS = (
    "policy",
    "version",
    "outcome",
    "outcome_kind",
    "customer",
    "reference",
    "requested_by",
    "rule",
    "reason",
)
TIMES = ("since", "until")
MOST = 1000
USUAL = "50"
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_FIRST_YEAR, _LAST_YEAR = 1970, 9990


def routes(services: Services) -> Blueprint:
    """``GET /v1/decisions``."""
    api = Blueprint("searches", __name__, url_prefix="/v1")

    @api.get("/decisions")
    def search() -> Response:
        given = query(*WORDS, *TIMES, "after", "limit")
        found = services.auditing.search(_wanted(given), after=_after(given), limit=_limit(given))
        response = json_answer(
            {"decisions": found.decisions, "next": str(found.next) if found.next else None}
        )
        if found.next:
            following = f"/v1/decisions?{urlencode({**given, 'after': str(found.next)})}"
            response.headers["Link"] = f'<{following}>; rel="next"'
        return response

    return api


def _wanted(given: dict[str, str]) -> Wanted:
    words = {name: given[name] for name in WORDS if name in given}
    times = {name: _instant(name, given[name]) for name in TIMES if name in given}
    return Wanted(**words, **times)  # type: ignore[arg-type]


def _after(given: dict[str, str]) -> UUID | None:
    try:
        return identifier(given["after"]) if "after" in given else None
    except NotFound:
        raise _unreadable("`after` is the `next` of the page before") from None


def _limit(given: dict[str, str]) -> int:
    limit = given.get("limit", USUAL)
    if not re.fullmatch("[0-9]{1,4}", limit) or not 1 <= int(limit) <= MOST:
        raise _unreadable(f"`limit` is a whole number from 1 to {MOST:,}")
    return int(limit)


def _instant(name: str, text: str) -> datetime:
    """An instant in UTC; a day is its first moment, and a time without a zone is taken for UTC."""
    try:
        if not _INSTANT.fullmatch(text):
            raise ValueError
        instant = datetime.fromisoformat(text)
        if not _FIRST_YEAR < instant.year < _LAST_YEAR:
            raise ValueError
    except ValueError:
        raise _unreadable(f"`{name}` is a day or an instant such as 2026-01-31T12:00:00Z") from None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _unreadable(message: str) -> Invalid:
    return Invalid("The search cannot be read.", [Problem(message)])
