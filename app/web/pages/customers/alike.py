"""Whom somebody may have meant who names a customer of whom nothing is filed."""

from __future__ import annotations

from difflib import get_close_matches

from app.services.assembly import Services
from app.web.pages.customers.lists import portfolio

MOST, LOOKED_AT, BEGINNING = 3, 200, 2


def meant(services: Services, own: str | None, customer: str) -> list[str] | None:
    """Names like this one, the likest first; None where something is known about the customer.

    ``own`` is the id of who sees their own customers only: they are told those alone. For others it is those
    of the file that begin alike.
    """
    stored = services.customers.stored
    if stored.is_filed(customer) or services.receivables.stored.is_kept(customer):
        return None
    if own is not None:
        names = portfolio(services, own)
    else:
        names = [one.customer for one in stored.page(customer[:BEGINNING], after=None, limit=LOOKED_AT)]
    by_folded = {name.casefold(): name for name in names if name != customer}
    return [by_folded[one] for one in get_close_matches(customer.casefold(), by_folded, MOST)]
