"""Lists of customers: a representative's own, by whatever their name holds; for others by its beginning.

The names of a portfolio are sealed, each by itself, so those are opened and looked through; all customers of
the file are found by an index, from the first letter on.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from app.services.assembly import Services


class Line(NamedTuple):
    """A customer, and what the file has: how many facts (0: nothing is filed) and the day of the newest."""

    customer: str
    facts: int = 0
    newest: date | None = None


class Lines(NamedTuple):
    """A page of them; ``next`` is the customer behind which the next page begins, None on the last."""

    lines: list[Line]
    next: str | None


def customers(
    services: Services, own: str | None, sought: str = "", after: str | None = None, *, limit: int
) -> Lines:
    """Customers by name. ``own`` is the id of a person who sees their own only: those need not be filed."""
    if own is None:
        found = services.customers.stored.page(sought, after=after, limit=limit + 1)
        lines = [Line(*one) for one in found]
    else:
        names = [name for name in portfolio(services, own) if sought.casefold() in name.casefold()]
        names = sorted(name for name in names if after is None or name > after)[: limit + 1]
        filed = services.customers.stored.page("", after=None, limit=len(names), among=names) if names else []
        known = {one.customer: Line(*one) for one in filed}
        lines = [known.get(name, Line(name)) for name in names]
    return Lines(lines[:limit], lines[limit - 1].customer if len(lines) > limit else None)


def portfolio(services: Services, person: str) -> list[str]:
    """The names of the customers that a person looks after; an erased one has none any more."""
    return [one.name for one in services.portfolios.of(UUID(person)) if one.name is not None]
