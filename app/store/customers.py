"""Reads the customer file, and files what comes from outside.

A decision reads one row. Only a day before the newest that is filed takes the history.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.customer_file import Filing, Held, Source, holding
from app.domain.signals import Signal
from app.store.bulk import Bulk
from app.store.customers_tables import customer_file, customer_filing, customer_signal
from app.store.customers_writes import FileWriter
from app.store.imports import ImportTable
from app.store.quick import Quick
from app.store.reading import Reader
from app.store.refiling import Standing, Stored

_FACTS: Select[Any] = select(customer_file.c.customer, customer_file.c.facts)
_LAST = "\U0010ffff"
"""Behind every name that begins with what stands before it."""


class Listed(NamedTuple):
    """A customer of a list: how many facts hold, and the day of the newest."""

    customer: str
    facts: int
    newest: date | None


class Customers:
    """What is filed about customers. What was erased, or never filed, is not there."""

    def __init__(self, reader: Reader, bulk: Bulk) -> None:
        self._reader = reader
        self._bulk = bulk
        of_one = select(customer_file.c.facts).where(customer_file.c.customer == bindparam("which"))
        self._facts = Quick(reader, of_one)
        self._writer = FileWriter(reader.engine.dialect)
        self.imports = ImportTable(reader)
        self.worked = bulk.worked

    def held(self, customer: str, day: date) -> dict[str, Held]:
        """What holds of a customer on a day; empty where nothing was filed."""
        row = self._facts.first(customer)
        return {} if row is None else self._held(customer, json_of(row.facts), day)

    def several(self, customers: Sequence[str], day: date) -> dict[str, dict[str, Held]]:
        """The same of some hundred customers, in their order; those without a row are left out."""
        rows = self._reader.all(_FACTS.where(customer_file.c.customer.in_(customers)))
        found = {row.customer: self._held(row.customer, json_of(row.facts), day) for row in rows}
        return {customer: found[customer] for customer in customers if customer in found}

    def _held(self, customer: str, facts: Mapping[str, Stored], day: date) -> dict[str, Held]:
        last = day.isoformat()
        if all(one[1] <= last for one in facts.values()):
            return {name: held_of(one) for name, one in facts.items()}
        return holding(self.filings(customer, day), day)

    def is_filed(self, customer: str) -> bool:
        """Whether anything is filed about a customer."""
        asked = (
            select(table.c.customer).where(table.c.customer == customer)
            for table in (customer_file, customer_signal)
        )
        return any(self._reader.first(one.limit(1)) is not None for one in asked)

    def filings(self, customer: str, until: date) -> list[Filing]:
        """All that was filed as of days up to one, in the order of filing."""
        statement = select(customer_filing).where(
            customer_filing.c.customer == customer, customer_filing.c.as_of <= until
        )
        return [filing_of(row) for row in self._reader.all(statement.order_by(customer_filing.c.number))]

    def signals(self, customer: str, until: date, since: date | None = None) -> list[Signal]:
        """What happened from one day to another, in the order of filing."""
        statement = select(customer_signal).where(
            customer_signal.c.customer == customer, customer_signal.c.day <= until
        )
        if since is not None:
            statement = statement.where(customer_signal.c.day >= since)
        return [signal_of(row) for row in self._reader.all(statement.order_by(customer_signal.c.number))]

    def page(
        self, prefix: str, *, after: str | None, limit: int, among: Collection[str] | None = None
    ) -> list[Listed]:
        """Customers whose name begins with ``prefix``, behind ``after``, by name.

        With ``among`` only those of them that are named there.
        """
        statement: Select[Any] = select(customer_file).order_by(customer_file.c.customer).limit(limit)
        if prefix:
            statement = statement.where(
                customer_file.c.customer >= prefix, customer_file.c.customer < prefix + _LAST
            )
        if after is not None:
            statement = statement.where(customer_file.c.customer > after)
        if among is not None:
            statement = statement.where(customer_file.c.customer.in_(among))
        return [_listed(row) for row in self._reader.all(statement)]

    def file(self, filings: Sequence[Filing]) -> list[bool]:
        """Write, in one transaction, what is not there already; for each, whether it changed anything."""
        return self._bulk.run(lambda cursor: self._file(cursor, filings))

    def signal(self, signals: Sequence[Signal]) -> list[bool]:
        """The same for signals."""
        return self._bulk.run(lambda cursor: self._signal(cursor, signals))

    def _file(self, cursor: DBAPICursor, filings: Sequence[Filing]) -> list[bool]:
        standing = Standing(cursor, self._reader.on_sqlite, {one.customer for one in filings})
        new = [standing.news(one) for one in filings]
        self._writer.file_on(cursor, [one for one in new if one is not None], standing)
        return [one is not None for one in new]

    def _signal(self, cursor: DBAPICursor, signals: Sequence[Signal]) -> list[bool]:
        names = sorted({one.customer for one in signals})
        filed = select(customer_signal).where(customer_signal.c.customer.in_(names))
        rows = map(signal_of, self._reader.all(filed.order_by(customer_signal.c.number)))
        there = {(one.customer, one.event): one for one in rows}
        changed = []
        for one in signals:
            key = one.customer, one.event
            changed.append(key not in there or not _alike(there[key], one))
            there[key] = one
        self._writer.signal(cursor, [one for one, new in zip(signals, changed, strict=True) if new])
        return changed


def json_of(stored: Any) -> Any:
    """What a column of JSON holds: a text on SQLite, read already by the driver of PostgreSQL."""
    return orjson.loads(stored) if isinstance(stored, str) else stored


def held_of(stored: Stored) -> Held:
    """A fact as it is stored in the row of its customer."""
    value, as_of, source, evidence, author, currency, origin = stored
    return Held(
        value, date.fromisoformat(as_of), Source(source), UUID(hex=origin), evidence, author, currency
    )


def _listed(row: Row[Any]) -> Listed:
    facts = json_of(row.facts)
    newest = max((one[1] for one in facts.values()), default=None)
    return Listed(row.customer, len(facts), None if newest is None else date.fromisoformat(newest))


def filing_of(row: Row[Any]) -> Filing:
    """A row of what was filed."""
    return Filing(
        row.customer,
        row.as_of,
        Source(row.source),
        json_of(row.facts),
        row.origin,
        row.evidence,
        row.author,
        row.currency,
    )


def signal_of(row: Row[Any]) -> Signal:
    """A row of what happened."""
    magnitude = None if row.magnitude is None else Decimal(row.magnitude)
    about = (row.origin, row.evidence, magnitude, bool(row.withdrawn), row.author)
    return Signal(row.customer, row.kind, row.day, Source(row.source), *about)


def _alike(one: Signal, other: Signal) -> bool:
    return (one.magnitude, one.withdrawn) == (other.magnitude, other.withdrawn)
