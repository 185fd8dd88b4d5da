"""Headroom: how much of a customer's limit is taken, and what is left of it.

It is told to whoever looks after the customer, so it leaves a secured portion out: that may be an insurer's,
and what is left besides would tell it. Decisions count it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from app.domain.receivables.account import Account
from app.domain.receivables.measure import money


class Headroom(NamedTuple):
    """Amounts of a customer on a day; None is not known.

    ``ordered`` is delivered or still to deliver, and not billed; ``coming`` is cash on its way. ``used`` is
    what is owed and ordered without what is coming, at least 0.
    """

    limit: Decimal | None
    owed: Decimal | None = None
    ordered: Decimal | None = None
    coming: Decimal | None = None
    used: Decimal | None = None

    @property
    def left(self) -> Decimal | None:
        """What may still be ordered; negative above the limit."""
        return None if self.limit is None or self.used is None else self.limit - self.used


def headroom(account: Account, limit: Decimal | None, transit: int | None) -> Headroom:
    """The headroom of an account; ``transit`` (hundredths) is all cash in transit where that is filed."""
    owed = sum(one.open for one in account.open_items)
    ordered = account.deliveries + account.orders
    coming = account.cash_in_transit if transit is None else transit
    used = max(owed + ordered - coming, 0)
    return Headroom(limit, money(owed), money(ordered), money(coming), money(used))
