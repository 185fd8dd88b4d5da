"""Receivables over all customers: key figures, ageing, who owes most, and the stress test.

Both pages go through every open invoice, as the calls of the interface do, so they have the places of what
takes long. Every picture has its table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from app.domain.access import Action
from app.domain.receivables.ageing import bucket_names
from app.domain.receivables.measure import money
from app.domain.receivables.stress import Outcome
from app.services.assembly import Services
from app.settings.rooms import LONG
from app.web.pages.answering import page
from app.web.pages.customers.account import Part, bar
from app.web.pages.days import WRITTEN
from app.web.pages.filters import Filters
from app.web.pages.language import N_, _, language
from app.web.pages.page import Page
from schemas.constants import day
from schemas.receivables.charts import stress_chart

FORMULAS: Mapping[str, str] = {
    "receivables": N_("sum of the open amounts of all invoices"),
    "unmatched_cash": N_(
        "payments booked without an invoice of the customer's, and cash beyond what an invoice took"
    ),
    "credit_sales": N_("invoices issued in the last %(days)s days"),
    "dso": N_("receivables / credit sales × %(days)s"),
    "best_possible_dso": N_("receivables not yet due / credit sales × %(days)s"),
    "add": N_("DSO − best possible DSO"),
    "cei": N_(
        "(beginning receivables + credit sales − ending receivables)"
        " / (beginning receivables + credit sales − ending receivables not yet due)"
    ),
    "share_current": N_("receivables not yet due / receivables"),
    "share_last_bucket": N_("receivables of the last standard bucket / receivables"),
    "bad_debt_rate": N_("written off in the last %(days)s days / credit sales"),
    "recovery_rate": N_(
        "cash since on invoices that became %(late)s days late in the last %(days)s days"
        " / what was open of them then"
    ),
    "largest_customer_share": N_("credit sales to the customer with most of them / credit sales"),
    "segment_core": N_(
        "credit sales to customers whose first invoice is %(core)s days old or older / credit sales"
    ),
    "segment_growth": N_("credit sales to customers whose first invoice is in between / credit sales"),
    "segment_new": N_(
        "credit sales to customers whose first invoice is less than %(new)s days old / credit sales"
    ),
}
"""The formulas in words, by figure; another figure is told as the service tells it."""
LISTED = 20
"""How many customers of a scenario whose limit breaks are named."""

PAGES = (
    Page("GET /receivables", Action.REPORT_RECEIVABLES, places=LONG),
    Page("GET /receivables/stress", Action.STRESS_RECEIVABLES, places=LONG),
)


def routes(services: Services) -> Blueprint:
    """Everything under ``/receivables``."""
    pages = Blueprint("receivables", __name__, url_prefix="/receivables")
    books = services.receivables

    @pages.get("")
    def report() -> Response:
        filters, on = _as_of()
        found = books.reporting.report(on)
        return page(
            "portfolio/report.html",
            filters.status,
            on=on,
            wrong=filters.wrong,
            customers=found.customers,
            figures=[(one, _formula(one.name) or one.formula) for one in found.figures],
            ageing={name: _bar(edges, found.buckets[name]) for name, edges in books.rules.ageing.items()},
            largest=[(name, money(amount)) for name, amount in found.largest],
            currency=books.rules.currency,
        )

    @pages.get("/stress")
    def stress() -> Response:
        filters, on = _as_of()
        base, found = books.reporting.stress(on)
        return page(
            "portfolio/stress.html",
            filters.status,
            on=on,
            wrong=filters.wrong,
            weeks=[
                (week + 1, money(base.receipts[week]), [money(one.gap[week]) for one in found])
                for week in range(len(base.receipts) - 1)
            ],
            later=money(base.receipts[-1]),
            scenarios=[_told(one, base) for one in found],
            picture=Markup(stress_chart(found, language())),  # its texts are escaped there
            currency=books.rules.currency,
            listed=LISTED,
        )

    def _formula(name: str) -> str:
        rules = books.rules.report
        days, late = rules.days, rules.handed_over_days
        numbers = {"days": days, "late": late, "core": rules.core_from_days, "new": rules.new_below_days}
        return _(FORMULAS[name], **numbers) if name in FORMULAS else ""

    def _as_of() -> tuple[Filters, date]:
        """The filter, and the day that is asked for; what is none is today."""
        filters = Filters(request.args, ["as_of"])
        found: date | None = filters.read("as_of", day, WRITTEN)
        return filters, found or services.customers.filing.today()

    return pages


def _bar(edges: Sequence[int], amounts: Sequence[int]) -> list[Part]:
    return bar(bucket_names(edges), [money(one) for one in amounts])


def _told(one: Outcome, base: Outcome) -> Mapping[str, Any]:
    """A scenario in short: the widest gap and its week, what is lost, and limits broken only by it."""
    expected = set(base.breaches)
    widest: Decimal = money(max(one.gap, default=0))
    return {
        "label": one.scenario.label if one.scenario else "",
        "widest": widest,
        "week": 1 + max(range(len(one.gap)), key=lambda week: one.gap[week]) if one.gap else 0,
        "lost": money(one.lost),
        "breaches": [name for name in one.breaches if name not in expected],
    }
