"""What of a filing is new: the same filed again changes nothing, and a correction is a later row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

import orjson
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.customer_file import Filing

Stored: TypeAlias = list[Any]
"""A fact that holds, in ``customer_file``: value, day, source, evidence, author, currency, origin (hex)."""

_HELD = "SELECT customer, facts FROM customer_file WHERE customer "
_OF_A_DAY = """
SELECT facts, source, evidence, currency FROM customer_filing
WHERE customer = {0} AND as_of = {0} ORDER BY number
"""


class Standing:
    """What stands of some thousand customers in the transaction of ``cursor``, and what is filed on top.

    Until the transaction ends nobody else changes what holds of these: ``held`` has it whole, by customer.
    """

    def __init__(self, cursor: DBAPICursor, on_sqlite: bool, customers: Collection[str]) -> None:
        self._cursor = cursor
        self._of_a_day = _OF_A_DAY.format("?" if on_sqlite else "%s")
        if on_sqlite:
            given: Any = orjson.dumps(list(customers)).decode()
            cursor.execute(f"{_HELD} IN (SELECT value FROM json_each(?))", (given,))
        else:
            cursor.execute(f"{_HELD} = ANY(%s) ORDER BY customer FOR UPDATE", (list(customers),))
        self.held: dict[str, dict[str, Stored]] = {
            customer: orjson.loads(facts) if on_sqlite else facts for customer, facts in cursor.fetchall()
        }
        self.there = frozenset(self.held)
        """The customers of whom something was held before."""

    def news(self, filing: Filing) -> Filing | None:
        """The filing with those facts alone that differ from what is there; None where none does."""
        held = self.held.setdefault(filing.customer, {})
        if not held:
            merge(held, filing)
            return filing
        as_of = filing.as_of.isoformat()
        about = [filing.source.value, filing.evidence]
        facts = {}
        older: dict[str, list[Any]] | None = None
        for name, value in filing.facts.items():
            there = held.get(name)
            if there is not None and there[1] > as_of:
                if older is None:
                    older = self._on(filing.customer, filing.as_of)
                same = older.get(name) == [value, *about, filing.currency]
            else:
                same = there is not None and [*there[:4], there[5]] == [value, as_of, *about, filing.currency]
            if not same:
                facts[name] = value
        if not facts:
            return None
        new = filing if len(facts) == len(filing.facts) else replace(filing, facts=facts)
        merge(held, new)
        return new

    def _on(self, customer: str, day: date) -> dict[str, list[Any]]:
        """What was filed as of one day, the last of each fact."""
        self._cursor.execute(self._of_a_day, (customer, day.isoformat()))
        found: dict[str, list[Any]] = {}
        for facts, *about in self._cursor.fetchall():
            for name, value in (orjson.loads(facts) if isinstance(facts, str) else facts).items():
                found[name] = [value, *about]
        return found


def merge(held: dict[str, Stored], filing: Filing) -> None:
    """Put the facts of a filing among those that hold, unless one of a later day is there."""
    one = filing
    as_of = one.as_of.isoformat()
    about = [as_of, one.source.value, one.evidence, one.author, one.currency, one.origin.hex]
    for name, value in one.facts.items():
        there = held.get(name)
        if there is None or there[1] <= as_of:
            held[name] = [value, *about]
