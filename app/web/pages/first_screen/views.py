"""The first screen: what needs the reader now.

Each part is made only for those who may do what it asks of them, and is short: it leads to the page that
has all of it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from app.domain.access import Action
from app.services.assembly import Services
from app.services.recording import Wanted
from app.web.auth import own_view
from app.web.pages.answering import may, page, visible_with
from app.web.pages.customers.lists import portfolio
from app.web.pages.decisions.lines import lines
from app.web.pages.decisions.search import titles
from app.web.pages.first_screen import officer
from app.web.pages.first_screen.administering import administered
from app.web.pages.first_screen.customers import files, near_limit, watched
from app.web.pages.first_screen.overseeing import watched_log
from app.web.pages.page import Page
from app.web.pages.requests.lines import needs
from app.web.pages.roles import ROLES

SHOWN = 6

PAGES = (Page("GET /", Action.READ_ME),)


def routes(services: Services) -> Blueprint:
    """``/``."""
    pages = Blueprint("first", __name__)

    @pages.get("/")
    def show() -> Response:
        found: dict[str, Any] = {}
        if may("approveVersion") or may("listAuditEntries"):
            found["titles"] = dict(titles(services))
        if may("settleReferral"):
            found["waiting"] = officer.referrals(services)
            found["roles"] = ROLES
        if may("approveVersion"):
            found["versions"] = officer.versions(services)
        if may("settleReferral") and may("listRuns"):
            found["latest_runs"] = officer.runs(services)
        if may("decide") and (own := visible_with(Action.SEARCH_DECISIONS)) is not None:
            mine, theirs = needs(services, own), files(services, portfolio(services, own))
            found["needs"] = mine
            found["near"] = near_limit(services, theirs, mine.asked) if may("readHeadroom") else []
            found["currency"] = services.headrooms.currency
            found["watched"] = watched(services, theirs)
        if may("searchDecisions"):
            found["decisions"] = _decisions(services)
        if may("createPerson"):
            found["administered"] = administered(services)
            found["roles"] = ROLES
        if may("listAuditEntries"):
            found["log"] = watched_log(services)
        return page("first_screen/any.html", **found)

    return pages


def _decisions(services: Services) -> list[dict[str, Any]]:
    """The latest within the reader's reach, opened as the reader may see them."""
    theirs = visible_with(Action.SEARCH_DECISIONS)
    found = services.auditing.opened(Wanted(visible_to=theirs), after=None, limit=SHOWN, view=own_view())
    return lines(services, found.decisions)
