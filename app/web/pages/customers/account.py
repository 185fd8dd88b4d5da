"""What a customer owes, measured, and as two pictures: how much of the limit is used, and how late it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from app.domain.receivables.ageing import NOT_DUE, ageing, bucket_names
from app.domain.receivables.headroom import Headroom
from app.domain.receivables.measure import money
from app.domain.values import Text
from app.services.assembly import Services
from app.web.pages.language import N_, _

WIDTH = 1000
"""How many units a picture is wide."""
_NOT_DUE, _LATE = N_("not due yet"), N_("%(days)s days late")


class Part(NamedTuple):
    """A piece of a bar: where it begins and how wide it is, of ``WIDTH``."""

    name: str
    amount: Decimal
    x: int
    width: int


class Measured(NamedTuple):
    """A measure in words; ``unit`` is one of ``Unit``."""

    label: Text
    value: Any
    unit: str


class Account(NamedTuple):
    """All of it. ``limit`` and ``exposure`` are None where they are not known."""

    currency: str
    exposure: Decimal | None
    limit: Decimal | None
    used: int
    over: bool
    ageing: Sequence[Part]
    measures: Sequence[Measured]
    open: Sequence[Mapping[str, Any]]


def account(services: Services, customer: str, day: date) -> Account | None:
    """A customer's account on a day; None where no document was known."""
    books = services.receivables
    found = books.measuring.measured(customer, day)
    if found is None:
        return None
    rules, values = (
        books.rules,
        {books.rules.measures[name].measure.name: one for name, one in found.values.items()},
    )
    exposure, headroom = values.get("exposure"), values.get("headroom")
    limit = None if exposure is None or headroom is None else exposure + headroom
    edges = rules.ageing[next(iter(rules.ageing))]
    return Account(
        currency=services.customers.filing.facts().currency(rules.limit_fact or "") or ""
        if limit is not None
        else "",
        exposure=exposure,
        limit=limit,
        used=_part(exposure, limit) if limit else WIDTH,
        over=headroom is not None and headroom < 0,
        ageing=bar(bucket_names(edges), [money(one) for one in ageing(found.account, edges)]),
        measures=[
            Measured(one.measure.label, found.values[name], str(one.measure.unit))
            for name, one in rules.measures.items()
            if found.values[name] is not None
        ],
        open=[
            {
                "number": item.number,
                "issued_on": item.issued_on,
                "late": max((found.account.day - item.due_on).days, 0),
                **facts,
            }
            for item, facts in found.invoices()
        ],
    )


def used_of(headroom: Headroom) -> int:
    """How much of the limit is taken, of ``WIDTH``; all of it where there is no limit to speak of."""
    return _part(headroom.used or 0, headroom.limit) if headroom.limit else WIDTH


def bar(names: Sequence[str], amounts: Sequence[Decimal]) -> list[Part]:
    """The pieces of a bar, side by side."""
    whole, x, parts = sum(amounts), 0, []
    for name, amount in zip(names, amounts, strict=True):
        width = _part(amount, whole) if whole else 0
        parts.append(Part(_(_NOT_DUE) if name == NOT_DUE else _(_LATE, days=name), amount, x, width))
        x += width
    return parts


def _part(amount: Any, whole: Any) -> int:
    found: int = round(WIDTH * amount / whole)
    return max(0, min(WIDTH, found))
