"""Headrooms: what is left of customers' limits, for those who look after them.

Of a customer without documents what is taken is the exposure that was filed, where it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.customer_file import Held, values_of
from app.domain.customer_rules import CustomerRules
from app.domain.receivables.account import account
from app.domain.receivables.balances import exposure
from app.domain.receivables.documents import Document
from app.domain.receivables.headroom import Headroom, headroom
from app.domain.receivables.measure import money
from app.domain.receivables.rules import ReceivablesRules
from app.store.customers import Customers
from app.store.receivables import Receivables


class Headrooms:
    """Tells headrooms. ``filled`` says which fact of the customer file is which measure."""

    def __init__(
        self, rules: ReceivablesRules, filled: CustomerRules, stored: Receivables, customers: Customers
    ) -> None:
        self._rules = rules
        self._stored = stored
        self._customers = customers
        names = {name for name, one in rules.measures.items() if one.measure.of is exposure}
        self._exposures = [fact for fact, measure in filled.receivables.items() if measure in names]

    @property
    def currency(self) -> str:
        """That of all amounts."""
        return self._rules.currency

    def of(self, customer: str, day: date) -> Headroom:
        """The headroom of one customer; nothing in it is known of one of whom nothing is."""
        return self.several({customer: self._customers.held(customer, day)}, day)[customer]

    def several(self, files: Mapping[str, Mapping[str, Held]], day: date) -> dict[str, Headroom]:
        """The headrooms of some hundred customers, of whom the file holds ``files`` on the day."""
        documents = self._stored.of_customers(list(files))
        return {
            name: self._headroom(name, values_of(held), documents.get(name, ()), day)
            for name, held in files.items()
        }

    def _headroom(
        self, customer: str, held: Mapping[str, Any], documents: Sequence[Document], day: date
    ) -> Headroom:
        amounts = self._rules.amounts(held)
        limit = None if amounts["limit"] is None else money(amounts["limit"])
        if any(one.dated_on <= day for one in documents):
            return headroom(account(customer, documents, day), limit, amounts["transit"])
        filed = (_amount(held.get(fact)) for fact in self._exposures)
        return Headroom(limit, used=next((one for one in filed if one is not None), None))


def _amount(written: Any) -> Decimal | None:
    """An amount of the customer file; None where there is none."""
    try:
        return None if written is None else Decimal(str(written))
    except InvalidOperation:
        return None
