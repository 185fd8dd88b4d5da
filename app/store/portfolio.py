"""Reads what is known of many customers at once, for runs over all of them.

Each call is one statement about some hundred customers, so that no read lasts as long as a run: on SQLite the
write-ahead log could not be emptied meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, func, or_, select

from app.domain.customer_file import Held, holding
from app.domain.receivables.documents import Document, DocumentKind
from app.domain.sealed import Entry
from app.domain.signals import Signal
from app.store.columns import words_of
from app.store.customers import filing_of, held_of, signal_of
from app.store.customers_tables import customer_file, customer_filing, customer_signal
from app.store.decisions import entry_of
from app.store.reading import Reader
from app.store.receivables_tables import receivable
from app.store.receivables_writes import COLUMNS
from app.store.refiling import Stored
from app.store.tables import decision, entry

_KINDS = {str(kind): kind for kind in DocumentKind}
_FIELDS = [receivable.c[name] for name in COLUMNS]


class Earlier(NamedTuple):
    """An earlier decision by what is searched: ``whose`` is the keyed hash of its reference or customer."""

    id: UUID
    whose: bytes
    digest: str
    rules: tuple[str, ...]
    as_of: date
    reference: bytes


class Portfolio:
    """Reads of many customers."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def owing(self, day: date) -> list[str]:
        """Every customer with an invoice that was open on ``day``, byte by byte in order."""
        one = receivable.c
        open_then = or_(one.settled_on.is_(None), one.settled_on > day)
        statement = select(one.customer).where(one.kind == "invoice", one.dated_on <= day, open_then)
        rows = self._reader.all(statement.distinct().order_by(one.customer))
        return [row[0] for row in rows]

    def filed(self) -> list[str]:
        """Every customer of whom something is filed, in the same order."""
        return [
            row[0]
            for row in self._reader.all(select(customer_file.c.customer).order_by(customer_file.c.customer))
        ]

    def documents(self, customers: Sequence[str], day: date) -> dict[str, list[Document]]:
        """The receivables of these customers as known on ``day``; see ``Receivables.customers``."""
        one = receivable.c
        found: dict[str, list[Document]] = {name: [] for name in customers}
        statement = select(*_FIELDS).where(
            one.customer.in_(customers), or_(one.dated_on <= day, one.begun_on <= day)
        )
        for row in self._all(statement):
            found[row[2]].append(Document(_KINDS[row[0]], *row[1:]))
        return found

    def held(self, customers: Sequence[str], day: date) -> dict[str, dict[str, Held]]:
        """What the file holds of these customers on ``day``; those of whom it holds nothing are not there."""
        statement = select(customer_file.c.customer, customer_file.c.facts).where(
            customer_file.c.customer.in_(customers)
        )
        found: dict[str, dict[str, Held]] = {}
        late: list[str] = []
        last = day.isoformat()
        for name, facts in self._all(statement):
            stored: dict[str, Stored] = orjson.loads(facts) if isinstance(facts, str) else facts
            if all(one[1] <= last for one in stored.values()):
                found[name] = {fact: held_of(one) for fact, one in stored.items()}
            else:
                late.append(name)
        return {**found, **self._held_before(late, day)}

    def signals(self, customers: Sequence[str], until: date) -> dict[str, list[Signal]]:
        """What happened to these customers up to a day, in the order of filing."""
        statement = select(customer_signal).where(
            customer_signal.c.customer.in_(customers), customer_signal.c.day <= until
        )
        found: dict[str, list[Signal]] = {}
        for row in self._reader.all(statement.order_by(customer_signal.c.number)):
            found.setdefault(row.customer, []).append(signal_of(row))
        return found

    def earlier(self, policy: str, by: str, hashes: Sequence[bytes], before: date) -> Iterator[Earlier]:
        """What ``policy`` decided on these as of days before one, oldest first; see ``Decisions.earlier``."""
        return self._decided(policy, decision.c[by], hashes, decision.c.as_of < before)

    def on_references(
        self, policy: str, customers: Sequence[bytes], since: date, until: date
    ) -> Iterator[Earlier]:
        """What ``policy`` decided on any reference of these customers as of days from one to another."""
        between = decision.c.as_of.between(since, until) & decision.c.reference.is_not(None)
        return self._decided(policy, decision.c.customer, customers, between)

    def _decided(
        self, policy: str, whose: ColumnElement[Any], hashes: Sequence[bytes], when: ColumnElement[bool]
    ) -> Iterator[Earlier]:
        one = decision.c
        statement = select(one.id, whose, one.digest, one.rules, one.as_of, one.reference).where(
            one.policy == policy, whose.in_(hashes), when
        )
        for row in self._all(statement.order_by(one.as_of, one.id)):
            yield Earlier(row[0], bytes(row[1]), row[2], words_of(row[3]), row[4], bytes(row[5] or b""))

    def entries(self, ids: Sequence[UUID]) -> dict[UUID, Entry]:
        """Entries of the log by id."""
        rows = self._reader.all(select(entry).where(entry.c.id.in_(ids))) if ids else ()
        return {row.id: entry_of(row) for row in rows}

    def decided_last(self, policy: str, hashes: Sequence[bytes], before: datetime) -> dict[bytes, datetime]:
        """When, before an instant, ``policy`` last decided on these customers, by keyed hash."""
        statement = (
            select(decision.c.customer, func.max(decision.c.decided_at, type_=decision.c.decided_at.type))
            .where(
                decision.c.policy == policy,
                decision.c.customer.in_(hashes),
                decision.c.decided_at < before,
            )
            .group_by(decision.c.customer)
        )
        return {bytes(row[0]): row[1] for row in self._all(statement)}

    def _all(self, statement: Select[Any]) -> Sequence[Any]:
        return self._reader.all(statement)

    def _held_before(self, customers: Sequence[str], day: date) -> dict[str, dict[str, Held]]:
        if not customers:
            return {}
        statement = select(customer_filing).where(
            customer_filing.c.customer.in_(customers), customer_filing.c.as_of <= day
        )
        filings: dict[str, list[Any]] = {}
        for row in self._reader.all(statement.order_by(customer_filing.c.number)):
            filings.setdefault(row.customer, []).append(filing_of(row))
        return {name: holding(some, day) for name, some in filings.items()}
