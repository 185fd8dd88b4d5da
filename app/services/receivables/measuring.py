"""Measuring: what the receivables say of a customer on a day, for decisions, people and runs.

Of one customer it is a read by an index; of all it is one pass over the database, customer by customer, that
holds no more than one of them in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from app.domain.receivables import measures as _all
from app.domain.receivables.account import Account, Item, account
from app.domain.receivables.collecting import invoice_facts
from app.domain.receivables.measure import Value
from app.domain.receivables.rules import ReceivablesRules
from app.store.receivables import Receivables

assert _all.MEASURES, "importing the measures is what registers them"
Held: TypeAlias = Callable[[str, date], Mapping[str, Any]]
"""Values that the customer file holds of a customer on a day, in their JSON form, by fact."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A customer's account on a day, with the values of its measures by name; None is unknown."""

    account: Account
    values: Mapping[str, Value]

    def invoices(self) -> Iterator[tuple[Item, dict[str, Any]]]:
        """Every open invoice, by due date, with the facts of collections about it."""
        for item in self.account.open_items:
            yield item, invoice_facts(self.account, item)


class Measuring:
    """Measures. ``held`` says what the customer file holds: limits, and days since which one counts."""

    def __init__(self, rules: ReceivablesRules, stored: Receivables, held: Held) -> None:
        self.rules = rules
        self._stored = stored
        self._held = held

    def values(self, customer: str, day: date, held: Mapping[str, Any]) -> Mapping[str, Value]:
        """The measures of a customer of whom the file holds ``held``; nothing of one without documents."""
        found = self._account(customer, day)
        return {} if found is None else self.of(found, held).values

    def measured(self, customer: str, day: date) -> Measured | None:
        """The account with its measures; None where no document was known on the day."""
        found = self._account(customer, day)
        return None if found is None else self.of(found, self._held(customer, day))

    def _account(self, customer: str, day: date) -> Account | None:
        documents = self._stored.of_customer(customer)
        if not any(one.dated_on <= day for one in documents):
            return None
        return account(customer, documents, day)

    def all(self, day: date, *, only_open: bool = False, held: Held | None = None) -> Iterator[Measured]:
        """Every customer in the order of their ids, byte by byte; ``only_open``: who owes something.

        ``held`` replaces the customer file where a run has its facts already; reading it one by one takes
        longer than measuring. Raises ``Unavailable``.
        """
        file = self._held if held is None else held
        for customer, documents in self._stored.customers(day, only_open=only_open):
            yield self.of(account(customer, documents, day), file(customer, day))

    def of(self, found: Account, held: Mapping[str, Any]) -> Measured:
        """The measures of an account; ``held`` are values of the customer file."""
        known: dict[str, Any] = self.rules.amounts(held)
        for name in self.rules.since_facts():
            known[name] = day_of(held.get(name))
        return Measured(found, {name: one.of(found, known) for name, one in self.rules.measures.items()})


def day_of(written: Any) -> date | None:
    """A date of the customer file; None where it is none."""
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
