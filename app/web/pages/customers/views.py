"""Customers: who there are, and all that is known of one on a page, as far as the reader may see it.

Of the file sales are shown what is not sensitive, of their own customers, and what is left of the limit. What
else stands in the receivables is measured for those only who may read it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from app.domain.access import Action, View
from app.domain.errors import NotFound
from app.services.assembly import Services
from app.services.recording import Wanted
from app.web.api.keeping import customer_named
from app.web.auth import own_view, visible_to
from app.web.pages.answering import may, page, visible_with
from app.web.pages.askable import choices
from app.web.pages.customers.account import account
from app.web.pages.customers.held import held_for
from app.web.pages.customers.left import left_of
from app.web.pages.customers.lists import customers
from app.web.pages.decisions.lines import lines
from app.web.pages.language import _
from app.web.pages.page import Page
from schemas.customer_documents import file_document, history_document
from schemas.origins import SOURCES

SHOWN, LATEST = 50, 10

PAGES = (
    Page("GET /customers", Action.LIST_FILED_CUSTOMERS),
    Page("GET /customers/{customer}", Action.READ_FILE),
    Page("GET /customers/{customer}/facts/{fact}", Action.READ_FACT_HISTORY),
)


def routes(services: Services) -> Blueprint:
    """Everything under ``/customers``. A customer's name may hold a slash."""
    pages = Blueprint("customers", __name__, url_prefix="/customers")
    filing, stored = services.customers.filing, services.customers.stored

    @pages.get("")
    def show_all() -> Response:
        sought, after = request.args.get("find", "").strip(), request.args.get("after") or None
        found = customers(services, visible_to(), sought, after, limit=SHOWN)
        return page("customers/list.html", sought=sought, after=after, found=found)

    @pages.get("/<path:customer>")
    def show(customer: str) -> Response:
        """All of one; of the file first what the shorter of the usual requests takes."""
        name = _reached(customer)
        facts, today = filing.facts(), filing.today()
        held = held_for(services, name, theirs=True)
        file = [one for one in file_document(name, held, facts, today)["facts"] if one["name"] in facts.specs]
        bargains, _others = choices(services)
        asked = min((one.ruleset.facts for one in bargains), key=len, default={})
        return page(
            "customers/one.html",
            customer=name,
            file=[
                (heading, [one for one in file if (one["name"] in asked) is first])
                for heading, first in ((None, True), (_("Everything else on file"), False))
            ],
            specs=facts.specs,
            sources=SOURCES,
            account=account(services, name, today) if may("readReceivables") else None,
            left=None if may("readReceivables") else left_of(services, name, theirs=True),
            signals=_signals(name) if may("listSignals") else None,
            kinds=services.customers.rules.kinds,
            decisions=_decisions(name),
        )

    @pages.get("/<path:customer>/facts/<fact>")
    def show_history(customer: str, fact: str) -> Response:
        name, facts = _reached(customer), filing.facts()
        if fact not in facts.specs or (own_view() is View.SALES and fact in facts.sensitive):
            raise NotFound("There is no such fact in this file.")
        history = history_document(name, fact, stored.filings(name, date.max))["history"]
        return page(
            "customers/fact.html",
            customer=name,
            spec=facts.specs[fact],
            currency=facts.currency(fact) or "",
            history=history[::-1],
            sources=SOURCES,
            people=_people(history),
        )

    def _reached(customer: str) -> str:
        """The customer, where it is within reach; raises ``NotFound`` alike where it is not, or not there.

        A customer of one's own need not be filed yet.
        """
        name, own = customer_named(customer), visible_to()
        if not services.recorder.reaches(own, name) or (own is None and not _known(name)):
            raise NotFound("Nothing is known about this customer.")
        return name

    def _known(name: str) -> bool:
        wanted = Wanted(customer=name)
        return stored.is_filed(name) or bool(services.auditing.search(wanted, after=None, limit=1).decisions)

    def _signals(name: str) -> list[Any]:
        return [one for one in reversed(stored.signals(name, filing.today())) if not one.withdrawn]

    def _decisions(name: str) -> list[dict[str, Any]]:
        theirs = visible_with(Action.SEARCH_DECISIONS)
        wanted = Wanted(customer=name, visible_to=theirs)
        found = services.auditing.opened(wanted, after=None, limit=LATEST, view=own_view())
        return lines(services, found.decisions)

    def _people(history: list[dict[str, Any]]) -> dict[str, str]:
        """The names of those who entered something by hand; sales are told where it is from, not who."""
        ids = (
            {one["entered_by"] for one in history if one["entered_by"]} if own_view() is View.FULL else set()
        )
        found = {id: services.people.find(id) for id in ids}
        return {id: one.name for id, one in found.items() if one is not None}

    return pages
