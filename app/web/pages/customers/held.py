"""What the file holds of a customer, as far as the reader may know it."""

from __future__ import annotations

from app.domain.access import View
from app.domain.customer_file import Held
from app.services.assembly import Services
from app.web.auth import own_view


def held_for(services: Services, customer: str, *, theirs: bool) -> dict[str, Held]:
    """What the reader may know of the file: of another's customer nothing, sales nothing sensitive."""
    if not theirs:
        return {}
    filing = services.customers.filing
    hidden = filing.facts().sensitive if own_view() is View.SALES else ()
    held = services.customers.stored.held(customer, filing.today())
    return {name: one for name, one in held.items() if name not in hidden and one.value is not None}
