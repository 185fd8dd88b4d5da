"""Customers that want a look: little is left of the limit, a day comes near, or facts are too old."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from app.domain.customer_file import Held
from app.domain.customer_rules import AS_OF
from app.domain.declarations import FactSpec
from app.domain.receivables.headroom import Headroom
from app.domain.values import Kind
from app.services.assembly import Services
from app.web.pages.requests.lines import Day

SOON = timedelta(days=30)
MOST = 60
"""How many customers of a portfolio are looked at: a first screen does not wait for hundreds of files."""
MOST_TAKEN = Decimal("0.8")
"""From which part of the limit on it counts as nearly taken, to be shown; it decides nothing."""


class Watched(NamedTuple):
    """A customer, the days that come near, and how many facts are too old."""

    customer: str
    days: Sequence[Day]
    stale: int


class Near(NamedTuple):
    """A customer of whose limit little or nothing is left."""

    customer: str
    headroom: Headroom


Files: TypeAlias = Mapping[str, Mapping[str, Held]]
"""What the file holds today of each customer that is looked at."""


def files(services: Services, portfolio: Sequence[str]) -> Files:
    """The files of a portfolio, read once."""
    return services.customers.stored.several(portfolio[:MOST], services.customers.filing.today())


def near_limit(services: Services, files: Files, asked: Collection[str | None]) -> list[Near]:
    """Those whose limit is nearly taken, the least left first.

    Whoever terms were ``asked`` for lately is left out: that is done.
    """
    wanted = {customer: held for customer, held in files.items() if customer not in asked}
    found = services.headrooms.several(wanted, services.customers.filing.today())
    near = [Near(*one) for one in found.items() if _is_near(one[1])]
    return sorted(near, key=lambda one: (one.headroom.left, one.customer))


def _is_near(of: Headroom) -> bool:
    return bool(of.limit) and of.used is not None and of.used >= (of.limit or 0) * MOST_TAKEN


def watched(services: Services, files: Files) -> list[Watched]:
    """Those of whom something comes near, by what sales are told; the next day first."""
    filing = services.customers.filing
    facts, today, found = filing.facts(), filing.today(), []
    written = (one for back in services.customers.rules.decided for one in back.facts)
    left_out = facts.sensitive | {one.fact for one in written if one.takes == AS_OF}  # days that have passed
    told = {name: spec for name, spec in facts.specs.items() if name not in left_out}
    for customer, held in files.items():
        one = _looked_at(customer, held, told, today)
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
