"""The first screen: what needs the reader now.

Each part is made only for those who may do what it asks of them, and is short: it leads to the page that
has all of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response

from app.domain.access import Action
from app.services.assembly import Services
from app.services.recording import Wanted
from app.web.auth import own_view
from app.web.pages.answering import may, page, visible_with
from app.web.pages.decisions.lines import lines
from app.web.pages.first_screen import officer
from app.web.pages.first_screen.customers import watched
from app.web.pages.first_screen.overseeing import unused_keys, watched_log
from app.web.pages.page import Page
from app.web.pages.requests.lines import needs
from app.web.pages.roles import ROLES

SHOWN = 6
MOST_COUNTED = 100
SOON = timedelta(days=14)

PAGES = (Page("GET /", Action.READ_ME),)


def routes(services: Services) -> Blueprint:
    """``/``."""
    pages = Blueprint("first", __name__)

    @pages.get("/")
    def show() -> Response:
        found: dict[str, Any] = {}
        if may("settleReferral"):
            found["waiting"] = officer.referrals(services)
            found["roles"] = ROLES
        if may("approveVersion"):
            found["versions"] = officer.versions(services)
        if may("settleReferral") and may("listRuns"):
            found["latest_runs"] = officer.runs(services)
        if may("decide") and (own := visible_with(Action.SEARCH_DECISIONS)) is not None:
            found["needs"] = needs(services, own)
            found["watched"] = watched(services, own)
        if may("searchDecisions"):
            found["decisions"] = _decisions(services)
        if may("createPerson"):
            found["people"] = services.people.page(limit=MOST_COUNTED)
            found["ending"] = _ending_keys(services)
            found["unused"] = unused_keys(services)
        if may("listAuditEntries"):
            found["log"] = watched_log(services)
        return page("first_screen/any.html", **found)

    return pages


def _decisions(services: Services) -> list[dict[str, Any]]:
    """The latest within the reader's reach, opened as the reader may see them."""
    theirs = visible_with(Action.SEARCH_DECISIONS)
    found = services.auditing.search(Wanted(visible_to=theirs), after=None, limit=SHOWN, view=own_view())
    return lines(services, found.decisions, theirs, own_view())


def _ending_keys(services: Services) -> list[Any]:
    """Keys that stand and end soon."""
    now = services.deciding.now()
    keys = services.api_keys.page(None, limit=MOST_COUNTED)
    return [one for one in keys if one.revoked_at is None and now <= one.expires_at <= now + SOON]
