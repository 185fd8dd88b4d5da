"""The search over decisions: by what stands in the clear, newest first, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response

from app.domain.access import SEES_REPEATS, View
from app.domain.errors import Invalid, NotFound, Problem, Refused
from app.domain.messages import told
from app.domain.people import Person
from app.services.assembly import Services
from app.services.recording import Wanted
from app.web.answers import identifier, json_answer, query
from app.web.auth import own_view, principal, visible_to
from schemas.instants import WANTED, instant

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


def routes(services: Services) -> Blueprint:
    """``GET /v1/decisions``."""
    api = Blueprint("searches", __name__, url_prefix="/v1")

    @api.get("/decisions")
    def search() -> Response:
        given = query(*WORDS, *TIMES, "repeated", "after", "limit")
        sought = wanted(given, services.people.find)
        found = services.auditing.search(sought, after=_after(given), limit=_limit(given), view=own_view())
        response = json_answer(
            {"decisions": found.decisions, "next": str(found.next) if found.next else None}
        )
        if found.next:
            following = f"/v1/decisions?{urlencode({**given, 'after': str(found.next)})}"
            response.headers["Link"] = f'<{following}>; rel="next"'
        return response

    return api


def wanted(given: Mapping[str, str], find: Callable[[str], Person | None]) -> Wanted:
    """What is searched for, within the caller's reach; raises ``Invalid``, and ``Refused`` for what is not
    theirs to search by. ``find`` knows people by login or id.
    """
    _check_theirs(given)
    if asker := given.get("requested_by"):  # the log knows people by id; a login is how people know them
        person = find(asker)
        given = {**given, "requested_by": asker if person is None else str(person.id)}
    words = {name: given[name] for name in WORDS if name in given}
    times = {name: _instant(name, given[name]) for name in TIMES if name in given}
    if given.get("repeated", "yes") != "yes":
        raise _unreadable("`repeated` is yes; leave it out for all decisions")
    more = {"visible_to": visible_to(), "repeated": "repeated" in given}
    return Wanted(**words, **times, **more)  # type: ignore[arg-type]


def _check_theirs(given: Mapping[str, str]) -> None:
    """Refuse to find by what the caller is not told: the search would tell it."""
    hidden = {"rule", "reason"} if own_view() is View.SALES else set()
    if principal().role not in SEES_REPEATS:
        hidden.add("repeated")
    if asked := sorted(hidden & given.keys()):
        role = principal().role
        problems = [
            Problem(told("`{name}` is not for the role {role}", name=name, role=told(role)), code="role")
            for name in asked
        ]
        raise Refused("Decisions cannot be searched by that here.", problems)


def _after(given: dict[str, str]) -> UUID | None:
    try:
        return identifier(given["after"]) if "after" in given else None
    except NotFound:
        raise _unreadable("`after` is the `next` of the page before") from None


def _limit(given: dict[str, str]) -> int:
    limit = given.get("limit", USUAL)
    if not re.fullmatch("[0-9]{1,4}", limit) or not 1 <= int(limit) <= MOST:
        raise _unreadable(told("`limit` is a whole number from 1 to {most:,}", most=MOST))
    return int(limit)


def _instant(name: str, text: str) -> datetime:
    found = instant(text)
    if found is None:
        raise _unreadable(told("`{name}` is {wanted}", name=name, wanted=WANTED))
    return found


def _unreadable(message: str) -> Invalid:
    return Invalid("The search cannot be read.", [Problem(message)])
