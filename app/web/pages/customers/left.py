"""What is left of a customer's limit, as those may know it who look after the customer."""

from __future__ import annotations

from typing import NamedTuple

from app.domain.receivables.headroom import Headroom
from app.services.assembly import Services
from app.web.pages.answering import may
from app.web.pages.customers.account import used_of


class Left(NamedTuple):
    """The amounts, and how much of the bar is taken."""

    headroom: Headroom
    currency: str
    part: int


def left_of(services: Services, customer: str, *, theirs: bool) -> Left | None:
    """For who may read it of this customer; None, too, where nothing of it is known.

    ``theirs`` says whether the customer is within the reader's reach.
    """
    if not theirs or not may("readHeadroom"):
        return None
    found = services.headrooms.of(customer, services.customers.filing.today())
    if all(one is None for one in found):
        return None
    return Left(found, services.headrooms.currency, used_of(found))
