"""Customers that want a look: a day of their file comes near, or something in it is too old to count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from app.domain.customer_file import Held
from app.domain.declarations import FactSpec
from app.domain.values import Kind
from app.services.assembly import Services
from app.web.pages.customers.lists import portfolio
from app.web.pages.requests.lines import Day

SOON = timedelta(days=30)
MOST = 60
"""How many customers of a portfolio are looked at: a first screen does not wait for hundreds of files."""


class Watched(NamedTuple):
    """A customer, the days that come near, and how many facts are too old."""

    customer: str
    days: Sequence[Day]
    stale: int


def watched(services: Services, own: str) -> list[Watched]:
    """Those among the customers of the person ``own``, by what sales are told; the next day first."""
    filing, held = services.customers.filing, services.customers.stored.held
    facts, today, found = filing.facts(), filing.today(), []
    told = {name: spec for name, spec in facts.specs.items() if name not in facts.sensitive}
    for customer in portfolio(services, own)[:MOST]:
        one = _looked_at(customer, held(customer, today), told, today)
        if one.days or one.stale:
            found.append(one)
    return sorted(found, key=lambda one: (one.days[0].day if one.days else date.max, one.customer))


def _looked_at(customer: str, held: Mapping[str, Held], told: Mapping[str, FactSpec], today: date) -> Watched:
    known = [(one, told[name]) for name, one in held.items() if name in told and one.value is not None]
    days = [
        Day(spec.label, day)
        for one, spec in known
        if spec.type.kind is Kind.DATE and today <= (day := date.fromisoformat(one.value)) <= today + SOON
    ]
    stale = sum(one.is_stale(today, spec.max_age) for one, spec in known)
    return Watched(customer, sorted(days, key=lambda day: day.day), stale)
